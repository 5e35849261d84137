"""Another value in the place of one that stands in a YAML text: in its line where it can, the comments of the old one kept."""

from typing import Any

from wizard.fix.yaml_places import Pair, Part, Source
from wizard.fix.yaml_splices import Splice, comments, dashes, lines_after, style
from wizard.fix.yaml_values import Style, block, entry, inline, is_block, pair


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
