"""Text into rows of a given width: measured in cells, whole, and with nothing in it that steers a terminal."""

from collections.abc import Collection, Iterable, Sequence
from functools import lru_cache
from itertools import zip_longest
from typing import NamedTuple

from msgspec import Struct
from rich.cells import cell_len

_TAB = 4
_ENDS = frozenset(" ,:")


class Row(NamedTuple):
    """A row of the screen: a piece of a line with its marks. Equal rows look alike, which is what makes a repaint small."""

    line: int
    text: str
    piece: int
    lit: bool
    changed: bool


class Layout(Struct, frozen=True):
    """The lines of a sheet as rows; `starts` has the first row of every line, and the end."""

    rows: tuple[Row, ...] = ()
    starts: tuple[int, ...] = (0,)

    def rows_of(self, line: int) -> range:
        """Which rows a line has."""
        return range(self.starts[line], self.starts[line + 1])


def arranged(texts: Iterable[str], lit: Collection[int], changed: Collection[int], width: int) -> Layout:
    """Lay out lines in rows of `width` cells."""
    rows: list[Row] = []
    starts = [0]
    for line, text in enumerate(texts):
        visible = shown(text)
        for piece in range(len(wrapped(visible, width))):
            rows.append(Row(line, visible, piece, line in lit, line in changed))
        starts.append(len(rows))
    return Layout(tuple(rows), tuple(starts))


def differing(before: Sequence[Row], after: Sequence[Row]) -> list[range]:
    """Where two windows of rows differ, neighbours together."""
    spans: list[range] = []
    for y, (old, new) in enumerate(zip_longest(before, after)):
        if old == new:
            continue
        if spans and spans[-1].stop == y:
            spans[-1] = range(spans[-1].start, y + 1)
        else:
            spans.append(range(y, y + 1))
    return spans


@lru_cache(maxsize=8192)
def shown(text: str) -> str:
    """`text` as it may stand on a screen: tabs are spaces, what cannot be seen or steers a terminal is escaped."""
    if text.isprintable():
        return text
    visible = "".join(char if char.isprintable() or char == "\t" else ascii(char)[1:-1] for char in text)
    return visible.expandtabs(_TAB)


@lru_cache(maxsize=8192)
def wrapped(text: str, width: int) -> tuple[str, ...]:
    """The pieces of `text`, one a row; joined they are `text`.

    The first has up to `width` cells, the others make room for the indent (`hanging`). `width` is 2 or more, so that any
    character fits. A row ends after a space, a comma or a colon where there is one, else anywhere.
    """
    if cell_len(text) <= width:
        return (text,)
    indent = len(text) - len(text.lstrip(" "))
    parts = list(text) if text.isascii() else _clusters(text)
    pieces, start, room = [], 0, width
    while start < len(parts):
        end = _filled(parts, start, room)
        if end < len(parts):
            end = next((at for at in range(end, max(start, indent), -1) if parts[at - 1] in _ENDS), end)
        pieces.append("".join(parts[start:end]))
        start, room = end, width - hanging(text, width)
    return tuple(pieces)


def hanging(text: str, width: int) -> int:
    """How far the continuation rows of `text` are indented: under its first word and a bit, where there is room for that."""
    return min(len(text) - len(text.lstrip(" ")) + 2, width // 3)


def _clusters(text: str) -> list[str]:
    """Characters, each together with the marks of no width that follow it."""
    clusters: list[str] = []
    for char in text:
        if clusters and cell_len(char) == 0:
            clusters[-1] += char
        else:
            clusters.append(char)
    return clusters


def _filled(parts: list[str], start: int, room: int) -> int:
    """Where the parts from `start` no longer fit into `room` cells; at least one part is taken."""
    end, used = start, 0
    while end < len(parts) and (used := used + cell_len(parts[end])) <= room:
        end += 1
    return max(end, start + 1)
