"""The files of a run as they will be: texts that are not written yet, over those on the disk."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from msgspec import Struct, field

from wizard.check.source import LARGEST, NotReadError, decoded
from wizard.check.sources import Sources

_MARK = "\ufeff"


class Texts(Struct, frozen=True):
    """Texts by name as `Sources` names files; `before` as they are on the disk, byte order mark and line ends included."""

    root: Path
    after: Mapping[str, str] = field(default_factory=dict)
    before: Mapping[str, str] = field(default_factory=dict)
    known: dict[tuple[Path, ...], Any] = field(default_factory=dict)
    """What was read of them already, see reading.py."""

    def text(self, name: str) -> str:
        """How a file is at this stage. Raises NotReadError for one that cannot be read."""
        if name in self.after:
            return self.after[name]
        try:
            with open(self.root / name, "rb") as file:
                raw = file.read(LARGEST + 1)
        except OSError as error:
            raise NotReadError(name, f"cannot be read: {error.strerror}") from None
        return _MARK * raw.startswith(_MARK.encode()) + decoded(raw, name)

    def edited(self, name: str, text: str) -> "Texts":
        """The same with another text for one file."""
        before = self.before if name in self.before else {**self.before, name: self.text(name)}
        return Texts(self.root, {**self.after, name: text}, before)

    def sources(self) -> Sources:
        """For readers of files: what was edited in place of what is on the disk."""
        sources = Sources(self.root)
        sources.texts.update({name: text.removeprefix(_MARK) for name, text in self.after.items()})
        return sources

    @property
    def changed(self) -> dict[str, tuple[str, str]]:
        """Before and after of each file that differs."""
        return {name: (self.before[name], text) for name, text in self.after.items() if self.before[name] != text}
