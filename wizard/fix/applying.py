"""Mends as edits of the very text: all of one mend or nothing, and only where the result is exactly what was meant."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from msgspec import Struct

from wizard.check.forms import shaped
from wizard.check.nodes import plain
from wizard.check.project import Compose, load
from wizard.check.source import NotReadError, Place
from wizard.fix import yaml_edits
from wizard.fix.data_edits import edited, same
from wizard.fix.edited import Texts
from wizard.fix.generated import hands_off
from wizard.fix.places import Finder, Spot
from wizard.fix.refusal import NotEditable
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
    if not meant:
        return Made(texts)
    try:
        return Made(_all(texts, group, meant, agrees), tuple(meant))
    except NotEditable as error:
        refusal = error
    except NotReadError as error:  # What was made of it cannot be read any more.
        refusal = NotEditable(meant[0].place, str(error))
    if len(meant) == 1:
        return Made(texts, (), ((meant[0], refusal),))
    middle = len(meant) // 2
    first = make(texts, group, meant[:middle], agrees)
    second = make(first.texts, group, meant[middle:], agrees)
    return Made(second.texts, (*first.done, *second.done), (*first.refused, *second.refused))


class Agrees:
    """A second opinion on two states of a project; this one has none. Raises NotEditable where it disagrees."""

    def __call__(self, before: Texts, after: Texts, group: Group, meant: Sequence[Meant]) -> None:
        """Compare what the two states mean."""

    def project(self, texts: Texts, group: Group) -> Mapping[str, Any]:
        """The project as it is put together, with the names that the engine knows; nothing where nobody says."""
        return {}


def _all(texts: Texts, group: Group, meant: Sequence[Meant], agrees: Agrees) -> Texts:
    sources = texts.sources()
    before = load(group.paths, sources)
    find = Finder(before, sources, group.editable)
    services = {name: plain(node) for name, node in before.services.items()}
    forms = {name: shaped(before.services[name], before.shared) for name in {one.service for one in meant}}
    shared: dict[str, Any] = {key: plain(node) for key, node in before.shared.items()}
    after = texts
    raws: dict[tuple[str, str], Any] = {}
    for one in meant:
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
            hands_off(spot.file, after.text(spot.file))
            after = after.edited(spot.file, _text(after.text(spot.file), spot, edit, raw))
    _compare(load(group.paths, after.sources()), services, shared, meant[0].place)
    agrees(texts, after, group, meant)
    return after


def _in_its_list(spot: Spot, edit: Edit, service: Any) -> Spot:
    """The spot of an entry that stood there alone, as a text, and has become the first of a list by an edit before."""
    if len(edit.path) < 2 or not isinstance(edit.path[1], int) or len(spot.merged) != 1 or not isinstance(service[spot.merged[0]], list):
        return spot
    return Spot(spot.file, (*spot.path, 0), (*spot.merged, 0), spot.borrowed)


def _text(text: str, spot: Spot, edit: Edit, raw: Any) -> str:
    """The text with one edit; `raw` is the service as its file shall have it."""
    if spot.borrowed:
        key = spot.path[2]
        return yaml_edits.put(text, spot.file, spot.path[:3], raw[key])
    match edit.how:
        case How.ADD:
            return yaml_edits.add(text, spot.file, spot.path, edit.value)
        case How.RENAME:
            return yaml_edits.rename(text, spot.file, spot.path, *edit.value)
        case How.PREFIX | How.SUFFIX:
            there = raw
            for part in spot.path[2:]:
                there = there[part]
            if not isinstance(there, Mapping):
                return yaml_edits.put(text, spot.file, spot.path, there)
            for key, value in edit.long.items():
                text = yaml_edits.put(text, spot.file, (*spot.path, key), value)
            return text
    return yaml_edits.put(text, spot.file, spot.path, edit.value)


def _compare(after: Compose, services: Mapping[str, Any], shared: Mapping[str, Any], place: Place) -> None:
    """Raise NotEditable where a project is not exactly as it was meant."""
    found = {name: plain(node) for name, node in after.services.items()}
    for name in services.keys() | found.keys():
        if not same(services.get(name), found.get(name)):
            raise NotEditable(place, f"the edit would change the service {visible(name)} in another way than was meant")
    if not same({key: plain(node) for key, node in after.shared.items()}, shared):
        raise NotEditable(place, "the edit would change what the services share in another way than was meant")
