"""Why something is there: a panel beside the preview, a line where there is no room, and a screen with the whole page."""

from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from wizard.tui.keybar import Key, KeyBar
from wizard.tui.reasons import Reason


def paragraphs(reason: Reason, words: bool = False) -> Content:
    """A reason as text; with `words` the terms that it uses, too."""
    parts = [Content.assemble((heading, "bold $text-accent"), "\n" if heading else "", text) for heading, text in reason.parts]
    if words and reason.words:
        parts.append(Content.styled("Words", "bold $text-accent"))
        parts += [Content.assemble((term, "bold"), f"  {meaning}") for term, meaning in reason.words]
    return Content("\n\n").join(parts)


def heading(reason: Reason) -> Content:
    """The line of a reason, with the control's id."""
    return Content.assemble((reason.title, "bold"), (f"   {reason.control}" if reason.control else "", "$text-secondary"))


class WhyPanel(VerticalScroll, can_focus=False):
    """The reason for what has the focus."""

    def compose(self) -> ComposeResult:
        yield Static(id="why-title", markup=False)
        yield Static(id="why-text", markup=False)

    def show(self, reason: Reason) -> None:
        """Show another reason, from its beginning."""
        self.query_one("#why-title", Static).update(heading(reason))
        self.query_one("#why-text", Static).update(paragraphs(reason))
        self.scroll_home(animate=False)


class WhyScreen(ModalScreen[None]):
    """The whole page, and what its words mean."""

    BINDINGS = [("escape,f1,enter,q", "dismiss", "Close")]

    def __init__(self, reason: Reason) -> None:
        super().__init__()
        self._reason = reason

    def compose(self) -> ComposeResult:
        yield Static(heading(self._reason), classes="title", markup=False)
        with VerticalScroll(classes="page"):
            yield Static(paragraphs(self._reason, words=True), markup=False)
        bar = KeyBar()
        yield bar
        bar.show([Key("Esc", "close", "dismiss"), Key("↑ ↓", "scroll", "noop")])

    def action_noop(self) -> None:
        """The arrows scroll by themselves."""
