"""The command palette: every page, control and file, by its name."""

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING, Any

from textual.command import DiscoveryHit, Hit, Hits, Provider

from wizard.controls import CONTROLS
from wizard.tui.pages import pages
from wizard.tui.reasons import of_control
from wizard.tui.why import WhyScreen
from wizard.wording import shown

if TYPE_CHECKING:
    from wizard.tui.app import Seawall


class Everything(Provider):
    """What can be gone to."""

    def _commands(self) -> Iterator[tuple[str, str, Any]]:
        app: Seawall = self.app  # type: ignore[assignment]
        for page in pages(app.state.session):
            yield f"Page: {page.title}", f"key {page.key}", partial(app.action_open, page.title)
        for sheet in app.board.files.sheets if app.board.files else ():
            yield f"File: {shown(sheet.name)}", "show it", partial(app.board.show_files, sheet.name)
        for control in CONTROLS:
            yield f"Control: {control.id}", control.title, partial(app.push_screen, WhyScreen(of_control(control, app.derived.project)))
        yield "Handbook: all controls", "browse and search them", app.action_handbook

    async def discover(self) -> Hits:
        """Everything, before anything is typed."""
        for title, help_text, run in self._commands():
            yield DiscoveryHit(title, run, help=help_text)

    async def search(self, query: str) -> Hits:
        """What goes with the words typed."""
        matcher = self.matcher(query)
        for title, help_text, run in self._commands():
            if (score := matcher.match(f"{title} {help_text}")) > 0:
                yield Hit(score, matcher.highlight(title), run, text=title, help=help_text)
