"""The main job without a screen: answers from all sources, rendered, compared with the disk, written."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from wizard.answers import FILE, Answers, Layer, from_file, from_options, language_of
from wizard.artifact import IGNORE, WORKLOAD
from wizard.catalog import chosen
from wizard.detect import detect
from wizard.errors import UsageError
from wizard.existing import existing_text
from wizard.session import Session as Session
from wizard.stacks import STACKS

if TYPE_CHECKING:
    from wizard.artifact import Artifact
    from wizard.files import File, Plan
    from wizard.project import Project


class Request(Struct, frozen=True):
    """What a person asked for on the command line."""

    folder: Path
    output: Path
    settings: tuple[str, ...] = ()
    waivers: tuple[str, ...] = ()
    answers_text: str | None = None
    answers_name: str = ""
    annotate: bool = True
    join: str = ""
    """The Compose file of somebody's that the services are added to; empty where one of its own is written."""


def begin(request: Request) -> Session:
    """The session that folder, saved answers, answers file and options make. Raises UsageError."""
    from wizard.yaml_read import read_text

    folder = request.folder
    if not folder.is_dir():
        raise UsageError(f"{folder} is no folder; give the folder of the project")
    session = Session(folder, detect(folder), ())
    saved = request.output / FILE
    if request.answers_text is None and not (saved.exists() or saved.is_symlink()):
        saved = folder / FILE
    if saved.is_file():
        session = session.said(replace(from_file(read_text(saved, str(saved)), str(saved)), given=True))
    if request.answers_text is not None:
        session = session.said(from_file(request.answers_text, request.answers_name))
    if request.settings or request.waivers:
        session = session.said(from_options(request.settings, request.waivers, session.answers))
    return _with_catalogs(session)


def is_away(session: Session, request: Request) -> bool:
    """Whether the files are written to where the program is not, so that nothing can be built there."""
    return request.output != request.folder and session.workload.stack is not None


def _with_catalogs(session: Session) -> Session:
    """The session with the catalogs in use among its answers, so that a later run knows what they were made with."""
    said = Answers(session.person).data().get("catalogs", ())
    new = [catalog.name for catalog in chosen() if isinstance(said, (list, tuple)) and catalog.name not in said]
    return session.said(Layer("--catalog", {"catalogs": [*said, *new]})) if new else session


def what_is_missing(session: Session) -> str | None:
    """Why the answers do not make a service yet, in one line; None if they do."""
    data = session.answers.data()
    if "stack" not in data and "image" not in data and session.found.cannot:
        return f"{session.folder}: {session.found.cannot}"
    if "stack" not in data and "image" not in data:
        return (
            f"{session.folder}: nothing here shows what the service is written in; "
            f"say it with --set stack.language=python ({', '.join(stack.id for stack in STACKS[1:])}), or --set image=NAME:VERSION"
        )
    stack = next((stack for stack in STACKS if stack.id == language_of(data)), None)
    if stack and stack.default_command is None and not data.get("command"):
        return f"{session.folder}: nothing here shows what starts the service; say it with --set command='PROGRAM ARGUMENTS'"
    return None


class Outcome(Struct, frozen=True):
    """What would be written, and what a person should know of it."""

    project: "Project"
    plan: "Plan"
    notes: tuple[tuple[str, str, str], ...]


def outcome(session: Session, request: Request) -> Outcome:
    """Render everything and compare it with the disk. Raises UsageError; writes nothing."""
    if problem := what_is_missing(session):
        raise UsageError(problem)
    from wizard.files import File, plan
    from wizard.own_files import recognised
    from wizard.render import notes, render
    from wizard.resolve import resolve
    from wizard.saving import saved_text
    from wizard.secret_files import secret_files
    from wizard.surroundings import look_around

    answers = session.answers
    workload = answers.workload()
    project = resolve(workload)
    rendered = [File(artifact.path, _with_own_lines(artifact, request.output)) for artifact in render(workload, request.annotate)]
    answers_file = File(FILE, _answers_text(answers, request, saved_text(answers)))
    files: Sequence[File] = (*rendered, answers_file, *secret_files(project, request.output))
    if request.join:
        files = _into(request, files, project)
    warned = ((WORKLOAD, project.app.name, message) for message in session.found.warnings if project.app.stack)
    said = (*notes(project), *warned, *look_around(project, request.output, request.join))
    planned = recognised(plan(request.output, files, create=True), request.output)
    changes = (replace(change, agreed=change.file.path == request.join) for change in planned.changes)
    return Outcome(project, replace(planned, changes=tuple(changes)), said)


def _into(request: Request, files: "Sequence[File]", project: "Project") -> "list[File]":
    """The files with the services in the Compose file that is there. Of an app that stays as it is, nothing else is written but its secrets."""
    from wizard.controls.secrets import FOLDER
    from wizard.files import File
    from wizard.joining import added_before, added_to, joined

    compose = next(file for file in files if file.path == "compose.yaml")
    text = joined(request.output, request.join, compose.text, project, added_before(request.output))
    whole = project.app.name in added_to(request.output, request.join, project)
    others = [file for file in files if file is not compose and (whole or file.path.startswith(f"{FOLDER}/"))]
    return [File(request.join, text), *others]


def joining(session: Session, request: Request, name: str) -> tuple[Session, Request]:
    """The same with the services added to the Compose file `name`; an app that is in it already goes by the name that it has there."""
    from wizard.joining import app_in

    own = app_in(request.output, name)
    if own and "name" not in Answers(session.person).data():
        session = session.said(Layer(name, {"name": own}))
    return session, replace(request, join=name)


def _with_own_lines(artifact: "Artifact", folder: Path) -> str:
    """A .dockerignore that is there keeps all its lines; what it lacks is added at its end, where it counts."""
    if artifact.path != IGNORE:
        return artifact.text
    own = existing_text(folder / IGNORE, IGNORE, 64 * 1024)
    if not own or own == artifact.text:
        return artifact.text
    present = {line.strip().rstrip("/") for line in own.splitlines()}
    lacking = [line.text for line in artifact.lines if line.text.strip() and not line.text.startswith("#") and line.text not in present]
    rules = [line.strip() for line in own.splitlines()]
    # The last rule that matches wins: nothing after it may let the secrets in again.
    if "secrets" in rules and any(rule.startswith("!") for rule in rules[len(rules) - rules[::-1].index("secrets") :]):
        lacking.append("secrets")
    if not lacking:
        return own
    return own + ("" if own.endswith("\n") else "\n") + "\n# Added by seawall: not for the image.\n" + "\n".join(lacking) + "\n"


def _answers_text(answers: Answers, request: Request, text: str) -> str:
    """The saved file as it is where nobody said anything new: a person's own comments stay."""
    path = request.output / FILE
    saved = next((layer for layer in answers.layers if layer.source == str(path)), None)
    return saved.text if saved and answers.data(given=True) == dict(saved.data) else text
