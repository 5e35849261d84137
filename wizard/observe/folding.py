"""Files that were written, folded into the few folders to declare.

The rule: a file asks for its folder. A folder that was made asks for itself where the image has no folder there (a mount makes it), so that of
the image's folders none is declared whole for the sake of one new folder in it; unless files are written right into it, or so many folders are
made in it that it is theirs. Folders for what is temporary are declared as they are, since the names of what is made in them are new each time.
"""

import posixpath
import re
from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from wizard.observe.seen import Write
from wizard.workload import WritablePath

SHARED_MEMORY = "/dev/shm"
_NOISE = ("/proc", "/sys", "/dev", "/run/secrets", "/.dockerenv")
_ENGINES = frozenset(("/etc/hosts", "/etc/hostname", "/etc/resolv.conf", "/etc/mtab", "/sbin/docker-init", "/usr/sbin/docker-init"))
"""Files that the engine itself puts there."""
TEMPORARY = ("/tmp", "/var/tmp", "/run/lock", "/var/run", "/run")
_SAME = {"/var/run": "/run", "/var/lock": "/run/lock"}
"""Links that images have since the start of the century."""
_SYSTEM = frozenset(("/", "/etc", "/home", "/mnt", "/opt", "/root", "/srv", "/usr", "/usr/local", "/usr/share", "/var", "/var/cache", "/var/lib",
                     "/var/log", "/var/spool"))  # fmt: skip
"""Folders in which others have theirs: many new ones in them are no reason to declare them."""
_ATTRIBUTES = re.compile(r"(f?chmod(at2?)?|[fl]?chown(at)?|f?utimes?|utimensat|futimesat|[fl]?(set|remove)xattr)\(")
"""Calls that change a file or folder that is there, and nothing in it: where they are refused, the run that fails names the path."""
_SEVERAL = 4
_NEW_EACH_TIME = re.compile(r"[0-9a-fA-F-]{8,}|tmp|.*[._-][A-Za-z0-9_]{6,}$|.*\d{3,}")


class Folder(Struct, frozen=True):
    """A folder to declare, and what was seen in it."""

    path: str
    writes: tuple[Write, ...]
    made: bool
    """Whether the image has no such folder."""

    @property
    def size(self) -> int:
        """Bytes that were in it at most, as far as they are known."""
        return sum(write.size or 0 for write in self.writes if not write.folder)

    @property
    def is_copied(self) -> bool:
        """Whether all that stays in it was copied or made from files of the image: settings, no state."""
        kept = [write for write in self.writes if not write.folder and not write.deleted]
        return bool(kept) and all(write.copied_from for write in kept)

    @property
    def is_passing(self) -> bool:
        """Whether nothing in it outlived the run: numbers of processes, sockets, locks."""
        return all(write.deleted or write.folder for write in self.writes)


def normal(path: str) -> str:
    """A path by the name that it has in all images."""
    path = posixpath.normpath("/" + path.lstrip("/"))
    for name, same in _SAME.items():
        if path == name or path.startswith(name + "/"):
            return same + path[len(name) :]
    return path


def is_noise(path: str) -> bool:
    """Whether nobody has to declare this path: it is the kernel's or the engine's."""
    if is_in(path, SHARED_MEMORY):
        return False
    return path in _ENGINES or any(is_in(path, top) for top in _NOISE)


def is_in(path: str, folder: str) -> bool:
    """Whether a path is a folder or lies in it."""
    return path == folder or path.startswith(folder.rstrip("/") + "/")


def folded(writes: Iterable[Write], mounted: Sequence[str] = ()) -> tuple[Folder, ...]:
    """The folders, none of them in another one, in order. What lies in one of those `mounted` asks for that."""
    useful = {write.path: write for write in (_normal(one) for one in writes) if _counts(write)}
    made = {path for path, write in useful.items() if write.folder and not _is_temporary(path)}
    wanted = {_asked_for(path, write, made, mounted) for path, write in useful.items()} - {""}
    wanted = _topmost(wanted)
    while (wider := _topmost(_widened(wanted, made))) != wanted:
        wanted = wider
    return tuple(Folder(path, _inside(useful, path), path in made) for path in sorted(wanted))


def is_declarable(path: str) -> bool:
    """Whether a folder may be an answer, or holds the system or the program."""
    try:
        WritablePath(path, tmpfs="1M")
    except ValueError:
        return False
    return True


def _counts(write: Write) -> bool:
    return not is_noise(write.path) and not write.refused and not _ATTRIBUTES.match(write.how)


def _normal(write: Write) -> Write:
    return write if (path := normal(write.path)) == write.path else replace(write, path=path)


def _is_temporary(path: str) -> bool:
    return path in TEMPORARY or path == SHARED_MEMORY


def _asked_for(path: str, write: Write, made: set[str], mounted: Sequence[str]) -> str:
    """The folder that one write asks for."""
    for mount in sorted(mounted, key=len, reverse=True):
        if is_in(path, mount):
            return mount
    if is_in(path, SHARED_MEMORY):
        return SHARED_MEMORY
    if _is_temporary(path):
        return "" if write.folder else path
    folder = path if write.folder and path in made else posixpath.dirname(path)
    for top in ("/tmp", "/var/tmp", "/run/lock"):
        if is_in(path, top):
            return top
    # The outermost folder that was made: whatever is made in it is its own.
    chain = [folder]
    while posixpath.dirname(chain[-1]) != chain[-1]:
        chain.append(posixpath.dirname(chain[-1]))
    outermost = next((one for one in reversed(chain) if one in made), folder)
    above = posixpath.dirname(outermost)
    if outermost in made and above not in _SYSTEM and _NEW_EACH_TIME.fullmatch(posixpath.basename(outermost)):
        return above
    return outermost


def _topmost(paths: set[str]) -> set[str]:
    """Those in no other one; what cannot be declared itself makes nothing in it needless."""
    tops = {path for path in paths if is_declarable(path)}
    return {path for path in paths if not any(path != other and is_in(path, other) for other in tops)}


def _widened(wanted: set[str], made: set[str]) -> set[str]:
    """With the folder of many new folders in their place."""
    counted: dict[str, int] = {}
    for path in wanted & made:
        above = posixpath.dirname(path)
        counted[above] = counted.get(above, 0) + 1
    return wanted | {above for above, number in counted.items() if number >= _SEVERAL and above not in _SYSTEM and above != "/run"}


def _inside(writes: Mapping[str, Write], folder: str) -> tuple[Write, ...]:
    if is_declarable(folder) or folder == SHARED_MEMORY:
        return tuple(writes[path] for path in sorted(writes) if is_in(path, folder))
    return tuple(writes[path] for path in sorted(writes) if path == folder or posixpath.dirname(path) == folder)
