"""The folder that an image is built from: texts of files in it, and files that only their owner may read. Nothing outside is looked at."""

import os
import stat
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Any

from wizard.errors import UsageError
from wizard.existing import existing_text

_LARGEST = 256 * 1024
_MOST_FILES = 20_000
_NOBODY_ELSES = frozenset((".git", ".hg", ".svn", ".ssh", ".gnupg"))
"""Folders that are private by design, and that no program needs."""


class Context:
    """A build context; called with a path in it, it gives the text of that file, or None where there is none, or no text."""

    def __init__(self, folder: Path) -> None:
        self._root = os.path.realpath(folder)

    def __call__(self, path: str) -> str | None:
        full = self._inside(path)
        if full is None:
            return None
        try:
            return existing_text(Path(full), path, _LARGEST)
        except UsageError:
            return None

    def private(self, source: str) -> str:
        """The first file or folder below a source of COPY that others than its owner cannot read: in an image it stays so. Nothing if all can.

        What .dockerignore leaves out does not count, nor do files that are private by design (`.env`, keys).
        """
        full = self._inside(source)
        if full is None:
            return ""
        for path, mode in _walk(full):
            if path == full and stat.S_ISDIR(mode):
                continue  # What is copied is in it; the folder itself is made anew, open to all.
            name = os.path.relpath(path, self._root)
            needed = 0o5 if stat.S_ISDIR(mode) else 0o4
            if mode & needed != needed and not _is_private_by_design(name) and not self._ignored.match_file(name):
                return name
        return ""

    def _inside(self, path: str) -> str | None:
        full = os.path.realpath(os.path.join(self._root, path.lstrip("/")))
        return full if os.path.commonpath((self._root, full)) == self._root else None

    @cached_property
    def _ignored(self) -> Any:
        from pathspec import GitIgnoreSpec

        text = self(".dockerignore") or ""
        # A pattern is rooted at the context there; otherwise it reads as that of .gitignore.
        lines = [line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#")]
        rooted = [("!/" + line[1:].lstrip("/")) if line.startswith("!") else "/" + line.lstrip("/") for line in lines]
        return GitIgnoreSpec.from_lines(rooted)


def _is_private_by_design(name: str) -> bool:
    base = os.path.basename(name)
    return base.startswith(".env") or base.endswith((".key", ".pem", ".p12")) or bool(_NOBODY_ELSES & set(name.split(os.sep)))


def _walk(full: str) -> Iterator[tuple[str, int]]:
    """The file, or the folder and all that is in it, with their modes; links are not followed."""
    todo, seen = [full], 0
    while todo and seen < _MOST_FILES:
        path = todo.pop()
        seen += 1
        try:
            mode = os.lstat(path).st_mode
            if stat.S_ISDIR(mode) and os.path.basename(path) not in _NOBODY_ELSES:
                todo += sorted((entry.path for entry in os.scandir(path)), reverse=True)
        except OSError:
            continue
        if not stat.S_ISLNK(mode):
            yield path, mode
