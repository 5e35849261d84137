"""Why a service does not run: what it said leads to a control, and the service is tried without that before anything is claimed."""

import contextlib
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from wizard.artifact import WORKLOAD
from wizard.errors import SeawallError
from wizard.prove import path_clues, rights_clues
from wizard.prove.clue import OPEN, Clue, Said
from wizard.prove.clues import clues, further, inside_only
from wizard.prove.engine_clues import of_the_engine
from wizard.prove.evidence import RUNS, Trouble
from wizard.prove.files import Files
from wizard.prove.own_project import LABEL, OwnProject, State, wait

_PATIENCE = 45
"""Seconds at most that a service is waited for in a try."""
_CALM = 5
"""Seconds that it has to stay up without the health check that it had."""
_LONGEST = 20
"""Seconds at most that a try is looked on at, however long the service lived before."""
_UNKNOWN = ("see what it says", "it could not be built or started")
_AT_ONCE = 4
_MOST = 90
"""Seconds in which all tries of one service have to begin."""


class _Waiting(Struct, frozen=True):
    """How long a service is waited for in a try, and how long it lived before: less says nothing. Seconds."""

    seconds: float
    lived: float = 0


def diagnose(project: OwnProject, files: Files, states: Mapping[str, State], said: str, patience: float,
             tell: Callable[[str], None]) -> Iterator[Trouble]:  # fmt: skip
    """A trouble for each service that does not run, other than those that only wait for another one. `tell` takes names of those that are tried."""
    defined: Mapping[str, Any] = project.definition["services"]
    services = {name: defined[name] for name in (*files.services, *defined) if name in defined}
    bad = [name for name in services if name in states and not states[name].is_ready and states[name].words != "never started"]
    refused = {name: states[name].refusal for name in services if name in states and states[name].refusal}
    if refused or (said and not bad):
        yield from _refused(project, files, refused or {"": said}, services)
        if not bad:
            return
    yield from _unpublished(project, files, {name: states[name] for name in services if name in states and states[name].is_ready})
    bad = bad or [name for name in services if name in states and not states[name].is_ready]
    first = [name for name in bad if not any(other in bad for other in services[name].get("depends_on") or {})]
    tell(", ".join(first))
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        yield from pool.map(lambda name: _why(project, files, name, states[name], min(patience, _PATIENCE)), first)


def _refused(project: OwnProject, files: Files, said: Mapping[str, str], services: Mapping[str, Any]) -> Iterator[Trouble]:
    """What the engine or Compose refused: by the service that it is about, else that which has what it is about."""
    for name, words in said.items():
        about = [name] if name else list(services)
        found = next(((one, clue) for one in about for clue in of_the_engine(words, services[one])), None)
        if found:
            one, clue = found
            yield _trouble(files, one, clue, bool(clue.without) and _runs(project, one, clue, _Waiting(_PATIENCE)))
        else:
            lines = [line.strip() for line in words.splitlines() if line.strip()] or ["no word of why"]
            full = next((line for line in reversed(lines) if "no space left on device" in line.lower()), "")
            change, why = ("make room: docker system df, docker builder prune", "the engine's disk is full") if full else _UNKNOWN
            place = files.place(name, "") or str(files.paths[0])
            yield Trouble(name, (full or lines[-1])[-300:], WORKLOAD, place, change, why, False)


def _unpublished(project: OwnProject, files: Files, running: Mapping[str, State]) -> Iterator[Trouble]:
    """What runs, and is published on networks on which nothing can be."""
    for name, state in running.items():
        service = project.definition["services"][name]
        clue = inside_only(service, project.definition.get("networks") or {})
        if clue and not state.is_through and not state.published:
            there = (
                _runs(project, name, clue, _Waiting(_PATIENCE)) and State(project.docker.inspect("container", project.containers()[name])).published
            )
            one = _trouble(files, name, clue, bool(there))
            yield replace(one, why=f"{clue.why}; with one that is not it is published") if there else one


def _why(project: OwnProject, files: Files, name: str, state: State, patience: float) -> Trouble:
    service = project.definition["services"][name]
    found = list(_different(clues(said := _said(project, name, state), service)))
    if not found:
        state = _once(project, name, state, patience)
        found = list(_different(clues(said := _said(project, name, state), service)))
    seen = next((line.strip() for line in reversed(said.lines) if line.strip()), state.words)
    end, waiting = time.monotonic() + _MOST, _Waiting(patience, min(state.lived + 1, _LONGEST))
    for clue in _different([*found, *further(service, seen)]):
        if clue.without and time.monotonic() < end and _runs(project, name, clue, waiting):
            return _trouble(files, name, _narrowed(project, name, clue, service, waiting), True)
    if found:
        return _trouble(files, name, found[0], False)
    change = f"read all that it says; it was {state.words}"
    return Trouble(name, seen, RUNS, files.place(name, ""), change, "no control was found that it would run without", False)


def _narrowed(project: OwnProject, name: str, clue: Clue, service: Mapping[str, Any], waiting: _Waiting) -> Clue:
    """What runs without a whole setting, with what it takes of it, as far as that is found by trying."""
    if rights_clues.is_without_capabilities(clue):
        return _with_least(project, name, clue, service, waiting)
    wrote = project.changed(name) if clue.key == "read_only" and not clue.mended else []
    better = path_clues.written(service, clue, wrote)
    return better if better and _runs(project, name, better, waiting) else clue


def _with_least(project: OwnProject, name: str, clue: Clue, service: Mapping[str, Any], waiting: _Waiting) -> Clue:
    """The capabilities without which it does not run, each part of them left out once."""
    needed, end = list(rights_clues.GROUPS), time.monotonic() + _MOST
    for group in rights_clues.GROUPS:
        rest = [one for one in needed if one != group]
        one = rights_clues.with_capabilities(clue.seen, service, sum(rest, ()), clue.entry)
        if time.monotonic() > end:
            return clue
        if _runs(project, name, one, waiting):
            needed = rest
    return rights_clues.with_capabilities(clue.seen, service, sum(needed, ()), clue.entry) if needed else clue


def _once(project: OwnProject, name: str, state: State, patience: float) -> State:
    """How a service that starts again and again ends when it is started once: while it is between two ends, nothing is to be seen."""
    if not state.facts.get("RestartCount"):
        return state
    with contextlib.suppress(SeawallError):
        if not project.try_instead(name, {**project.definition["services"][name], "restart": "no"}, {}):
            return wait(project, [name], patience).get(name, state)
    return state


def _different(found: "list[Clue] | Iterator[Clue]") -> Iterator[Clue]:
    """Each try once."""
    tried: list[Mapping[str, Any]] = []
    for clue in found:
        if not clue.without or clue.without not in tried:
            tried.append(clue.without)
            yield clue


def _said(project: OwnProject, name: str, state: State) -> Said:
    inspected = state.facts["State"]
    checks = (inspected.get("Health") or {}).get("Log") or ()
    health = [" ".join(str(one.get("Output") or f"exit code {one.get('ExitCode')}").split()) for one in checks if one.get("ExitCode")]
    lines = [*project.logs(state.facts["Id"]), *([inspected["Error"]] if inspected.get("Error") else [])]
    # A check that failed while it starts is of no interest once it has ended for another reason.
    running = inspected["Status"] == "running" and not state.facts.get("RestartCount")
    return Said([*(health if running else ()), *lines], inspected["ExitCode"], bool(inspected.get("OOMKilled")), health if running else ())


def _runs(project: OwnProject, name: str, clue: Clue, waiting: _Waiting) -> bool:
    """Whether the service runs in the form of a clue."""
    service = {**clue.without, "restart": "no"}
    shared: dict[str, Any] = {}
    if clue.opens:
        labels = {LABEL: project.definition["services"][name]["labels"][LABEL]}
        shared["networks"] = {**(project.definition.get("networks") or {}), OPEN: {"name": f"{project.name}_{OPEN}", "labels": labels}}
    with tempfile.TemporaryDirectory(dir=project.folder) as folder:
        if secret := service.pop("readable", None):
            shared["secrets"] = _readable(project, str(secret), Path(folder))
        try:
            if project.try_instead(name, service, shared):
                return False
            # Without its check nothing but time shows that it stays up; with it, too, as long as it lived before.
            calm = max(waiting.lived, _CALM if service.get("healthcheck") == {"disable": True} else 0)
            state = wait(project, [name], waiting.seconds + calm, calm).get(name)
        except SeawallError:
            return False
        return bool(state and state.is_ready)


def _readable(project: OwnProject, name: str, folder: Path) -> Mapping[str, Any]:
    """The secrets, this one as a copy that everybody inside may read; the folder is this user's alone."""
    secrets: dict[str, Any] = dict(project.definition.get("secrets") or {})
    copy = folder / "secret"
    shutil.copyfile(secrets[name]["file"], copy)
    copy.chmod(0o444)
    return {**secrets, name: {**secrets[name], "file": str(copy)}}


def _trouble(files: Files, name: str, clue: Clue, confirmed: bool) -> Trouble:
    why = f"{clue.why}; {'so' if clue.mended else 'without that'} it runs" if confirmed else clue.why
    return Trouble(name, clue.seen[-300:], clue.control, files.place(name, clue.key, clue.entry), clue.change, why, confirmed)
