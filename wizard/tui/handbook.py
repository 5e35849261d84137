"""The handbook: all controls, to browse and to search; it needs no project."""

from collections.abc import Sequence

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, VerticalScroll
from textual.screen import Screen

from wizard.chain import in_order
from wizard.control import Control
from wizard.controls import control_of
from wizard.project import Project
from wizard.tui.fields import Line
from wizard.tui.keybar import Key, KeyBar
from wizard.tui.menu import Menu, Row
from wizard.tui.reasons import Reason, matching, of_control, of_search
from wizard.tui.static import Static
from wizard.tui.themes import Dressed
from wizard.tui.why import WhyScreen, heading, paragraphs

NOTHING = "No control speaks of that."


class Handbook(Screen[None]):
    """A line to search in, the controls that hold its words, and the page of the one with the cursor.

    Before anything is searched for they stand in the order of an attack, from break-in to host.
    """

    DEFAULT_CSS = """
    Handbook {
        background: $background;
        & #left { overflow-y: hidden; padding: 0 1; }
        & #right { padding-left: 1; }
        & #right Static { height: auto; max-width: 100; padding: 0 1 1 0; }
        & .title { text-style: bold; }
        & Line { margin: 1 0; }
        & Menu { height: 1fr; }
    }
    """
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-wide")]
    BINDINGS = [
        Binding("escape", "leave", "Leave", show=False),
        Binding("enter,f1", "read", "Read", show=False, priority=True),
        Binding("up", "move(-1)", "Up", show=False, priority=True),
        Binding("down", "move(1)", "Down", show=False, priority=True),
    ]

    def __init__(self, project: Project | None = None, search: str = "") -> None:
        super().__init__()
        self._project = project
        self._search = search

    def compose(self) -> ComposeResult:
        yield Static("Seawall   the handbook of controls", id="title", markup=False)
        with Horizontal(id="body"):
            with VerticalScroll(id="left", can_focus=False):
                yield Line(self._search, "type to search: a word, a setting, an error")
                yield Menu(id="controls")
            with VerticalScroll(id="right", can_focus=False):
                yield Static(classes="title", markup=False)
                yield Static(classes="text", markup=False)
        bar = KeyBar(id="keys", markup=False)
        yield bar
        bar.show([Key("↑ ↓", "choose", "screen.move(1)"), Key("Enter", "read", "screen.read"), Key("Esc", "close", "screen.leave")])

    def on_mount(self) -> None:
        line = self.query_one(Line)
        self.watch(line, "value", self._narrow)
        self.set_focus(line)

    def _narrow(self, text: str) -> None:
        found = matching(text)
        rows = _rows(found) if text.strip() else _along_an_attack()
        self.query_one(Menu).show(rows or [Row("", NOTHING, heading=True)])
        self._show()

    @on(Menu.Moved)
    def _show(self) -> None:
        row = self.query_one(Menu).row
        if row is None:
            self.query_one("#right .title", Static).update(NOTHING)
            self.query_one("#right .text", Static).update("")
            return
        reason = self._reason(row.id)
        self.query_one("#right .title", Static).update(heading(reason))
        self.query_one("#right .text", Static).update(paragraphs(reason, words=True))
        self.query_one("#right").scroll_home(animate=False)

    def _reason(self, control: str) -> Reason:
        return of_search(self.query_one(Line).value, of_control(control_of(control), self._project))

    @on(Menu.Pressed)
    def _pressed(self) -> None:
        self.action_read()

    def action_move(self, step: int) -> None:
        """To another control; the search keeps the focus."""
        menu = self.query_one(Menu)
        (menu.action_cursor_down if step > 0 else menu.action_cursor_up)()

    def action_read(self) -> None:
        """The whole page of the control."""
        if row := self.query_one(Menu).row:
            self.app.push_screen(WhyScreen(self._reason(row.id)))

    def action_leave(self) -> None:
        """Back to where one came from; the end where there is nothing else."""
        if len(self.app.screen_stack) > 1 and not isinstance(self.app, HandbookApp):
            self.dismiss(None)
        else:
            self.app.exit()


def _rows(controls: Sequence[Control]) -> list[Row]:
    return [Row(control.id, control.title, note=control.severity.value) for control in controls]


def _along_an_attack() -> list[Row]:
    return [row for step, controls in in_order() for row in (Row("", step.value.capitalize(), heading=True), *_rows(controls))]


class HandbookApp(Dressed):
    """The handbook by itself."""

    CSS_PATH = "app.tcss"
    ENABLE_COMMAND_PALETTE = False
    BINDINGS = [Binding("ctrl+c", "quit", show=False)]

    def __init__(self, search: str = "") -> None:
        super().__init__()
        self._search = search

    def get_default_screen(self) -> Handbook:
        """The only screen."""
        return Handbook(search=self._search)
