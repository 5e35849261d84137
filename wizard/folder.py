"""A project folder as detection sees it: read only, bounded, never following a link out, never running anything."""

import os
import re
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path

from msgspec import Struct

from wizard.text import plain

MOST_FILES = 100_000
LARGEST = 1024 * 1024
MOST_SOURCES = 400
_SKIPPED = frozenset(
    (".git", ".hg", ".venv", "venv", "env", "node_modules", "__pycache__", "vendor", "dist", "build", "target", ".tox",
     ".mypy_cache", ".ruff_cache", ".pytest_cache", ".next", "site-packages", "tests", "test", "secrets", ".seawall")
)  # fmt: skip


class Evidence(Struct, frozen=True):
    """Where a fact was seen: a file of the folder and a line in it (from 1)."""

    fact: str
    file: str
    line: int = 1

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


class Match(Struct, frozen=True, dict=True):
    """A pattern found in a file."""

    file: str
    line: int
    groups: tuple[str, ...]

    def __getitem__(self, index: int) -> str:
        return self.groups[index]


class Folder(Struct, frozen=True, dict=True):
    """A folder of a project. File names that could not stand in a line of text are passed over."""

    path: Path

    @cached_property
    def files(self) -> tuple[str, ...]:
        """Relative names of regular files, nearest first, at most MOST_FILES."""
        found: list[str] = []
        for name in self._walk():
            found.append(name)
            if len(found) >= MOST_FILES:
                break
        return tuple(sorted(found, key=lambda name: (name.count("/"), name)))

    def _walk(self) -> Iterator[str]:
        for root, folders, names in os.walk(self.path):
            relative = os.path.relpath(root, self.path)
            folders[:] = sorted(f for f in folders if f not in _SKIPPED and not f.startswith(".") and relative.count("/") < 8)
            for name in names:
                full = os.path.join(root, name)
                if os.path.islink(full) or not os.path.isfile(full):
                    continue
                inside = name if relative == "." else f"{relative}/{name}"
                try:
                    plain(inside)
                except ValueError:
                    continue
                yield inside

    def has(self, name: str) -> bool:
        """Whether the regular file `name` is there."""
        return name in self._names

    @cached_property
    def _names(self) -> frozenset[str]:
        return frozenset(self.files)

    def text(self, name: str) -> str:
        """The text of a file, or nothing where there is none, it is larger than LARGEST bytes or not UTF-8."""
        if name not in self._names:
            return ""
        try:
            with open(self.path / name, "rb") as file:
                raw = file.read(LARGEST + 1)
        except OSError:
            return ""
        if len(raw) > LARGEST:
            return ""
        if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
            return raw.decode("utf-16", "replace")
        return "" if b"\0" in raw else raw.decode("utf-8-sig", "replace")

    def search(self, pattern: str, *names: str) -> Match | None:
        """The first match of a pattern in the named files."""
        compiled = re.compile(pattern, re.M)
        for name in names:
            text = self.text(name)
            if found := compiled.search(text):
                return Match(name, text.count("\n", 0, found.start()) + 1, tuple(group or "" for group in found.groups()))
        return None

    def sources(self, *endings: str) -> tuple[str, ...]:
        """Names of source files with these endings, nearest first, at most MOST_SOURCES."""
        return tuple(name for name in self.files if name.endswith(endings))[:MOST_SOURCES]
