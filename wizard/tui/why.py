"""Why something is there: a panel beside the preview, a line where there is no room, and a screen with the whole page."""

import re

from msgspec.structs import replace
from textual.app import ComposeResult
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen

from wizard.tui.keybar import Key, KeyBar
from wizard.tui.reasons import Reason
from wizard.tui.static import Static

_LITERAL = re.compile(r"`[^`]+`")


def paragraphs(reason: Reason, words: bool = False) -> Content:
    """A reason as text; with `words` the terms that it uses, too."""
    parts = [Content.assemble((heading, "bold $text-accent"), "\n" if heading else "", _read(text)) for heading, text in reason.parts]
    if words and reason.words:
        terms = [Content.assemble((term, "bold"), f"  {meaning}") for term, meaning in reason.words]
        parts.append(Content("\n").join([Content.styled("Words", "bold $text-accent"), *terms]))
    return Content("\n\n").join(parts)


def _read(text: str) -> Content:
    """A text in which what is meant literally stands out."""
    return Content(text).highlight_regex(_LITERAL, style="$text-primary")


def heading(reason: Reason) -> Content:
    """The line of a reason, with the control's id."""
    return Content.assemble((reason.title, "bold"), (f"   {reason.control}" if reason.control else "", "$text-secondary"))


class WhyPanel(VerticalScroll, can_focus=False):
    """The reason for what has the focus."""

    BORDER_TITLE = " Why "
    DEFAULT_CSS = """
    WhyPanel {
        height: 1fr;
        border-top: solid $line;
        border-title-color: $text-accent;
        border-title-style: bold;
        padding: 0 0 0 1;
        & Static { height: auto; padding-right: 1; }
    }
    """
    _reason: Reason | None = None

    def compose(self) -> ComposeResult:
        yield Static(id="why-title", markup=False)
        yield Static(id="why-text", markup=False)

    def show(self, reason: Reason) -> None:
        """Show another reason, from its beginning."""
        if reason == self._reason:
            return
        self._reason = reason
        self.query_one("#why-title", Static).update(heading(reason))
        first, *others = reason.parts or (("", ""),)
        bare = replace(reason, parts=(("", first[1]), *others)) if first[0] == "Why" else reason  # the border says so
        self.query_one("#why-text", Static).update(paragraphs(bare))
        self.scroll_home(animate=False)


class WhyScreen(ModalScreen[None]):
    """The whole page, and what its words mean."""

    DEFAULT_CSS = """
    WhyScreen {
        background: $background;
        & .title { height: auto; text-style: bold; padding: 0 1; background: $panel; }
        & .page { height: 1fr; padding: 1 0 0 2; }
        & .page Static { height: auto; max-width: 102; padding: 0 2 1 0; }
    }
    """
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
        bar.show([Key("Esc", "close", "screen.dismiss"), Key("↑ ↓", "scroll", "screen.noop")])

    def action_noop(self) -> None:
        """The arrows scroll by themselves."""
