"""The offer to go on with answers that were not written."""

from datetime import datetime

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

RESUME, ANEW = "resume", "anew"


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
