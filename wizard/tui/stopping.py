"""STOP on the Review: what is given away, in words and a shape, and the two ways on. Enter writes nothing while it stands there."""

from typing import TYPE_CHECKING

from textual.content import Content

from wizard.question import Question
from wizard.questions import question_of
from wizard.said import problem, with_reason
from wizard.spelling import Data
from wizard.stops import Stop, given
from wizard.tui.dialogs import ReasonDialog
from wizard.tui.menu import Row

if TYPE_CHECKING:
    from wizard.tui.app import Seawall

_SIGN = "■ STOP"


def lead(stops: tuple[Stop, ...]) -> Content:
    """What has to be answered before anything is written."""
    parts: list[Content | tuple[str, str]] = [(f"{_SIGN} ", "bold $error"), Content("Nothing is written before this is answered.")]
    for stop in stops:
        parts += [Content(f"\n{stop.service}: {given(stop.gift)}"), (f"  [{stop.control}]", "$text-secondary")]
        parts += [Content(f"\n  Instead: {stop.gift.instead}")] if stop.gift.instead else []
    return Content.assemble(*parts)


def rows(stop: Stop, leave: Row) -> list[Row]:
    """Take it out, which comes first; give a reason; leave."""
    from wizard.tui.review import MEND, WAIVE

    key = stop.gift.key
    mend = Row(MEND, f"Take it out: «{question_of(key).prompt}»") if key else None
    waive = Row(WAIVE, "Keep it, and say why", note=f"the reason stands in seawall.yaml and in every report [{stop.control}]")
    return [mend, leave, waive] if mend else [leave, waive]


def waive(app: "Seawall", stop: Stop) -> None:
    """Ask for the reason, and record it for this service."""

    def reasoned(why: str) -> tuple[Question, Data]:
        return with_reason(app.state.session, stop.control, stop.service, why)

    def check(why: str) -> str | None:
        return problem(app.state.session, *reasoned(why))

    def record(why: str | None) -> None:
        if why is not None:
            app.answer(*reasoned(why), False)

    app.push_screen(ReasonDialog(f"Why does {stop.service} have to have it?", given(stop.gift), check), record)
