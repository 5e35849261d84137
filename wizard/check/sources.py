"""The files of one run: each is read and parsed once; their lines are shown and searched for waivers."""

import os
import re
from pathlib import Path
from typing import Any

from wizard.check.dockerfile_lines import lines_of
from wizard.check.nodes import Node, Spans, documents
from wizard.check.source import NotReadError, Place, decoded, read
from wizard.foreign import Start

_YAML_BREAK = re.compile("\r\n|[\n\r\x85\u2028\u2029]")


class Sources:
    """Texts by file, under the name that a report shows: relative to where the run began, where it can be."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.texts: dict[str, str] = {}
        """Those that are not taken from the disk."""
        self.dockerfiles: set[str] = set()
        self.marked: dict[str, None] = {}
        """Files with a word in them that may be a waiver."""
        self.starts: dict[Any, Start] = {}
        """How what is built of a Dockerfile starts, by that, target and arguments: many services may build one."""
        self._names: dict[Path, str] = {}
        self._read: dict[str, str] = {}
        self._documents: dict[str, list[Node]] = {}
        self._split: tuple[str, list[str]] | None = None

    def name(self, path: Path) -> str:
        """How a file is called in reports, with slashes."""
        if (name := self._names.get(path)) is None:
            full = os.path.normpath(os.path.join(self.root, path))
            inside = os.path.relpath(full, self.root)
            name = self._names[path] = (full if inside.startswith("..") else inside).replace(os.sep, "/")
        return name

    def text(self, path: Path) -> str:
        """The text of a file. Raises NotReadError."""
        name = self.name(path)
        text = self.texts.get(name, self._read.get(name))
        if text is None:
            text = self._read[name] = read(path, name)
        if "seawall:" in text:
            self.marked[name] = None
        return text

    def given(self, name: str, raw: bytes) -> None:
        """A text that did not come from a file, such as standard input. Raises NotReadError."""
        self.texts[name] = decoded(raw, name)

    def documents(self, path: Path, wanted_by: Place | None = None) -> list[Node]:
        """The documents of a YAML file. Raises NotReadError; `wanted_by` is who named a file that cannot be read."""
        name = self.name(path)
        if name not in self._documents:
            try:
                text = self.text(path)
            except NotReadError as error:
                raise NotReadError(wanted_by, str(error)) if wanted_by else error from None
            self._documents[name] = list(documents(text, name))
        return self._documents[name]

    def forget(self) -> None:
        """Let go of what was read: of many files it would take far more memory than all that is found."""
        self._documents.clear()
        self._read.clear()
        self._names.clear()
        self.starts.clear()

    def lines(self, name: str) -> list[str]:
        """The lines of a file as its places count them: those of YAML end at more characters than those of a Dockerfile.

        Reports go through one file after the other, so those of the last file are kept.
        """
        if self._split is None or self._split[0] != name:
            text = self._again(name)
            self._split = name, lines_of(text) if name in self.dockerfiles else _YAML_BREAK.split(text)
        return self._split[1]

    def spans(self, name: str) -> Spans:
        """Where the values of a YAML file stand; nowhere in what is none."""
        spans: Spans = []
        try:
            for _ in documents(self._again(name), name, spans):
                pass
        except NotReadError:
            return []
        return spans

    def _again(self, name: str) -> str:
        """The text of a file that was let go of; nothing if it is gone by now."""
        try:
            return self.texts[name] if name in self.texts else read(self.root / name, name)
        except NotReadError:
            return ""

    def line(self, place: Place) -> str:
        """The line of a place, nothing where there is none."""
        lines = self.lines(place.file)
        return lines[place.line - 1] if 0 < place.line <= len(lines) else ""
