"""The offer to go on with answers that were not written."""

from datetime import datetime
from typing import TYPE_CHECKING

from wizard import drafts
from wizard.answers import FILE
from wizard.drafts import Draft
from wizard.existing import existing_text
from wizard.said import mine
from wizard.scaffold import Request
from wizard.tui.dialogs import ChoiceDialog
from wizard.tui.menu import Row
from wizard.tui.state import State
from wizard.wording import shown

if TYPE_CHECKING:
    from wizard.tui.app import Seawall

RESUME, ANEW = "resume", "anew"


async def offer(app: "Seawall") -> None:
    """Ask whether to go on with what was said last time and not written, if there is such a thing."""
    draft = drafts.find(app.request.output)
    if draft is None or draft.answers == mine(app.state.session):
        return

    def resume(answer: str | None) -> None:
        if answer == RESUME:
            session = drafts.resumed(app.state.session, draft, drafts.digest_of(saved_answers(app.request)))
            app.state = app.state.answered(session, "")

    await app.push_screen(resume_dialog(draft), resume)


def resume_dialog(draft: Draft) -> ChoiceDialog:
    """Asks whether to go on with a draft; Enter does."""
    keys = ", ".join(shown(key) for key in draft.answers)
    when = draft.when.strftime("%Y-%m-%d %H:%M")
    return ChoiceDialog(
        f"Your answers of {when} were not written", f"They are about: {keys}.", [Row(RESUME, "Go on with them"), Row(ANEW, "Start without them")]
    )


def keep(state: State, request: Request) -> bool:
    """Keep what was said as a draft; whether it could be kept."""
    draft = drafts.Draft(mine(state.session), state.page, datetime.now().astimezone(), drafts.digest_of(saved_answers(request)))
    return drafts.keep(request.output, draft)


def saved_answers(request: Request) -> str:
    """The text of the answers file that is there; empty where there is none or it cannot be read."""
    return existing_text(request.output / FILE, FILE, 1024 * 1024) or ""
