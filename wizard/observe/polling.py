"""The watcher that takes nothing but the engine: what it says of changed files is asked again and again, and once more after the end.

On the engine's own host, as root, it looks into tmpfs and volumes as well, and at the sockets. What comes and goes between two looks escapes it.
"""

import contextlib
import os
import threading
import time
from collections.abc import Mapping
from types import TracebackType
from typing import Any

from msgspec.structs import replace

from wizard.engine.docker import Docker
from wizard.engine.listeners import Socket, sockets
from wizard.engine.live import LiveContainer, live
from wizard.engine.process import INITS, Process
from wizard.errors import SeawallError
from wizard.observe.folding import is_in, is_noise
from wizard.observe.seen import Listening, NotLearned, Peer, Seen, UserSwitch, Write

_EVERY = 0.5
_SECONDS = 30
HOW = "docker diff"
_UNTRACED = "only a trace shows them, and nothing was traced"


class Polling:
    """See `wizard.observe.seen.Watcher`."""

    def __init__(self, docker: Docker) -> None:
        self._docker, self._container, self._since = docker, "", 0.0
        self._live: LiveContainer | None = None
        self._why_not_live = ""
        self._mounts: tuple[str, ...] = ()
        self._before: frozenset[str] = frozenset()
        self._writes: dict[str, Write] = {}
        self._sockets: dict[tuple[int, str, str], Listening] = {}
        self._peers: dict[Peer, None] = {}
        self._users: dict[UserSwitch, None] = {}
        self._links: Mapping[str, str] = {}
        self._over = threading.Event()
        self._thread: threading.Thread | None = None

    def __enter__(self) -> "Polling":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._end()

    def prepared(self, service: Mapping[str, Any], image: Mapping[str, Any]) -> dict[str, Any]:
        """Nothing has to be there before it starts."""
        return dict(service)

    def created(self, container: str) -> None:
        """Know where it has mounts."""
        # What a volume was filled with from the image is older.
        self._container, self._since = container, time.time()
        facts = self._docker.inspect("container", container)
        tmpfs = facts["HostConfig"].get("Tmpfs") or {}
        mounts = [str(one["Destination"]) for one in facts.get("Mounts") or () if one.get("RW", True) and one.get("Type") != "bind"]
        self._mounts = tuple(sorted({*tmpfs, *mounts}))

    def started(self, container: str) -> None:
        """Begin to look."""
        self._thread = threading.Thread(target=self._look_on, name="seawall-observe", daemon=True)
        self._thread.start()

    def stopping(self) -> None:
        """Look once more, and from where each file was copied."""
        self._end()
        with contextlib.suppress(SeawallError):
            self._look(deep=True)
        if self._live is None:
            return
        with contextlib.suppress(SeawallError):
            self._links = self._live.links()
        there = [path for path, write in self._writes.items() if not write.folder and not write.deleted]
        with contextlib.suppress(SeawallError):
            for path, origin in zip(there, self._live.origins(there), strict=True):
                if origin or self._is_changed(path):
                    self._writes[path] = replace(self._writes[path], copied_from=origin or path)

    def seen(self) -> Seen:
        """All of it; what the engine does not list any more is gone."""
        with contextlib.suppress(SeawallError):
            last = self._changes()
            for path, kind in last.items():
                if kind != "C":
                    self._add(path, kind, folder=False)
            listed = frozenset(path for path, kind in last.items() if kind != "D")
            for path, write in self._writes.items():
                if write.how == HOW and path not in listed:
                    self._writes[path] = replace(write, deleted=True)
        missing = [NotLearned(what, _UNTRACED) for what in ("capabilities", "calls", "lookups")]
        if self._live is None:
            why = self._why_not_live or "it ended before it could be looked into"
            missing += [NotLearned("listening", why), NotLearned("peers", why)]
        folders = {path for path in self._writes if any(other != path and is_in(other, path) for other in self._writes)}
        writes = (replace(write, folder=True) if path in folders else write for path, write in self._writes.items())
        return Seen(
            writes=tuple(sorted(writes)),
            listening=tuple(self._sockets[key] for key in sorted(self._sockets)),
            users=tuple(self._users),
            peers=tuple(self._peers),
            not_learned=tuple(missing),
            links=self._links,
        )

    def _is_changed(self, path: str) -> bool:
        """Whether it is a file that the image has itself."""
        return self._writes[path].how == HOW and path in self._before

    def _look_on(self) -> None:
        number = 0
        while not self._over.is_set():
            with contextlib.suppress(SeawallError):
                self._look(deep=number % 4 == 0)
            number += 1
            self._over.wait(_EVERY)

    def _look(self, deep: bool) -> None:
        if self._live is None:
            self._reach()
        changes = self._changes()
        for path, kind in changes.items():
            self._add(path, kind, folder=any(other != path and is_in(other, path) for other in changes))
        self._before |= {path for path, kind in changes.items() if kind == "C"}
        self._look_at_users()
        if self._live is None:
            return
        self._look_at_sockets(self._live)
        if deep:
            self._look_into(self._live)

    def _reach(self) -> None:
        try:
            self._live = live(self._container, self._docker)
        except SeawallError as error:
            self._why_not_live = str(error)

    def _changes(self) -> dict[str, str]:
        """Paths that the engine lists, each with A (added), C (changed) or D (deleted)."""
        code, said = self._docker.do(("diff", self._container), _SECONDS)
        lines = (line.partition(" ") for line in said.splitlines()) if code == 0 else ()
        found = {path: kind for kind, _, path in lines if kind in ("A", "C", "D") and path.startswith("/")}
        above = {path.rpartition("/")[0] for path in found}
        # A folder of the image is listed as changed for what is in it, also for what the engine puts there.
        return {path: kind for path, kind in found.items() if not is_noise(path) and not (kind == "C" and path in above)}

    def _add(self, path: str, kind: str, folder: bool) -> None:
        if path in self._mounts or any(is_in(mount, path) for mount in self._mounts):
            return
        if path not in self._writes:
            self._writes[path] = Write(path, deleted=kind == "D", how=HOW, folder=folder)
        elif folder:
            self._writes[path] = replace(self._writes[path], folder=True)

    def _look_at_users(self) -> None:
        code, said = self._docker.do(("top", self._container, "-eo", "pid,uid,gid,comm"), _SECONDS)
        for line in said.splitlines()[1:] if code == 0 else ():
            words = line.split(None, 3)
            if len(words) == 4 and words[1].isdigit() and words[2].isdigit() and words[3] not in INITS:
                self._users[UserSwitch(int(words[1]), int(words[2]), words[3])] = None

    def _look_at_sockets(self, seen: LiveContainer) -> None:
        found = list(sockets(seen.process))
        waiting = {one.port for one in found if one.waits}
        names = _owners(Process(int(seen.facts["State"]["Pid"])), found)
        if any(one.waits and one.address != "127.0.0.11" for one in found):
            # What listened only for a while, while it began or was asked something, is gone by the last look.
            self._sockets.clear()
        for one in found:
            # The engine's own name server.
            if one.address == "127.0.0.11":
                continue
            if one.waits:
                self._sockets[one.port, one.protocol, one.address] = Listening(one.port, one.protocol, one.address, names.get(one.inode, ""))
            elif one.port not in waiting and not one.peer.startswith("127.") and one.peer not in ("::1", one.address):
                self._peers[Peer(one.peer.removeprefix("::ffff:"), one.peer_port)] = None

    def _look_into(self, seen: LiveContainer) -> None:
        """What lies in mounts, and how large the rest is."""
        for path, size, folder in seen.below((*self._mounts, "/dev/shm"), self._since):
            old = self._writes.get(path)
            if old is None or (old.size or 0) < size:
                self._writes[path] = Write(path, size, how=f"found in {self._mount_of(path)}", folder=folder)
        for path, found in zip(listed := list(self._writes), seen.sizes(listed), strict=True):
            write = self._writes[path]
            if found == -1 and not write.folder and path not in self._before:
                self._writes[path] = replace(write, folder=True, size=None)
            elif found == -1 and path in self._before:
                del self._writes[path]
            elif found is not None and found > (write.size or -1):
                self._writes[path] = replace(write, size=found)

    def _mount_of(self, path: str) -> str:
        return next((mount for mount in sorted(self._mounts, key=len, reverse=True) if is_in(path, mount)), "/dev/shm")

    def _end(self) -> None:
        self._over.set()
        if self._thread:
            self._thread.join(_SECONDS)
            self._thread = None


def _owners(process: Process, found: list[Socket]) -> dict[str, str]:
    """The name of a process for the number of each socket that waits."""
    wanted = {f"socket:[{one.inode}]": one.inode for one in found if one.waits}
    names: dict[str, str] = {}
    left = [process]
    while left and len(names) < len(wanted):
        one = left.pop()
        with contextlib.suppress(SeawallError, OSError):
            left += one.children()
            for descriptor in (one.proc / str(one.pid) / "fd").iterdir():
                if inode := wanted.get(_link(str(descriptor))):
                    names.setdefault(inode, one.status("Name"))
    return names


def _link(path: str) -> str:
    try:
        return os.readlink(path)
    except OSError:
        return ""
