"""Where in a YAML text everything stands, to the character: what an edit may replace, and what it has to leave as it is."""

import re
from bisect import bisect_right
from collections.abc import Iterator
from functools import cached_property
from typing import Any

from wizard.check.nodes import Node, documents
from wizard.check.source import Place

_BREAK = re.compile("\r\n|[\n\r\x85\u2028\u2029]")
_BLANK = " \t\n\r\x85\u2028\u2029\ufeff"

Span = tuple[int, int]


class Source:
    """A YAML text that was read: its events, and the data of its documents. Positions count characters after a byte order mark."""

    def __init__(self, text: str, name: str) -> None:
        """Raises NotReadError."""
        self.bom = "\ufeff" * text.startswith("\ufeff")
        self.text, self.name = text[len(self.bom) :], name
        self.starts = [0, *(found.end() for found in _BREAK.finditer(self.text))]
        self.events: list[Any] = []
        self.nodes: list[Node] = list(documents(self.text, name, events=self.events))
        self.ends: dict[int, int] = {}
        """The number of the event that ends a collection, by that of the event that begins it."""
        self.aliases: list[tuple[int, int]] = []
        """Each alias, and the value with the anchor that it names, as numbers of events."""
        self.roots: list[Part] = []
        self.children: dict[int, list[Part]] = {}
        """What a collection holds, by the number of the event that begins it: asked for by each of many edits."""
        self.columns: tuple[int, int] | None = None
        """How it indents, once that was looked for."""
        self._index()

    def _index(self) -> None:
        from yaml.events import AliasEvent, CollectionEndEvent, CollectionStartEvent, DocumentStartEvent, NodeEvent

        open_: list[int] = []
        anchors: dict[str, int] = {}
        for number, event in enumerate(self.events):
            if isinstance(event, CollectionEndEvent):
                self.ends[open_.pop()] = number
            elif isinstance(event, DocumentStartEvent):
                self.roots.append(Part(self, number + 1))
                anchors.clear()
            elif isinstance(event, AliasEvent):
                self.aliases.append((number, anchors[event.anchor]))
            elif isinstance(event, NodeEvent):
                if event.anchor:
                    anchors[event.anchor] = number
                if isinstance(event, CollectionStartEvent):
                    open_.append(number)

    @property
    def is_ended(self) -> bool:
        """Whether the last line has a line break."""
        return self.starts[-1] == len(self.text)

    @cached_property
    def ends_open(self) -> bool:
        """Whether the text ends in a block scalar without a line break: what is added below would change what it says."""
        return not self.is_ended and self.roots[-1].is_open

    @cached_property
    def taken(self) -> frozenset[int]:
        """The values that aliases name, as numbers of events."""
        return frozenset(anchor for _, anchor in self.aliases)

    def line_start(self, at: int) -> int:
        """Where the line of a position begins."""
        return self.starts[bisect_right(self.starts, at) - 1]

    def line_end(self, at: int) -> int:
        """Where the line of a position ends, before its line break."""
        found = _BREAK.search(self.text, at)
        return found.start() if found else len(self.text)

    def next_line(self, at: int) -> int:
        """Where the line after that of a position begins, or the text ends."""
        number = bisect_right(self.starts, at)
        return self.starts[number] if number < len(self.starts) else len(self.text)

    def line_break(self, at: int) -> str:
        """The line break that the line of a position has; in the last line, that of the one before."""
        found = _BREAK.search(self.text, at)
        if found:
            return found.group()
        start = self.line_start(at)
        return self.text[self.line_end(self.line_start(start - 1)) : start] if start else "\n"

    def column(self, at: int) -> int:
        """Characters before a position in its line."""
        return at - self.line_start(at)

    def is_first(self, at: int) -> bool:
        """Whether nothing but blanks stands before a position in its line."""
        return not self.text[self.line_start(at) : at].strip(_BLANK)

    def blanks_before(self, at: int) -> int:
        """Where the blanks before a position in its line begin."""
        start = self.line_start(at)
        return start + len(self.text[start:at].rstrip(" \t"))

    def place(self, at: int) -> Place:
        """A position as people count."""
        return Place(self.name, bisect_right(self.starts, at), self.column(at) + 1)

    def gap(self, start: int, end: int) -> Iterator[Span]:
        """The comments and the single indicators between two values."""
        at = start
        while at < end:
            if self.text[at] in _BLANK:
                at += 1
                continue
            stop = self.line_end(at) if self.text[at] == "#" else at + 1
            yield at, stop
            at = stop


class Part:
    """A value in the text, by the number of the event that begins it."""

    __slots__ = ("event", "number", "source")

    def __init__(self, source: Source, number: int) -> None:
        self.source, self.number = source, number
        self.event = source.events[number]

    @property
    def kind(self) -> str:
        """`Mapping`, `Sequence`, `Scalar` or `Alias`."""
        return type(self.event).__name__.removesuffix("Event").removesuffix("Start")

    @property
    def flow(self) -> bool:
        return bool(getattr(self.event, "flow_style", False))

    @property
    def last(self) -> int:
        """The number of its last event."""
        return self.source.ends.get(self.number, self.number)

    @property
    def start(self) -> int:
        """Where it begins, with its anchor and tag."""
        return int(self.event.start_mark.index)

    @property
    def content(self) -> int:
        """Where it begins, without its anchor and tag: the bracket, the first key or dash, the first character of a scalar."""
        marked = self.properties()
        if self.kind == "Alias" or not marked:
            return self.start
        if self.kind == "Scalar":
            return next((start for start, _ in self.source.gap(marked[-1][1], self.whole_end) if self.source.text[start] != "#"), marked[-1][1])
        end = int(self.event.end_mark.index)
        return end - 1 if self.source.text[end - 1] in "{[" or (self.kind == "Sequence" and self.source.text[end : end + 1] != "-") else end

    def properties(self) -> list[Span]:
        """Where its anchor and its tag stand."""
        wanted = (self.kind != "Alias" and bool(self.event.anchor)) + bool(getattr(self.event, "tag", None))
        found: list[Span] = []
        at, text = self.start, self.source.text
        while len(found) < wanted and at < len(text):
            if text[at] in "&!":
                end = at
                while end < len(text) and text[end] not in _BLANK and not (text[end] in ",[]{}" and text[at + 1 : at + 2] != "<"):
                    end += 1
                found.append((at, end))
                at = end
            else:
                at = self.source.line_end(at) if text[at] == "#" else at + 1
        return found

    @property
    def whole_end(self) -> int:
        """Where the parser says that it ends: for a block scalar after the blank lines below."""
        return int(self.source.events[self.last].end_mark.index)

    @property
    def end(self) -> int:
        """Where its last character stands, exclusive, before the line break."""
        if self.kind in ("Mapping", "Sequence") and not self.is_bracketed:
            return self.pairs()[-1].end if self.kind == "Mapping" else self.entries()[-1].end
        if not self.is_block_scalar:
            return self.whole_end
        text, start = self.source.text, self.content
        value = self.event.value.strip("\n")
        if self.keeps_blank_lines or value[-1:] in (" ", "\t"):
            end = self.whole_end
            found = re.search("(?:\r\n|[\n\r\x85\u2028\u2029])\\Z", text[start:end])
            return start + found.start() if found else end
        return start + len(text[start : self.whole_end].rstrip(_BLANK))

    @property
    def leaf(self) -> "Part":
        """The scalar, alias or collection in brackets that it ends with."""
        part = self
        while part.kind in ("Mapping", "Sequence") and not part.is_bracketed:
            part = part.entries()[-1]
        return part

    @property
    def is_block_scalar(self) -> bool:
        return getattr(self.event, "style", None) in ("|", ">")

    @property
    def is_open(self) -> bool:
        """Whether it ends with the text, in a block scalar without a line break."""
        leaf = self.leaf
        return leaf.is_block_scalar and leaf.whole_end == len(self.source.text) and not self.source.is_ended

    @property
    def keeps_blank_lines(self) -> bool:
        """Whether it is a block scalar to which the blank lines below belong."""
        text, start = self.source.text, self.content
        return self.is_block_scalar and "+" in text[start : self.source.line_end(start)].partition("#")[0]

    @property
    def is_bracketed(self) -> bool:
        """Whether it is a collection within brackets: a pair in a list in flow style needs none."""
        return self.kind in ("Mapping", "Sequence") and self.flow and self.source.text[self.content] in "{["

    def entries(self) -> list["Part"]:
        """The entries of a list, or the keys and values of a mapping in turn."""
        if self.number in self.source.children:
            return self.source.children[self.number]
        found, number = [], self.number + 1
        while number < self.last:
            part = Part(self.source, number)
            found.append(part)
            number = part.last + 1
        return self.source.children.setdefault(self.number, found)

    def pairs(self) -> list["Pair"]:
        """The keys of a mapping, each with its value."""
        both = iter(self.entries())
        return [Pair(key, value) for key, value in zip(both, both, strict=True)]

    @property
    def is_null(self) -> bool:
        """Whether nothing at all stands there, not even a word for it."""
        return self.kind == "Scalar" and not self.event.value and not self.event.style and self.content >= self.whole_end


class Pair:
    """A key of a mapping with its value, where they stand."""

    __slots__ = ("key", "value")

    def __init__(self, key: Part, value: Part) -> None:
        self.key, self.value = key, value

    @property
    def colon(self) -> int | None:
        """Where the colon between them stands, if there is one."""
        text = self.key.source.text
        return next((start for start, _ in self.key.source.gap(self.key.end, max(self.value.start, self.key.end)) if text[start] == ":"), None)

    @property
    def start(self) -> int:
        """Where it begins: at its key, or at the `?` before it."""
        source, at = self.key.source, self.key.start
        before = source.text[source.line_start(at) : at].rstrip(" \t")
        return source.line_start(at) + len(before) - 1 if before.endswith("?") else at

    @property
    def end(self) -> int:
        """Where its value ends, else its colon, else its key."""
        if not self.value.is_null or self.value.properties():
            return self.value.end
        return self.key.end if self.colon is None else self.colon + 1

    @property
    def is_merge(self) -> bool:
        return self.key.kind == "Scalar" and self.key.event.value == "<<"
