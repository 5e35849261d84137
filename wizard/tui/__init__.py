"""The Textual front end. Only this package knows textual."""

import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wizard.scaffold import Request, Session
    from wizard.tui.app import Ended

__all__ = ["browse", "run_wizard"]

_HAND_OVER = 0.0005
"""Seconds after which a busy thread lets another one go on. Textual reads keys and writes to the terminal in threads of their own; with
Python's 5 ms what is painted waits that long, twice, for whatever is worked out behind it."""


def run_wizard(session: "Session", request: "Request", *, write: bool = True, force: bool = False) -> "Ended":
    """Ask a person on the terminal until something is written or they leave. What fails inside is raised here, after the screen was left."""
    _prepare()
    from wizard.tui.app import Ended, Seawall
    from wizard.tui.state import State

    app = Seawall(State(session), request, write=write, force=force)
    app.run()
    if app.failure:
        raise app.failure
    return app.ended or Ended(session)


def browse(search: str = "") -> None:
    """The handbook of all controls."""
    _prepare()
    from wizard.tui.handbook import HandbookApp

    HandbookApp(search).run()


def _prepare() -> None:
    sys.setswitchinterval(_HAND_OVER)
    # Textual takes an empty NO_COLOR for a wish, which it is not (no-color.org).
    if not os.environ.get("NO_COLOR"):
        os.environ.pop("NO_COLOR", None)
