"""Where a finding of a proof leads: the question whose answer sets the line that it names. Nothing here draws."""

import re
from collections.abc import Iterator, Sequence

from wizard.artifact import Line
from wizard.controls import CONTROLS
from wizard.prove.evidence import Evidence, Trouble
from wizard.question import Question
from wizard.said import askable
from wizard.tui.derived import Derived
from wizard.tui.pages import CONTROLS as CONTROLS_PAGE

_COMPANIONS = "companions"


def leads_to(found: Evidence | Trouble, derived: Derived) -> str:
    """The key of a question, or the page of controls where none sets it."""
    asked = askable(derived.session)
    keys = {question.key for question in asked}
    if _is_companion(found.service, derived) and _COMPANIONS in keys:
        return _COMPANIONS
    change = found.change if isinstance(found, Trouble) else ""
    named = re.search(r"--set ([\w.]+)=", change)
    if named and named[1] in keys:
        return named[1]
    return next((question.key for question in _likely(asked, found.control, _setting(found.place, derived), change)), CONTROLS_PAGE)


def _likely(asked: Sequence[Question], control: str, setting: str, change: str) -> Iterator[Question]:
    """The best first: what the change names, what owns the line, what the control asks, what the setting in the change belongs to."""
    words = set(re.findall(r"\w+", change))
    own = [question for question in asked if question.control == control]
    yield from (question for question in own if words & set(question.settings))
    yield from (question for question in own if setting in question.settings)
    yield from own
    others = {one.id for one in CONTROLS if words & set(one.settings)}
    yield from (question for question in asked if question.control in others)
    yield from (question for question in asked if setting in question.settings)


def _setting(place: str, derived: Derived) -> str:
    """The key of the Compose file, or the instruction, that a place such as `compose.yaml:31` is about, as the file was rendered."""
    path, _, number = place.rpartition(":")
    artifact = derived.artifact(path.rpartition("/")[2])
    lines: tuple[Line, ...] = artifact.lines if artifact else ()
    return lines[int(number) - 1].setting if number.isdecimal() and 0 < int(number) <= len(lines) else ""


def _is_companion(service: str, derived: Derived) -> bool:
    services = derived.project.services if derived.project else ()
    return any(one.name == service and one.role == "companion" for one in services)
