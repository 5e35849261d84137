"""A page of questions, each in the field that suits it."""

from collections.abc import Mapping

from textual.app import ComposeResult
from textual.widget import Widget

from wizard.project import Project
from wizard.question import Question
from wizard.scaffold import Session
from wizard.spelling import WORDS, YES_NO
from wizard.tui.choices import ChoiceField, ManyField
from wizard.tui.derived import Derived
from wizard.tui.fields import Answer, Field, TextField
from wizard.tui.page import Page
from wizard.tui.pages import questions_on
from wizard.tui.reasons import Reason, of_question
from wizard.tui.rows import RowsField
from wizard.tui.static import Static


def field_for(question: Question) -> type[Field]:
    """The kind of field that suits a question."""
    if question.spelling is YES_NO or ((question.choices or question.given) and not question.many):
        return ChoiceField
    if question.many and question.spelling is WORDS:
        return ManyField
    if question.spelling.each or question.spelling.nothing == {}:
        return RowsField
    return TextField


class QuestionsPage(Page):
    """Questions that everybody is asked first, then the others."""

    def __init__(self, title: str, derived: Derived, answer: Answer) -> None:
        super().__init__()
        self.title_text = title
        self._derived = derived
        self._answer = answer
        asked = sorted(questions_on(derived.session, title), key=lambda question: not question.basic)
        self.fields = [field_for(question)(question, derived.session, answer) for question in asked]
        """The fields, from the top."""

    def compose(self) -> ComposeResult:
        basic = sum(field.question.basic for field in self.fields)
        yield from self.fields[:basic]
        if 0 < basic < len(self.fields):
            yield Static("On demand", classes="section", markup=False)
        yield from self.fields[basic:]

    @property
    def target(self) -> Widget | None:
        return self.fields[0].target if self.fields else None

    @property
    def question(self) -> Question | None:
        field = self.focused_field
        return field.question if field else None

    def reason(self, project: Project | None) -> Reason | None:
        return of_question(self.question, project) if self.question else None

    @property
    def focused_field(self) -> Field | None:
        node = self.screen.focused
        return next((above for above in node.ancestors_with_self if isinstance(above, Field)), None) if node else None

    def field(self, key: str) -> Field | None:
        return next((field for field in self.fields if field.question.key == key), None)

    def stale(self, session: Session) -> bool:
        here = {field.question.key for field in self.fields}
        return here != {question.key for question in questions_on(session, self.title_text)}

    def show(self, derived: Derived) -> None:
        self._derived = derived
        for field in self.fields:
            if field.question.when(derived.session.workload) if not derived.trouble else True:
                field.show(derived.session)

    @property
    def pending(self) -> dict[str, str]:
        return {field.question.key: field.pending for field in self.fields}

    def restore(self, pending: Mapping[str, str]) -> None:
        for field in self.fields:
            if text := pending.get(field.question.key):
                field.restore(text)

    def held(self, derived: Derived) -> Field | None:
        return self._unsettled() or self._lacking(derived)

    def _lacking(self, derived: Derived) -> Field | None:
        """The field without whose answer there are no files, with the reason below it."""
        key = derived.lacks
        field = self.field(key) if key else None
        if field:
            field.say(derived.trouble.removeprefix(f"{key}: "))
        return field

    def _unsettled(self) -> Field | None:
        """Take what was typed but not entered; the first field that has something wrong with it."""
        return next((field for field in self.fields if field.settle()), None)
