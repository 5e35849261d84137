"""Which page stands for a title. Apart from the app, since none of them is needed for the first thing that is seen."""

from typing import TYPE_CHECKING

from wizard.scaffold import is_away
from wizard.tui.controls_page import ControlsPage
from wizard.tui.done import Done
from wizard.tui.page import Page
from wizard.tui.pages import CONTROLS, DONE, REVIEW
from wizard.tui.questions_page import QuestionsPage
from wizard.tui.review import Review

if TYPE_CHECKING:
    from wizard.tui.app import Seawall


def opened(app: "Seawall", title: str) -> Page:
    """The page of a title, as the answers are now."""
    if title == REVIEW:
        return Review(app.derived, app.request, app.force)
    if title == DONE and app.finished:
        return Done(app.finished, is_away(app.state.session, app.request))
    return (ControlsPage if title == CONTROLS else QuestionsPage)(title, app.derived, app.answer)
