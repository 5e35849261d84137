"""All controls, each with whether it is on; `w` waives one with a reason, or puts it on again."""

from textual.app import ComposeResult
from textual.binding import Binding
from textual.widget import Widget

from wizard.chain import still_stands
from wizard.control import Control
from wizard.controls import CONTROLS, control_of
from wizard.project import Project
from wizard.question import Question
from wizard.questions import question_of
from wizard.said import facts, present, problem
from wizard.scaffold import Session
from wizard.spelling import Data
from wizard.tui.derived import Derived
from wizard.tui.dialogs import ReasonDialog
from wizard.tui.menu import Menu, Row
from wizard.tui.questions_page import QuestionsPage
from wizard.tui.reasons import Reason, of_control
from wizard.tui.static import Static

_KEY = "waivers"


class ControlsPage(QuestionsPage):
    """A list to read and to waive in."""

    BINDINGS = [Binding("w", "waive", "Waive", show=False)]

    def compose(self) -> ComposeResult:
        yield Static("w declines a control, with the reason, or puts it on again · F1 reads its page", classes="lead", markup=False)
        yield Menu(_rows(self._derived.session), id="controls")
        yield from super().compose()

    @property
    def menu(self) -> Menu:
        """The list."""
        return self.query_one("#controls", Menu)

    @property
    def target(self) -> Widget | None:
        return self.menu

    def reason(self, project: Project | None) -> Reason | None:
        row = self.menu.row
        return of_control(control_of(row.id), project) if row and self.menu.has_focus else super().reason(project)

    def show(self, derived: Derived) -> None:
        super().show(derived)
        self.menu.show(_rows(derived.session))

    def action_waive(self) -> None:
        """Ask for the reason and record a waiver; one that is waived is put on again."""
        row = self.menu.row
        if row is None:
            return
        if waivers_of(self._derived.session, row.id):
            self._answer(_waivers(), [w for w in _present(self._derived.session) if w["control"] != row.id], False)
            return
        control = control_of(row.id)

        def check(why: str) -> str | None:
            return problem(self._derived.session, _waivers(), [*_present(self._derived.session), self._waiver(control, why)])

        def waive(why: str | None) -> None:
            if why is not None:
                self._answer(_waivers(), [*_present(self._derived.session), self._waiver(control, why)], False)

        others = [waiver["control"] for waiver in _present(self._derived.session)]
        said = f"It stops: {control.stops}\nWhat still stands: {still_stands(control, others)}"
        self.app.push_screen(ReasonDialog(f"Why is «{control.id}» left out?", said, check), waive)

    def _waiver(self, control: Control, why: str) -> Data:
        # For the service that the person answers for: its companions stay as they are known to work.
        return {"control": control.id, "service": facts(self._derived.session).name, "why": why}


def _waivers() -> Question:
    return question_of(_KEY)


def _present(session: Session) -> list[Data]:
    return list(present(session, _waivers()) or ())


def waivers_of(session: Session, control: str) -> list[Data]:
    """The waivers of a control."""
    return [waiver for waiver in _present(session) if waiver["control"] == control]


def _rows(session: Session) -> list[Row]:
    waived = {waiver["control"]: waiver["why"] for waiver in _present(session)}
    return [
        Row(control.id, control.title, "[ ]" if control.id in waived else "[x]", note=f"waived: {waived[control.id]}" if control.id in waived else "")
        for control in CONTROLS
    ]
