"""After writing: what was written, what to run next, and each file in the person's editor."""

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
from wizard.tui.menu import Menu, Row
from wizard.tui.page import Page
from wizard.tui.static import Static
from wizard.wording import shown

CLOSE = "close"


class Done(Page):
    """The end."""

    MARK = "-done"
    ADDS = False

    def __init__(self, finished: Finished) -> None:
        super().__init__()
        self._finished = finished

    def compose(self) -> ComposeResult:
        yield Static(Content(self._finished.text.rstrip()), classes="lead", markup=False)
        shown_files = [path for path in self._finished.written if not path.startswith("secrets/")]
        yield Menu([Row(CLOSE, "Close"), *(Row(path, f"Open {shown(path)}", note=" ".join(editor())) for path in shown_files)], id="next")

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
