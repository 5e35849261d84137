"""Pieces of a YAML text that are put in the place of others: the ways to say it, and what is added."""

from collections.abc import Iterator, Sequence
from typing import Any

from wizard.fix.refusal import NotEditable
from wizard.fix.yaml_places import Pair, Part, Source, Span
from wizard.fix.yaml_values import Style, entry, inline, pair, scalar

Splice = tuple[int, int, str]
"""Where something stands, and what stands there instead."""


def applied(source: Source, splices: Sequence[Splice]) -> str:
    """The text with its splices, byte order mark included."""
    out, at = [source.bom], 0
    for start, end, new in sorted(splices, key=lambda one: one[:2]):
        out += (source.text[at:start], new)
        at = end
    return "".join((*out, source.text[at:]))


def style(parent: Part) -> Style:
    """How the text indents what stands under a key: in this mapping, else where it first does."""
    mapping, dash = _columns(parent) if parent.kind == "Mapping" else (0, 0)
    if not mapping or not dash:
        first = _first_columns(parent.source)
        mapping, dash = mapping or first[0], dash or first[1]
    return Style(mapping or 2, dash - 1 if dash else 2)


def _first_columns(source: Source) -> tuple[int, int]:
    """The same of a whole text, looked for once."""
    from yaml.events import MappingStartEvent

    if source.columns is None:
        mapping = dash = 0
        for number, event in enumerate(source.events):
            if event.__class__ is MappingStartEvent:
                columns = _columns(Part(source, number))
                mapping, dash = mapping or columns[0], dash or columns[1]
                if mapping and dash:
                    break
        source.columns = mapping, dash
    return source.columns


def _columns(part: Part) -> tuple[int, int]:
    """By how much a mapping indents the first mapping and the first list (and one more) under its keys; 0 where it has none."""
    source, mapping, dash = part.source, 0, 0
    for one in part.pairs() if not part.flow else ():
        value = one.value
        if value.flow or value.kind not in ("Mapping", "Sequence"):
            continue
        columns = source.column(value.content) - source.column(one.start)
        if value.kind == "Mapping":
            mapping = mapping or columns
        elif not dash:
            dash = columns + 1
        if mapping and dash:
            break
    return mapping, dash


def lines_after(source: Source, at: int, lines: Sequence[str]) -> Splice:
    """Lines below that of a position."""
    end = source.line_end(at)
    line_break = source.line_break(at)
    if end == len(source.text):
        return end, end, "".join(line_break + line for line in lines)
    start = source.next_line(at)
    return start, start, "".join(line + line_break for line in lines)


def lines_at(source: Source, at: int, lines: Sequence[str]) -> Splice:
    """Lines where a line begins, else below the one of a position."""
    if not source.is_first(at):
        return lines_after(source, at, lines)
    line_break = source.line_break(at)
    return at, at, "".join(line + line_break for line in lines)


def comments(source: Source, start: int, end: int, first: int, last: int) -> Iterator[Span]:
    """The comments between two positions, in which the events of these numbers stand."""
    at = start
    for solid, stop in (*_solids(source, first, last), (end, end)):
        yield from (span for span in source.gap(at, min(solid, end)) if source.text[span[0]] == "#")
        at = max(at, stop)


def _solids(source: Source, first: int, last: int) -> Iterator[Span]:
    """Where anchors, tags and scalars stand, one after the other."""
    from yaml.events import CollectionEndEvent

    for number in range(first, last + 1):
        if isinstance(source.events[number], CollectionEndEvent):
            continue
        part = Part(source, number)
        yield from part.properties()
        if part.kind == "Alias":
            yield part.start, part.end
        elif part.kind == "Scalar" and not part.is_null:
            start, end = part.content, part.end
            if part.is_block_scalar:
                header = source.line_end(start)
                before, sign, _ = source.text[start:header].partition("#")
                yield start, start + len(before.rstrip())
                start = header if sign else start
            yield start, end


def added_pair(parent: Part, key: str, value: Any) -> list[Splice]:
    """A key and its value as the last of a mapping."""
    source = parent.source
    if parent.is_bracketed:
        return _added_in_flow(parent, [f"{scalar(key)}: {inline(value)}"])
    pairs = parent.pairs()
    if parent.flow:
        return [(parent.start, parent.start, "{"), (pairs[-1].end, pairs[-1].end, f", {scalar(key)}: {inline(value)}}}")]
    column = source.column(parent.content)
    first, *rest = pair(key, value, column, style(parent))
    lines = [" " * column + first, *rest]
    if not pairs[-1].value.is_open:
        return [lines_after(source, _comments_below(source, pairs[-1].end, column), lines)]
    # Lines below would end the last line of a text that has no line break: they stand before its key
    return [lines_after(source, pairs[-2].end, lines) if len(pairs) > 1 else lines_at(source, source.line_start(pairs[0].start), lines)]


def _comments_below(source: Source, at: int, column: int) -> int:
    """Where the last of the comments right below a position stands that are indented beyond `column`: they are about what is above them."""
    while (start := source.next_line(at)) < len(source.text):
        line = source.text[start : source.line_end(start)]
        bare = line.lstrip(" ")
        if not bare.startswith("#") or len(line) - len(bare) <= column:
            break
        at = start
    return at


def added_entries(parent: Part, values: Sequence[Any]) -> list[Splice]:
    """Entries at the end of a list. Raises NotEditable where the last would get a line break that it has not."""
    source = parent.source
    if parent.flow:
        return _added_in_flow(parent, [inline(value) for value in values])
    last = parent.entries()[-1]
    if last.is_open:
        raise NotEditable(source.place(last.start), "the text ends in a block scalar without a line break: one more would change it")
    dash = dashes(parent)[-1]
    space = source.text[dash + 1 : last.start]
    space = space if space and not space.strip(" ") else " "
    column, how = source.column(parent.content), style(parent)
    lines = [line for value in values for line in _indented(entry(value, column, how, space), column)]
    return [lines_after(source, last.end, lines)]


def _indented(lines: list[str], column: int) -> list[str]:
    return [" " * column + lines[0], *lines[1:]]


def dashes(parent: Part) -> list[int]:
    """Where the dashes of a list in block style stand."""
    source, at = parent.source, parent.content
    found = []
    for part in parent.entries():
        found.append(next(start for start, _ in source.gap(at, part.start) if source.text[start] == "-"))
        at = part.end
    return found


def _added_in_flow(parent: Part, items: list[str]) -> list[Splice]:
    source, text = parent.source, parent.source.text
    children: list[Pair] | list[Part] = parent.pairs() if parent.kind == "Mapping" else parent.entries()
    close = parent.end - 1
    if not children:
        at = parent.content + 1
        if not text[at:close].strip():
            return [(at, close, ", ".join(items))]
        return [(at, at, ", ".join(items) + " " * (text[at] == "#"))]
    last = children[-1]
    comma = next((start for start, _ in source.gap(last.end, close) if text[start] == ","), None)
    at = last.end if comma is None else comma
    space = " " if text[last.end - 1] == ":" else ""  # «a:,» is no key without a value, but an error
    if source.is_first(last.start) and source.next_line(at) <= close and source.is_first(close):
        indent = text[source.line_start(last.start) : last.start]
        lines = [f"{indent}{item}," for item in items]
        if comma is not None:
            return [lines_after(source, at, lines)]
        lines[-1] = lines[-1][:-1]
        return [(at, at, f"{space},"), lines_after(source, at, lines)]
    return [(last.end, last.end, space + "".join(f", {item}" for item in items))]
