"""Edits of YAML that somebody wrote, as spans of the very text: what is not edited stays byte for byte, comments included.

Of several documents in a file, an edit is made in the one that has most of its path; of several, in the last, whose word counts
in Compose. Every result is read again, and is only given back when it says what the text said before, and the edit.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from wizard.check.nodes import Node, plain
from wizard.check.source import NotReadError, Place
from wizard.fix.refusal import NotEditable as NotEditable
from wizard.fix.yaml_data import Path, all_same, as_node, at, changed, child, depth, same
from wizard.fix.yaml_places import Pair, Part, Source
from wizard.fix.yaml_splices import Splice, added_entries, added_pair, applied, lines_after, replaced
from wizard.fix.yaml_values import Style, block
from wizard.text import visible

_ONE_OR_MORE = frozenset(("tmpfs", "dns", "dns_search", "env_file", "label_file"))
"""Keys under which Compose takes a text for a list of one."""


read = lru_cache(maxsize=2)(Source)
"""The result of one edit is the beginning of the next: it is read once."""


def put(text: str, name: str, path: tuple[str | int, ...], value: Any) -> str:
    """The text with a value (plain data) at a path of keys and numbers of entries; missing mappings between are made.

    Raises NotEditable, and NotReadError for a text that is no YAML.
    """
    source = read(text, name)
    number, root = _document(source, path)
    now = at(root, path)
    wanted = as_node(value)
    if now is not None and same(Node(now.value, now.place), wanted):
        return text
    return _done(source, number, changed(root, path, wanted), _put(source, number, root, path, wanted))


def _put(source: Source, number: int, root: Node, path: Path, wanted: Node) -> list[Splice]:
    if not source.roots or source.roots[number].is_null:
        start = source.roots[number].start if source.roots else len(source.text)
        lines = block(plain(changed(root, path, wanted)), 0, Style())
        if not source.is_first(start):
            return [lines_after(source, start, lines)]
        line_break = source.line_break(start)
        return [(start, start, "".join(line + line_break for line in lines))]
    walk = _Walk(source, number, root, path)
    if walk.holder is not None:
        walk.free(walk.holder)
        return replaced(walk.parent, walk.holder, plain(wanted), str(path[-1]))
    missing = path[len(walk.done)]
    done = (*walk.done, missing)
    new = plain(at(changed(root, path, wanted), done) or wanted)
    if walk.part.kind == "Mapping" and isinstance(missing, str):
        return added_pair(walk.part, missing, new)
    if walk.part.kind == "Sequence" and missing == len(walk.node.value):
        return added_entries(walk.part, [new])
    if walk.node.value is None and walk.outer is not None and isinstance(missing, str):
        walk.free(walk.outer)
        return replaced(walk.parent, walk.outer, {missing: new}, str(walk.done[-1]))
    raise NotEditable(source.place(walk.part.start), f"there is no place for {visible(str(missing))} in what stands here")


class _Walk:
    """The way along a path as far as the text has it: to the pair or entry that holds its end, else to what lacks the next part."""

    def __init__(self, source: Source, number: int, root: Node, path: Path) -> None:
        self.source, self.part, self.node = source, source.roots[number], root
        self.parent = self.part
        self.outer: Pair | Part | None = None
        self.holder: Pair | Part | None = None
        self.done: Path = ()
        self.taken = {anchor for _, anchor in source.aliases}
        for part in path:
            self._own(self.part)
            found = self._held(part)
            if found is None:
                return
            self.parent, self.outer = self.part, found
            self.part = found.value if isinstance(found, Pair) else found
            inner = child(self.node, part)
            assert inner is not None
            self.node, self.done = inner, (*self.done, part)
        self.holder = self.outer

    def _held(self, part: str | int) -> Pair | Part | None:
        if self.part.kind == "Sequence" and isinstance(part, int):
            entries = self.part.entries()
            return entries[part] if 0 <= part < len(entries) else None
        if self.part.kind != "Mapping":
            return None
        own = (pair for pair in self.part.pairs() if not pair.is_merge)
        return next((pair for pair, key in zip(own, self.node.value, strict=False) if key == part), None)

    def _own(self, part: Part) -> None:
        """Refuse what other places take as well."""
        if part.kind == "Alias":
            raise NotEditable(
                self.source.place(part.start), f"*{part.event.anchor} stands for what is written elsewhere: a change would show there, too"
            )
        if part.number in self.taken:
            raise NotEditable(self.source.place(part.start), f"what is named &{part.event.anchor} is taken elsewhere: a change would show there, too")

    def free(self, holder: Pair | Part) -> None:
        """Refuse to take away what others refer to."""
        first, last = (holder.value.number, holder.value.last) if isinstance(holder, Pair) else (holder.number, holder.last)
        for alias, anchor in self.source.aliases:
            if first <= anchor <= last and not first <= alias <= last:
                named = self.source.events[anchor]
                raise NotEditable(self.source.place(named.start_mark.index), f"what is named &{named.anchor} is taken elsewhere: it cannot go")


def add(text: str, name: str, path: tuple[str | int, ...], entries: Sequence[Any]) -> str:
    """The text with entries (plain data) at the end of the list at a path; it is made where there is none.

    Raises NotEditable, and NotReadError for a text that is no YAML.
    """
    source = read(text, name)
    number, root = _document(source, path)
    now = at(root, path)
    if not entries:
        return text
    if now is None or now.value is None:
        return put(text, name, path, list(entries))
    if not isinstance(now.value, list):
        if isinstance(now.value, dict) or path[-1] not in _ONE_OR_MORE:
            raise NotEditable(now.place, f"{visible(str(path[-1]))} is no list here")
        return put(text, name, path, [now.value, *entries])
    wanted = changed(root, path, Node([*now.value, *(as_node(one) for one in entries)], now.place))
    walk = _Walk(source, number, root, path)
    if walk.holder is None:
        return _done(source, number, wanted, _put(source, number, root, path, at(wanted, path) or now))
    walk._own(walk.part)
    return _done(source, number, wanted, added_entries(walk.part, entries))


def _document(source: Source, path: Path) -> tuple[int, Node]:
    """The number and data of the document that an edit is made in."""
    if not path:
        raise NotEditable(source.name, "a document as a whole is not put in another's place")
    found = max(enumerate(source.nodes), key=lambda one: (depth(one[1], path), one[0]), default=(0, Node({}, Place(source.name))))
    if not isinstance(found[1].value, (dict, list, type(None))):
        raise NotEditable(found[1].place, "the document is no mapping")
    return found


def _done(source: Source, number: int, wanted: Node, splices: list[Splice]) -> str:
    """The text with its splices, once it was read again and says what it shall."""
    new = applied(source, splices)
    where = source.place(min(splices)[0])
    try:
        after = read(new, source.name).nodes
    except NotReadError as error:
        raise NotEditable(where, f"the edited text could not be read ({error})") from None
    before = [wanted if one == number else node for one, node in enumerate(source.nodes)] or [wanted]
    if not all_same(before, after):
        raise NotEditable(where, "the edited text would say something else")
    return new
