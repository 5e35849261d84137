"""The line at the bottom of every page that adds anything."""

from collections.abc import Callable

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content

from wizard.adding import Added, add
from wizard.scaffold import Session
from wizard.tui.fields import Line
from wizard.tui.static import Static


class AddLine(Vertical):
    """Takes `9090`, `/data`, `postgres`, `KEY=value`; `take` is handed what a line came to."""

    DEFAULT_CSS = """
    AddLine {
        height: auto;
        padding: 0 1;
        border-top: solid $line;
        & .said { height: auto; color: $text-secondary; }
        & Horizontal { height: 1; }
    }
    """

    def __init__(self, session: Callable[[], Session], take: Callable[[Added], None]) -> None:
        super().__init__()
        self._session = session
        self._take = take

    def compose(self) -> ComposeResult:
        yield Static(classes="said", markup=False)
        with Horizontal():
            yield Static("+", classes="sign", markup=False)
            yield Line(placeholder="add: 9090, /data, postgres, KEY=value", id="add")

    def on_mount(self) -> None:
        self.query_one(".said").display = False
        self.watch(self.line, "value", self._typed, init=False)

    @property
    def line(self) -> Line:
        """The text."""
        return self.query_one(Line)

    def begin(self, text: str = "") -> None:
        """Start typing here."""
        self.screen.set_focus(self.line)
        self.line.insert_text_at_cursor(text)

    def enter(self) -> bool:
        """Add what was typed; False where nothing was."""
        if not self.line.value.strip():
            return False
        try:
            added = add(self._session(), self.line.value)
        except ValueError as error:
            self._say(Content(f"✗ {error}"), wrong=True)
            return True
        self.line.value = ""
        self._take(added)
        self._say(Content("added · " + " · ".join(added.rows)))
        return True

    def _typed(self, text: str) -> None:
        if text or self.has_class("-wrong"):
            self._say(Content(""))

    def _say(self, text: Content, wrong: bool = False) -> None:
        line = self.query_one(".said", Static)
        line.update(text)
        line.display = bool(text.plain)
        self.set_class(wrong, "-wrong")
