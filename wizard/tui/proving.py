"""The proof on the screen: its steps, one row a control and service, what was seen for the row with the cursor, and what build and Compose say."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.screen import Screen

from wizard.engine.running import Stop
from wizard.errors import SeawallError
from wizard.prove.evidence import Report
from wizard.prove.live_table import in_words
from wizard.prove.progress import Folding, Progress, Tell
from wizard.text import visible_all
from wizard.tui.dialogs import ChoiceDialog
from wizard.tui.keybar import Key, KeyBar
from wizard.tui.leading import leads_to
from wizard.tui.menu import Menu, Row
from wizard.tui.proof_log import ProofLog
from wizard.tui.proof_rows import first_wrong, found_in, leading, listed, summed, told
from wizard.tui.proof_saving import ask_to_save
from wizard.tui.reasons import of_control
from wizard.tui.static import Static
from wizard.tui.steps import Links
from wizard.tui.why import WhyScreen

if TYPE_CHECKING:
    from wizard.tui.app import Seawall

Run = Callable[[Tell, Stop], Report]
"""A proof, to be run in a thread of its own. Raises SeawallError."""
_TICK = 1.0
"""Seconds after which the time of a step that is under way is drawn anew."""
_STYLES = {"waits": "$text-secondary", "runs": "bold $text-accent", "ok": "$success", "FAIL": "bold $error"}
STAY, LEAVE = "stay", "leave"


def by_engine(folder: Path) -> Run:
    """The proof of a folder on the engine that the environment names."""
    from wizard.engine.docker import Docker
    from wizard.prove.run import Options, prove

    return lambda tell, stop: prove(folder, Options(), tell, Docker(stop=stop))


class ProveScreen(Screen[str | None]):
    """A proof that begins with the screen; its result is the question to go to, if that was chosen. Whatever ends the screen ends the proof."""

    DEFAULT_CSS = """
    ProveScreen {
        background: $background;
        & #steps { height: auto; padding: 0 1; }
        & #lead { height: auto; padding: 0 1; text-style: bold; max-height: 6; }
        & #table { width: 37; height: 1fr; overflow-y: hidden; }
        & #found { width: 1fr; height: 1fr; border-left: solid $line; }
        & #looks { height: 1fr; padding: 0; }
        & #seen { height: 3fr; padding: 0 0 0 1; }
        & #seen Static { height: auto; padding-right: 1; }
        & #log { height: 2fr; padding: 0 0 0 1; }
        & .pane { border-top: solid $line; border-title-color: $text-accent; border-title-style: bold; }
        & .pane:focus { border-top: heavy $text-accent; }
        &.-thin #body { layout: vertical; }
        &.-thin #table, &.-thin #found { width: 1fr; height: 1fr; border-left: none; }
        &.-thin #log { display: none; }
        &.-log #table, &.-log #seen { display: none; }
        &.-log #found { border-left: none; }
        &.-log #log { display: block; height: 1fr; }
    }
    """
    HORIZONTAL_BREAKPOINTS = [(0, "-thin"), (76, "-beside")]
    BINDINGS = [
        Binding("escape,ctrl+c", "stop", "Stop", show=False),
        Binding("enter,f1", "why", "Why", show=False),
        Binding("s", "save", "Save", show=False),
        Binding("g", "mend", "Question", show=False),
        Binding("r", "again", "Again", show=False),
        Binding("l", "log", "Log", show=False),
    ]
    app: "Seawall"

    class Changed(Message):
        """Something happened in the proof."""

    def __init__(self, run: Run, name: str, folder: Path) -> None:
        super().__init__()
        self._prove, self._called, self._folder = run, name, folder
        self._stop, self._folding = Stop(), Folding(lambda: None)
        self._drawn = Progress()
        self._owed = False  # whether a drawing is on its way
        self._ended = False
        self._said = ""  # how it ended, where that was not by a report
        self._moved = self._leaving = self._asking = False

    def compose(self) -> ComposeResult:
        yield Static(Content.assemble(("Seawall", "bold"), f"   {self._called} · proving it on an engine"), id="title", markup=False)
        yield Links(id="steps", markup=False)
        yield Static(id="lead", markup=False)
        with Horizontal(id="body"):
            with VerticalScroll(id="table", can_focus=False):
                yield Menu(id="looks")
            with VerticalScroll(id="found", can_focus=False):
                with VerticalScroll(id="seen", classes="pane") as seen:
                    yield Static(markup=False)
                seen.border_title = " Evidence "
                yield ProofLog(id="log", classes="pane")
        yield KeyBar(id="keys", markup=False)

    def on_mount(self) -> None:
        self.set_focus(self.query_one(Menu))
        self.set_interval(_TICK, self._draw_steps)
        self._begin()

    def on_unmount(self) -> None:
        self._stop.ask()

    @property
    def runs(self) -> bool:
        """Whether it is under way."""
        return not self._ended

    def _begin(self) -> None:
        self._stop, self._ended, self._said, self._moved = Stop(), False, "", False
        self._folding = Folding(self._tell)
        self.run_worker(self._work, thread=True)
        self._draw()

    def _work(self) -> None:
        """In a thread of its own: nothing of the screen is touched."""
        try:
            self._prove(self._folding, self._stop)
        except SeawallError as error:
            self._said = str(error)
        self._ended = True
        self._folding.end()

    def _tell(self) -> None:
        """From that thread: draw, once for all that comes until then."""
        if not self._owed:
            self._owed = True
            self.post_message(self.Changed())

    @on(Changed)
    def _draw(self) -> None:
        self._owed = False
        progress = self._folding.progress
        menu = self.query_one(Menu)
        self._draw_steps()
        if (progress.rows, progress.troubles) != (self._drawn.rows, self._drawn.troubles):
            rows = listed(progress)
            first = not menu.rows
            menu.show(rows, "" if self._moved or self.runs else first_wrong(progress))
            if first:  # The heading above the row with the cursor is seen, too.
                self.call_after_refresh(self.call_after_refresh, menu.scroll_home, animate=False)
        elif self._ended and not self._moved:
            menu.show(menu.rows, first_wrong(progress))
        self._drawn = progress
        self.query_one(ProofLog).show(progress)
        self._draw_sum()
        self._draw_seen()
        if self._ended and self._leaving:
            self.app.action_leave()

    def _draw_steps(self) -> None:
        steps = self._folding.progress.steps
        self.query_one(Links).show_links([Content.styled(in_words(step), _STYLES[step.state]) for step in steps])

    def _draw_sum(self) -> None:
        words, colour = summed(self._folding.progress)
        if self._said:
            words, colour = f"✗ {visible_all(self._said[:1].upper() + self._said[1:])}.", "$error"
        elif self.runs and self._stop.asked:
            words, colour = "Stopping: what was started is being removed.", "$warning"
        lead = self.query_one("#lead", Static)
        lead.display = bool(words)
        lead.update(Content.styled(words, colour))
        self._draw_keys()

    def _draw_keys(self) -> None:
        last = Key("L", "log", "screen.log")
        if self.runs:
            keys = [Key("↑ ↓", "choose", "screen.noop"), Key("Tab", "panes", "app.focus_next"), Key("F1", "why", "screen.why"), last]
            keys += [] if self._stop.asked else [Key("Esc", "stop", "screen.stop")]
        else:
            goes = [Key("G", "its question", "screen.mend")] if self._leads else [Key("F1", "why", "screen.why")]
            saves = [Key("S", "save", "screen.save")] if self._folding.progress.report else []
            keys = [*saves, *goes, Key("R", "again", "screen.again"), last, Key("Esc", "close", "screen.stop")]
        self.query_one(KeyBar).show(keys)

    def _draw_seen(self) -> None:
        row = self.query_one(Menu).row
        self.query_one("#seen Static", Static).update(told(found_in(self._folding.progress, row.id) if row else None))

    @property
    def _leads(self) -> str:
        """The question that the row with the cursor leads to, once there is something to mend."""
        row = self.query_one(Menu).row
        found = leading(found_in(self._folding.progress, row.id)) if row else None
        return leads_to(found, self.app.derived) if found else ""

    @on(Menu.Moved)
    def _row_moved(self) -> None:
        self.query_one("#seen").scroll_home(animate=False)
        self._draw_seen()
        self._draw_keys()

    def on_key(self, event: events.Key) -> None:
        """Who moves the cursor keeps it where it is."""
        self._moved = self._moved or event.key in ("up", "down", "pageup", "pagedown", "home", "end")

    def action_again(self) -> None:
        """Begin anew once it is over."""
        if not self.runs:
            self._begin()

    def action_noop(self) -> None:
        """The arrows move by themselves."""

    def action_log(self) -> None:
        """What build and Compose say on all of the screen, and back."""
        self.toggle_class("-log")
        self.set_focus(self.query_one("#log" if self.has_class("-log") else "#looks"))

    def action_why(self) -> None:
        """The page of the control with the cursor."""
        row = self.query_one(Menu).row
        found = found_in(self._folding.progress, row.id) if row else None
        from wizard.controls import CONTROLS

        control = next((one for one in CONTROLS if found and one.id == found.control), None)
        if control:
            self.app.push_screen(WhyScreen(of_control(control, self.app.derived.project)))

    def action_mend(self) -> None:
        """To the question that sets what does not hold."""
        if not self.runs and (key := self._leads):
            self.dismiss(key)

    def action_save(self) -> None:
        """Keep the report as a file beside the project."""
        if report := self._folding.progress.report:
            ask_to_save(self, report, self._folder)

    def action_stop(self) -> None:
        """Stop what is under way; once it is over, close."""
        if not self.runs:
            self.dismiss(None)
        elif not self._stop.asked:
            self._stop.ask()
            self._draw_sum()

    def holds(self) -> bool:
        """Whether leaving has to wait for an answer: asked while a proof is under way."""
        if not self.runs:
            return False
        if not self._asking:
            self._asking = True
            rows = [Row(STAY, "Let it go on"), Row(LEAVE, "Stop it and leave", note="what was started is removed first")]
            self.app.push_screen(ChoiceDialog("A proof is under way", "", rows), self._leave)
        return True

    def _leave(self, answer: str | None) -> None:
        self._asking = False
        if answer == LEAVE:
            self._leaving = True
            self._stop.ask()
            self._draw()
