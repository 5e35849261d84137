"""Text that somebody else wrote, and where in it something stands. Reading is bounded; nothing in it is ever run."""

import os
import stat
from pathlib import Path

from msgspec import Struct

from wizard.errors import UsageError

LARGEST = 1024 * 1024
"""Bytes of a file that is read: far above any real Compose file or Dockerfile."""

_USUAL = 32 * 1024
"""Bytes that are asked for first: room for the largest file took as long to make as a usual one to read."""


class Place(Struct, frozen=True, order=True, gc=False):
    """A position in a file as people count: lines and columns from 1."""

    file: str
    line: int = 1
    column: int = 1

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


class NotReadError(UsageError):
    """A file, or a part of it, that is not understood: said in one line with its place, and never taken for clean."""

    def __init__(self, place: Place | str, problem: str) -> None:
        super().__init__(f"{place}: {problem}")


def read(path: Path, name: str) -> str:
    """The text of a file. Raises NotReadError for what is no UTF-8 text file of at most LARGEST bytes; waits for no pipe."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except (OSError, ValueError) as error:
        raise NotReadError(name, f"cannot be read: {getattr(error, 'strerror', None) or 'not a path'}") from None
    with os.fdopen(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise NotReadError(name, "is no file; give a Compose file, a Dockerfile or a folder")
        try:
            raw = file.read(_USUAL)
            if len(raw) == _USUAL:
                raw += file.read(LARGEST + 1 - _USUAL)
        except OSError as error:
            raise NotReadError(name, f"cannot be read: {error.strerror}") from None
    return decoded(raw, name)


def decoded(raw: bytes, name: str) -> str:
    """Bytes as text without its byte order mark. Raises NotReadError when there are too many, or they are no UTF-8 text."""
    if len(raw) > LARGEST:
        raise NotReadError(name, f"is larger than {LARGEST // 1024} KiB: not judged")
    if b"\0" in raw:
        raise NotReadError(name, "is no text file")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise NotReadError(name, "is not UTF-8 text; save it as UTF-8") from None
