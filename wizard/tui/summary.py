"""The first page: what was found and where, what is not sure, what is hardened without a word."""

from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.content import Content
from textual.message import Message
from textual.widget import Widget

from wizard.controls import CONTROLS as ALL_CONTROLS
from wizard.scaffold import Session
from wizard.tui.menu import Menu, Row
from wizard.tui.page import Page
from wizard.tui.pages import CONTROLS, SUMMARY, pages
from wizard.tui.static import Static
from wizard.tui.steps import PageLinks
from wizard.wording import found, shown, uncertain, unmade

if TYPE_CHECKING:
    from wizard.tui.derived import Derived

_LABEL = 12


class Asked(Message):
    """A question is to be opened, wherever it is."""

    def __init__(self, key: str) -> None:
        super().__init__()
        self.key = key


class Summary(Page):
    """Rows that lead to their questions."""

    MARK = "-summary"

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session

    def compose(self) -> ComposeResult:
        yield Static(self._lead(), classes="lead", markup=False)
        yield Menu(_rows(self._session), id="facts")
        yield PageLinks(classes="pages", markup=False)

    def on_mount(self) -> None:
        self._show_pages()

    @property
    def target(self) -> Widget:
        return self.query_one(Menu)

    def show(self, derived: "Derived") -> None:
        """What is known now."""
        self._session = derived.session
        self.query_one(Menu).show(_rows(self._session))
        self._show_pages()

    def _lead(self) -> Content:
        return Content.assemble("A hardened container service from the folder ", (shown(self._session.folder.resolve().name) or "/", "bold"))

    def _show_pages(self) -> None:
        self.query_one(PageLinks).show([page for page in pages(self._session) if page.title != SUMMARY])

    @on(Menu.Pressed)
    def _pressed(self, event: Menu.Pressed) -> None:
        event.stop()
        self.post_message(Asked(event.id.partition(" ")[0]))


def _rows(session: Session) -> list[Row]:
    known, doubts = found(session), uncertain(session)
    rows = (
        [Row("", "Found in this folder", heading=True)]
        if known
        else [Row("", "Found, and not built yet" if session.found.cannot else unmade(session), heading=True)]
    )
    rows += [Row(f"{fact.key} found", fact.text, label=f"{fact.label:{_LABEL}} ", note=fact.where) for fact in known]
    if doubts:
        rows.append(Row("", "Not sure", heading=True))
        rows += [
            Row(f"{fact.key} {number}", fact.text, "?" if fact.key else "!", f"{fact.label:{_LABEL - 2}} ", note=fact.where)
            for number, fact in enumerate(doubts)
        ]
    rows.append(Row("", "Hardened by default", heading=True))
    waived = session.answers.data().get("waivers") or ()
    count = len({row["control"] for row in waived if isinstance(row, dict) and "control" in row})
    said = f"{count} waived" if count else "none waived"
    rows.append(Row(CONTROLS, f"{len(ALL_CONTROLS) - count} controls on · {said}"))
    return rows
