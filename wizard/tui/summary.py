"""The first page: what was found and where, what is not sure, what is hardened without a word."""

from textual import on
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widget import Widget

from wizard.controls import CONTROLS as ALL_CONTROLS
from wizard.tui.derived import Derived
from wizard.tui.menu import Menu, Row
from wizard.tui.pages import CONTROLS, SUMMARY, pages
from wizard.tui.static import Static
from wizard.tui.steps import PageLinks
from wizard.wording import found, shown, uncertain

_LABEL = 12


class Asked(Message):
    """A question is to be opened, wherever it is."""

    def __init__(self, key: str) -> None:
        super().__init__()
        self.key = key


class Summary(VerticalScroll, can_focus=False):
    """Rows that lead to their questions."""

    question = None

    def __init__(self, derived: Derived) -> None:
        super().__init__(classes="body")
        self._derived = derived

    def compose(self) -> ComposeResult:
        yield Static(classes="lead", markup=False)
        yield Menu(_rows(self._derived), id="facts")
        yield PageLinks(classes="pages", markup=False)

    def on_mount(self) -> None:
        self.screen.add_class("-summary")
        self.show(self._derived)

    def on_unmount(self) -> None:
        """Other pages have a reason for what has the focus."""
        self.app.screen_stack[0].remove_class("-summary")

    @property
    def target(self) -> Widget:
        """What has the focus first."""
        return self.query_one(Menu)

    def show(self, derived: Derived) -> None:
        """What is known now."""
        self._derived = derived
        name = shown(derived.session.folder.resolve().name) or "/"
        self.query_one(".lead", Static).update(Content.assemble("A hardened container service from the folder ", (name, "bold")))
        self.query_one(Menu).show(_rows(derived))
        self.query_one(PageLinks).show([page for page in pages(derived.session) if page.title != SUMMARY])

    @on(Menu.Pressed)
    def _pressed(self, event: Menu.Pressed) -> None:
        event.stop()
        self.post_message(Asked(event.id.partition(" ")[0]))


def _rows(derived: Derived) -> list[Row]:
    session = derived.session
    known, doubts = found(session), uncertain(session)
    rows = [Row("", "Found in this folder", heading=True)] if known else [Row("", "Nothing here shows what the service is made of", heading=True)]
    rows += [Row(f"{fact.key} found", fact.text, label=f"{fact.label:{_LABEL}} ", note=fact.where) for fact in known]
    if doubts:
        rows.append(Row("", "Not sure", heading=True))
        rows += [
            Row(f"{fact.key} {number}", fact.text, "?" if fact.key else "!", f"{fact.label:{_LABEL - 2}} ", note=fact.where)
            for number, fact in enumerate(doubts)
        ]
    rows.append(Row("", "Hardened by default", heading=True))
    waived = derived.session.answers.data().get("waivers") or ()
    count = len({row["control"] for row in waived if isinstance(row, dict) and "control" in row})
    said = f"{count} waived" if count else "none waived"
    rows.append(Row(CONTROLS, f"{len(ALL_CONTROLS) - count} controls on · {said}"))
    return rows
