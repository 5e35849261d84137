"""What is done on the last pages: write, show the diff, leave, open a file in the person's editor."""

from typing import TYPE_CHECKING

from wizard import drafts
from wizard.errors import UsageError
from wizard.finish import finish
from wizard.said import mine
from wizard.tui.done import CLOSE, edit
from wizard.tui.pages import DONE
from wizard.tui.review import DIFF, LEAVE, MEND, WAIVE, WRITE, Review

if TYPE_CHECKING:
    from wizard.tui.app import Seawall


async def act(app: "Seawall", action: str) -> None:
    """Do what was chosen on the Review or after it."""
    if app.state.page == DONE:
        _close_or_edit(app, action)
    elif action == WRITE:
        await _write(app)
    elif action == LEAVE:
        app.action_leave()
    elif action in (MEND, WAIVE):
        await _answer(app, action)
    else:
        app.board.show_files(action.removeprefix("file ") if action != DIFF else "")


async def _answer(app: "Seawall", action: str) -> None:
    """What keeps the files from being written: its question, or the reason why it stays."""
    from wizard.tui.stopping import waive

    stop = next(iter(app.board.body.stops), None) if isinstance(app.board.body, Review) else None
    if stop is None:
        await app.mend()
    elif action == WAIVE:
        waive(app, stop)
    else:
        await app.open_question(stop.gift.key)


async def _write(app: "Seawall") -> None:
    from wizard.tui.app import Ended

    body = app.board.body
    if not isinstance(body, Review) or body.outcome is None:
        return
    overwrite = app.force or bool(body.conflicts)
    if not app.writes:
        app.end(Ended(app.state.session, agreed=True, overwrite=overwrite, request=app.request))
        return
    try:
        app.finished = finish(body.outcome, app.request, app.state.session, overwrite)
    except (UsageError, OSError) as error:
        body.fail(str(error))
        return
    app.settled = mine(app.state.session)
    drafts.forget(app.request.output)
    await app.go(app.state.at(DONE))


def _close_or_edit(app: "Seawall", action: str) -> None:
    from wizard.tui.app import Ended

    if action == CLOSE:
        app.end(Ended(app.state.session, finished=app.finished))
        return
    with app.suspend():
        wrong = edit(app.request.output / action)
    if wrong:
        app.notify(wrong, severity="error", markup=False)
