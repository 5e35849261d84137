"""The Textual front end. Only this package knows textual."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wizard.scaffold import Request, Session
    from wizard.tui.app import Ended

__all__ = ["browse", "run_wizard"]


def run_wizard(session: "Session", request: "Request", *, write: bool = True, force: bool = False) -> "Ended":
    """Ask a person on the terminal until something is written or they leave. What fails inside is raised here, after the screen was left."""
    from wizard import drafts
    from wizard.said import mine
    from wizard.tui.app import Ended, Seawall
    from wizard.tui.state import State

    draft = drafts.find(request.output)
    app = Seawall(State(session), request, write=write, force=force, draft=draft if draft and draft.answers != mine(session) else None)
    app.run()
    if app.failure:
        raise app.failure
    return app.ended or Ended(session)


def browse(search: str = "") -> None:
    """The handbook of all controls."""
    from wizard.tui.handbook import HandbookApp

    HandbookApp(search).run()
