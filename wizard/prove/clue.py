"""What may be behind a service that does not run, as data: a control, the part of the file, and the service to try instead."""

import posixpath
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from msgspec import Struct

_PATH = re.compile(r"(?<![\w.:/])(/[\w.@+-]+(?:/[\w.@+-]+)*)")
_SYSTEM = frozenset(("/", "/home", "/opt", "/srv", "/usr", "/var", "/mnt"))
ROOM = "512m"
"""The size of a mount in memory that is tried in place of one that is too small."""
OPEN = "seawall-open"
"""A network with a way out, for a try alone."""


class Clue(Struct, frozen=True):
    """What may be behind it. `key` and `entry` say which part of the service, `without` is the service to try instead."""

    control: str
    seen: str
    key: str
    change: str
    why: str
    without: Mapping[str, Any]
    entry: int | str | None = None
    opens: bool = False
    """Whether the try needs a network with a way out."""
    mended: bool = False
    """Whether the try is the service as it is proposed, rather than one without that part."""


class Said(Struct, frozen=True):
    """What there is to go by: the last lines of its output and of its health check, and how its container ended."""

    lines: Sequence[str]
    exit_code: int
    killed: bool
    """For its memory, as far as the engine knows."""
    health: Sequence[str]
    """What the health check said last; nothing where that is not what is wrong."""


def less(service: Mapping[str, Any], control: str, seen: str, key: str, change: str, why: str, keys: Sequence[str],
         entry: int | str | None = None) -> Iterator[Clue]:  # fmt: skip
    """The service without some keys, if it has the first."""
    if service.get(key):
        yield Clue(control, seen, key, change, why, but(service, *keys), entry)


def but(service: Mapping[str, Any], *keys: str) -> dict[str, Any]:
    """A service without some keys."""
    return {key: value for key, value in service.items() if key not in keys}


def path_in(line: str) -> str:
    """The last absolute path that a line names, or nothing."""
    found = _PATH.findall(line)
    return str(found[-1]) if found else ""


def is_in(path: str, folder: str) -> bool:
    """Whether a path is a folder or lies in it."""
    return path == folder or path.startswith(folder.rstrip("/") + "/")


def folder_of(path: str) -> str:
    """The folder to make writable for a path: what lies right in a system folder is a folder that is made, more often than a file."""
    folder = posixpath.dirname(path)
    return path if folder in _SYSTEM else folder


def numbers(service: Mapping[str, Any]) -> tuple[str, str] | None:
    """The numbers of the user that a service names; None where it names none, or by name."""
    uid, _, gid = str(service.get("user") or "").partition(":")
    return (uid, gid if gid.isdecimal() else uid) if uid.isdecimal() else None


def is_root(service: Mapping[str, Any]) -> bool:
    """Whether it may start as root, as far as the file says."""
    return str(service.get("user") or "0").partition(":")[0] in ("0", "root")


def in_memory(service: Mapping[str, Any], folder: str) -> str:
    """An entry of tmpfs for a folder that the service's user writes."""
    own = numbers(service)
    return f"{folder}:{f'uid={own[0]},gid={own[1]},mode=0700,' if own else ''}size=16m"


def replaced(entries: Sequence[Any], number: int, *instead: Any) -> list[Any]:
    """A list with other entries, or none, in the place of one."""
    return [*entries[:number], *instead, *entries[number + 1 :]]
