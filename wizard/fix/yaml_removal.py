"""What is taken out of a YAML text: a key or an entry goes, the comments on it stay, on lines of their own."""

from wizard.fix.yaml_places import Pair, Part, Source
from wizard.fix.yaml_splices import Splice, comments, dashes


def removed(parent: Part, number: int) -> list[Splice]:
    """Without the child of this number, which is not the only one of a collection in block style."""
    children: list[Pair] | list[Part] = parent.pairs() if parent.kind == "Mapping" else parent.entries()
    if parent.is_bracketed:
        return _from_flow(parent, children, number)
    if parent.flow:
        return [(parent.start, parent.end, "{}")]
    source = parent.source
    starts = [one.start for one in children] if parent.kind == "Mapping" else dashes(parent)
    start, end = starts[number], max(children[number].end, starts[number] + 1)
    stop = source.line_end(end)
    line_break, indent = source.line_break(start), " " * source.column(start)
    if source.is_first(start):
        below = source.next_line(end)
        found = _said(source, children[number], start, stop)
        if number:
            below = _swallowed(source, _value(children[number - 1]).leaf, below, indent, found)
        new = line_break.join(indent + one for one in found) + (line_break if found and (source.is_ended or below < len(source.text)) else "")
        return [(source.line_start(start), below, new)]
    found = _said(source, children[number], start, stop)
    if not found and not _said(source, None, end, starts[number + 1]):
        return [(start, starts[number + 1], "")]
    kept = start if found else source.blanks_before(start)
    return [(kept, stop, line_break.join(one if not place else indent + one for place, one in enumerate(found)))]


def _swallowed(source: Source, leaf: Part, below: int, indent: str, said: list[str]) -> int:
    """Where the lines end that would become part of a block scalar once it is the last above them; their comments are said."""
    while leaf.is_block_scalar and below < len(source.text):
        line = source.text[below : source.line_end(below)]
        if line.startswith(indent + " ") and line.lstrip(" ").startswith("#"):
            said.append(line.strip())
        elif line.strip() or said or not leaf.keeps_blank_lines:
            break
        below = source.next_line(below)
    return below


def _said(source: Source, child: Pair | Part | None, start: int, end: int) -> list[str]:
    """The comments in a piece of the text that holds one child, or none."""
    first, last = (0, -1) if child is None else (child.key.number, child.value.last) if isinstance(child, Pair) else (child.number, child.last)
    return [source.text[at:to] for at, to in comments(source, start, end, first, last)]


def _value(child: Pair | Part) -> Part:
    return child.value if isinstance(child, Pair) else child


def _from_flow(parent: Part, children: list[Pair] | list[Part], number: int) -> list[Splice]:
    source, text, close = parent.source, parent.source.text, parent.end - 1
    one, following = children[number], children[number + 1 :]
    after = _comma(source, one.end, following[0].start if following else close)
    end = one.end if after is None else after + 1
    said = _said(source, one, one.start, end)
    if len(children) == 1 and not _said(source, one, parent.content + 1, close):
        return [(parent.content + 1, close, "")]
    if following and not said and not _said(source, None, end, following[0].start):
        return [(one.start, following[0].start, "")]
    splices: list[Splice] = []
    if number and after is None:
        before = _comma(source, children[number - 1].end, one.start)
        assert before is not None
        splices.append((before, before + 1, ""))
    start = one.start
    if said:
        line_break, indent = source.line_break(start), " " * max(source.column(start), 1)
        return [*splices, (start, end, "".join(f"{note}{line_break}{indent}" for note in said))]
    rest = text[end : source.line_end(end)]
    if source.is_first(start) and not rest.strip(" \t"):
        return [*splices, (source.line_start(start), source.next_line(end), "")]
    if source.is_first(start):
        end += len(rest) - len(rest.lstrip(" \t"))
    elif number and not following:
        start = source.blanks_before(start)
    return [*splices, (start, end, "")]


def _comma(source: Source, start: int, end: int) -> int | None:
    return next((at for at, _ in source.gap(start, end) if source.text[at] == ","), None)
