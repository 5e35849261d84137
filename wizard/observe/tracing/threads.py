"""Who makes the calls: of each thread the program's name, the folder it works in, and the user that it runs as."""

import os
import posixpath
import re
from collections.abc import Callable

from msgspec import Struct

from wizard.observe.seen import UserSwitch
from wizard.observe.tracing.lines import Call, Reader, path, place

CLONES = frozenset(("clone", "clone3", "fork", "vfork"))
_USERS = ("setuid", "setreuid", "setresuid")
_GROUPS = ("setgid", "setregid", "setresgid", "setgroups")
_SILENT = frozenset((*_USERS, *_GROUPS, "execve", "execveat"))
_COMM = 15
"""What the kernel keeps of a program's name, in bytes."""
_CHILD = re.compile(r"(\d+)(?: /\* (\d+) in strace's PID NS \*/)?")
_UNCHANGED = (1 << 32) - 1


class Place(Struct):
    """Where paths begin: shared by the threads of a process (CLONE_FS)."""

    folder: str | None
    """The current folder; None where it is not known."""
    root: str = "/"


class Thread(Struct):
    """A thread at the moment of a call."""

    name: str
    place: Place
    uid: int
    gid: int
    new_user: bool = False
    """Its user changed and it did nothing yet as the new one."""


class Threads:
    """All threads of the container."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._threads: dict[int, Thread] = {}
        self.users: list[UserSwitch] = []
        """Users in the order in which somebody first did something as them."""

    def begin(self, number: int, thread: Thread) -> None:
        """The thread that was there when the tracer came: the launcher, which is not yet the program."""
        self._threads[number] = thread

    def of(self, number: int) -> Thread:
        """The thread of a line. One that nobody announced is the child of who is in the middle of a clone."""
        thread = self._threads.get(number)
        if thread is None:
            parents = [self._threads[one] for one in self._reader.unfinished(CLONES) if one in self._threads]
            # Several at once: what they are to their children is mostly the same, and the end of the clone mends the rest.
            parent = parents[-1] if parents else next(iter(self._threads.values()), Thread("", Place(None), 0, 0))
            thread = self._threads[number] = _child(parent, shared=False)
        return thread

    def act(self, number: int, name: str) -> None:
        """A thread makes a call: it has done something as the user that it changed to."""
        thread = self.of(number)
        # Between setgid and setuid programs read lists of groups; that pair of user and group is nobody's aim.
        # Nor is it the program's that only starts another one.
        if thread.new_user and name not in _SILENT:
            self._note(thread)

    def _note(self, thread: Thread) -> None:
        thread.new_user = False
        switch = UserSwitch(thread.uid, thread.gid, thread.name)
        if switch not in self.users:
            self.users.append(switch)

    def follow(self, call: Call) -> None:
        """Take in what a call changes: to be asked for each one in `CHANGES`."""
        if call.went_well:
            CHANGES[call.name](self, call)

    def located(self, number: int, quoted: str, folder: str = "") -> str:
        """The absolute path for a path in a call; `folder` where the call names one by a descriptor. Nothing where it is not known."""
        thread, said = self.of(number), path(quoted)
        if not said:
            return ""
        if said.startswith("/"):
            return normal(thread.place.root + said)
        begin = folder or thread.place.folder
        return normal(f"{begin}/{said}") if begin else ""

    def learn_folder(self, number: int, argument: str) -> None:
        """Strace prints the current folder behind AT_FDCWD."""
        if argument.startswith("AT_FDCWD<"):
            self.of(number).place.folder = place(argument)

    def end(self, number: int) -> None:
        """A thread ended."""
        self._threads.pop(number, None)

    def _clone(self, call: Call) -> None:
        found = _CHILD.match(call.result)
        if not found:
            return
        number, parent = int(found[2] or found[1]), self.of(call.thread)
        shared = "CLONE_FS" in " ".join(call.arguments)
        known = self._threads.get(number)
        self._note(parent)
        if known is None:
            self._threads[number] = _child(parent, shared)
        elif shared:
            known.place = parent.place

    def _execve(self, call: Call) -> None:
        quoted = call.arguments[1] if call.name == "execveat" else call.arguments[0]
        thread = self.of(call.thread)
        thread.name = posixpath.basename(path(quoted))[:_COMM] or thread.name
        thread.place = Place(thread.place.folder, thread.place.root)
        self._note(thread)

    def _chdir(self, call: Call) -> None:
        self.of(call.thread).place.folder = self.located(call.thread, call.arguments[0]) or None

    def _fchdir(self, call: Call) -> None:
        self.of(call.thread).place.folder = place(call.arguments[0]) or None

    def _getcwd(self, call: Call) -> None:
        self.of(call.thread).place.folder = path(call.arguments[0]) or None

    def _chroot(self, call: Call) -> None:
        self.of(call.thread).place.root = self.located(call.thread, call.arguments[0]) or "/"

    def _set_user(self, call: Call) -> None:
        # The effective one stands second, or alone.
        self._become(call, uid=_number(call.arguments[min(1, len(call.arguments) - 1)]))

    def _set_group(self, call: Call) -> None:
        self._become(call, gid=_number(call.arguments[min(1, len(call.arguments) - 1)]))

    def _become(self, call: Call, uid: int | None = None, gid: int | None = None) -> None:
        thread = self.of(call.thread)
        now = (thread.uid if uid is None else uid, thread.gid if gid is None else gid)
        thread.new_user = thread.new_user or now[0] != thread.uid
        thread.uid, thread.gid = now


def _child(parent: Thread, shared: bool) -> Thread:
    where = parent.place if shared else Place(parent.place.folder, parent.place.root)
    return Thread(parent.name, where, parent.uid, parent.gid)


def _number(argument: str) -> int | None:
    return int(argument) if argument.isdigit() and int(argument) != _UNCHANGED else None


def normal(absolute: str) -> str:
    """An absolute path without `.`, `..` and doubled slashes."""
    return os.path.normpath("/" + absolute.lstrip("/"))


CHANGES: dict[str, Callable[[Threads, Call], None]] = {
    **dict.fromkeys(CLONES, Threads._clone),
    "execve": Threads._execve, "execveat": Threads._execve, "chdir": Threads._chdir, "fchdir": Threads._fchdir, "getcwd": Threads._getcwd,
    "chroot": Threads._chroot, **dict.fromkeys(_USERS, Threads._set_user), **dict.fromkeys(_GROUPS[:3], Threads._set_group),
}  # fmt: skip
"""Calls that change who makes the next ones, or where."""
