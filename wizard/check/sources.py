"""The files of one run: each is read and parsed once; their lines are shown and searched for waivers."""

import os
import re
from pathlib import Path

from wizard.check.nodes import Node, Spans, documents
from wizard.check.source import NotReadError, Place, decoded, read

_YAML_BREAK = re.compile("\r\n|[\n\r\x85\u2028\u2029]")


class Sources:
    """Texts by file, under the name that a report shows: relative to where the run began, where it can be."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.texts: dict[str, str] = {}
        self.spans: dict[str, Spans] = {}
        self._documents: dict[str, list[Node]] = {}
        self._split: tuple[str, list[str]] | None = None

    def name(self, path: Path) -> str:
        """How a file is called in reports, with slashes."""
        full = os.path.normpath(os.path.join(self.root, path))
        inside = os.path.relpath(full, self.root)
        return (full if inside.startswith("..") else inside).replace(os.sep, "/")

    def text(self, path: Path) -> str:
        """The text of a file. Raises NotReadError."""
        name = self.name(path)
        if name not in self.texts:
            self.texts[name] = read(path, name)
        return self.texts[name]

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
            spans: Spans | None = [] if "seawall:" in text else None  # only then a comment may be a waiver
            self._documents[name] = list(documents(text, name, spans))
            self.spans[name] = spans or []
        return self._documents[name]

    def forget(self) -> None:
        """Let go of the documents, which take far more memory than their texts."""
        self._documents.clear()

    def lines(self, name: str) -> list[str]:
        """The lines of a file as its places count them: those of YAML end at more characters than those of a Dockerfile.

        Reports go through one file after the other, so those of the last file are kept.
        """
        if self._split is None or self._split[0] != name:
            text = self.texts.get(name, "")
            self._split = name, _YAML_BREAK.split(text) if name in self.spans else [line.removesuffix("\r") for line in text.split("\n")]
        return self._split[1]

    def line(self, place: Place) -> str:
        """The line of a place, nothing where there is none."""
        lines = self.lines(place.file)
        return lines[place.line - 1] if 0 < place.line <= len(lines) else ""
