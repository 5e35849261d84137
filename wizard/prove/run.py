"""One proof: build, start, look, start again, look again, take away. What is found is told as it comes."""

import contextlib
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from wizard.check.found import Found
from wizard.controls import CONTROLS, control_of
from wizard.engine.docker import Docker
from wizard.errors import Interrupted, NoEngineError, SeawallError
from wizard.posture import posture
from wizard.prove.diagnosis import diagnose
from wizard.prove.drift import drift
from wizard.prove.evidence import DRIFT, RUNS, Evidence, NotProvable, Report, Round, Waived
from wizard.prove.files import Files, read
from wizard.prove.own_project import FOLDER, OwnProject, State, sweep, wait
from wizard.prove.probing import by_judgement, by_probes, look
from wizard.prove.progress import (
    AGAIN,
    BUILD,
    DIAGNOSE,
    HEALTH,
    PROBE,
    PROBE_AGAIN,
    READ,
    START,
    Began,
    Ended,
    Expected,
    Finished,
    Looked,
    Tell,
)  # fmt: skip
from wizard.render import active

_AT_ONCE = 4


class Options(Struct, frozen=True):
    """What was asked for; `patience` are the seconds in which all services get healthy."""

    keep: bool = False
    patience: float = 180


def prove(path: Path, options: Options, tell: Tell, docker: Docker | None = None) -> Report:
    """Prove a project. Raises UsageError for what cannot be read, NoEngineError without an engine; cleans up whatever happens.

    Raises Interrupted when a person breaks off, by Ctrl-C or the engine's `stop`, after it cleaned up.
    """
    docker = docker or Docker()
    project = None
    try:
        began = time.monotonic()
        tell(Began(READ, at=began))
        docker.version()
        sweep(docker, FOLDER)
        files = read(path)
        project = OwnProject(docker, files.paths, options.keep, tell)
        report = Report(project.name)
        with project:
            proof = _Proof(docker, files, project, report, tell, options.patience)
            proof.read(began)
            proof.run()
            docker.stop.check()
    except KeyboardInterrupt:
        left = "; the next proof removes what is left: " + ", ".join(project.left) if project and project.left else "; what was started is removed"
        raise Interrupted(f"interrupted{left}") from None
    if options.keep:
        report.notes.append(f"{project.name} is kept; docker compose -p {project.name} down -v takes it away")
    report.notes += [f"the engine would not remove {one}" for one in project.left]
    tell(Finished(report))
    return report


class _Proof:
    def __init__(self, docker: Docker, files: Files, project: OwnProject, report: Report, tell: Tell, patience: float) -> None:
        self.docker, self.files, self.project, self.report, self.tell, self.patience = docker, files, project, report, tell, patience
        self.modules = frozenset[str]()
        self.states: dict[str, State] = {}

    def read(self, began: float) -> None:
        """What Compose makes of the files, and what there will be to look at."""
        self.project.read()
        self.modules = _modules(self.docker)
        for name in self._names():
            self.tell(Expected(name, (RUNS, *self._controls(name), DRIFT)))
        self._of_the_files()
        self.tell(Ended(READ, round(time.monotonic() - began, 2)))

    def run(self) -> None:
        """Build, start, look, start again, look again; less of it where something does not run."""
        with self._step(BUILD) as build:
            build.said = self.project.build()
        if build.said:
            self._failed(build.said)
            return
        with self._step(START) as start:
            start.said = self.project.up()
        with self._step(HEALTH) as health:
            health.said = self._waited("started")
        if start.said or health.said:
            self._failed(start.said)
            return
        if not self._looked(PROBE, "started"):
            return
        with self._step(AGAIN) as again:
            refused = self.project.restart()
            again.said = self._waited("restarted") or refused
        if again.said:
            self._failed(refused)
            return
        self._looked(PROBE_AGAIN, "restarted")

    def _controls(self, name: str) -> list[str]:
        """The controls that look at a service."""
        if expected := self.files.expected(name):
            return [control.id for control in active(expected) if next(iter(control.probes(expected)), None)]
        return [control.id for control in CONTROLS if (name, control.id) not in self.files.waived]

    def _of_the_files(self) -> None:
        """Where the file is not what the answers ask for, and what these waive."""
        waived = [Waived(service, control, why) for (service, control), why in self.files.waived.items()]
        self._add(_stray(one) for one in self.files.strays)
        if self.files.asked:
            project = self.files.asked.project
            reasons = {(waiver.control, waiver.service): waiver.why for waiver in project.workload.waivers}
            for service in project.services:
                for control in sorted(service.waived):
                    why = reasons.get((control, service.name)) or reasons.get((control, None), "")
                    waived.append(Waived(service.name, control, why))
            self.report.before_and_after = [(row.label, row.before, row.after, row.share) for row in posture(project)]
        self.report.waived += waived
        for one in waived:
            self.tell(one)

    @contextlib.contextmanager
    def _step(self, name: str) -> Iterator["_Step"]:
        """Tells how long it took, and whether it went well: then there is nothing to be `said`."""
        step, began = _Step(), time.monotonic()
        self.tell(Began(name, at=began))
        try:
            yield step
        except BaseException:
            self.tell(Ended(name, round(time.monotonic() - began, 2), False))
            raise
        took = round(time.monotonic() - began, 2)
        self.report.seconds[name] = took
        self.tell(Ended(name, took, not step.said))

    def _waited(self, round_: Round) -> str:
        """Wait until all services are ready; which of them are not."""
        began, names = time.monotonic(), self._names()
        self.states = wait(self.project, names, self.patience)
        took = round(time.monotonic() - began, 2)
        for name in names:
            state = self.states.get(name)
            ready = bool(state and state.is_ready)
            wanted = "ends well" if state and state.is_through else "healthy" if state and state.health else "running"
            seen = "ends well" if state and state.is_through else state.words if state else "no container"
            what = "is healthy" if wanted == "healthy" else "runs"
            self._add((Evidence(name, RUNS, what, wanted, seen, ready, took, "docker inspect", round=round_),))
        return ", ".join(name for name in names if not (name in self.states and self.states[name].is_ready))

    def _failed(self, said: str) -> None:
        """Say why it does not run; nothing is `said` where the engine refused nothing."""

        def trying(services: str) -> None:
            self.tell(Began(DIAGNOSE, services, time.monotonic()))

        with self._step(DIAGNOSE):
            for trouble in diagnose(self.project, self.files, self.states, said, self.patience, trying):
                self.report.troubles.append(trouble)
                self.tell(trouble)

    def _looked(self, what: str, round_: Round) -> bool:
        """Look at all services; whether all of them still ran."""
        before = len(self.report.failures)
        with self._step(what) as step, ThreadPoolExecutor(_AT_ONCE) as pool:
            ids = self.project.containers()
            for name, found in pool.map(lambda name: (name, list(self._of_service(name, ids[name], round_))), self._names()):
                self._add(found)
                self.tell(Looked(name, round_))
            step.said = "not as expected" if len(self.report.failures) > before else ""
        fell = {one.service for one in self.report.failures if one.control == RUNS}
        if fell:
            self.states |= wait(self.project, sorted(fell), 0)
            self._failed("")
        return not fell

    def _of_service(self, name: str, container: str, round_: Round) -> Iterator[Evidence | NotProvable]:
        if self.states[name].is_through:
            yield NotProvable(name, RUNS, "its container", "it ran to its end, so that only its end was seen")
            return
        try:
            seen = look(self.docker, container, name, touch=True)
        except NoEngineError:
            raise
        except SeawallError as error:
            gone = str(error).replace(container, name)
            yield Evidence(name, RUNS, "stays up", "running", gone, False, 0.0, place=self.files.place(name, ""), round=round_)
            return
        expected = self.files.expected(name)
        waived = {control for service, control in self.files.waived if service == name}
        found = by_probes(seen, expected, round_) if expected else by_judgement(seen, round_, waived)
        yield from (self._placed(one) for one in found)
        if round_ == "started":
            yield from drift(self.files, seen, self.modules)

    def _placed(self, one: Evidence | NotProvable) -> Evidence | NotProvable:
        """What failed, with the line that its control has in the file."""
        if isinstance(one, NotProvable) or one.passed:
            return one
        return replace(one, place=self.files.place_of_control(one.service, control_of(one.control)))

    def _names(self) -> list[str]:
        """The services that are started, in the order of the file."""
        started = self.project.definition["services"]
        return sorted(started, key=lambda name: list(self.files.services).index(name) if name in self.files.services else len(started))

    def _add(self, found: Iterable[Evidence | NotProvable]) -> None:
        for one in found:
            if isinstance(one, Evidence):
                self.report.evidence.append(one)
            elif any((one.service, one.what) == (other.service, other.what) for other in self.report.unprovable):
                continue
            else:
                self.report.unprovable.append(one)
            self.tell(one)


class _Step:
    """What is done for a while."""

    said = ""


def _stray(one: Found) -> Evidence:
    what = "the file is what the answers ask for"
    return Evidence(one.service, one.control or DRIFT, what, one.remedy, one.message, False, 0.0, "", str(one.place))


def _modules(docker: Docker) -> frozenset[str]:
    """The security modules that the engine enforces."""
    options = " ".join(str(option) for option in docker.info().get("SecurityOptions") or ())
    return frozenset(name for name in ("apparmor", "selinux") if f"name={name}" in options)
