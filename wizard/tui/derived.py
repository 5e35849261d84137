"""What follows from a session: the project, its files, and which of their lines matter now. Nothing here draws."""

from collections.abc import Sequence
from difflib import SequenceMatcher

from msgspec import Struct

from wizard.artifact import WORKLOAD, Artifact, Line
from wizard.errors import UsageError
from wizard.project import Project
from wizard.question import Question
from wizard.questions import all_questions
from wizard.render import compose_file, render
from wizard.resolve import INGRESS, resolve
from wizard.said import unresolved
from wizard.scaffold import Session
from wizard.stops import Stop, Stopped


class Derived(Struct, frozen=True):
    """The files that the answers make, or why they make none yet (`trouble`, beginning with the key to change)."""

    session: Session
    artifacts: tuple[Artifact, ...] = ()
    project: Project | None = None
    trouble: str = ""
    stops: tuple[Stop, ...] = ()
    """What is given away, where that is the trouble: it is taken out, or a reason is given."""

    @property
    def lacks(self) -> str:
        """The key of the question that the trouble is about, if it is about one."""
        keys = [question.key for question in all_questions()] if self.trouble else []
        return next((key for key in keys if self.trouble.startswith((f"{key}:", f"{key}."))), "")

    def artifact(self, path: str) -> Artifact | None:
        """The file of a path, if there is one."""
        return next((artifact for artifact in self.artifacts if artifact.path == path), None)


def derive(session: Session, annotate: bool = True) -> Derived:
    """Render the answers; nothing is read from the disk or written."""
    if trouble := unresolved(session):
        return Derived(session, trouble=trouble)
    try:
        workload = session.workload
        return Derived(session, render(workload, annotate), resolve(workload))
    except Stopped as stopped:
        return Derived(session, trouble=str(stopped), stops=stopped.stops)
    except UsageError as error:
        return Derived(session, trouble=str(error))


def derive_first(session: Session, annotate: bool = True) -> Derived:
    """The Compose file alone: it is there before the templates of the others were read."""
    if unresolved(session):
        return derive(session, annotate)
    try:
        project = resolve(session.workload)
        return Derived(session, (compose_file(project, annotate),), project)
    except UsageError:
        return derive(session, annotate)


class Following:
    """What follows from the answers now, and what followed before the last one: each worked out once, when it is asked for."""

    def __init__(self, annotate: bool = True) -> None:
        self._annotate = annotate
        self._now: Derived | None = None
        self._last: Derived | None = None
        self._before: Derived | None = None

    def now(self, session: Session) -> Derived:
        """Of the answers there are."""
        if self._now is None or self._now.session is not session:
            self._last, self._now = self._now, derive(session, self._annotate)
        return self._now

    def before(self, session: Session) -> Derived:
        """Of those before the last one."""
        if self._before is None or self._before.session != session:
            known = (one for one in (self._now, self._last) if one and one.session == session)
            self._before = next(known, None) or derive(session, self._annotate)
        return self._before


def lit(artifacts: Sequence[Artifact], question: Question | None, app: str) -> dict[str, frozenset[int]]:
    """The lines that a question's answer ends up in, by file: the app's own, else those of the proxy that stands in for it."""
    if question is None:
        return {}
    running = (artifact for artifact in artifacts if not artifact.beside)
    owned = [(artifact.path, number, line) for artifact in running for number, line in enumerate(artifact.lines) if _belongs(line, question)]
    own = [found for found in owned if found[2].service in ("", app)] or [found for found in owned if found[2].service == INGRESS]
    return {path: frozenset(number for at, number, _ in own if at == path) for path in {path for path, _, _ in own}}


def _belongs(line: Line, question: Question) -> bool:
    if question.settings:
        return line.setting in question.settings
    return bool(question.control) and line.control == question.control != WORKLOAD


def changed(before: Artifact | None, now: Artifact) -> frozenset[int]:
    """The lines that are new or different; a file that was not there before has none, since all of it is new."""
    if before is None or before is now or before.lines == now.lines:
        return frozenset()
    old, new = [line.text for line in before.lines], [line.text for line in now.lines]
    start = next((i for i, pair in enumerate(zip(old, new, strict=False)) if pair[0] != pair[1]), min(len(old), len(new)))
    end = next((i for i, pair in enumerate(zip(old[start:][::-1], new[start:][::-1], strict=False)) if pair[0] != pair[1]), None)
    last = min(len(old), len(new)) - start if end is None else end
    middle = SequenceMatcher(None, old[start : len(old) - last], new[start : len(new) - last], autojunk=False)
    return frozenset(start + number for tag, _, _, j1, j2 in middle.get_opcodes() if tag in ("insert", "replace") for number in range(j1, j2))


def trouble_lines(trouble: str) -> Artifact:
    """What the preview shows in place of files that cannot be made yet."""
    return Artifact("not complete yet", tuple(Line(text) for text in ("Not complete yet:", "", trouble)))
