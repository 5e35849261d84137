"""The values that pass between planning, writing and recovery."""

from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from msgspec import Struct

from wizard.errors import UsageError
from wizard.files.diffs import counts, unified

# Every name that this package makes for itself starts so; no planned file may.
RESERVED = ".seawall-"

Status = Literal["new", "changed", "unchanged", "kept"]


class File(Struct, frozen=True):
    """A text file to put at `path` (posix, relative to the folder).

    keep: written only when nothing is there, and its contents are never shown (generated secrets).
    mode: permission bits of a new file; folder_mode: those of its parent folder when that is made.
    """

    path: str
    text: str
    mode: int = 0o644
    keep: bool = False
    folder_mode: int = 0o755

    def __repr__(self) -> str:
        # The text may be a secret: it is kept out of tracebacks.
        return f"File({self.path!r})"


class Change(Struct, frozen=True):
    """What would happen to one file.

    before: text on disk, None when absent, not UTF-8 text, or a keep file.
    digest: SHA-256 (hex) of the bytes on disk, None when absent.
    ours: what is on disk is as Seawall wrote it, so that replacing it loses nothing.
    agreed: the person said that this very file is to change; what was there is kept all the same.
    """

    file: File
    status: Status
    before: str | None = None
    digest: str | None = None
    ours: bool = False
    agreed: bool = False

    def __repr__(self) -> str:
        # Nor is what was there before to be seen in one.
        return f"Change({self.file!r}, {self.status!r})"

    @property
    def binary(self) -> bool:
        """Whether the file on disk is not UTF-8 text."""
        return self.status == "changed" and self.before is None

    @property
    def added(self) -> int:
        """Number of lines that the change adds."""
        return self._counts()[0]

    @property
    def removed(self) -> int:
        """Number of lines that the change removes (0 for a binary file)."""
        return self._counts()[1]

    def _counts(self) -> tuple[int, int]:
        if self.status in ("unchanged", "kept"):
            return 0, 0
        return counts(self.before or "", self.file.text)

    def diff(self) -> str:
        """Unified diff for a terminal (control characters escaped); "" when nothing changes."""
        if self.file.keep:
            if self.status == "kept":
                return f"{self.file.path}: exists, kept as it is\n"
            return f"{self.file.path}: a random secret would be created\n"
        if self.status == "unchanged":
            return ""
        if self.binary:
            return f"{self.file.path}: binary (not UTF-8 text) on disk, would be replaced\n"
        return unified(self.file.path, self.before, self.file.text)


class Plan(Struct, frozen=True):
    """Comparison of a set of files with a folder; `identity` is its (device, inode), None when to be created."""

    folder: Path
    identity: tuple[int, int] | None
    changes: tuple[Change, ...]

    @property
    def conflicts(self) -> tuple[Change, ...]:
        """The changes that would replace something of the person's."""
        return tuple(change for change in self.replaced if not change.agreed)

    @property
    def replaced(self) -> tuple[Change, ...]:
        """The changes after which something of the person's is kept as a backup."""
        return tuple(change for change in self.changes if change.status == "changed" and not change.ours)


class Written(Struct, frozen=True):
    """Paths written, (path, backup path) of those replaced, and keep files left alone."""

    written: tuple[str, ...]
    backups: tuple[tuple[str, str], ...]
    kept: tuple[str, ...]


class Recovery(Struct, frozen=True):
    """What recovery found and did; paths and backups belong to the interrupted set."""

    state: Literal["nothing", "completed", "rolled back"]
    paths: tuple[str, ...] = ()
    backups: tuple[tuple[str, str], ...] = ()


def check_path(path: str) -> None:
    """Raise UsageError unless `path` is a plain relative posix path that stays below its folder."""
    remedy = "use a plain relative path such as conf/app.yaml"
    if path.startswith("/"):
        raise UsageError(f"path '{path}' is absolute: {remedy}")
    if "\\" in path or not path.isprintable():
        raise UsageError(f"path '{path}' holds a backslash or control character: {remedy}")
    for part in path.split("/"):
        if part in ("", ".", ".."):
            raise UsageError(f"path '{path}' has the component '{part}': {remedy}")
        if part.lower().startswith(RESERVED):  # lower: some file systems ignore case
            raise UsageError(f"path '{path}': names that begin with {RESERVED} are reserved: choose another name")


def check_distinct(paths: Sequence[str]) -> None:
    """Raise UsageError when a path occurs twice or is also the folder of another."""
    seen = set(paths)
    if len(seen) != len(paths):
        twice = sorted(path for path in seen if paths.count(path) > 1)
        raise UsageError(f"path '{twice[0]}' is given twice: name each file once")
    for path in paths:
        for above in parents(path):
            if above in seen:
                raise UsageError(f"path '{above}' is both a file and the folder of '{path}': rename one")


def parents(path: str) -> tuple[str, ...]:
    """Folders above `path`, outermost first, without the root: a/b/c -> a, a/b."""
    parts = path.split("/")
    return tuple("/".join(parts[:count]) for count in range(1, len(parts)))
