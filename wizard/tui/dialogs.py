"""Short questions over the page: a reason, one of several, a row to pick."""

from collections.abc import Callable, Sequence

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen

from wizard.tui.fields import Line
from wizard.tui.keybar import Key, KeyBar
from wizard.tui.menu import Menu, Row
from wizard.tui.static import Static


class Dialog(ModalScreen[str | None]):
    """A box with a result; None when it is left."""

    DEFAULT_CSS = """
    Dialog {
        align: center middle;
        background: $background 60%;
        & .box { width: 90%; max-width: 76; height: auto; max-height: 90%; border: round $accent; padding: 0 1; background: $background; }
        & .title { height: auto; text-style: bold; padding: 0 0 1 0; }
        & .text { height: auto; max-height: 8; margin-bottom: 1; color: $text-secondary; }
    }
    """
    BINDINGS = [
        Binding("escape", "leave", "Leave", show=False),
        Binding("enter", "enter", "Enter", show=False, priority=True),
    ]

    def __init__(self, title: str, text: str = "") -> None:
        super().__init__()
        self._title = title
        self._text = text

    def compose(self) -> ComposeResult:
        with Vertical(classes="box"):
            yield Static(self._title, classes="title", markup=False)
            if self._text:
                yield Static(self._text, classes="text", markup=False)
            yield from self.entry()
            bar = KeyBar()
            yield bar
            bar.show([Key("Enter", "ok", "screen.enter"), Key("Esc", "leave", "screen.leave")])

    def entry(self) -> ComposeResult:
        """What is asked with."""
        raise NotImplementedError

    def action_leave(self) -> None:
        """Leave without a result."""
        self.dismiss(None)

    def action_enter(self) -> None:
        """Give the result."""
        raise NotImplementedError


class ReasonDialog(Dialog):
    """A text that `check` finds nothing wrong with."""

    def __init__(self, title: str, text: str, check: Callable[[str], str | None]) -> None:
        super().__init__(title, text)
        self._check = check

    def entry(self) -> ComposeResult:
        yield Line(placeholder="the reason, for those who come after you")
        yield Static(classes="wrong", markup=False)

    def action_enter(self) -> None:
        text = self.query_one(Line).value.strip()
        if wrong := self._check(text):
            self.query_one(".wrong", Static).update(Content(f"✗ {wrong}"))
        else:
            self.dismiss(text)


class ChoiceDialog(Dialog):
    """One of several answers."""

    def __init__(self, title: str, text: str, rows: Sequence[Row]) -> None:
        super().__init__(title, text)
        self._rows = rows

    def entry(self) -> ComposeResult:
        yield Menu(self._rows)

    def action_enter(self) -> None:
        row = self.query_one(Menu).row
        self.dismiss(row.id if row else None)

    @on(Menu.Pressed)
    def _pressed(self, event: Menu.Pressed) -> None:
        event.stop()
        self.dismiss(event.id)


class PickDialog(ChoiceDialog):
    """One of many rows, with a line that narrows them."""

    def entry(self) -> ComposeResult:
        yield Line(placeholder="type to search")
        yield from super().entry()

    def on_mount(self) -> None:
        self.watch(self.query_one(Line), "value", self._narrow, init=False)

    def _narrow(self, text: str) -> None:
        words = text.lower().split()
        self.query_one(Menu).show([row for row in self._rows if all(word in f"{row.text} {row.note} {row.help}".lower() for word in words)])

    def on_key(self, event: events.Key) -> None:
        """The arrows move in the rows while the line has the focus."""
        if event.key in ("up", "down", "pageup", "pagedown"):
            self.query_one(Menu).step(event.key)
