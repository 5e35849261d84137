"""YAML as Compose reads it, with the place of every key and entry: bounded in depth and size, aliases counted out."""

import re
from collections.abc import Iterator
from typing import Any

from msgspec import Struct

from wizard.check.source import NotReadError, Place
from wizard.text import visible

DEEPEST = 40
"""Levels of nesting; real files have fewer than ten."""
MOST = 200_000
"""Values with every alias written out; what a file of the largest size could hold without aliases."""

_INT = re.compile(r"[-+]?(0b[01_]+|0o[0-7_]+|0x[0-9a-fA-F_]+|[0-9][0-9_]*)\Z")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?\Z")
_WORDS: dict[str, Any] = {"": None, "~": None, "null": None, "Null": None, "NULL": None,
                          **dict.fromkeys(("true", "True", "TRUE"), True), **dict.fromkeys(("false", "False", "FALSE"), False)}  # fmt: skip


class Node(Struct):
    """A value with the place of its key or entry: a scalar, a dict of Nodes or a list of Nodes.

    `size` counts the values in it with every alias written out; `tag` is a tag of Compose's own (`!reset`, `!override`).
    """

    value: Any
    place: Place
    size: int = 1
    tag: str = ""


Spans = list[tuple[int, int, int, int]]
"""Where scalars stand: first line and column, last line and column, from 0. What looks like a comment inside is none."""


class _Recorded:
    """A parser of which every event is kept."""

    def __init__(self, parser: Any, events: list[Any]) -> None:
        self.parser, self.events = parser, events

    def get_event(self) -> Any:
        event = self.parser.get_event()
        self.events.append(event)
        return event


def documents(text: str, name: str, spans: Spans | None = None, events: list[Any] | None = None) -> Iterator[Node]:
    """The documents of a YAML text; `events` takes what the parser saw. Raises NotReadError with the line for anything that Compose would
    not read either."""
    import yaml

    try:
        parser = getattr(yaml, "CLoader", yaml.Loader)(text)
        yield from _built(parser if events is None else _Recorded(parser, events), name, spans)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        problem = visible(str(error.problem or error.context or "not YAML").split("\n")[0])[1:-1]
        raise NotReadError(Place(name, mark.line + 1 if mark else 1), problem) from None
    except yaml.reader.ReaderError as error:
        raise NotReadError(Place(name, text.count("\n", 0, error.position or 0) + 1), "holds a character that YAML does not permit") from None
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        raise NotReadError(name, f"not YAML that can be read: {visible(str(error))[1:-1]}") from None


class _Open(Struct):
    """A collection that is not closed yet."""

    node: Node
    anchor: str | None = None
    key: Node | None = None
    merged: tuple[Node, ...] = ()


def _built(parser: Any, name: str, spans: Spans | None) -> Iterator[Node]:
    from yaml.events import (
        AliasEvent,
        DocumentStartEvent,
        MappingEndEvent,
        MappingStartEvent,
        ScalarEvent,
        SequenceEndEvent,
        SequenceStartEvent,
        StreamEndEvent,
    )

    stack: list[_Open] = []
    anchors: dict[str, Node | None] = {}
    next_event = parser.get_event
    while (kind := (event := next_event()).__class__) is not StreamEndEvent:
        mark = event.start_mark
        place = Place(name, mark.line + 1, mark.column + 1)
        if kind is ScalarEvent:
            if spans is not None:
                spans.append((mark.line, mark.column, event.end_mark.line, event.end_mark.column))
            value, tag = event.value, event.tag
            literal = event.style or tag == "tag:yaml.org,2002:str"
            done = Node(value if literal else scalar(value), place, 1, _own(tag) if tag else "")
            if event.anchor:
                anchors[event.anchor] = done
        elif kind is AliasEvent:
            done = _aliased(anchors, event.anchor, place)
        elif kind is MappingStartEvent or kind is SequenceStartEvent:
            if len(stack) >= DEEPEST:
                raise NotReadError(place, f"nested deeper than {DEEPEST} levels")
            stack.append(_Open(Node({} if kind is MappingStartEvent else [], place, 1, _own(event.tag)), event.anchor))
            if event.anchor:
                anchors[event.anchor] = None
            continue
        elif kind is MappingEndEvent or kind is SequenceEndEvent:
            closed = stack.pop()
            if closed.merged:
                _merge_keys(closed)
            done = closed.node
            if closed.anchor:
                anchors[closed.anchor] = done
        else:
            if kind is DocumentStartEvent:
                anchors.clear()
            continue
        if stack:
            _put(stack[-1], done)
        else:
            yield done


def _own(tag: str | None) -> str:
    """A tag of Compose's own; nothing for any other."""
    return tag if tag in ("!reset", "!override") else ""


def _aliased(anchors: dict[str, Node | None], anchor: str, place: Place) -> Node:
    if anchor not in anchors:
        raise NotReadError(place, f"*{visible(anchor)[1:-1]} names no anchor that stands before it")
    node = anchors[anchor]
    if node is None:
        raise NotReadError(place, f"*{visible(anchor)[1:-1]} stands inside of what it names")
    return Node(node.value, place, node.size, node.tag)


def _put(into: _Open, node: Node) -> None:
    """A finished value as the next entry of a list, or the next key or value of a mapping."""
    outer = into.node
    outer.size += node.size
    if outer.size > MOST:
        raise NotReadError(node.place, f"more than {MOST} values once its aliases are written out")
    value = outer.value
    if value.__class__ is list:
        value.append(node)
    elif into.key is None:
        into.key = node
        if node.value.__class__ in (dict, list):
            raise NotReadError(node.place, "a key that is no text")
    else:
        key, into.key = into.key, None
        if key.value == "<<":
            into.merged = (*into.merged, node)
            return
        word = _key(key.value)
        if word in value:
            raise NotReadError(key.place, f"the key {visible(word)} is already there in line {value[word].place.line}")
        node.place = key.place  # a value is found by its key: that is the line to change
        value[word] = node


def _key(value: Any) -> str:
    return value if isinstance(value, str) else "null" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def _merge_keys(closed: _Open) -> None:
    """What `<<` brings in, where the mapping does not say it itself; of several the first wins."""
    for source in closed.merged:
        for one in source.value if isinstance(source.value, list) else [source]:
            if not isinstance(one.value, dict):
                raise NotReadError(source.place, "<< takes mappings only")
            for key, node in one.value.items():
                closed.node.value.setdefault(key, node)


def scalar(text: str) -> Any:
    """A plain scalar as Compose's reader (go-yaml) takes it: `yes` is a text, 0440 and 0o440 are octal."""
    if text in _WORDS:
        return _WORDS[text]
    if text[0] not in "0123456789+-.":
        return text
    if _INT.match(text):
        bare = text.replace("_", "")
        digits = bare.lstrip("+-")
        if len(bare) > 40:
            return text
        try:
            base = 8 if len(digits) > 1 and digits[0] == "0" and digits.isdigit() else 0
            return int(bare, base)
        except ValueError:
            pass  # 089 is no octal number, but a float
    return float(text) if _FLOAT.match(text) and len(text) < 40 else text


def plain(node: Node) -> Any:
    """The value as plain data."""
    value = node.value
    if value.__class__ is dict:
        return {key: plain(one) for key, one in value.items()}
    return [plain(one) for one in value] if value.__class__ is list else value
