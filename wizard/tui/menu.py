"""A list to move in: one row at a time has the cursor, which is a shape and not a colour alone."""

from collections.abc import Sequence
from itertools import accumulate, groupby, zip_longest

from msgspec import Struct
from rich.cells import cell_len
from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.content import Content
from textual.geometry import Region, Size
from textual.message import Message
from textual.widgets import OptionList
from textual.widgets.option_list import Option

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
    """About how many lines a text and its note take, given their lengths and the column of the note (`Menu._with_note`)."""
    notes = -(-note // (room - column))
    if text <= column - _GAP:
        return notes
    last = text % room
    return -(-text // room) + notes - (0 < last <= column - _GAP)


class Menu(OptionList, inherit_bindings=False):
    """Rows with a cursor. Space or a click presses a row; Enter is left to the page."""

    BINDINGS = [
        Binding("up", "cursor_up", "Up", show=False),
        Binding("down", "cursor_down", "Down", show=False),
        Binding("home", "first", "First", show=False),
        Binding("end", "last", "Last", show=False),
        Binding("pageup", "page_up", "Page up", show=False),
        Binding("pagedown", "page_down", "Page down", show=False),
        Binding("space", "select", "Press", show=False),
    ]

    class About(Message):
        """Something about a row, for `@on` with a selector of its list."""

        def __init__(self, menu: "Menu", id: str) -> None:
            super().__init__()
            self.menu = menu
            self.id = id

        @property
        def control(self) -> "Menu":
            """The list that the row is in."""
            return self.menu

    class Pressed(About):
        """A row was pressed."""

    class Moved(About):
        """The cursor is on another row."""

    def __init__(self, rows: Sequence[Row] = (), *, id: str | None = None, classes: str | None = None) -> None:
        self._rows: tuple[Row, ...] = ()
        self._places: dict[int, int] = {}
        """Where the notes of rows begin, behind their start."""
        super().__init__(id=id, classes=classes, markup=False)
        self.show(rows)

    @property
    def rows(self) -> tuple[Row, ...]:
        """What is shown."""
        return self._rows

    @property
    def row(self) -> Row | None:
        """The row with the cursor."""
        row = self._rows[self.highlighted] if self.highlighted is not None and self.highlighted < len(self._rows) else None
        return None if row and row.heading else row

    def show(self, rows: Sequence[Row], cursor: str = "") -> None:
        """Other rows; the cursor stays on its row, or goes to the row `cursor`."""
        rows = tuple(rows)
        here = cursor or (self.row.id if self.row else "")
        if rows == self._rows:
            self._go(here)
            return
        place = self.highlighted or 0
        self._rows = rows
        self._places = self._columns()
        with self.prevent(OptionList.OptionHighlighted):
            self.set_options([Option(self._drawn(number, False), disabled=row.heading) for number, row in enumerate(rows)])
            ids = [row.id for row in rows]
            wanted = ids.index(here) if here in ids else min(place, len(rows) - 1)
            wanted = next((number for number in [*range(wanted, len(rows)), *range(wanted)] if not rows[number].heading), -1) if rows else -1
            self.highlighted = wanted if wanted >= 0 else None
        self._draw()

    def _go(self, here: str) -> None:
        ids = [row.id for row in self._rows]
        if here in ids:
            self.highlighted = ids.index(here)

    def _drawn(self, number: int, cursor: bool) -> Content:
        row = self._rows[number]
        if row.heading:
            return Content.styled(("\n" if number else "") + row.text, "bold $text-accent")
        start = self._start(number, cursor)
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
        return self.scrollable_content_region.width - start.cell_length

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
            sizes = [(self._room(self._start(n)), cell_len(self._rows[n].text), cell_len(self._rows[n].note)) for n in numbers]
            room = min((size[0] for size in sizes), default=0)
            starts = sorted(text + _GAP for _, text, _ in sizes)
            # At least every other row has its note beside it.
            possible = [column for column in starts[(len(sizes) - 1) // 2 :] if column + _LEAST <= room]
            if possible:
                lines, best = min((sum(_height(text, note, column, room) for _, text, note in sizes), column) for column in possible)
                if lines <= _TALL * sum(-(-(text + _GAP + note) // room) for _, text, note in sizes):
                    columns |= dict.fromkeys(numbers, best)
        return columns

    def _start(self, number: int, cursor: bool = False) -> Content:
        """What stands before the text of a row."""
        row = self._rows[number]
        pointer = _CURSOR if cursor and self._pointing else _PLAIN
        return Content.assemble((pointer, "$text-accent"), row.mark, " " if row.mark else "", (row.label, "$text-secondary"))

    def on_resize(self) -> None:
        """Wrap anew, and be as long as the rows are then."""
        if self._rows:
            self._draw()
            if self.get_content_height(self.size, self.size, self.content_size.width) != self.content_size.height:
                self.call_after_refresh(self.refresh, layout=True)  # Now it would be lost: a layout is under way.

    def _draw(self) -> None:
        self._places = self._columns()
        for number in range(len(self._rows)):
            self.replace_option_prompt_at_index(number, self._drawn(number, number == self.highlighted))

    @property
    def _pointing(self) -> bool:
        """Whether the cursor is seen: one field of a page has it, a list that stands for itself always has."""
        return self.has_focus or not any(node.has_class("field") for node in self.ancestors)

    def on_mount(self) -> None:
        """Only now is it known whether it stands in a field, and hides its cursor."""
        self._draw_cursor()

    def on_focus(self) -> None:
        """Show the cursor, and as much of what stands above the list as there is room for."""
        self._draw_cursor()
        self.call_later(self.call_after_refresh, self.reveal, top=True)  # after Textual has scrolled the list as a whole into view

    def on_blur(self) -> None:
        """Take it away."""
        self._draw_cursor()

    def _draw_cursor(self) -> None:
        number = self.highlighted
        if number is not None and number < min(self.option_count, len(self._rows)):
            self.replace_option_prompt_at_index(number, self._drawn(number, True))

    def watch_highlighted(self, old: int | None, new: int | None) -> None:  # type: ignore[override]
        """Move the cursor's shape, then do as every option list does."""
        for number in (old, new):
            if number is not None and number < min(self.option_count, len(self._rows)):
                self.replace_option_prompt_at_index(number, self._drawn(number, number == new))
        super().watch_highlighted(new)
        if self.row:
            self.post_message(self.Moved(self, self.row.id))
        if self.has_focus:
            self.call_after_refresh(self.reveal)

    def reveal(self, top: bool = False) -> None:
        """Scroll the page around to the row with the cursor: the list itself is as long as its rows. To the `top` if it is seen there."""
        page = next((node for node in self.ancestors if isinstance(node, VerticalScroll)), None)
        if page is None or self.highlighted not in self._index_to_line:
            return
        start = self.content_region.y - page.content_region.y + page.scroll_offset.y - self.scroll_offset.y
        row = Region(0, start + self._index_to_line[self.highlighted], 1, self._heights[self.highlighted])
        if top and row.bottom <= page.scrollable_content_region.height:
            page.scroll_home(animate=False, force=True)
        else:
            page.scroll_to_region(row, animate=False, force=True, x_axis=False)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """As every option list, which cannot be wrapped to no width at all: a terminal may be that narrow for a moment."""
        return super().get_content_height(container, viewport, max(1, width))

    def step(self, key: str) -> None:
        """Move as a key would: up, down, pageup, pagedown."""
        match key:
            case "up":
                self.action_cursor_up()
            case "down":
                self.action_cursor_down()
            case "pageup":
                self.action_page_up()  # type: ignore[no-untyped-call]
            case "pagedown":
                self.action_page_down()  # type: ignore[no-untyped-call]

    def action_select(self) -> None:
        """Press the row."""
        if self.row and not self.row.heading:
            self.post_message(self.Pressed(self, self.row.id))
