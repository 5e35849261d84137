"""A list to move in: one row at a time has the cursor, which is a shape and not a colour alone."""

from collections.abc import Sequence
from dataclasses import dataclass

from textual.binding import Binding
from textual.content import Content
from textual.message import Message
from textual.widgets import OptionList
from textual.widgets.option_list import Option

_CURSOR, _PLAIN = "▸ ", "  "


@dataclass(frozen=True)
class Row:
    """A row: `mark` says its state by shape, `label` is a column of its own, `note` stands behind it, `help` below it."""

    id: str
    text: str
    mark: str = ""
    label: str = ""
    help: str = ""
    note: str = ""
    heading: bool = False


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

    @dataclass
    class Pressed(Message):
        """A row was pressed."""

        menu: "Menu"
        id: str

        @property
        def control(self) -> "Menu":
            """The list that it is in, for `@on` with a selector."""
            return self.menu

    @dataclass
    class Moved(Message):
        """The cursor is on another row."""

        menu: "Menu"
        id: str

        @property
        def control(self) -> "Menu":
            """The list that it is in, for `@on` with a selector."""
            return self.menu

    def __init__(self, rows: Sequence[Row] = (), *, id: str | None = None, classes: str | None = None) -> None:
        self._rows: tuple[Row, ...] = ()
        super().__init__(id=id, classes=classes, markup=False)
        self.show(rows)

    @property
    def rows(self) -> tuple[Row, ...]:
        """What is shown."""
        return self._rows

    @property
    def row(self) -> Row | None:
        """The row with the cursor."""
        return self._rows[self.highlighted] if self.highlighted is not None and self.highlighted < len(self._rows) else None

    def show(self, rows: Sequence[Row], cursor: str = "") -> None:
        """Other rows; the cursor stays on its row, or goes to the row `cursor`."""
        rows = tuple(rows)
        here = cursor or (self.row.id if self.row else "")
        if rows == self._rows:
            self._go(here)
            return
        place = self.highlighted or 0
        self._rows = rows
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
            return Content.styled(row.text, "bold")
        start = f"{_CURSOR if cursor else _PLAIN}{row.mark}{' ' if row.mark else ''}{row.label}"
        text = Content.assemble(row.text, ("   " if row.note else "", ""), (row.note, "$text-secondary"))
        body = self._wrapped(text, len(start))
        if row.help:
            body = Content("\n").join([body, self._wrapped(Content.styled(row.help, "$text-secondary"), len(start))])
        return Content(start) + Content("\n" + " " * len(start)).join(body.split("\n"))

    def _wrapped(self, text: Content, indent: int) -> Content:
        """`text` in lines that fit behind an indentation, so that what is wrapped stays in its column."""
        room = self.scrollable_content_region.width - indent
        return Content("\n").join(text.wrap(room)) if room > 8 else text

    def on_resize(self) -> None:
        """Wrap anew."""
        if self._rows:
            self._draw()

    def _draw(self) -> None:
        for number in range(len(self._rows)):
            self.replace_option_prompt_at_index(number, self._drawn(number, number == self.highlighted))

    def watch_highlighted(self, old: int | None, new: int | None) -> None:  # type: ignore[override]
        """Move the cursor's shape, then do as every option list does."""
        for number in (old, new):
            if number is not None and number < min(self.option_count, len(self._rows)):
                self.replace_option_prompt_at_index(number, self._drawn(number, number == new))
        super().watch_highlighted(new)
        if self.row:
            self.post_message(self.Moved(self, self.row.id))

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
