"""What a service mounts, and whether a user may work with it: looked up on this disk, never followed into a container."""

import os
import stat
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from msgspec import Struct

from wizard.foreign import Foreign, Unknown


class Mount(Struct, frozen=True):
    """A mount: of the host («bind»), a volume, in memory with options («tmpfs») or in the long form, which has no owner («memory»).

    `source` is a folder or file of the host, or the name of a volume; nothing for one without a name.
    """

    target: str
    kind: str
    source: str = ""
    read_only: bool = False


def mounts(seen: Foreign) -> Iterator[Mount]:
    """All mounts of a service, those in memory included; one whose source hangs on a variable has the kind «unknown»."""
    for entry in seen.fragment.get("tmpfs", ()):
        yield Mount(str(entry).partition(":")[0], "tmpfs")
    for volume in seen.fragment.get("volumes", ()):
        if isinstance(volume, Mapping):
            yield _of(volume)
        elif isinstance(volume, Unknown):
            yield Mount("", "unknown")


def _of(volume: Mapping[str, Any]) -> Mount:
    source = volume.get("source") or ""
    kind = "unknown" if isinstance(source, Unknown) else str(volume.get("type", "volume"))
    if kind == "tmpfs":
        kind = "memory"
    return Mount(str(volume.get("target", "")).rstrip("/") or "/", kind, str(source), volume.get("read_only") is True)


def covers(path: str, folder: str) -> bool:
    """Whether a path is a folder, or inside it."""
    return path == folder or path.startswith(f"{folder.rstrip('/')}/")


def keeps_root(mount: Mount, folder: Path, uid: int, gid: int) -> str:
    """Why a user could not work with a mount, whatever is in it; nothing for volumes, of which the engine knows."""
    if mount.kind == "unknown":
        return "where one of its mounts comes from hangs on a variable that nothing here sets"
    if mount.kind == "memory":
        return f"the tmpfs at {mount.target} is in the long form, which has no owner"
    return obstacle(mount, folder, uid, gid) if mount.kind == "bind" else ""


def obstacle(mount: Mount, folder: Path, uid: int, gid: int) -> str:
    """Why a user could not work with what is mounted from this host; nothing if they could.

    What is not on this disk cannot be seen, and is an obstacle.
    """
    path = folder / os.path.expanduser(mount.source)
    try:
        found = os.stat(path)
    except OSError:
        return f"{mount.source} is not on this disk, so who owns it is not known"
    wanted = 4 if mount.read_only or stat.S_ISREG(found.st_mode) else 7
    if mount.read_only and stat.S_ISDIR(found.st_mode):
        wanted = 5
    shift = 6 if found.st_uid == uid else 3 if found.st_gid == gid else 0
    if (stat.S_IMODE(found.st_mode) >> shift) & wanted == wanted:
        return ""
    mode, verb = f"{stat.S_IMODE(found.st_mode):04o}", "write" if wanted == 7 else "read"
    return f"{mount.source} belongs to {found.st_uid}:{found.st_gid} with mode {mode}: {uid}:{gid} may not {verb} it"
