"""Edits of a YAML text, worked out but not made: what each splices, what it means for the data, and what else it must not meet.

An edit is made in one document of a file: the one that has most of its path; of several, the last, whose word counts in Compose.
The last part of a path may also be the name of an entry such as NAME=VALUE in a list.
"""

from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

from msgspec import Struct

from wizard.check.nodes import Node, plain
from wizard.fix.refusal import NotEditable
from wizard.fix.yaml_data import Path, as_node, assigned, at, changed, is_tagged, name_of, same
from wizard.fix.yaml_places import Pair, Part, Source
from wizard.fix.yaml_removal import removed
from wizard.fix.yaml_replacing import replaced
from wizard.fix.yaml_splices import Splice, added_entries, added_pair, lines_at
from wizard.fix.yaml_values import Style, block, inline, scalar
from wizard.fix.yaml_walk import Holder, Walk, document
from wizard.text import visible

_ONE_OR_MORE = frozenset(("tmpfs", "dns", "dns_search", "env_file", "label_file"))
"""Keys under which Compose takes a text for a list of one."""

read = lru_cache(maxsize=2)(Source)
"""The result of one edit is where the next begins: it is read once."""


class Step(Struct, frozen=True):
    """An edit of the document with this `number`. Of several at one position, what stands deeper in the data comes first in the text."""

    number: int
    change: Callable[[Node], Node]
    splices: Sequence[Splice] = ()
    claims: tuple[Path, ...] = ()
    """What it writes, in the data: another edit of one of them, of what is in them or around them waits for the text that this one makes."""
    depth: int = 0
    why: str = ""
    """Why the data may be other than was meant, if that may be."""
    alone: bool = False
    """Whether any other edit has to wait, since lines go that others take their indentation from, or comments move."""
    loosens: bool = False
    """Whether an alias goes, so that what it named may not be shared any more."""


def put_step(source: Source, path: Path, value: Any) -> Step:
    """A value at a path; missing mappings between are made. Raises NotEditable, as all of these do."""
    number, root, path = document(source, last := path)
    wanted = _node(source, value, None if path == last else str(last[-1]))
    now = at(root, path)
    if now is not None and same(Node(now.value, now.place), wanted):
        return Step(number, _unchanged, claims=(path, *_names(root, path, wanted)))
    return _put(source, number, root, path, wanted)


def add_step(source: Source, path: Path, entries: Sequence[Any]) -> Step:
    """Entries at the end of the list at a path; it is made where there is none."""
    if not entries:
        return Step(0, _unchanged)
    number, root, path = document(source, path)
    now, more = at(root, path), [_node(source, one) for one in entries]
    if now is None or now.value is None:
        return put_step(source, path, list(entries))
    if not isinstance(now.value, list):
        if isinstance(now.value, dict) or path[-1] not in _ONE_OR_MORE:
            raise NotEditable(now.place, f"{visible(str(path[-1]))} is no list here")
        return _put(source, number, root, path, Node([Node(now.value, now.place), *more], now.place))
    walk = Walk(source, number, root, path)
    if walk.is_whole:
        walk.refuse_shared(walk.part)
    if not walk.is_whole or now.tag == "!reset":
        return _put(source, number, root, path, Node([*now.value, *more], now.place))
    splices = added_entries(walk.part, list(entries))
    place, names = now.place, tuple((*path, f"={name_of(one)}") for one in more)
    claims = ((*path, len(now.value)), *names) if _is_row(walk.part, splices) else (path,)
    return Step(number, lambda root: changed(root, path, Node([*_entries(root, path), *more], place)), splices, claims, len(path))


def rename_step(source: Source, path: Path, key: str, value: Any) -> Step:
    """Another name and value for an entry of a mapping, or of a list of entries such as NAME=VALUE."""
    number, root, path = document(source, path)
    outer, now = at(root, path[:-1]), at(root, path)
    if outer is None or now is None:
        raise NotEditable(source.name, f"{visible(str(path[-1]))} is not there")
    if isinstance(outer.value, list):
        if key != name_of(now) and any(name_of(one) == key for one in outer.value):
            raise NotEditable(now.place, f"{visible(key)} is already there")
        return put_step(source, path, _node(source, value, key).value)
    if key == path[-1]:
        return put_step(source, path, value)
    if key in outer.value:
        raise NotEditable(now.place, f"{visible(key)} is already there")
    walk = _whole(source, number, root, path)
    parent, pair = walk.passed[-1]
    assert isinstance(pair, Pair)
    walk.refuse_named(pair, whole=True)
    wanted = _node(source, value)
    is_kept = same(Node(now.value, now.place), wanted)
    splices = [(pair.key.start, pair.key.end, scalar(key)), *([] if is_kept else replaced(parent, pair, plain(wanted), key))]
    new = now if is_kept else wanted
    claims = (path, (*path[:-1], key)) if not parent.flow else (path[:-1],)
    return Step(number, lambda root: changed(root, path, new, key), splices, claims, len(path), _merged_again(parent, path),
                not is_kept and _spans_lines(pair), _has_alias(source, pair))  # fmt: skip


def remove_step(source: Source, path: Path) -> Step:
    """Without a key or an entry of a list; the comments on it stay. Nothing changes where it is not there."""
    number, root, path = document(source, path)
    if at(root, path) is None:
        return Step(number, _unchanged)
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
    return Step(number, lambda root: changed(root, path, None), splices, ((),), why=_merged_again(parent, path), alone=True)


def _unchanged(root: Node) -> Node:
    return root


def _entries(root: Node, path: Path) -> list[Node]:
    found = at(root, path)
    assert found is not None
    entries: list[Node] = found.value
    return entries


def _names(root: Node, path: Path, wanted: Node) -> tuple[Path, ...]:
    """The names that an entry of a list has before and after: by them, too, an edit may mean it."""
    outer, now = at(root, path[:-1]), at(root, path)
    if outer is None or not isinstance(outer.value, list):
        return ()
    return tuple((*path[:-1], f"={name_of(one)}") for one in (now, wanted) if one is not None)


def _is_row(parent: Part, splices: Sequence[Splice]) -> bool:
    """Whether more can be added to a collection at the same position, one after the other."""
    return not parent.flow or (len(splices) == 1 and splices[0][2].startswith(", "))


def _spans_lines(holder: Holder) -> bool:
    """Whether a value, its key included, takes lines of its own."""
    old = holder.value if isinstance(holder, Pair) else holder
    source, is_block = old.source, old.kind in ("Mapping", "Sequence") and not old.is_bracketed
    return is_block or source.line_start(holder.start) != source.line_start(holder.end)


def _has_alias(source: Source, holder: Holder) -> bool:
    old = holder.value if isinstance(holder, Pair) else holder
    return any(old.number <= alias <= old.last for alias, _ in source.aliases)


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


def _put(source: Source, number: int, root: Node, path: Path, wanted: Node) -> Step:
    def change(root: Node) -> Node:
        return changed(root, path, wanted)

    if not source.roots or source.roots[number].is_null:
        start = source.roots[number].start if source.roots else len(source.text)
        return Step(number, change, [lines_at(source, start, block(plain(change(root)), 0, Style()))], ((),), alone=True)
    walk = Walk(source, number, root, path)
    depth, names = len(walk.passed), _names(root, path, wanted)
    if walk.is_whole:
        parent, holder = walk.passed[-1]
        walk.refuse_named(holder)
        splices = replaced(parent, holder, _plain(source, walk, wanted), str(path[-1]))
        claims = (path, *names) if _keeps_place(parent, holder) else (path[:-1],)
        return Step(number, change, splices, claims, depth, alone=_spans_lines(holder), loosens=_has_alias(source, holder))
    missing = path[depth]
    filled = at(change(root), path[: depth + 1])
    assert filled is not None
    new = _plain(source, walk, filled)
    if walk.part.kind == "Mapping" and isinstance(missing, str) and missing != "<<":
        splices = added_pair(walk.part, missing, new)
        return Step(number, change, splices, (path[: depth + _is_row(walk.part, splices)],), depth)
    if walk.part.kind == "Sequence" and missing == len(walk.node.value):
        splices = added_entries(walk.part, [new])
        return Step(number, change, splices, (path[: depth + 1], *names) if _is_row(walk.part, splices) else (path[:depth],), depth)
    if walk.node.value is None and walk.passed:
        parent, holder = walk.passed[-1]
        walk.refuse_named(holder)
        splices = replaced(parent, holder, [new] if isinstance(missing, int) else {missing: new}, str(path[depth - 1]))
        return Step(number, change, splices, (path[: depth - (not _keeps_place(parent, holder))],), depth, alone=_spans_lines(holder))
    raise NotEditable(source.place(walk.part.start), f"there is no place for {visible(str(missing))} in what stands here")


def _keeps_place(parent: Part, holder: Holder) -> bool:
    """Whether what is added beside a value stands where it would without another value there: not beside nothing in flow style."""
    old = holder.value if isinstance(holder, Pair) else holder
    return not (parent.flow and old.is_null)


def _plain(source: Source, walk: Walk, node: Node) -> Any:
    """A value to be written out, with what it has of what was there."""
    if is_tagged(node):
        raise NotEditable(source.place(walk.part.start), "a tag such as !reset stands in what would be written anew: it would be lost")
    return plain(node)
