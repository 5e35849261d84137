"""Sample folders as text: a file holds several, each with the facts that are to be found at its top and its files below."""

from collections.abc import Mapping
from pathlib import Path

from msgspec import Struct

FOLDER = Path(__file__).parent / "samples"


class Sample(Struct, frozen=True):
    """A folder, and what it shows."""

    name: str
    expected: Mapping[str, str]
    files: Mapping[str, str]

    def unpack(self, folder: Path) -> Path:
        """The folder on disk."""
        for name, text in self.files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        return folder


def samples() -> tuple[Sample, ...]:
    """All of them: `=== NAME`, lines `FACT: VALUE`, then `--- PATH` and the text of each file."""
    found = []
    for file in sorted(FOLDER.glob("*.txt")):
        for block in ("\n" + file.read_text(encoding="utf-8")).split("\n=== ")[1:]:
            head, *files = block.split("\n--- ")
            name, *facts = head.split("\n")
            expected = {key: value.strip() for key, _, value in (fact.partition(":") for fact in facts if fact)}
            parts = (part.partition("\n") for part in files)
            found.append(Sample(f"{file.stem}/{name}", expected, {path: f"{text}\n" if text else "" for path, _, text in parts}))
    return tuple(found)
