"""A question whose answer is a list: rows that are added, edited and deleted."""

from typing import Any

from textual import on
from textual.actions import SkipAction
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal
from textual.content import Content
from textual.suggester import SuggestFromList
from textual.widget import Widget

from wizard.adding import extended
from wizard.question import Choice
from wizard.said import present
from wizard.scaffold import Session
from wizard.spelling import Data
from wizard.tui.dialogs import PickDialog
from wizard.tui.fields import Field, Line
from wizard.tui.links import link
from wizard.tui.menu import Menu, Row
from wizard.tui.static import Static
from wizard.wording import shown


class RowsField(Field):
    """Rows, and a line below them: what is typed there and entered becomes a row, or takes the place of the one being edited."""

    BINDINGS = [
        Binding("e", "edit", "Edit", show=False),
        Binding("d,delete,backspace", "delete", "Delete", show=False),
        Binding("f4", "pick", "Pick", show=False),
        Binding("up", "to_rows", "To the rows", show=False),
        Binding("escape", "leave", "Leave", show=False),
    ]

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.editing: int | None = None
        """The row that is in the line to be edited."""

    def entry(self) -> ComposeResult:
        yield Menu(self._rows(), classes="rows")
        with Horizontal(classes="add"):
            yield Static("+", classes="sign", markup=False)
            yield Line(placeholder="add one")
        yield Static(classes="keys", markup=False)

    def on_mount(self) -> None:
        super().on_mount()
        if offered := self._offered():
            self.line.suggester = SuggestFromList([choice.value for choice in offered], case_sensitive=False)
        self.watch(self.line, "value", self._typed, init=False)

    @property
    def line(self) -> Line:
        """Where a row is typed."""
        return self.query_one(Line)

    @property
    def menu(self) -> Menu:
        """The rows."""
        return self.query_one(Menu)

    @property
    def target(self) -> Widget:
        return self.line

    def show(self, session: Session) -> None:
        super().show(session)
        rows = self._rows()
        self.menu.show(rows)
        if not rows and self.menu.has_focus:
            self.screen.set_focus(self.line)  # It goes away with the last row.
        self.menu.display = bool(rows)
        self.query_one(".keys", Static).update(self._keys())
        if self.editing is not None and self.editing >= len(rows):
            self._drop()
        if self.line.has_focus:  # More rows push it down.
            self.call_after_refresh(self.line.scroll_visible, animate=False)

    def _keys(self) -> Content:
        keys = [("e edit", "edit"), ("d delete", "delete")] if self._data() else []
        if self._offered():
            keys.append(("F4 pick from a list", "pick"))
        # The action is the field's own: the text is a widget inside it.
        return Content(" · ").join(link(Content(text), f"app.in_field({action!r})") for text, action in keys)

    def _offered(self) -> tuple[Choice, ...]:
        return self.question.offers or self.question.choices

    def action_pick(self) -> None:
        """Pick a row from all that are offered; one that wants a reason is completed in the line."""

        def take(value: str | None) -> None:
            if value is not None:
                self.line.value = f"{value}: " if self.question.offers else value
                self.line.cursor_position = len(self.line.value)
                self.line.focus()

        if offered := self._offered():
            self.app.push_screen(PickDialog(self.question.prompt, "", [Row(c.value, c.value, note=c.title, help=c.help) for c in offered]), take)

    def _data(self) -> list[Data]:
        """The rows as data, each as a list or a mapping of one."""
        data = present(self.session, self.question) or []
        return [{name: value} for name, value in data.items()] if isinstance(data, dict) else [[row] for row in data]

    def _rows(self) -> list[Row]:
        return [Row(str(n), self._text(row), note=self._gloss(row)) for n, row in enumerate(self._data())]

    def _text(self, row: Data) -> str:
        each = self.question.spelling.each
        return shown(each.format(row[0]) if each else self.question.format(row))

    def _gloss(self, row: Data) -> str:
        return self.question.gloss(row[0] if isinstance(row, list) else row)

    def _joined(self, rows: list[Data]) -> Data:
        whole: Data = self.question.spelling.nothing
        for row in rows:
            whole = extended(whole, row)
        return whole

    def _typed(self, text: str) -> None:
        if not text.strip():
            self.say("")
        elif self.wrong:
            self.say(self._problem(text)[1])

    def _problem(self, text: str) -> tuple[Data, str]:
        each = self.question.spelling.each
        try:
            more = [each.parse(text.strip())] if each and self.editing is not None else self.question.parse(text.strip())
            rows = self._data()
            if self.editing is None:
                return extended(self._joined(rows), more), ""
            return self._joined([*rows[: self.editing], more, *rows[self.editing + 1 :]]), ""
        except ValueError as error:
            return None, str(error)

    def enter(self) -> bool:
        if not (self.line.has_focus and self.line.value.strip()):
            return False
        self.settle()
        return True

    def settle(self) -> str:
        text = self.line.value
        if not text.strip():
            if self.editing is not None and text == "":
                self._drop()
            return ""
        data, wrong = self._problem(text)
        wrong = wrong or self.answer(self.question, data, False) or ""
        self.say(wrong)
        if not wrong:
            self._empty()
        return wrong

    @property
    def pending(self) -> str:
        return self.line.value if self.editing is None else ""

    def restore(self, text: str) -> None:
        self.line.value = text

    def forget(self) -> bool:
        if not self.line.value:
            return False
        self._drop()
        return True

    def _drop(self) -> None:
        self._empty()
        self.say("")

    def _empty(self) -> None:
        self.editing = None
        self.line.value = ""
        self.query_one(".sign", Static).update("+")

    def action_edit(self) -> None:
        """Put the row with the cursor into the line."""
        if self.menu.row is None:
            return
        number = int(self.menu.row.id)
        row = self._data()[number]
        each = self.question.spelling.each
        self.editing = number
        self.line.value = each.format(row[0]) if each else self.question.format(row)
        self.line.cursor_position = len(self.line.value)
        self.query_one(".sign", Static).update("✎")
        self.line.focus()

    def action_delete(self) -> None:
        """Take the row with the cursor away."""
        if self.menu.row is None:
            return
        rows = self._data()
        del rows[int(self.menu.row.id)]
        self.say(self.answer(self.question, self._joined(rows), False) or "")

    def action_to_rows(self) -> None:
        """From the line to the row above it."""
        if not self.line.has_focus or not self._data():
            raise SkipAction
        self.menu.highlighted = len(self._data()) - 1
        self.screen.set_focus(self.menu)

    def action_leave(self) -> None:
        """Leave a row as it was; with nothing typed, Escape is meant for the page."""
        if not self.line.value and self.editing is None:
            raise SkipAction
        self._drop()

    @on(Menu.Pressed)
    def _pressed(self, event: Menu.Pressed) -> None:
        event.stop()
        self.action_edit()


def act_at(widget: Widget, action: str) -> None:
    """An action of the field that a widget is in: of its hint, which was clicked."""
    field = next((above for above in widget.ancestors_with_self if isinstance(above, RowsField)), None)
    if field:
        getattr(field, f"action_{action}")()
