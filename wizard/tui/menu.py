"""A list to move in: one row at a time has the cursor, which is a shape and not a colour alone."""

from collections.abc import Sequence

from textual.binding import Binding
from textual.containers import VerticalScroll
from textual.content import Content
from textual.css.styles import RulesMap
from textual.geometry import Region, Size
from textual.message import Message
from textual.strip import Strip
from textual.style import Style
from textual.visual import RenderOptions, Visual
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from wizard.tui.blank import Settled
from wizard.tui.listing import Listing, Row

__all__ = ["Menu", "Row"]


class _Drawn(Visual):
    """A row of a list, written for the width that it is asked for: while a layout is under way there is no other."""

    def __init__(self, menu: "Menu", number: int) -> None:
        self._menu = menu
        self._number = number

    def _content(self, width: int) -> Content:
        return self._menu.written(self._number, width)

    def render_strips(self, width: int, height: int | None, style: Style, options: RenderOptions) -> list[Strip]:
        return self._content(width).render_strips(width, height, style, options)

    def get_optimal_width(self, rules: RulesMap, container_width: int) -> int:
        return container_width

    def get_height(self, rules: RulesMap, width: int) -> int:
        return self._content(width).get_height(rules, width)


class Menu(OptionList, Settled, inherit_bindings=False):
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
        self._listing = Listing((), 1)
        self._width = 0
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
        self._width = 0
        with self.prevent(OptionList.OptionHighlighted):
            self.set_options([Option(_Drawn(self, number), disabled=row.heading) for number, row in enumerate(rows)])
            ids = [row.id for row in rows]
            wanted = ids.index(here) if here in ids else min(place, len(rows) - 1)
            wanted = next((number for number in [*range(wanted, len(rows)), *range(wanted)] if not rows[number].heading), -1) if rows else -1
            self.highlighted = wanted if wanted >= 0 else None

    def _go(self, here: str) -> None:
        ids = [row.id for row in self._rows]
        if here in ids:
            self.highlighted = ids.index(here)

    def written(self, number: int, width: int) -> Content:
        """A row as it is written in a width."""
        if width != self._width:
            self._width, self._listing = width, Listing(self._rows, width)
        return self._listing.row(number, number == self.highlighted and self._pointing)

    def _redraw(self, number: int | None) -> None:
        if number is not None and number < self.option_count:
            self.replace_option_prompt_at_index(number, _Drawn(self, number))

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """As every option list, which cannot be wrapped to no width at all: a terminal may be that narrow for a moment."""
        return super().get_content_height(container, viewport, max(1, width))

    @property
    def _pointing(self) -> bool:
        """Whether the cursor is seen: one field of a page has it, a list that stands for itself always has."""
        return self.has_focus or not any(node.has_class("field") for node in self.ancestors)

    def on_focus(self) -> None:
        """Show the cursor, and as much of what stands above the list as there is room for."""
        self._redraw(self.highlighted)
        self.call_later(self.call_after_refresh, self.reveal, top=True)  # after Textual has scrolled the list as a whole into view

    def on_blur(self) -> None:
        """Take it away."""
        self._redraw(self.highlighted)

    def watch_highlighted(self, old: int | None, new: int | None) -> None:  # type: ignore[override]
        """Move the cursor's shape, then do as every option list does."""
        self._redraw(old)
        self._redraw(new)
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
