"""After writing: what was written, what to run next, the proof of it, and each file in the person's editor."""

import os
import shlex
import shutil
import subprocess
from pathlib import Path

from textual import on
from textual.app import ComposeResult
from textual.content import Content
from textual.widget import Widget

from wizard.finish import Finished
from wizard.prove import offer as offering
from wizard.prove.offer import ELSEWHERE, Offer
from wizard.tui.menu import Menu, Row
from wizard.tui.page import Page
from wizard.tui.static import Static
from wizard.wording import shown

CLOSE, PROVE = "close", "prove"
_ASKING = Offer(False, "asking whether an engine answers")


class Done(Page):
    """The end."""

    MARK = "-done"
    ADDS = False

    def __init__(self, finished: Finished, away: bool) -> None:
        """`away`: the files are not where the program is, so that nothing can be built there."""
        super().__init__()
        self._finished, self._away = finished, away
        self.offer = Offer(False, ELSEWHERE) if away else _ASKING
        self._wanted = False

    def compose(self) -> ComposeResult:
        yield Static(Content(self._finished.text.rstrip()), classes="lead", markup=False)
        yield Menu(self._rows(), id="next")

    def on_mount(self) -> None:
        self.ask()

    def ask(self, wanted: bool = False) -> None:
        """Ask whether an engine answers, which may take a while; then prove, if that is `wanted` by then."""
        self._wanted = self._wanted or wanted
        if not self._away:
            self._take(_ASKING)
            self.run_worker(self._ask, thread=True, exclusive=True, group="engine")

    def _ask(self) -> None:
        found = offering.offer()
        self.call_later(self._take, found)

    def _take(self, found: Offer) -> None:
        self.offer = found
        self.query_one(Menu).show(self._rows())
        if found != _ASKING and self._wanted:
            self._wanted = False
            if found.possible:
                self.post_message(self.Chosen(PROVE))

    def _rows(self) -> list[Row]:
        files = [path for path in self._finished.written if not path.startswith("secrets/")]
        words = shown(self.offer.words)
        prove = Row(PROVE, "Prove it now", note=words if self.offer.possible else f"not now: {words}")
        return [Row(CLOSE, "Close"), prove, *(Row(path, f"Open {shown(path)}", note=" ".join(editor())) for path in files)]

    @property
    def target(self) -> Widget:
        return self.query_one(Menu)

    @property
    def action(self) -> str:
        row = self.query_one(Menu).row
        return row.id if row else CLOSE

    @on(Menu.Pressed)
    def _pressed(self, event: Menu.Pressed) -> None:
        event.stop()
        self.post_message(self.Chosen(event.id))


def editor() -> list[str]:
    """The person's editor as a command: VISUAL, EDITOR, or one that is there."""
    for name in ("VISUAL", "EDITOR"):
        try:
            if words := shlex.split(os.environ.get(name, "")):
                return words
        except ValueError:
            continue
    return [next((name for name in ("nano", "vim", "vi") if shutil.which(name)), "vi")]


def edit(path: Path) -> str:
    """Open a file in the editor and wait; what went wrong, or nothing."""
    command = editor()
    try:
        subprocess.run([*command, str(path)], check=False)
    except OSError as error:
        return f"{command[0]}: {error.strerror}; set EDITOR to your editor"
    return ""
