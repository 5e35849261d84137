"""How the rows of a list are written in a width; nothing here knows a widget."""

from collections.abc import Sequence
from itertools import accumulate, groupby, zip_longest

from msgspec import Struct
from rich.cells import cell_len
from textual.content import Content

_CURSOR, _PLAIN = "▸ ", "  "
_GAP, _LEAST, _TALL = 3, 8, 1.5
"""Cells between a text and its note, the fewest that a column may have, how much taller it may make a list."""


class Row(Struct, frozen=True):
    """A row: `mark` says its state by shape, `label` is a column of its own, `note` stands behind it, `help` below it."""

    id: str
    text: str
    mark: str = ""
    label: str = ""
    help: str = ""
    note: str = ""
    heading: bool = False


def _height(text: int, note: int, column: int, room: int) -> int:
    """About how many lines a text and its note take, given their lengths and the column of the note (`Listing._with_note`)."""
    notes = -(-note // (room - column))
    if text <= column - _GAP:
        return notes
    last = text % room
    return -(-text // room) + notes - (0 < last <= column - _GAP)


class Listing:
    """Rows in a width of cells."""

    def __init__(self, rows: Sequence[Row], width: int) -> None:
        self._rows = rows
        self._width = width
        self._places = self._columns()

    def row(self, number: int, cursor: bool) -> Content:
        """A row, with the cursor before it or not."""
        row = self._rows[number]
        if row.heading:
            return Content.styled(("\n" if number else "") + row.text, "bold $text-accent")
        start = _start(row, cursor)
        if column := self._places.get(number):
            lines = self._with_note(row, start, column)
        else:
            lines = self._wrapped(Content.assemble(row.text, " " * _GAP if row.note else "", (row.note, "$text-secondary")), start)
        if row.help:
            lines += self._wrapped(Content.styled(row.help, "$text-secondary"), start)
        return start + Content("\n" + " " * start.cell_length).join(lines)

    def _wrapped(self, text: Content, start: Content) -> list[Content]:
        """`text` in lines that fit behind the start of a row, so that what is wrapped stays in its column."""
        room = self._room(start)
        return text.wrap(room) if room > _LEAST else [text]

    def _room(self, start: Content) -> int:
        return self._width - start.cell_length

    def _with_note(self, row: Row, start: Content, column: int) -> list[Content]:
        """The text of a row with its note in a column: side by side where that takes no more lines, else the note below."""
        text, note = Content(row.text), Content.styled(row.note, "$text-secondary")
        lines, notes = text.wrap(column - _GAP), note.wrap(self._room(start) - column)
        if len(lines) > len(notes) and cell_len(row.text) > column - _GAP:
            lines = self._wrapped(text, start)
            below = lines[-1].cell_length > column - _GAP
            notes = [Content("")] * (len(lines) - (not below)) + notes
        pairs = zip_longest(lines, notes, fillvalue=Content(""))
        return [Content.assemble(line, " " * (column - line.cell_length) if beside else "", beside) for line, beside in pairs]

    def _columns(self) -> dict[int, int]:
        """Where notes begin, by row: one column for the rows below a heading, the one with which they take the fewest lines.

        There is none where notes are so long that they would stand in a tall, thin column.
        """
        columns: dict[int, int] = {}
        for _, group in groupby(enumerate(accumulate(row.heading for row in self._rows)), key=lambda pair: pair[1]):
            numbers = [number for number, _ in group if self._rows[number].note]
            rows = [self._rows[number] for number in numbers]
            sizes = [(self._room(_start(row)), cell_len(row.text), cell_len(row.note)) for row in rows]
            room = min((size[0] for size in sizes), default=0)
            starts = sorted(text + _GAP for _, text, _ in sizes)
            # At least every other row has its note beside it.
            possible = [column for column in starts[(len(sizes) - 1) // 2 :] if column + _LEAST <= room]
            if possible:
                lines, best = min((sum(_height(text, note, column, room) for _, text, note in sizes), column) for column in possible)
                if lines <= _TALL * sum(-(-(text + _GAP + note) // room) for _, text, note in sizes):
                    columns |= dict.fromkeys(numbers, best)
        return columns


def _start(row: Row, cursor: bool = False) -> Content:
    """What stands before the text of a row."""
    pointer = _CURSOR if cursor else _PLAIN
    return Content.assemble((pointer, "$text-accent"), row.mark, " " if row.mark else "", (row.label, "$text-secondary"))
