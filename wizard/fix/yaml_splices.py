"""Pieces of a YAML text that are put in the place of others: what is added, what is replaced, what is taken out. Comments stay."""

from collections.abc import Iterator, Sequence
from typing import Any

from wizard.fix.refusal import NotEditable
from wizard.fix.yaml_places import Pair, Part, Source, Span
from wizard.fix.yaml_values import Style, block, entry, inline, is_block, pair, scalar

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
    from yaml.events import MappingStartEvent

    source = parent.source
    mapping = dash = 0
    parts = (Part(source, number) for number, event in enumerate(source.events) if event.__class__ is MappingStartEvent)
    for part in (parent, *parts) if parent.kind == "Mapping" else parts:
        if part.flow:
            continue
        for one in part.pairs():
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
    return Style(mapping or 2, dash - 1 if dash else 2)


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
    if not is_open(pairs[-1].value):
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


def is_open(part: Part) -> bool:
    """Whether it ends with the text, in a block scalar without a line break: what is added below would change what it says."""
    text, leaf = part.source.text, part.leaf
    return leaf.is_block_scalar and leaf.whole_end == len(text) and not part.source.is_ended


def added_entries(parent: Part, values: Sequence[Any]) -> list[Splice]:
    """Entries at the end of a list. Raises NotEditable where the last would get a line break that it has not."""
    source = parent.source
    if parent.flow:
        return _added_in_flow(parent, [inline(value) for value in values])
    last = parent.entries()[-1]
    if is_open(last):
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


def replaced(parent: Part, holder: Pair | Part, value: Any, key: str = "", emptied: bool = False) -> list[Splice]:
    """Another value in the place of that of a pair, or of an entry of a list; of one that was `emptied` the anchor and tag stay."""
    source, text = parent.source, parent.source.text
    old = holder.value if isinstance(holder, Pair) else holder
    kept = _kept(old, ("!override", "!reset") if emptied else ("!override",))
    if parent.flow:
        return _replaced_in_flow(holder, old, kept, value)
    if isinstance(holder, Pair):
        colon, column = holder.colon, source.column(holder.start)
        if colon is None:
            return [lines_after(source, holder.end, [" " * column + f": {inline(value)}"])]
        head, below = _written(value, key, column, style(parent), kept) if not old.is_bracketed else (_joined(kept, inline(value)), [])
    else:
        colon = next(dash for dash, one in zip(dashes(parent), parent.entries(), strict=True) if one.number == old.number)
        head, below = _entry(value, source.column(colon), style(parent), kept) if not old.is_bracketed else (_joined(kept, inline(value)), [])
    end = max(holder.end, colon + 1)
    if source.line_start(colon) == source.line_start(end):
        nothing = old.is_null and not old.properties()
        start = colon + 1 if nothing or not head else old.start
        if not head and text[end : end + 1] == "\t":  # below an explicit key, a tab before a comment is no blank
            return [(start, end + 1, " "), lines_after(source, end, below)] if below else [(start, end, "")]
        splices = [(start, end, (" " if start == colon + 1 and head else "") + head)]
        return [*splices, lines_after(source, end, below)] if below else splices
    stop, line_break = source.line_end(end), source.line_break(colon)
    first, rest = "", []
    for at, to in comments(source, colon + 1, stop, old.number, old.last):
        if source.line_start(at) == source.line_start(colon):
            first = text[source.blanks_before(at) : to]
        else:
            rest.append(_indent(source, at) + text[at:to])
    return [(colon + 1, stop, (f" {head}" if head else "") + first
             + "".join(line_break + line for line in (*below, *rest)))]  # fmt: skip


def _kept(old: Part, tags: tuple[str, ...]) -> str:
    """The anchor and tag that another value in the place of an old one has, too."""
    text = old.source.text
    if old.kind == "Alias":
        named = next(anchor for alias, anchor in old.source.aliases if alias == old.number)
        return next((tag for tag in tags if old.source.events[named].tag == tag), "")
    return " ".join(text[start:end] for start, end in old.properties() if text[start] == "&" or text[start:end] in tags)


def _joined(kept: str, new: str) -> str:
    return f"{kept} {new}" if kept else new


def _written(value: Any, key: str, column: int, how: Style, kept: str) -> tuple[str, list[str]]:
    """What stands after the colon of a key, and the lines below it."""
    if is_block(value, key):
        return kept, pair(key, value, column, how)[1:]
    return (kept if value is None else _joined(kept, inline(value))), []


def _entry(value: Any, column: int, how: Style, kept: str) -> tuple[str, list[str]]:
    if is_block(value) and kept:
        return kept, block(value, column + 2, how)
    first, *rest = entry(value, column, how)
    return _joined(kept, first[2:]), rest


def _indent(source: Source, at: int) -> str:
    line = source.text[source.line_start(at) : at]
    return line[: len(line) - len(line.lstrip(" \t"))]


def _replaced_in_flow(holder: Pair | Part, old: Part, kept: str, value: Any) -> list[Splice]:
    source, new = old.source, _joined(kept, inline(value))
    if isinstance(holder, Pair) and old.is_null and not old.properties():
        return [(holder.end, holder.end, f" {new}" if holder.colon is not None else f": {new}")]
    line_break = source.line_break(old.start)
    said = [source.text[at:to] for at, to in comments(source, old.start, old.end, old.number, old.last)]
    return [(old.start, old.end, new + "".join(f" {one}{line_break}{_indent(source, old.start)} " for one in said))]
