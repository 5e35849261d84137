"""The offer to add to the Compose file that is there."""

from typing import TYPE_CHECKING

from wizard.joining import offered
from wizard.scaffold import joining
from wizard.tui.dialogs import ChoiceDialog
from wizard.tui.menu import Row
from wizard.wording import shown

if TYPE_CHECKING:
    from wizard.tui.app import Seawall

JOIN, OWN = "join", "own"


async def offer(app: "Seawall") -> None:
    """Ask whether the services are added to the Compose file that is there, if there is one that is not Seawall's."""
    found = None if app.request.join else offered(app.request.output)
    if found is None:
        return
    name, services = found

    def take(answer: str | None) -> None:
        if answer == JOIN:
            session, app.request = joining(app.state.session, app.request, name)
            app.state = app.state.answered(session, "")

    there = ", ".join(shown(one) for one in services)
    rows = [
        Row(JOIN, "Add to it", note="what is in it stays as it is"),
        Row(OWN, "Write one of its own", note=f"yours is kept as {shown(name)}.orig"),
    ]
    await app.push_screen(ChoiceDialog(f"{shown(name)} is here already", f"Its services: {there}.", rows), take)
