"""The Textual front end. Only this package knows textual."""

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wizard.scaffold import Request, Session
    from wizard.tui.app import Ended

__all__ = ["browse", "run_wizard"]


def run_wizard(session: "Session", request: "Request", *, write: bool = True, force: bool = False) -> "Ended":
    """Ask a person on the terminal until something is written or they leave. What fails inside is raised here, after the screen was left."""
    _heed_colours()
    from wizard.tui.app import Ended, Seawall
    from wizard.tui.state import State

    app = Seawall(State(session), request, write=write, force=force)
    app.run()
    if app.failure:
        raise app.failure
    return app.ended or Ended(session)


def browse(search: str = "") -> None:
    """The handbook of all controls."""
    _heed_colours()
    from wizard.tui.handbook import HandbookApp

    HandbookApp(search).run()


def _heed_colours() -> None:
    """Textual takes an empty NO_COLOR for a wish, which it is not (no-color.org)."""
    if not os.environ.get("NO_COLOR"):
        os.environ.pop("NO_COLOR", None)
