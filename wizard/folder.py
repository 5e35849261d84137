"""A project folder as detection sees it: read only, bounded, never following a link out, never running anything."""

import os
import re
from collections.abc import Iterable, Iterator
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Literal

from msgspec import Struct

from wizard.text import plain

MOST_FILES = 100_000
LARGEST = 512 * 1024
MOST_SOURCES = 200
_LONGEST_LINE = 5000
"""Characters of a line that a person may have written; longer ones are the work of a minifier."""
MOST_READ = 16 * 1024 * 1024
"""Bytes that are read of one project: enough for the sources of a usual one, over in a moment."""
_MINIFIED = (".js", ".mjs", ".cjs", ".css", ".html", ".svg")
_DEEPEST = 9
_SKIPPED = frozenset(
    ("venv", "env", "node_modules", "bower_components", "__pycache__", "vendor", "dist", "build", "target", "site-packages",
     "tests", "test", "__tests__", "e2e", "cypress", "spec", "fixtures", "__mocks__", "testdata", "secrets", "obj", "deps", "_build")
)  # fmt: skip
Certainty = Literal["stated", "inferred", "assumed"]
"""How sure a fact is: a file says just that; it follows from what a file says; it is what is usual, since nothing says it."""


class Evidence(Struct, frozen=True):
    """Where a fact was seen: a file of the folder and a line in it (from 1), and how sure that makes it."""

    fact: str
    file: str
    line: int = 1
    certainty: Certainty = "stated"

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
    above: "Folder | None" = None
    """The project that this folder is a part of, where one was asked first."""

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
        """Folder by folder, the nearest first: what a limit cuts off is what lies deepest."""
        waiting = [""]
        for inside in waiting:  # grows while it is gone through
            try:
                with os.scandir(self.path / inside) as entries:
                    for entry in entries:
                        name = f"{inside}{entry.name}"
                        if entry.is_file(follow_symlinks=False):
                            if _is_plain(entry.name):
                                yield name
                        elif entry.is_dir(follow_symlinks=False) and self._enters(entry.name, inside):
                            waiting.append(f"{name}/")
            except OSError:
                continue

    @staticmethod
    def _enters(name: str, inside: str) -> bool:
        return name not in _SKIPPED and not name.startswith(".") and inside.count("/") < _DEEPEST and _is_plain(name)

    def below(self, name: str) -> "Folder":
        """The folder `name` of this one (`apps/web`), without walking it again."""
        part = Folder(self.path / name, self)
        part.__dict__["files"] = tuple(file[len(name) + 1 :] for file in self.files if file.startswith(f"{name}/"))
        return part

    def own(self, names: Iterable[str], *manifests: str) -> tuple[str, ...]:
        """Those of `names` that lie in no folder below with a manifest of its own: what does is another project's."""
        others = tuple(name.rpartition("/")[0] + "/" for name in self.files if "/" in name and name.rpartition("/")[2] in manifests)
        return tuple(name for name in names if not (others and name.startswith(others)))

    def has(self, name: str) -> bool:
        """Whether the regular file `name` is there; names that start with a dot are files like others."""
        return name in self._names

    def first(self, *names: str) -> str | None:
        """The first of these files that is there."""
        return next((name for name in names if name in self._names), None)

    def ending(self, *endings: str) -> tuple[str, ...]:
        """Names of all files with these endings, nearest first."""
        return tuple(name for name in self.files if name.endswith(endings))

    @cached_property
    def _names(self) -> frozenset[str]:
        return frozenset(self.files)

    @cached_property
    def _texts(self) -> dict[str, str]:
        return {}

    def text(self, name: str) -> str:
        """The text of a file, or nothing where there is none, it is larger than LARGEST bytes or is no text.

        When MOST_READ bytes were read, further files are taken as empty.
        """
        if name not in self._names:
            return ""
        if name not in self._texts:
            size = sum(map(len, self._texts.values())) if len(self._texts) % 16 == 0 else 0
            self._texts[name] = "" if size > MOST_READ else self._read(name)
        return self._texts[name]

    def _read(self, name: str) -> str:
        try:
            with open(self.path / name, "rb") as file:
                raw = file.read(LARGEST + 1)
        except OSError:
            return ""
        if len(raw) > LARGEST:
            return ""
        if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
            return raw.decode("utf-16", "replace")
        if b"\0" in raw or (name.endswith(_MINIFIED) and max(map(len, raw.split(b"\n"))) > _LONGEST_LINE):
            return ""
        return raw.decode("utf-8-sig", "replace").replace("\r\n", "\n")

    def search(self, pattern: str, *names: str) -> Match | None:
        """The first match of a pattern in the named files."""
        compiled = re.compile(pattern, re.M)
        for name in names:
            text = self.text(name)
            if text and (found := compiled.search(text)):
                return Match(name, text.count("\n", 0, found.start()) + 1, tuple(group or "" for group in found.groups()))
        return None

    def sources(self, *endings: str) -> tuple[str, ...]:
        """Names of source files with these endings, nearest first, at most MOST_SOURCES."""
        return self.ending(*endings)[:MOST_SOURCES]


@lru_cache(4096)
def _is_plain(name: str) -> bool:
    try:
        return plain(name) == name.strip()
    except ValueError:
        return False
