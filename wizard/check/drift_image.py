"""Where a Dockerfile is not what the seawall.yaml beside it asks for: the instructions that controls put into the image, one by one.

The rest of it (how a language is built) is the template's, which `check` does not render: it would take longer than all else that it does.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

from wizard.check.differences import ASKING
from wizard.check.dockerfiles import Dockerfile, Instruction, instructions
from wizard.check.model import Found
from wizard.check.source import Place
from wizard.control import Control, Severity
from wizard.controls import CONTROLS
from wizard.controls.base_image import PinnedBaseImage
from wizard.egress_proxy import EGRESS_FOLDER
from wizard.project import Project, Service

_ONCE = ("USER", "HEALTHCHECK")
"""Of which the last one of the image is in force."""
_REMEDY = "write it so, or change the answers and run seawall again"


def answers_folder(path: Path) -> Path:
    """The folder whose answers a Dockerfile would be rendered from."""
    return path.parents[2] if path.parent.as_posix().endswith(EGRESS_FOLDER) else path.parent


def built_by(project: Project, path: Path) -> Service | None:
    """The service that a Dockerfile of this name is rendered for; None for one that is not."""
    if path.name != "Dockerfile":
        return None
    if answers_folder(path) != path.parent:
        return next((service for service in project.services if service.role == "egress"), None)
    return project.app if project.app.stack else None


def image_strays(service: Service, read: Dockerfile) -> Iterator[Found]:
    """What the image lacks of what its service asks for."""
    last = read.stages[-1]
    commands = {command for stage in read.stages for one in stage.instructions for command in _commands(one)}
    *_, first = last.lineage()
    if PinnedBaseImage.id not in service.waived and first.base is not None and first.base != service.image.reference:
        said = f"FROM is {first.base}, and {ASKING} asks for {service.image.reference}"
        yield _found(PinnedBaseImage(), said, Place(read.name, first.line))
    for control in CONTROLS:
        for wanted in control.image(service) if control.id not in service.waived else ():
            for one in instructions(wanted.text, read.name):
                if one.name in _ONCE:
                    there = last.last(one.name)
                    if there is None:
                        yield _found(control, f"no {one.name}, and {ASKING} asks for {_shown(one)}", Place(read.name, last.line))
                    elif (there.flags, there.words) != (one.flags, one.words):
                        yield _found(control, f"{one.name} is not what {ASKING} asks for: {_shown(one)}", Place(read.name, there.line))
                elif lacking := [command for command in _commands(one) if command not in commands]:
                    yield _found(control, f"no «{_clipped(lacking[0])}», and {ASKING} asks for it", Place(read.name, last.line))


def _commands(one: Instruction) -> Sequence[str]:
    """Each command of a RUN: which others stand before and after it in the same layer says nothing."""
    return [part.strip() for part in one.rest.split(" && ")] if one.name == "RUN" else ()


def _shown(one: Instruction) -> str:
    return _clipped(" ".join((one.name, *one.flags, *one.words)))


def _clipped(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:60]}…"


def _found(control: Control, message: str, place: Place) -> Found:
    severity = control.lacking or control.severity
    return Found(control.id, Severity.WARN if severity is Severity.STOP else severity, place, "", message, _REMEDY)
