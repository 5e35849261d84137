"""Questions that offer their answers: one of them, or any number."""

from collections.abc import Sequence

from textual import on
from textual.app import ComposeResult
from textual.widget import Widget

from wizard.question import Choice
from wizard.said import choices, marks, picked, present
from wizard.scaffold import Session
from wizard.spelling import YES_NO
from wizard.tui.fields import Field
from wizard.tui.menu import Menu, Row

_ONE = ("( )", "(•)")
_MANY = ("[ ]", "[x]")


class _Offered(Field):
    """Answers in a list, each with its state as a shape."""

    def entry(self) -> ComposeResult:
        yield Menu(self._rows())

    def _help(self) -> str:
        return self.question.help

    @property
    def target(self) -> Widget:
        return self.query_one(Menu)

    def show(self, session: Session) -> None:
        super().show(session)
        self.query_one(Menu).show(self._rows())

    def _rows(self) -> Sequence[Row]:
        raise NotImplementedError


class ChoiceField(_Offered):
    """One of several answers."""

    def _choices(self) -> tuple[Choice, ...]:
        if self.question.spelling is YES_NO:
            return (Choice("no", "no"), Choice("yes", "yes"))
        now = present(self.session, self.question)
        known = choices(self.session, self.question)
        return known if now is None or now in [choice.value for choice in known] else (*known, Choice(str(now), str(now)))

    def _rows(self) -> Sequence[Row]:
        now = self.question.format(present(self.session, self.question))
        return [Row(choice.value, choice.title, _ONE[choice.value == now], note=choice.help) for choice in self._choices()]

    def on_mount(self) -> None:
        super().on_mount()
        self.query_one(Menu).show(self._rows(), self.question.format(present(self.session, self.question)))

    def enter(self) -> bool:
        """Where nothing is chosen yet, Enter means the row with the cursor; then it goes on."""
        menu = self.query_one(Menu)
        if menu.has_focus and menu.row and present(self.session, self.question) is None:
            self._choose(menu.row.id)
            return bool(self.wrong)
        return False

    def _choose(self, value: str) -> None:
        self.say(self.answer(self.question, self.question.parse(value), False) or "")

    @on(Menu.Pressed)
    def _chosen(self, event: Menu.Pressed) -> None:
        event.stop()
        self._choose(event.id)


class ManyField(_Offered):
    """Any number of answers."""

    def _rows(self) -> Sequence[Row]:
        now = marks(self.question, present(self.session, self.question) or ())
        return [Row(choice.value, choice.title, _MANY[choice.value in now], help=choice.help) for choice in self.question.choices]

    @on(Menu.Pressed)
    def _chosen(self, event: Menu.Pressed) -> None:
        event.stop()
        rows = present(self.session, self.question) or []
        now = marks(self.question, rows)
        chosen = [name for name in now if name != event.id] if event.id in now else [*now, event.id]
        self.say(self.answer(self.question, picked(self.question, rows, chosen), False) or "")
