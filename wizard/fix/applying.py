"""Mends as edits of the very text: all of one mend or nothing, and only where the result is exactly what was meant."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from msgspec import Struct

from wizard.check.forms import shaped
from wizard.check.nodes import plain
from wizard.check.project import Compose
from wizard.check.source import NotReadError, Place
from wizard.fix.data_edits import edited, same
from wizard.fix.edited import Texts
from wizard.fix.generated import hands_off
from wizard.fix.places import Finder, Spot
from wizard.fix.reading import reading
from wizard.fix.refusal import NotEditable
from wizard.fix.yaml_batch import Change, Kind, tried
from wizard.mend import Edit, How, Mend
from wizard.text import visible


class Meant(Struct, frozen=True):
    """A mend of a service, before it is made."""

    service: str
    mend: Mend
    place: Place


class Made(Struct, frozen=True):
    """What became of mends: the texts, those that were made, and those that were not, each with the reason."""

    texts: Texts
    done: tuple[Meant, ...] = ()
    refused: tuple[tuple[Meant, NotEditable], ...] = ()


class Group(Struct, frozen=True):
    """The files that are read together, and those of them that may be edited."""

    paths: tuple[Path, ...]
    editable: tuple[Path, ...]


def make(texts: Texts, group: Group, meant: Sequence[Meant], agrees: "Agrees") -> Made:
    """Make mends in a group of files. Where they cannot all be made, those that can are."""
    refused: list[tuple[Meant, NotEditable]] = []
    while meant:
        try:
            made = _edited(texts, group, meant)
            if not made.refused:
                _compare(reading(made.texts, group.paths).compose, made.services, made.shared, meant[0].place)
                agrees(texts, made.texts, group, meant)
                return Made(made.texts, tuple(meant), tuple(refused))
        except NotEditable as error:
            return _halved(texts, group, meant, agrees, error, refused)
        except NotReadError as error:  # What was made of it cannot be read any more.
            return _halved(texts, group, meant, agrees, NotEditable(meant[0].place, str(error)), refused)
        # What the text itself does not permit is known by its mend: the rest is tried again.
        refused += [(one, made.refused[number]) for number, one in enumerate(meant) if number in made.refused]
        meant = [one for number, one in enumerate(meant) if number not in made.refused]
    return Made(texts, (), tuple(refused))


def _halved(
    texts: Texts, group: Group, meant: Sequence[Meant], agrees: "Agrees", refusal: NotEditable, refused: list[tuple[Meant, NotEditable]]
) -> Made:
    """Those of the mends that can be made, where only all of them together are known to be refused."""
    if len(meant) == 1:
        return Made(texts, (), (*refused, (meant[0], refusal)))
    middle = len(meant) // 2
    first = make(texts, group, meant[:middle], agrees)
    second = make(first.texts, group, meant[middle:], agrees)
    return Made(second.texts, (*first.done, *second.done), (*refused, *first.refused, *second.refused))


class Agrees:
    """A second opinion on two states of a project; this one has none. Raises NotEditable where it disagrees."""

    def __call__(self, before: Texts, after: Texts, group: Group, meant: Sequence[Meant]) -> None:
        """Compare what the two states mean."""

    def project(self, texts: Texts, group: Group) -> Mapping[str, Any]:
        """The project as it is put together, with the names that the engine knows; nothing where nobody says."""
        return {}


class _Edited(Struct, frozen=True):
    """Texts with all edits that they permit, the mends (by number) of which they do not permit all, and the data that was meant."""

    texts: Texts
    services: Mapping[str, Any]
    shared: Mapping[str, Any]
    refused: Mapping[int, NotEditable]


def _edited(texts: Texts, group: Group, meant: Sequence[Meant]) -> _Edited:
    read = reading(texts, group.paths)
    before, find = read.compose, Finder(read.compose, read.sources, group.editable)
    services = {name: plain(node) for name, node in before.services.items()}
    forms = {name: shaped(before.services[name], before.shared) for name in {one.service for one in meant}}
    shared: dict[str, Any] = {key: plain(node) for key, node in before.shared.items()}
    raws: dict[tuple[str, str], Any] = {}
    changes: dict[str, list[tuple[int, Change]]] = {}
    """Of each file, every change with the number of its mend."""
    refused: dict[int, NotEditable] = {}
    for number, one in enumerate(meant):
        try:
            for edit in one.mend.edits:
                spot = find.spot(one.service, forms[one.service], edit)
                if not edit.top:
                    spot = _in_its_list(spot, edit, services[one.service])
                raw: Any = None
                if edit.top:
                    shared = edited(shared, edit.path, edit)
                else:
                    services[one.service] = edited(services[one.service], spot.merged, edit)
                    key = (spot.file, one.service)
                    raw = raws[key] = edited(raws[key] if key in raws else plain(find.raw(spot)), spot.path[2:], edit)
                if spot.file not in changes:
                    hands_off(texts, spot.file)
                changes.setdefault(spot.file, []).extend((number, change) for change in _changes(spot, edit, raw))
        except NotEditable as error:
            refused[number] = error
    after = texts
    for file, numbered in changes.items():
        made = tried(texts.text(file), file, [change for _, change in numbered])
        for index, refusal in sorted(made.refused.items()):
            refused.setdefault(numbered[index][0], refusal)
        after = after.edited(file, made.text)
    return _Edited(after, services, shared, refused)


def _in_its_list(spot: Spot, edit: Edit, service: Any) -> Spot:
    """The spot of an entry that stood there alone, as a text, and has become the first of a list by an edit before."""
    if len(edit.path) < 2 or not isinstance(edit.path[1], int) or len(spot.merged) != 1 or not isinstance(service[spot.merged[0]], list):
        return spot
    return Spot(spot.file, (*spot.path, 0), (*spot.merged, 0), spot.borrowed)


def _changes(spot: Spot, edit: Edit, raw: Any) -> Iterator[Change]:
    """An edit as changes of a text; `raw` is the service as its file shall have it."""
    if spot.borrowed:
        yield Change(Kind.PUT, spot.path[:3], raw[spot.path[2]])
    elif edit.how is How.ADD:
        yield Change(Kind.ADD, spot.path, edit.value)
    elif edit.how is How.RENAME:
        yield Change(Kind.RENAME, spot.path, edit.value)
    elif edit.how is How.PUT:
        yield Change(Kind.PUT, spot.path, edit.value)
    else:
        there = raw
        for part in spot.path[2:]:
            there = there[part]
        if isinstance(there, Mapping):
            for key, value in edit.long.items():
                yield Change(Kind.PUT, (*spot.path, key), value)
        else:
            yield Change(Kind.PUT, spot.path, there)


def _compare(after: Compose, services: Mapping[str, Any], shared: Mapping[str, Any], place: Place) -> None:
    """Raise NotEditable where a project is not exactly as it was meant."""
    found = {name: plain(node) for name, node in after.services.items()}
    for name in services.keys() | found.keys():
        if not same(services.get(name), found.get(name)):
            raise NotEditable(place, f"the edit would change the service {visible(name)} in another way than was meant")
    if not same({key: plain(node) for key, node in after.shared.items()}, shared):
        raise NotEditable(place, "the edit would change what the services share in another way than was meant")
