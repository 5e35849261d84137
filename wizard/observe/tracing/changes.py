"""Files, folders and sockets that calls make, change or remove, or are refused to."""

import re
from collections.abc import Callable
from typing import Literal

from msgspec.structs import replace

from wizard.observe.seen import Write
from wizard.observe.tracing.lines import Call, path, place
from wizard.observe.tracing.threads import Threads

REFUSALS = frozenset(("EACCES", "EROFS", "EPERM"))
_LEFT_OUT = ("/proc/", "/sys/", "/dev/")
"""Not the workload's own: the kernel's, and devices."""
_KEPT = ("/dev/shm/", "/dev/mqueue/")
_MAKES_OR_CHANGES = re.compile(r"O_(?:WRONLY|RDWR|CREAT|TRUNC|TMPFILE)\b")
_UNIX_PATH = re.compile(r'sun_path=("(?:[^"\\]|\\.)*")')
_MOST_PATHS = 20_000
_LONGEST = 300

Kind = Literal["made", "changed", "removed", "folder"]


class Changes:
    """What was changed so far, by path."""

    def __init__(self, threads: Threads) -> None:
        self._threads = threads
        self.writes: dict[str, Write] = {}
        self.is_full = False
        """Whether there were more paths than are kept."""

    def take(self, call: Call) -> None:
        """Take in a call of `CALLS`."""
        if call.went_well or call.error in REFUSALS:
            CALLS[call.name](self, call)

    def _note(self, call: Call, at: str, kind: Kind = "changed") -> None:
        if not at.startswith("/") or (f"{at}/".startswith(_LEFT_OUT) and not at.startswith(_KEPT)):
            return
        old = self.writes.get(at)
        if old is None and len(self.writes) >= _MOST_PATHS:
            self.is_full = True
            return
        if call.error:
            if old is None:
                self.writes[at] = self._write(call, at, kind)
            return
        new = self._write(call, at, kind) if old is None or old.refused else old
        self.writes[at] = replace(new, deleted=kind == "removed")

    def _write(self, call: Call, at: str, kind: Kind) -> Write:
        text = call.text
        shown = text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
        return Write(at, process=self._threads.of(call.thread).name, how=shown, folder=kind == "folder", refused=call.error)

    def _open(self, call: Call, quoted: str, flags: str, folder: str = "") -> None:
        if not _MAKES_OR_CHANGES.search(flags):
            return
        found = place(call.result) if call.went_well else ""
        temporary = "O_TMPFILE" in flags
        # Strace takes a name that ends in « (deleted)» for one that is.
        at = found if found and (temporary or not call.result.endswith(">(deleted)")) else self._threads.located(call.thread, quoted, folder)
        if call.error and temporary:
            at = f"{at}/#"
        self._note(call, at, "removed" if temporary and found else "made")

    def open(self, call: Call) -> None:
        self._open(call, call.arguments[0], "O_WRONLY" if call.name == "creat" else call.arguments[1])

    def open_at(self, call: Call) -> None:
        self._threads.learn_folder(call.thread, call.arguments[0])
        self._open(call, call.arguments[1], call.arguments[2], place(call.arguments[0]))

    def at_path(self, call: Call) -> None:
        self._note(call, self._threads.located(call.thread, call.arguments[0]), _KINDS.get(call.name, "changed"))

    def at_folder_and_path(self, call: Call) -> None:
        self._threads.learn_folder(call.thread, call.arguments[0])
        folder, quoted = place(call.arguments[0]), call.arguments[1]
        if path(quoted):
            self._note(call, self._threads.located(call.thread, quoted, folder), _KINDS.get(call.name, "changed"))
        else:
            self.at_descriptor(call)

    def at_descriptor(self, call: Call) -> None:
        """A file that was removed while it was open stays removed; it was opened under its name before."""
        if not call.arguments[0].endswith("(deleted)"):
            self._note(call, place(call.arguments[0]))

    def rename(self, call: Call) -> None:
        self._move(call, self._threads.located(call.thread, call.arguments[0]), self._threads.located(call.thread, call.arguments[1]))

    def rename_at(self, call: Call) -> None:
        old, new = (self._threads.located(call.thread, call.arguments[at + 1], place(call.arguments[at])) for at in (0, 2))
        self._move(call, old, new)

    def _move(self, call: Call, old: str, new: str) -> None:
        self._note(call, old, "removed")
        self._note(call, new, "made")
        if call.error or not old or not new:
            return
        if old in self.writes and new in self.writes:
            self.writes[new] = replace(self.writes[new], folder=self.writes[old].folder)
        for inner in [one for one in self.writes if one.startswith(old + "/")]:
            moved = self.writes.pop(inner)
            at = new + inner.removeprefix(old)
            self.writes[at] = replace(moved, path=at)

    def link(self, call: Call) -> None:
        """A link is made at its second path; what a symbolic one says is no path here."""
        self._note(call, self._threads.located(call.thread, call.arguments[1]), "made")

    def link_at(self, call: Call) -> None:
        folder, quoted = (call.arguments[1], call.arguments[2]) if call.name == "symlinkat" else (call.arguments[2], call.arguments[3])
        self._note(call, self._threads.located(call.thread, quoted, place(folder)), "made")

    def bind(self, call: Call) -> None:
        """Sockets with a name; one whose name begins with a zero byte (`@`) is no file."""
        if found := _UNIX_PATH.search(call.arguments[1]):
            self._note(call, self._threads.located(call.thread, found[1]), "made")


_KINDS: dict[str, Kind] = {
    "mkdir": "folder", "mkdirat": "folder", "mknod": "made", "mknodat": "made", "unlink": "removed", "unlinkat": "removed", "rmdir": "removed",
}  # fmt: skip
_AT_PATH = ("mkdir", "mknod", "unlink", "rmdir", "chmod", "chown", "lchown", "truncate", "utime", "utimes",
            "setxattr", "lsetxattr", "removexattr", "lremovexattr")  # fmt: skip
_AT_FOLDER = ("mkdirat", "mknodat", "unlinkat", "fchmodat", "fchmodat2", "fchownat", "utimensat", "futimesat")
_AT_DESCRIPTOR = ("fchmod", "fchown", "ftruncate", "fallocate", "fsetxattr", "fremovexattr")
CALLS: dict[str, Callable[[Changes, Call], None]] = {
    "open": Changes.open, "creat": Changes.open, "openat": Changes.open_at, "openat2": Changes.open_at,
    **dict.fromkeys(_AT_PATH, Changes.at_path), **dict.fromkeys(_AT_FOLDER, Changes.at_folder_and_path),
    **dict.fromkeys(_AT_DESCRIPTOR, Changes.at_descriptor),
    "rename": Changes.rename, "renameat": Changes.rename_at, "renameat2": Changes.rename_at,
    "link": Changes.link, "symlink": Changes.link, "linkat": Changes.link_at, "symlinkat": Changes.link_at, "bind": Changes.bind,
}  # fmt: skip
"""Calls that change files, by the shape of their arguments."""
