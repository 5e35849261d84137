"""What is done on the last pages: write, show the diff, leave, open a file in the person's editor."""

from typing import TYPE_CHECKING, Protocol, runtime_checkable

from wizard import drafts
from wizard.errors import UsageError
from wizard.finish import finish
from wizard.said import mine
from wizard.tui.done import CLOSE, PROVE, Done, edit
from wizard.tui.pages import DONE
from wizard.tui.review import DIFF, LEAVE, MEND, WAIVE, WRITE, Review

if TYPE_CHECKING:
    from wizard.tui.app import Seawall


@runtime_checkable
class Holding(Protocol):
    """A screen that may have to be asked before the app is left."""

    def holds(self) -> bool:
        """Whether leaving has to wait."""


async def act(app: "Seawall", action: str) -> None:
    """Do what was chosen on the Review or after it."""
    if app.state.page == DONE:
        _prove(app) if action == PROVE else _close_or_edit(app, action)
    elif action == WRITE:
        await _write(app)
    elif action == LEAVE:
        app.action_leave()
    elif action in (MEND, WAIVE):
        await _answer(app, action)
    else:
        app.board.show_files(action.removeprefix("file ") if action != DIFF else "")


def leave(app: "Seawall") -> None:
    """Leave; the answers are kept as a draft. A proof that is under way asks first."""
    from wizard.tui.app import Ended

    holds = [screen.holds for screen in app.screen_stack if isinstance(screen, Holding)]
    if not any(hold() for hold in holds):
        app.end(Ended(app.state.session, finished=app.finished, kept=app.keep_draft()))


def _prove(app: "Seawall") -> None:
    """On a screen of its own, if an engine answers by now; then to the question that was chosen there."""
    body = app.board.body
    if not isinstance(body, Done):
        return
    if not body.offer.possible:
        body.ask(wanted=True)
        return
    from wizard.tui.proving import ProveScreen, by_engine

    def go(key: str | None) -> None:
        if key:
            app.call_later(app.open_question, key)

    app.push_screen(ProveScreen(by_engine(app.request.output), str(app.state.session.answers.data().get("name", "")), app.request.output), go)


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
