"""Edits of YAML that somebody wrote, as spans of the very text: what is not edited stays byte for byte, comments included.

Of several documents in a file, an edit is made in the one that has most of its path; of several, in the last, whose word counts
in Compose. Every result is read again, and is only given back when it says what the text said before, and the edit.
The last part of a path may also be the name of an entry such as NAME=VALUE in a list.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from wizard.check.nodes import Node, plain
from wizard.check.source import NotReadError
from wizard.fix.refusal import NotEditable as NotEditable
from wizard.fix.yaml_data import Path, all_same, as_node, assigned, at, changed, is_tagged, name_of, same
from wizard.fix.yaml_places import Pair, Part, Source
from wizard.fix.yaml_removal import removed
from wizard.fix.yaml_replacing import replaced
from wizard.fix.yaml_splices import Splice, added_entries, added_pair, applied, lines_at
from wizard.fix.yaml_values import Style, block, inline, scalar
from wizard.fix.yaml_walk import Holder, Walk, document
from wizard.text import visible

_ONE_OR_MORE = frozenset(("tmpfs", "dns", "dns_search", "env_file", "label_file"))
"""Keys under which Compose takes a text for a list of one."""

read = lru_cache(maxsize=2)(Source)
"""The result of one edit is where the next begins: it is read once."""


def put(text: str, name: str, path: tuple[str | int, ...], value: Any) -> str:
    """The text with a value (plain data) at a path of keys and numbers of entries; missing mappings between are made.

    Raises NotEditable, and NotReadError for a text that is no YAML.
    """
    source = read(text, name)
    number, root, path = document(source, last := path)
    wanted = _node(source, value, None if path == last else str(last[-1]))
    now = at(root, path)
    if now is not None and same(Node(now.value, now.place), wanted):
        return text
    return _done(source, number, changed(root, path, wanted), _put(source, number, root, path, wanted))


def add(text: str, name: str, path: tuple[str | int, ...], entries: Sequence[Any]) -> str:
    """The text with entries (plain data) at the end of the list at a path; it is made where there is none.

    Raises NotEditable, and NotReadError for a text that is no YAML.
    """
    if not entries:
        return text
    source = read(text, name)
    number, root, path = document(source, path)
    now, more = at(root, path), [_node(source, one) for one in entries]
    if now is None or now.value is None:
        return put(text, name, path, list(entries))
    if not isinstance(now.value, list):
        if isinstance(now.value, dict) or path[-1] not in _ONE_OR_MORE:
            raise NotEditable(now.place, f"{visible(str(path[-1]))} is no list here")
        more.insert(0, Node(now.value, now.place))
        wanted = Node(more, now.place)
    else:
        wanted = Node([*now.value, *more], now.place)
    walk = Walk(source, number, root, path)
    if walk.is_whole:
        walk.refuse_shared(walk.part)
    is_list = walk.is_whole and isinstance(now.value, list) and now.tag != "!reset"
    splices = added_entries(walk.part, list(entries)) if is_list else _put(source, number, root, path, wanted)
    return _done(source, number, changed(root, path, wanted), splices)


def rename(text: str, name: str, path: tuple[str | int, ...], key: str, value: Any) -> str:
    """The text with another name and value for an entry of a mapping, or of a list of entries such as NAME=VALUE.

    Raises NotEditable, and NotReadError for a text that is no YAML.
    """
    source = read(text, name)
    number, root, path = document(source, path)
    outer, now = at(root, path[:-1]), at(root, path)
    if outer is None or now is None:
        raise NotEditable(source.name, f"{visible(str(path[-1]))} is not there")
    if isinstance(outer.value, list):
        if key != name_of(now) and any(name_of(one) == key for one in outer.value):
            raise NotEditable(now.place, f"{visible(key)} is already there")
        return put(text, name, path, _node(source, value, key).value)
    if key == path[-1]:
        return put(text, name, path, value)
    if key in outer.value:
        raise NotEditable(now.place, f"{visible(key)} is already there")
    walk = _whole(source, number, root, path)
    parent, pair = walk.passed[-1]
    assert isinstance(pair, Pair)
    walk.refuse_named(pair, whole=True)
    wanted = _node(source, value)
    is_kept = same(Node(now.value, now.place), wanted)
    splices = [(pair.key.start, pair.key.end, scalar(key)), *([] if is_kept else replaced(parent, pair, plain(wanted), key))]
    return _done(source, number, changed(root, path, now if is_kept else wanted, key), splices, _merged_again(parent, path))


def remove(text: str, name: str, path: tuple[str | int, ...]) -> str:
    """The text without a key or an entry of a list; the comments on it stay, and so does the text where it is not there.

    Raises NotEditable, and NotReadError for a text that is no YAML.
    """
    source = read(text, name)
    number, root, path = document(source, path)
    if at(root, path) is None:
        return text
    walk = _whole(source, number, root, path)
    parent, holder = walk.passed[-1]
    walk.refuse_named(holder, whole=True)
    children: Sequence[Holder] = parent.pairs() if parent.kind == "Mapping" else parent.entries()
    position = next(place for place, one in enumerate(children) if one.start == holder.start)
    if len(children) > 1 or parent.flow:
        splices = removed(parent, position)
    elif len(walk.passed) > 1:
        splices = replaced(*walk.passed[-2], {} if parent.kind == "Mapping" else [], emptied=True)
    else:
        raise NotEditable(source.place(holder.start), "nothing would be left of the document")
    return _done(source, number, changed(root, path, None), splices, _merged_again(parent, path))


def _merged_again(parent: Part, path: Path) -> str:
    """Why a key that goes may still be there, if that may be."""
    merges = parent.kind == "Mapping" and any(pair.is_merge for pair in parent.pairs())
    return f"{visible(str(path[-1]))} would come from what << takes in" if merges else ""


def _node(source: Source, value: Any, name: str | None = None) -> Node:
    """What is read of a value, or of an entry such as NAME=VALUE."""
    try:
        if name is not None:
            value = assigned(name, value)
        inline(value)
    except ValueError as error:
        raise NotEditable(source.name, str(error)) from None
    return as_node(value)


def _whole(source: Source, number: int, root: Node, path: Path) -> Walk:
    walk = Walk(source, number, root, path)
    if not walk.is_whole:
        raise NotEditable(source.place(walk.part.start), f"{visible(str(path[-1]))} comes from what << takes in")
    return walk


def _put(source: Source, number: int, root: Node, path: Path, wanted: Node) -> list[Splice]:
    if not source.roots or source.roots[number].is_null:
        start = source.roots[number].start if source.roots else len(source.text)
        return [lines_at(source, start, block(plain(changed(root, path, wanted)), 0, Style()))]
    walk = Walk(source, number, root, path)
    if walk.is_whole:
        parent, holder = walk.passed[-1]
        walk.refuse_named(holder)
        return replaced(parent, holder, _plain(source, walk, wanted), str(path[-1]))
    missing = path[len(walk.passed)]
    filled = at(changed(root, path, wanted), path[: len(walk.passed) + 1])
    assert filled is not None
    new = _plain(source, walk, filled)
    if walk.part.kind == "Mapping" and isinstance(missing, str) and missing != "<<":
        return added_pair(walk.part, missing, new)
    if walk.part.kind == "Sequence" and missing == len(walk.node.value):
        return added_entries(walk.part, [new])
    if walk.node.value is None and walk.passed:
        parent, holder = walk.passed[-1]
        walk.refuse_named(holder)
        return replaced(parent, holder, [new] if isinstance(missing, int) else {missing: new}, str(path[len(walk.passed) - 1]))
    raise NotEditable(source.place(walk.part.start), f"there is no place for {visible(str(missing))} in what stands here")


def _plain(source: Source, walk: Walk, node: Node) -> Any:
    """A value to be written out, with what it has of what was there."""
    if is_tagged(node):
        raise NotEditable(source.place(walk.part.start), "a tag such as !reset stands in what would be written anew: it would be lost")
    return plain(node)


def _done(source: Source, number: int, wanted: Node, splices: list[Splice], why: str = "") -> str:
    """The text with its splices, once it was read again and says what it shall."""
    new = applied(source, splices)
    where = source.place(min(splices)[0])
    try:
        after = read(new, source.name).nodes
    except NotReadError as error:
        raise NotEditable(where, why or f"the edited text could not be read: {error}") from None
    before = [wanted if one == number else node for one, node in enumerate(source.nodes)] or [wanted]
    if not all_same(before, after):
        raise NotEditable(where, why or "the edited text would say something else")
    return new
