"""Plain prompts: the questions one after the other, on any terminal. Only this package knows questionary."""

import os

from wizard.prompts.asker import Asker
from wizard.prompts.interview import Agreed, Interview
from wizard.scaffold import Request, Session

__all__ = ["Agreed", "ask", "asker"]


def ask(session: Session, request: Request) -> Agreed | None:
    """Ask a person what is not known, and whether to write; None when they leave without. ^C ends as KeyboardInterrupt."""
    return Interview(asker(), session, request).run()


def asker() -> Asker:
    """Prompts that repaint themselves, or plain lines where a terminal cannot do that (also the mode for screen readers)."""
    if os.environ.get("TERM", "").lower() in ("", "dumb", "unknown"):
        from wizard.prompts.lines import Lines

        return Lines()
    from wizard.prompts.terminal import Terminal

    return Terminal()
