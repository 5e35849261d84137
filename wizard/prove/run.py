"""One proof: build, start, look, start again, look again, take away. What is found is told as it comes."""

import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from wizard.check.found import Found
from wizard.controls import control_of
from wizard.engine import labelled
from wizard.engine.docker import Docker
from wizard.errors import NoEngineError, SeawallError
from wizard.posture import posture
from wizard.prove.diagnosis import diagnose
from wizard.prove.drift import drift
from wizard.prove.evidence import DRIFT, RUNS, Evidence, NotProvable, Report, Round, Trouble, Waived
from wizard.prove.files import Files, read
from wizard.prove.own_project import FOLDER, LABEL, OwnProject, State, wait
from wizard.prove.probing import by_judgement, by_probes, look

_AT_ONCE = 4
Tell = Callable[[str | Evidence | NotProvable | Trouble], None]
"""Takes what is being done, in words, and what was found."""


class Options(Struct, frozen=True):
    """What was asked for; `patience` are the seconds in which all services get healthy."""

    keep: bool = False
    patience: float = 180


def prove(path: Path, options: Options, tell: Tell, docker: Docker | None = None) -> Report:
    """Prove a project. Raises UsageError for what cannot be read, NoEngineError without an engine; cleans up whatever happens."""
    docker = docker or Docker()
    docker.version()
    labelled.sweep(docker, LABEL)
    labelled.sweep_folders(FOLDER)
    files = read(path)
    with OwnProject(docker, files.paths, options.keep) as project:
        report = Report(project.name)
        proof = _Proof(docker, files, project, report, tell, options.patience)
        proof.run()
    if options.keep:
        report.notes.append(f"{project.name} is kept; docker compose -p {project.name} down -v takes it away")
    report.notes += [f"the engine would not remove {one}" for one in project.left]
    return report


class _Proof:
    def __init__(self, docker: Docker, files: Files, project: OwnProject, report: Report, tell: Tell, patience: float) -> None:
        self.docker, self.files, self.project, self.report, self.tell, self.patience = docker, files, project, report, tell, patience
        self.modules = frozenset[str]()
        self.states: dict[str, State] = {}

    def run(self) -> None:
        self.project.read()
        self.modules = _modules(self.docker)
        self._of_the_files()
        if not self._done("build", self.project.build):
            return
        if not self._started("start", self.project.up, "started") or not self._looked("probe", "started"):
            return
        if self._started("start again", self.project.restart, "restarted"):
            self._looked("probe again", "restarted")

    def _of_the_files(self) -> None:
        """Where the file is not what the answers ask for, and what these waive."""
        self.report.waived += (Waived(service, control, why) for (service, control), why in self.files.waived.items())
        for one in self.files.strays:
            self._add((_stray(one),))
        if self.files.asked:
            project = self.files.asked.project
            reasons = {(waiver.control, waiver.service): waiver.why for waiver in project.workload.waivers}
            for service in project.services:
                for control in sorted(service.waived):
                    why = reasons.get((control, service.name)) or reasons.get((control, None), "")
                    self.report.waived.append(Waived(service.name, control, why))
            self.report.before_and_after = [(row.label, row.before, row.after, row.share) for row in posture(project)]

    def _done(self, what: str, act: Callable[[], str]) -> bool:
        """Do something that the engine may refuse: whether it did it, and how long that took."""
        self.tell(what)
        began = time.monotonic()
        said = act()
        self.report.seconds[what] = round(time.monotonic() - began, 2)
        if said:
            self._failed(said)
        return not said

    def _started(self, what: str, act: Callable[[], str], round_: Round) -> bool:
        self.tell(what)
        began = time.monotonic()
        said = act()
        names = self._names()
        self.states = wait(self.project, names, self.patience)
        took = round(time.monotonic() - began, 2)
        self.report.seconds[what] = took
        for name in names:
            state = self.states.get(name)
            ready = bool(state and state.is_ready)
            wanted = "ends well" if state and state.is_through else "healthy" if state and state.health else "running"
            seen = "ends well" if state and state.is_through else state.words if state else "no container"
            what = "is healthy" if wanted == "healthy" else "runs"
            self._add((Evidence(name, RUNS, what, wanted, seen, ready, took, "docker inspect", round=round_),))
        if said or not all(name in self.states and self.states[name].is_ready for name in names):
            self._failed(said)
            return False
        return True

    def _failed(self, said: str) -> None:
        """Say why it does not run."""
        self.tell("diagnose")
        for trouble in diagnose(self.project, self.files, self.states, said, self.patience, self.tell):
            self.report.troubles.append(trouble)
            self.tell(trouble)

    def _looked(self, what: str, round_: Round) -> bool:
        self.tell(what)
        began = time.monotonic()
        ids = self.project.containers()
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            for found in pool.map(lambda name: list(self._of_service(name, ids[name], round_)), self._names()):
                self._add(found)
        self.report.seconds[what] = round(time.monotonic() - began, 2)
        return True

    def _of_service(self, name: str, container: str, round_: Round) -> Iterator[Evidence | NotProvable]:
        if self.states[name].is_through:
            yield NotProvable(name, RUNS, "its container", "it ran to its end, so that only its end was seen")
            return
        try:
            seen = look(self.docker, container, name, touch=True)
        except NoEngineError:
            raise
        except SeawallError as error:
            yield Evidence(name, RUNS, "stays up", "running", str(error), False, 0.0, round=round_)
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


def _stray(one: Found) -> Evidence:
    what = "the file is what the answers ask for"
    return Evidence(one.service, one.control or DRIFT, what, one.remedy, one.message, False, 0.0, "", str(one.place))


def _modules(docker: Docker) -> frozenset[str]:
    """The security modules that the engine enforces."""
    options = " ".join(str(option) for option in docker.info().get("SecurityOptions") or ())
    return frozenset(name for name in ("apparmor", "selinux") if f"name={name}" in options)
