"""The preview: a rendered file, or a diff, of which only the rows that changed are painted again."""

from collections.abc import Collection
from typing import ClassVar

from msgspec import Struct
from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.cache import LRUCache
from textual.geometry import Region, Size, clamp
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from wizard.artifact import Line
from wizard.tui.blank import Settled
from wizard.tui.highlight import KINDS, language_of, painted
from wizard.tui.wrapping import Layout, Row, arranged, differing, hanging

_CONTEXT = 3


class Sheet(Struct, frozen=True):
    """What a preview shows: a rendered file, or a diff (`kind` is «diff»); the name decides how it is read."""

    name: str
    lines: tuple[Line, ...]
    kind: str = "file"


class Preview(ScrollView, Settled, can_focus=True, inherit_bindings=False):
    """A file with its line numbers; `▌` marks lines that a question owns, `+` lines that changed, `▸` the cursor."""

    ALLOW_SELECT = False
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "step(-1)", "Line up", show=False),
        Binding("down", "step(1)", "Line down", show=False),
        Binding("pageup", "page(-1)", "Page up", show=False),
        Binding("pagedown", "page(1)", "Page down", show=False),
        Binding("home", "first", "First line", show=False),
        Binding("end", "last", "Last line", show=False),
        Binding("enter", "choose", "Why this line", show=False),
    ]
    COMPONENT_CLASSES: ClassVar[set[str]] = {f"preview--{kind}" for kind in (*KINDS, "gutter", "lit", "changed", "cursor")}
    DEFAULT_CSS = """
    Preview {
        height: 2fr;
        overflow-x: hidden;
        overflow-y: auto;
        scrollbar-gutter: stable;
        scrollbar-size-vertical: 1;
        background: $surface;
        color: $text;
        & > .preview--gutter, & > .preview--comment { color: $text-muted; }
        & > .preview--key, & > .preview--hunk { color: $text-primary; }
        & > .preview--value { color: $text; }
        & > .preview--string, & > .preview--added { color: $text-success; }
        & > .preview--removed { color: $error-lighten-3; }
        & > .preview--lit { color: $text-primary; text-style: bold; }
        & > .preview--changed { color: $text-success; text-style: bold; }
        & > .preview--cursor { color: $text; text-style: bold; }
        &:light > .preview--string, &:light > .preview--added, &:light > .preview--changed { color: $text-secondary; }
        &:light > .preview--removed { color: $text-error; }
    }
    """

    class About(Message):
        """Something about a line."""

        def __init__(self, line: Line) -> None:
            super().__init__()
            self.line = line

    class Moved(About):
        """A person moved the cursor to another line."""

    class Chosen(About):
        """Enter, or a click, on a line."""

    def __init__(self, *, name: str | None = None, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(name=name, id=id, classes=classes)
        self._sheet = Sheet("", ())
        self._lit: frozenset[int] = frozenset()
        self._changed: frozenset[int] = frozenset()
        self._cursor = 0
        self._look = ("plain", 1, 0)
        """What all rows have in common: the language, the digits of a line number, the width."""
        self._text_width = 2
        """Cells for text, beside two marks, the number and the cursor; a wide character always fits."""
        self._arranged = Layout()
        self._strips: LRUCache[tuple[Row, bool], Strip] = LRUCache(4096)
        self._styles: dict[str, Style] = {}

    @property
    def cursor_line(self) -> Line | None:
        """The line at the cursor; None while nothing is shown."""
        return self._sheet.lines[self._cursor] if self._sheet.lines else None

    def show(self, sheet: Sheet, lit: Collection[int] = (), changed: Collection[int] = ()) -> None:
        """Show a sheet; `lit` are indexes of the lines that the focused question owns, `changed` of those that the last answer changed."""
        known = frozenset(range(len(sheet.lines)))
        state = (sheet, known.intersection(lit), known.intersection(changed))
        if state == (self._sheet, self._lit, self._changed):
            return
        window, look, renamed = self._window(), self._look, sheet.name != self._sheet.name
        self._sheet, self._lit, self._changed = state
        self._cursor = min(self._lit, default=0) if renamed else self._within(self._cursor)
        self._arrange()
        if renamed:
            self._reveal(self._lit, 0)
        else:
            self._reveal(self._changed or self._lit, self.scroll_offset.y)
        if look != self._look:
            self._repaint_all()
        elif spans := differing(window, self._window()):
            self.refresh(*(Region(0, span.start, self.size.width, len(span)) for span in spans))

    def render_line(self, y: int) -> Strip:
        """A row of the screen."""
        return self._strip_at(y + self.scroll_offset.y)

    def render_lines(self, crop: Region) -> list[Strip]:
        """Rows as they are: without a border or padding the general way would only spend 60 µs on each to add nothing."""
        if not self._look[2]:
            self._refit()  # The first paint comes before the first resize is told.
        if self.styles.gutter:
            return super().render_lines(crop)
        top = self.scroll_offset.y
        strips = [self._strip_at(top + y) for y in crop.line_range]
        _, background = self.background_colors
        for line_filter in self.get_line_filters():
            strips = [strip.apply_filter(line_filter, background) for strip in strips]
        if crop.column_span != (0, self.size.width):
            strips = [strip.crop(*crop.column_span) for strip in strips]
        return strips

    def notify_style_update(self) -> None:
        """Another theme, or other styles: nothing that was painted holds."""
        super().notify_style_update()
        self._styles.clear()
        self._strips.clear()

    def on_resize(self) -> None:
        """Wrap for the new width, with the same line at the top."""
        if self.size.width != self._look[2]:
            self._refit()
            self._repaint_all()

    def _refit(self) -> None:
        top = self._window()[:1]
        self._arrange()
        if top:
            self._scroll(self._arranged.rows_of(top[0].line).start)
        else:
            self._reveal(self._changed or self._lit, self.scroll_offset.y)

    def on_focus(self) -> None:
        """Bring the cursor to what is seen, rather than the other way round."""
        seen = [row.line for row in self._window()]
        if seen and self._cursor not in seen:
            self._cursor = next((line for line in seen if line in self._lit), seen[0])

    def on_click(self, event: events.Click) -> None:
        """Choose the line under the pointer."""
        offset = event.get_content_offset(self)
        if offset and offset.y + self.scroll_offset.y < len(self._arranged.rows):
            self._move(self._arranged.rows[offset.y + self.scroll_offset.y].line)
            self.action_choose()

    def action_step(self, count: int) -> None:
        """Move the cursor by some rows, but at least by a line; a line taller than the view is first scrolled through."""
        if not self._arranged.rows:
            return
        rows, top, height = self._arranged.rows_of(self._cursor), self.scroll_offset.y, self.size.height
        hidden = rows.stop - top - height if count > 0 else top - rows.start
        if len(rows) > height and hidden > 0:
            self._scroll(top + clamp(count, -hidden, hidden))
            return
        line = self._arranged.rows[clamp(rows.start + count, 0, len(self._arranged.rows) - 1)].line
        if line == self._cursor:
            line += 1 if count > 0 else -1
        self._move(line)

    def action_page(self, count: int) -> None:
        """Move the cursor by what is seen at once."""
        self.action_step(count * max(1, self.size.height - 1))

    def action_first(self) -> None:
        """Move the cursor to the first line."""
        self._move(0)

    def action_last(self) -> None:
        """Move the cursor to the last line."""
        self._move(len(self._sheet.lines) - 1)

    def action_choose(self) -> None:
        """Say that the line at the cursor was chosen."""
        if line := self.cursor_line:
            self.post_message(self.Chosen(line))

    def _within(self, line: int) -> int:
        return clamp(line, 0, max(0, len(self._sheet.lines) - 1))

    def _move(self, line: int) -> None:
        if not self._arranged.rows:
            return
        before, self._cursor = self._cursor, self._within(line)
        if before == self._cursor:
            return
        for moved in (before, self._cursor):
            rows = self._arranged.rows_of(moved)
            self.refresh_lines(rows.start, len(rows))
        self._scroll(min(rows.start, max(self.scroll_offset.y, rows.stop - self.size.height)))
        self.post_message(self.Moved(self._sheet.lines[self._cursor]))

    def _arrange(self) -> None:
        """Lay out the rows for the width there is: none before the first layout, or while hidden."""
        width = self.size.width
        language = "diff" if self._sheet.kind == "diff" else language_of(self._sheet.name)
        digits = len(str(len(self._sheet.lines)))
        self._look = (language, digits, width)
        self._text_width = max(2, self.scrollable_content_region.width - digits - 3)
        if not width:
            self._arranged = Layout()
            return
        self._arranged = arranged((line.text for line in self._sheet.lines), self._lit, self._changed, self._text_width)
        size = Size(width, len(self._arranged.rows))
        if size != self.virtual_size:
            self.virtual_size = size
            self._scroll_update(size)

    def _window(self) -> tuple[Row, ...]:
        """The rows that are seen."""
        top = self.scroll_offset.y
        return self._arranged.rows[top : top + self.size.height]

    def _reveal(self, lines: frozenset[int], top: int) -> None:
        """Scroll to `top`, or where the first of `lines`, and those that follow it, are not seen there, to them."""
        height = self.size.height
        if lines and self._arranged.rows:
            last = first = min(lines)
            while last + 1 in lines:
                last += 1
            start = self._arranged.rows_of(first).start
            stop = min(self._arranged.rows_of(last).stop, start + height)
            if start < top or stop > top + height:
                top = start - min(_CONTEXT, height // 4)
        self._scroll(top)

    def _scroll(self, top: int) -> None:
        if top != self.scroll_offset.y:
            self.scroll_to(y=top, animate=False, force=True)

    def _repaint_all(self) -> None:
        self._strips.clear()
        self.refresh()

    def _strip_at(self, at: int) -> Strip:
        """A row of the sheet; what was painted before is kept."""
        if at >= len(self._arranged.rows):
            return Strip.blank(self.size.width, self._style())
        row = self._arranged.rows[at]
        here = row.line == self._cursor and self.has_focus
        strip = self._strips.get((row, here))
        if strip is None:
            strip = self._strips[row, here] = self._strip(row, here)
        return strip

    def _strip(self, row: Row, here: bool) -> Strip:
        language, digits, width = self._look
        number = "cursor" if here else "lit" if row.lit else "gutter"
        label = ("↳" if row.piece else str(row.line + 1)).rjust(digits) + ("▸" if here else " ")
        if row.lit or row.changed:
            gutter = [("▌" if row.lit else " ", "lit"), ("+" if row.changed else " ", "changed"), (label, number)]
        else:
            gutter = [(f"  {label}", number)]
        indent = " " * hanging(row.text, self._text_width) if row.piece else ""
        text = painted(row.text, language, self._text_width)[row.piece]
        segments = [Segment(part, self._style(kind, here)) for part, kind in (*gutter, (indent, ""), *text) if part]
        missing = width - sum(cell_len(segment.text) for segment in segments)
        segments.append(Segment(" " * missing, self._style()))
        return Strip(segments, width) if missing >= 0 else Strip(segments).crop(0, width)

    def _style(self, kind: str = "", here: bool = False) -> Style:
        """How text of a kind looks, as the theme and the style sheet have it; bold at the cursor."""
        name = f"{kind} here" if here else kind
        if name not in self._styles:
            style = self.get_component_rich_style(f"preview--{kind}") if kind else self.rich_style
            self._styles[name] = style + Style(bold=True) if here else style
        return self._styles[name]
