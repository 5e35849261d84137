"""Many edits of one YAML text in few passes: each takes all that do not wait for the text of another, and is verified as a whole."""

from collections.abc import Sequence
from enum import StrEnum
from itertools import pairwise
from typing import Any

from msgspec import Struct, field

from wizard.check.nodes import Node
from wizard.check.source import NotReadError, Place
from wizard.fix.refusal import NotEditable
from wizard.fix.yaml_data import Path, all_same
from wizard.fix.yaml_places import Source
from wizard.fix.yaml_splices import Splice, applied
from wizard.fix.yaml_steps import Step, add_step, put_step, read, rename_step


class Kind(StrEnum):
    """What is done at a path."""

    PUT = "put"
    ADD = "add"
    """The value is a list of entries."""
    RENAME = "rename"
    """The value is a pair: the new name and the new value."""


class Change(Struct, frozen=True):
    """One edit of many."""

    kind: Kind
    path: Path
    value: Any


class Tried(Struct):
    """A text with those of many changes that could be made, and why the others could not, by their numbers."""

    text: str
    refused: dict[int, NotEditable] = field(default_factory=dict)


class _Paths:
    """Paths, to be asked whether another one is among them, or above or below one of them."""

    def __init__(self) -> None:
        self.own: set[Path] = set()
        self.above: set[Path] = set()

    def add(self, path: Path) -> None:
        self.own.add(path)
        self.above.update(path[:length] for length in range(len(path)))

    def met(self, path: Path) -> Path | None:
        """The first of them that is above, else the path itself where one is below it."""
        above = next((path[:length] for length in range(len(path) + 1) if path[:length] in self.own), None)
        return path if above is None and path in self.above else above


class _Pass:
    """What is made of a text at once, by number, and what waits for the next text."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.taken: dict[int, Step] = {}
        self.waiting: list[int] = []
        self.refused: dict[int, NotEditable] = {}
        self.ended = False
        self._claimed, self._held_up = _Paths(), _Paths()
        self._loosened = False

    def take(self, number: int, change: Change) -> None:
        """An edit as it is in this text, if it is the same in the one that those before it make; else it waits for that."""
        if self.ended or self._held_up.met(change.path) is not None:
            self._wait(number, change.path)
            return
        try:
            step = _step(self.source, change)
        except NotEditable as error:
            met = () if self._loosened else self._claimed.met(change.path[:-1])
            if met is None or not self.taken:
                self.refused[number] = error
            else:
                self._wait(number, min(met, change.path, key=len))
            return
        if step.alone and self.taken:
            self._wait(number, ())
            return
        for claim in step.claims:
            met = self._claimed.met(claim)
            if met is not None or self._held_up.met(claim) is not None:
                self._wait(number, min(claim if met is None else met, claim, change.path, key=len))
                return
        self.taken[number] = step
        for claim in step.claims:
            self._claimed.add(claim)
        self._loosened, self.ended = self._loosened or step.loosens, step.alone

    def _wait(self, number: int, path: Path) -> None:
        """What is added to one collection stays in order: what is beside an edit that waits does so, too."""
        self.waiting.append(number)
        self._held_up.add(path[:-1][:2])


def tried(text: str, name: str, changes: Sequence[Change]) -> Tried:
    """The text with all changes that can be made, byte for byte as if each were made after the one before.

    Raises NotReadError for a text that is no YAML.
    """
    result, pending, most = Tried(text), list(range(len(changes))), len(changes)
    while pending:
        source = read(result.text, name)
        if source.roots and source.ends_open:
            most = 1  # Where something is added hangs on what the last value is.
        found = _Pass(source)
        for number in pending:
            found.ended = found.ended or len(found.taken) >= most
            found.take(number, changes[number])
        try:
            result.text = finished(source, list(found.taken.values()))
        except NotEditable as error:
            if len(found.taken) > 1:
                most = len(found.taken) // 2  # One of them is to be named.
                continue
            result.refused.update(dict.fromkeys(found.taken, error))
        result.refused |= found.refused
        pending, most = found.waiting, min(most * 2, len(changes))
    return result


def _step(source: Source, change: Change) -> Step:
    match change.kind:
        case Kind.ADD:
            return add_step(source, change.path, change.value)
        case Kind.RENAME:
            return rename_step(source, change.path, *change.value)
    return put_step(source, change.path, change.value)


def finished(source: Source, steps: Sequence[Step]) -> str:
    """The text with all splices of these steps, once it was read again and says what it shall. Raises NotEditable."""
    splices = [splice for step in sorted(steps, key=lambda one: -one.depth) for splice in step.splices]
    if not splices:
        return source.bom + source.text
    where = source.place(min(splices)[0])
    why = next((step.why for step in steps if step.why), "")
    if _overlap(splices):
        raise NotEditable(where, "two edits would change the same text")
    new = applied(source, splices)
    try:
        after = read(new, source.name).nodes
    except NotReadError as error:
        raise NotEditable(where, why or f"the edited text could not be read: {error}") from None
    wanted = list(source.nodes) or [Node({}, Place(source.name))]
    for step in steps:
        wanted[step.number] = step.change(wanted[step.number])
    if not all_same(wanted, after):
        raise NotEditable(where, why or "the edited text would say something else")
    return new


def _overlap(splices: Sequence[Splice]) -> bool:
    spans = sorted(splice[:2] for splice in splices)
    return any(before[1] > after[0] for before, after in pairwise(spans))
