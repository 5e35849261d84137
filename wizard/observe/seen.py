"""What was seen of a workload while it ran, whoever watched it: the interface between watchers and the proposal.

A watcher is used in a `with`, whose end removes whatever it made, also after Ctrl-C. Its methods are called in this order, once each:
`prepared` (before anything is created), `created`, `started`, `stopping`, and `seen` once the container has stopped. Seconds are real ones;
the paths are those of the container, absolute and normal.
"""

from collections.abc import Mapping
from types import TracebackType
from typing import Any, Literal, Protocol, Self

from msgspec import Struct
from msgspec.structs import replace

What = Literal["writes", "listening", "capabilities", "users", "calls", "lookups", "peers"]
"""What can be learned, by the field of `Seen` that holds it."""


class Write(Struct, frozen=True, order=True):
    """A file, folder or socket that was made, changed or removed.

    `size` is its largest size in bytes, None where it was gone too soon to be asked; `process` is the name of the program (`comm`), nothing where
    that was not seen; `deleted` says that it was gone again before the end; `copied_from` is the file of the image whose content it had when it was
    first seen, None for one of its own; `how` is literally what showed it (a line of strace, `docker diff`); `folder` that it is one.
    """

    path: str
    size: int | None = None
    process: str = ""
    deleted: bool = False
    copied_from: str | None = None
    how: str = ""
    folder: bool = False
    refused: str = ""
    """The errno's name where it was tried in vain (EACCES, EROFS, EPERM); nothing where it went well."""


class Listening(Struct, frozen=True, order=True):
    """A socket that waits for others. `protocol` is tcp or udp; `address` as ss prints it: `0.0.0.0`, `127.0.0.1`, `::`."""

    port: int
    protocol: str
    address: str
    process: str = ""

    @property
    def is_reachable(self) -> bool:
        """Whether somebody beside the container itself gets there."""
        return not (self.address.startswith(("127.", "::ffff:127.")) or self.address == "::1")


class CapabilityUse(Struct, frozen=True, order=True):
    """A capability that the kernel was asked for and that was there. `name` without CAP_; `call` the system call where known."""

    name: str
    process: str = ""
    call: str = ""
    how: str = ""


class UserSwitch(Struct, frozen=True, order=True):
    """A user that a process ran as; the first one is whom the container began as."""

    uid: int
    gid: int
    process: str = ""


class Lookup(Struct, frozen=True, order=True):
    """A name that was asked for in DNS."""

    name: str


class Peer(Struct, frozen=True, order=True):
    """Somebody who was connected to; `name` is the one that was looked up for this address, where it was."""

    address: str
    port: int
    name: str | None = None


class NotLearned(Struct, frozen=True, order=True):
    """What a watcher cannot see here, and why, as the end of a sentence."""

    what: What
    why: str


class Seen(Struct, frozen=True):
    """All that was seen in one run. What stands in `not_learned` is unknown, however empty its field is."""

    writes: tuple[Write, ...] = ()
    listening: tuple[Listening, ...] = ()
    capabilities: tuple[CapabilityUse, ...] = ()
    users: tuple[UserSwitch, ...] = ()
    calls: frozenset[str] = frozenset()
    groups: frozenset[str] = frozenset()
    """The groups of `wizard.syscalls` that it cannot do without, as far as its calls show; known where `calls` are."""
    lookups: tuple[Lookup, ...] = ()
    peers: tuple[Peer, ...] = ()
    not_learned: tuple[NotLearned, ...] = ()
    links: Mapping[str, str] = {}
    """Folders of the image that are links, and where each leads: files are written by either name."""

    def merged(self, other: "Seen") -> "Seen":
        """Both together: what either learned is learned; of a path that both saw, the larger size and the better known process."""
        writes: dict[str, Write] = {}
        links = {**self.links, **other.links}
        for one in (replace(one, path=_followed(one.path, links)) for one in (*self.writes, *other.writes)):
            writes[one.path] = _together(writes[one.path], one) if one.path in writes else one
        missing = {one.what for one in self.not_learned} & {one.what for one in other.not_learned}
        return Seen(
            tuple(writes[path] for path in sorted(writes)),
            # The process is known to one of them only.
            _with_process(self.listening, other.listening),
            tuple(dict.fromkeys((*self.capabilities, *other.capabilities))),
            tuple(dict.fromkeys((*self.users, *other.users))),
            self.calls | other.calls,
            self.groups | other.groups,
            tuple(sorted({*self.lookups, *other.lookups})),
            tuple(dict.fromkeys((*self.peers, *other.peers))),
            # Who sees more says why not.
            tuple({one.what: one for one in (*other.not_learned, *self.not_learned) if one.what in missing}.values()),
            links,
        )

    def why_not(self, what: What) -> str:
        """Why something was not learned; nothing where it was."""
        return next((one.why for one in self.not_learned if one.what == what), "")


def _followed(path: str, links: Mapping[str, str]) -> str:
    """The real path of a file below folders that may be links; of links to links the end is known."""
    above = path
    while above not in ("", "/"):
        above = above.rpartition("/")[0]
        if above in links:
            return links[above].rstrip("/") + path[len(above) :]
    return path


def _together(one: Write, other: Write) -> Write:
    sizes = [size for size in (one.size, other.size) if size is not None]
    return replace(
        one,
        size=max(sizes, default=None),
        process=one.process or other.process,
        # Whoever looked into the container last knows best whether it is still there.
        deleted=one.deleted and other.deleted,
        copied_from=one.copied_from or other.copied_from,
        how=one.how or other.how,
        folder=one.folder or other.folder,
        refused=one.refused and other.refused,
    )


def _with_process(one: tuple[Listening, ...], other: tuple[Listening, ...]) -> tuple[Listening, ...]:
    found: dict[tuple[int, str, str], Listening] = {}
    for socket in (*one, *other):
        key = socket.port, socket.protocol, socket.address
        if key not in found or not found[key].process:
            found[key] = socket
    return tuple(found[key] for key in sorted(found))


class Watcher(Protocol):
    """Who watches one container of one run."""

    def __enter__(self) -> Self: ...

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None: ...

    def prepared(self, service: Mapping[str, Any], image: Mapping[str, Any]) -> dict[str, Any]:
        """The Compose service (as `docker compose config` prints it) to create in place of this one; `image` is what `docker image inspect` says.

        Whoever has to be there before the first instruction puts a launcher before its program here; else it is returned as it is.
        """
        ...

    def created(self, container: str) -> None:
        """The container (its id) was created and not started."""
        ...

    def started(self, container: str) -> None:
        """`docker start` came back; a launcher waits for this. Raises SeawallError where it ended at once."""
        ...

    def stopping(self) -> None:
        """It runs, and is stopped next: the last look at it. It may have ended by itself before."""
        ...

    def seen(self) -> Seen:
        """What was seen, now that it has stopped and was not removed yet."""
        ...
