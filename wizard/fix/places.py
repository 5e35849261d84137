"""Where an edit of a service belongs: in which file of a project, and at which path in it."""

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from msgspec import Struct

from wizard.check.forms import Shaped
from wizard.check.nodes import Node
from wizard.check.project import Compose
from wizard.check.source import Place
from wizard.check.sources import Sources
from wizard.fix.refusal import NotEditable
from wizard.mend import Edit, How

_END = 1 << 60


class Spot(Struct, frozen=True):
    """A place in a file: `path` from the top of the document; `merged` is the same in the service as Compose puts it together.

    `borrowed` says that the key is there only by a merge key or an alias: then it is written out whole, since an edit of what is
    borrowed would be one of all others, too.
    """

    file: str
    path: tuple[str | int, ...]
    merged: tuple[str | int, ...]
    borrowed: bool = False


class _Own(Struct, frozen=True):
    """A service as one file has it: from its key to the next one."""

    file: str
    keys: Mapping[str, Node]
    begin: Place
    end: Place

    def borrows(self, key: str) -> bool:
        """Whether the value of a key stands somewhere else in the file."""
        node = self.keys.get(key)
        if node is None:
            return False
        inner = node.value if isinstance(node.value, list) else list(node.value.values()) if isinstance(node.value, dict) else []
        return not all(self.begin <= one.place < self.end for one in (node, *inner))


def _begins(root: Node) -> list[Place]:
    """Where the services and the parts at the top of a document begin, in their order."""
    whole = root.value if isinstance(root.value, dict) else {}
    services = whole.get("services")
    inner = services.value.values() if services and isinstance(services.value, dict) else ()
    return sorted(node.place for node in (*inner, *whole.values()))


class Finder:
    """Finds the spots of edits in the files that may be edited, the later ones of them before the earlier."""

    def __init__(self, compose: Compose, sources: Sources, paths: Sequence[Path]) -> None:
        self.compose = compose
        self.files = {sources.name(path): [(root, _begins(root)) for root in sources.documents(path)] for path in reversed(paths)}

    def spot(self, name: str, form: Shaped, edit: Edit) -> Spot:
        """Where an edit of the service `name` belongs. Raises NotEditable where it stands in a file that others may use as well."""
        place = self.compose.services[name].place
        if edit.top:
            return Spot(self._editable(place), edit.path, edit.path)
        key, *rest = edit.path
        if rest and (isinstance(rest[0], int) or edit.how is How.RENAME):
            return self._entry(name, form, str(key), rest[0], tuple(rest[1:]))
        for own in self._owned(name):
            if key in own.keys:
                return Spot(own.file, ("services", name, *edit.path), edit.path, own.borrows(str(key)))
        return Spot(self._editable(place), ("services", name, *edit.path), edit.path)

    def raw(self, spot: Spot) -> Node:
        """The service of a spot as its file has it, variables not filled in."""
        name = str(spot.path[1])
        own = next((own for own in self._owned(name) if own.file == spot.file), None)
        return Node(dict(own.keys) if own else {}, self.compose.services[name].place)

    def _editable(self, place: Place) -> str:
        if place.file not in self.files:
            raise NotEditable(place, "stands in a file that others may use as well; mend it there")
        return place.file

    def _owned(self, name: str) -> Iterator[_Own]:
        for file, documents in self.files.items():
            for root, begins in reversed(documents):
                services = root.value.get("services") if isinstance(root.value, dict) else None
                one = services.value.get(name) if services and isinstance(services.value, dict) else None
                if services is not None and one is not None and isinstance(one.value, dict):
                    after = bisect_right(begins, one.place)
                    yield _Own(file, one.value, one.place, begins[after] if after < len(begins) else Place(file, _END))

    def _entry(self, name: str, form: Shaped, key: str, entry: int | str, rest: tuple[str | int, ...]) -> Spot:
        place = form.places[key, entry]
        merged = self.compose.services[name].value[key]
        for own in self._owned(name):
            node = own.keys.get(key)
            if node is None:
                continue
            if isinstance(entry, str):
                if place.file == own.file:
                    return Spot(own.file, ("services", name, key, entry, *rest), (key, entry, *rest), own.borrows(key))
            elif not isinstance(node.value, list) and node.place == place:
                return Spot(own.file, ("services", name, key, *rest), (key, *rest), own.borrows(key))
            for number, one in enumerate(node.value if isinstance(node.value, list) else ()):
                if one.place == place and isinstance(entry, int):
                    index = next(index for index, other in enumerate(merged.value) if other.place == place)
                    return Spot(own.file, ("services", name, key, number, *rest), (key, index, *rest), own.borrows(key))
        raise NotEditable(place, "comes from elsewhere than the service itself, so others may use it as well")
