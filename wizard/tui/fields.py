"""A question on a page: its words, where the answer comes from, the answer, and what is wrong with it."""

import os
from collections.abc import Callable

from rich.cells import cell_len
from rich.text import Text
from textual import events
from textual.app import ComposeResult
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Input

from wizard.question import Question
from wizard.said import SOURCE, parsed, present
from wizard.scaffold import Session
from wizard.spelling import Data
from wizard.tui.blank import Pane, Settled
from wizard.tui.static import Static
from wizard.wording import implied, origin, shown, spelled

Answer = Callable[[Question, Data, bool], str | None]
"""Takes an answer, typed or chosen: what is wrong with it, or None when it was taken.

A call and not a message: a posted message waits for the next tick, and the preview has to follow the key (docs/decisions/0006).
"""


_WHOLE = 6
"""Most lines that a text is shown on as a whole: below a longer one the reason why it is refused would be out of sight."""


class Field(Pane):
    """Base of all kinds of question. An answer goes up through `answer`; what holds comes down through `show`."""

    DEFAULT_CSS = """
    Field {
        height: auto;
        margin-top: 1;
        border-left: blank $background;
        padding: 0 1;
        &:focus-within { border-left: outer $accent; }
        & .prompt { height: auto; }
        & .help { height: auto; color: $text-secondary; }
        & .add { height: 1; }
        & .keys, & .whole {
            height: auto;
            color: $text-secondary;
            link-style: none;
            link-color: $text-secondary;
            link-style-hover: bold;
            link-background-hover: $panel;
            link-color-hover: $foreground;
        }
        & .whole { border-left: solid $line; padding-left: 1; }
    }
    """

    def __init__(self, question: Question, session: Session, answer: Answer) -> None:
        super().__init__(classes="field")
        self.question = question
        self.session = session
        self.answer = answer
        self.wrong = ""
        """What is wrong with what was typed; the last answer that was taken still holds."""

    def compose(self) -> ComposeResult:
        yield Static(classes="prompt", markup=False)
        yield from self.entry()
        yield Static(classes="wrong", markup=False)
        if text := self._help():
            yield Static(text, classes="help", markup=False)

    def _help(self) -> str:
        example = self.question.spelling.example
        return " ".join(part for part in (self.question.help, f"Such as: {example}" if example else "") if part)

    def entry(self) -> ComposeResult:
        """What the answer is given with."""
        raise NotImplementedError

    def on_mount(self) -> None:
        self.query_one(".wrong").display = False
        self.show(self.session)

    def show(self, session: Session) -> None:
        """The answer that holds now."""
        self.session = session
        self.query_one(".prompt", Static).update(
            Content("  ").join([Content.styled(self.question.prompt, "bold"), Content.styled(evidence(session, self.question), "$text-secondary")])
        )

    def say(self, wrong: str) -> None:
        """Show what is wrong, calmly, below the field; nothing is wrong where it is empty."""
        if wrong != self.wrong:
            self.wrong = wrong
            line = self.query_one(".wrong", Static)
            line.update(Content(f"✗ {wrong}"))
            line.display = bool(wrong)
            self.set_class(bool(wrong), "-wrong")

    def settle(self) -> str:
        """Take what was typed but not yet entered; what is wrong with the field, or nothing."""
        return self.wrong

    def enter(self) -> bool:
        """What Enter does in the field itself; False where it is meant for the page."""
        return False

    def forget(self) -> bool:
        """Take back what was typed and is wrong; whether there was such a thing."""
        return False

    @property
    def pending(self) -> str:
        """What was typed and is no answer: it stays where one leaves the page and comes back."""
        return ""

    def restore(self, text: str) -> None:
        """Put back what was pending."""

    @property
    def target(self) -> Widget:
        """What has the focus when the question has it."""
        raise NotImplementedError


def evidence(session: Session, question: Question) -> str:
    """Where the answer comes from, in a few words."""
    where = origin(session, question)
    if where in ("default", SOURCE):
        return where
    said = any(layer.given and shown(os.path.basename(layer.source)) == where for layer in session.person)
    return f"said in {where}" if said else f"found: {where}"


class Line(Input, Settled):
    """A text in one line; Enter is left to the page, and what is in it is not replaced by the first key."""

    def __init__(self, value: str = "", placeholder: str = "", *, id: str | None = None) -> None:
        super().__init__(value, placeholder, id=id, select_on_focus=False, compact=True)
        self.cursor_blink = False

    def key_backspace(self, event: events.Key) -> None:
        """Delete at once: as a binding the key would first go through everything around, up to the app."""
        event.stop()
        event.prevent_default()
        self.action_delete_left()

    @property
    def _value(self) -> Text:
        """What is drawn: a terminal would obey what was pasted."""
        return Text(_pictured(self.value), no_wrap=True, overflow="ignore", end="")

    def _position_to_cell(self, position: int) -> int:
        return cell_len(_pictured(self.value[:position]))


def _pictured(text: str) -> str:
    """`text` with a sign of one cell for each character that cannot be seen."""
    return "".join(c if c.isprintable() else chr(0x2400 + ord(c)) if c < " " else "\ufffd" for c in text)


class TextField(Field):
    """An answer that is typed."""

    def entry(self) -> ComposeResult:
        self._shown = spelled(self.session, self.question)
        yield Line(self._shown)
        yield Static(classes="whole", markup=False)

    def on_mount(self) -> None:
        super().on_mount()
        self._show_whole(self.line.value)
        # A watcher is called at once; Changed would wait for a tick.
        self.watch(self.line, "value", self._typed, init=False)

    @property
    def line(self) -> Line:
        """The text that is edited."""
        return self.query_one(Line)

    @property
    def target(self) -> Widget:
        return self.line

    def show(self, session: Session) -> None:
        super().show(session)
        text = spelled(session, self.question)
        self.line.placeholder = f"{implied(session, self.question)}" if not text else ""
        if text == self._shown:
            return
        self._shown = text
        if self._meaning() != present(session, self.question):
            self.line.value = text
            self.line.cursor_position = len(text)
            self.say("")

    def _meaning(self) -> Data:
        try:
            return parsed(self.question, self.line.value)
        except ValueError:
            return ...

    def on_resize(self) -> None:
        """A text that fits in another width."""
        self._show_whole(self.line.value)

    def _show_whole(self, text: str) -> None:
        """A text that is a little longer than its line stands below it as a whole."""
        whole, room = self.query_one(".whole", Static), self.line.content_size.width
        whole.display = bool(room) and room <= cell_len(text) <= _WHOLE * room
        if whole.display:
            whole.update(Content(shown(text)))

    def _typed(self, text: str) -> None:
        self._show_whole(text)
        if text == self._shown:
            self.say("")
            return
        try:
            data = parsed(self.question, text)
        except ValueError as error:
            self.say(str(error))
            return
        self.say(self.answer(self.question, data, True) or "")

    @property
    def pending(self) -> str:
        return self.line.value if self.wrong else ""

    def restore(self, text: str) -> None:
        self.line.value = text

    def forget(self) -> bool:
        if not self.wrong:
            return False
        self.line.value = self._shown
        self.say("")
        return True
