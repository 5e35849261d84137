"""A Compose project under a name of its own, with labels: nothing of a project that runs already is touched, and all of this one goes.

What Compose itself makes of the files (`docker compose config`) is started, with names, volumes and networks of its own in the place of
those that others share. Health checks are asked each second, for as long as they would have been waited for anyway.
"""

import json
import os
import re
import shutil
import tempfile
import time
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from wizard.engine import labelled
from wizard.engine.docker import Docker
from wizard.errors import Interrupted, NoEngineError, SeawallError, UsageError
from wizard.prove.progress import AWAY, Began, Ended, Said, Tell

LABEL = "org.seawall.prove"
FOLDER = "seawall-prove-"
KEPT = "kept"
_BUILD, _CONFIG, _START = 1800, 30, 600
"""Seconds."""
_TOO_LATE = 124
_EVERY = 1
_CALM = 2
_SERVICE_LABEL, _PROJECT_LABEL = "com.docker.compose.service", "com.docker.compose.project"


class OwnProject:
    """Use it in a `with`: at its end everything is removed, unless it is kept."""

    def __init__(self, docker: Docker, paths: Sequence[Path], keep: bool = False, tell: Tell = lambda _: None, purpose: str = "prove") -> None:
        self.docker, self._paths, self.keep, self._tell = docker, [str(path.resolve()) for path in paths], keep, tell
        self.name = f"seawall-{purpose}-{os.getpid()}-{os.urandom(2).hex()}"
        self._owner = f"{KEPT}/{self.name}" if keep else labelled.owner()
        self.folder = ""
        """Where what is started lies, which only this user may enter."""
        self.left: tuple[str, ...] = ()
        """What the engine would not remove."""
        self.definition: dict[str, Any] = {}
        """What is started, as Compose has it."""

    def __enter__(self) -> "OwnProject":
        self.folder = labelled.folder(FOLDER)
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        began = time.monotonic()
        self._tell(Began(AWAY, at=began))
        try:
            if not self.keep or kind is not None:
                # Also after somebody broke off.
                self.left = labelled.remove(self.docker.unstopped(), LABEL, self._owner)
        except NoEngineError:
            # An engine that is gone has nothing that could be removed now.
            self.left = ("anything, for it went away: the next proof does it",)
        shutil.rmtree(self.folder, ignore_errors=True)
        self._tell(Ended(AWAY, round(time.monotonic() - began, 2), not self.left))

    def read(self) -> None:
        """Let Compose put the files together. Raises UsageError with its own words for what it refuses, NoEngineError where there is none."""
        files = [word for path in self._paths for word in ("-f", path)]
        code, said = self._docker_compose([*files, "config", "--format", "json"], _CONFIG)
        if code:
            if "is not a docker command" in said or "unknown shorthand flag" in said:
                raise NoEngineError("docker compose is not installed; install the Compose plugin (docker-compose-plugin, or docker-compose)")
            raise UsageError(f"{self._paths[0]}: {_last(said)}")
        # Warnings stand before the answer.
        self.definition = self._own(json.loads(said[said.index("{\n") :]))
        if not self.definition.get("services"):
            raise UsageError(f"{self._paths[0]}: no service is started by it (are all of them in profiles?)")

    def build(self) -> str:
        """Build what is built here; nothing, or why it could not be."""
        if not any("build" in service for service in self.definition["services"].values()):
            return ""
        code, said = self.compose("build", seconds=_BUILD, heard=True)
        return said if code else ""

    def up(self) -> str:
        """Start all; nothing, or what the engine refused. A service that starts and does not get healthy is seen by `states`."""
        code, said = self.compose("up", "--detach", "--no-build", seconds=_START, heard=True)
        return said if code else ""

    def try_instead(self, name: str, service: Mapping[str, Any], shared: Mapping[str, Any]) -> str:
        """Start one service anew in another form; nothing, or what the engine refused."""
        other = {**self.definition, **shared, "services": {**self.definition["services"], name: dict(service)}}
        command = ("up", "--detach", "--no-build", "--no-deps", "--force-recreate", "--timeout", "1", name)
        code, said = self.compose(*command, seconds=_START, definition=other)
        return said if code else ""

    def restart(self) -> str:
        """Stop and start all containers; nothing, or what the engine refused."""
        code, said = self.compose("restart", seconds=_START, heard=True)
        return said if code else ""

    def compose(self, *words: str, seconds: float, definition: Mapping[str, Any] | None = None, heard: bool = False) -> tuple[int, str]:
        """A command of Compose on what is started, or on another definition; one that does not end in time has failed, too.

        With `heard`, what it says is told as it comes.
        """
        # Secrets may stand in it: only this user may enter the folder.
        with tempfile.NamedTemporaryFile("w", encoding="utf-8", suffix=".json", dir=self.folder) as file:
            json.dump(definition or self.definition, file)
            file.flush()
            try:
                return self._docker_compose(["-f", file.name, *words], seconds, heard)
            except (NoEngineError, Interrupted):
                raise
            except SeawallError as error:
                return _TOO_LATE, f"compose {words[0]}: {error}"

    def containers(self) -> dict[str, str]:
        """The ids of its containers by service (the first of several), running or not."""
        form = '{{.ID}} {{.Label "' + _SERVICE_LABEL + '"}}'
        code, said = self.docker.do(("ps", "--all", "--no-trunc", "--filter", f"label={_PROJECT_LABEL}={self.name}", "--format", form), _CONFIG)
        if code:
            raise NoEngineError(f"the container engine went away: {_last(said)}")
        return {service: found for found, _, service in (line.partition(" ") for line in reversed(said.splitlines()))}

    def logs(self, container: str) -> list[str]:
        """The last lines that a container printed, errors included."""
        return self.docker.do(("logs", "--tail", "60", container), _CONFIG)[1].splitlines()

    def changed(self, service: str) -> list[str]:
        """What a service's container made or changed on its root filesystem, as far as that is still there."""
        found = self.containers().get(service)
        code, said = self.docker.do(("diff", found), _CONFIG) if found else (1, "")
        return [] if code else [line[2:] for line in said.splitlines() if line[:2] in ("A ", "C ")]

    def _docker_compose(self, words: Sequence[str], seconds: float, heard: bool = False) -> tuple[int, str]:
        folder = str(Path(self._paths[0]).parent)
        how = ("compose", "--progress", "plain" if heard else "quiet", "--project-name", self.name, "--project-directory", folder)
        code, said = self.docker.demand((*how, *words), seconds, folder, self._hear if heard else None)
        if code:
            # It has many words for an engine that goes away in the middle.
            self.docker.version()
        return code, said

    def _hear(self, line: str) -> None:
        """What is said, without the name that only this project has."""
        if line := re.sub(rf"\b{re.escape(self.name)}[-_]", "", line).strip():
            self._tell(Said(line))

    def _own(self, definition: dict[str, Any]) -> dict[str, Any]:
        """Labelled, with names of its own."""
        built: dict[str, str] = {}
        for name, service in definition.get("services", {}).items():
            service.pop("container_name", None)
            service["labels"] = {**(service.get("labels") or {}), LABEL: self._owner}
            if "build" in service:
                built[service.pop("image", "")] = f"{self.name}-{name}"
                service["image"] = f"{self.name}-{name}"
                service["build"]["labels"] = {**(service["build"].get("labels") or {}), LABEL: self._owner}
                service["build"].pop("tags", None)
            if check := service.get("healthcheck"):
                service["healthcheck"] = _hurried(check)
            if rates := service.get("blkio_config"):
                service["blkio_config"] = _spelled(rates)
        for service in definition.get("services", {}).values():
            # What one service builds may be what another one runs.
            service["image"] = built.get(service.get("image", ""), service.get("image")) if service.get("image") else None
        for kind in ("networks", "volumes"):
            for name, shared in (definition.get(kind) or {}).items():
                if shared.get("external") and kind == "networks" and shared.get("name") in ("host", "none", "bridge"):
                    continue
                shared.pop("external", None)
                shared["name"] = f"{self.name}_{name}"
                shared["labels"] = {**(shared.get("labels") or {}), LABEL: self._owner}
        return definition


def _spelled(rates: Mapping[str, Any]) -> dict[str, Any]:
    """Limits of disks as Compose reads them: what it prints of them (5.6) has Path and Rate, which it refuses itself."""
    return {
        key: [{name.lower(): one for name, one in entry.items()} for entry in value] if isinstance(value, list) else value
        for key, value in rates.items()
    }


def _hurried(check: Mapping[str, Any]) -> dict[str, Any]:
    """A health check that is asked each second, with the patience that it would have had."""
    interval, retries = seconds_of(check.get("interval"), 30), int(check.get("retries") or 3)
    patience = max(seconds_of(check.get("start_period"), 0), interval * retries)
    return {**check, "interval": f"{_EVERY}s", "start_period": f"{round(patience)}s"} if interval > _EVERY else dict(check)


def seconds_of(text: object, otherwise: float) -> float:
    """Seconds of a duration as Compose writes it (`1m30s`)."""
    parts = re.findall(r"([\d.]+)(ms|us|h|m|s)", str(text or ""))
    units = {"h": 3600, "m": 60, "s": 1, "ms": 0.001, "us": 0.000001}
    return sum(float(number) * units[unit] for number, unit in parts) if parts else otherwise


def _moment(text: object) -> datetime | None:
    """A time as the engine writes it, with nanoseconds; None for none."""
    try:
        return datetime.fromisoformat(re.sub(r"(\.\d{6})\d*", r"\1", str(text)))
    except ValueError:
        return None


def _last(said: str) -> str:
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    return lines[-1][-300:] if lines else "no word of why"


class State:
    """How a container is, by `docker inspect`."""

    def __init__(self, facts: Mapping[str, Any]) -> None:
        self.facts = facts
        self._state = facts["State"]

    @property
    def is_ready(self) -> bool:
        """Running, and healthy where it has a check; or through, where it was a job that succeeded."""
        if self.is_through:
            return True
        return bool(self._state["Running"]) and not self._state.get("Restarting") and self.health in ("", "healthy")

    @property
    def is_through(self) -> bool:
        """Whether it ended well and is not started again."""
        return self._state["Status"] == "exited" and self._state["ExitCode"] == 0 and not self._starts_again

    @property
    def is_hopeless(self) -> bool:
        """Whether waiting longer changes nothing."""
        ended = self._state["Status"] in ("exited", "dead") and not self.is_through and not self._starts_again
        return ended or self.health == "unhealthy" or self.facts.get("RestartCount", 0) >= 3 or self._state["Status"] == "created"

    @property
    def refusal(self) -> str:
        """Why the engine did not start it, in its own words; nothing where it was started, or nobody tried."""
        return str(self._state.get("Error") or "") if self._state["Status"] == "created" else ""

    @property
    def lived(self) -> float:
        """Seconds between its last start and its end; 0 where it runs, or where the engine does not say."""
        if self._state.get("Running"):
            return 0
        begin, end = (_moment(self._state.get(name)) for name in ("StartedAt", "FinishedAt"))
        return max((end - begin).total_seconds(), 0) if begin and end else 0

    @property
    def published(self) -> bool:
        """Whether any port of it is published on the host."""
        return any((self.facts["NetworkSettings"].get("Ports") or {}).values())

    @property
    def health(self) -> str:
        """`healthy`, `starting`, `unhealthy`; nothing where there is no check."""
        return str((self._state.get("Health") or {}).get("Status") or "").replace("none", "")

    @property
    def words(self) -> str:
        """In words, for a report."""
        name, code = self._state["Status"], self._state["ExitCode"]
        times = f", started again {self.facts['RestartCount']} times" if self.facts.get("RestartCount") else ""
        oom = ", killed for its memory" if self._state.get("OOMKilled") else ""
        if name == "running":
            return (self.health or "running") + times + oom
        return f"{name} with code {code}{times}{oom}" if name != "created" else "never started"

    @property
    def _starts_again(self) -> bool:
        policy = self.facts["HostConfig"]["RestartPolicy"]["Name"]
        return policy in ("always", "unless-stopped") or (policy == "on-failure" and self._state["ExitCode"] != 0)


def sweep(docker: Docker, *prefixes: str) -> None:
    """Remove what killed runs of this machine left: commands that still run, what is labelled on the engine, and folders. Raises NoEngineError.

    The names of the commands' projects, and of the folders, begin with the `prefixes`.
    """
    for prefix in prefixes:
        labelled.sweep_commands(prefix)
    labelled.sweep(docker, LABEL)
    for prefix in prefixes:
        labelled.sweep_folders(prefix)


def wait(project: OwnProject, services: Sequence[str], seconds: float, calm_for: float = 0) -> dict[str, State]:
    """How the services are once each is ready or hopeless, or the time is over.

    Those without a check have to stay up for some seconds; with `calm_for`, those with one as well, so many.
    """
    end = time.monotonic() + seconds
    calm, calm_since = "", 0.0
    while True:
        ids = project.containers()
        states = {name: State(project.docker.inspect("container", ids[name])) for name in services if name in ids}
        settled = len(states) == len(services) and all(state.is_ready or state.is_hopeless for state in states.values())
        # Without a check only time shows that it stays up.
        seen = str([(name, state.facts["State"]["StartedAt"]) for name, state in states.items()]) if settled else ""
        if seen != calm:
            calm, calm_since = seen, time.monotonic()
        checked = all(state.health or not state.facts["State"]["Running"] for state in states.values())
        enough = checked if not calm_for else not any(state.is_ready for state in states.values())
        if (settled and (enough or time.monotonic() - calm_since >= (calm_for or _CALM))) or time.monotonic() > end or len(states) < len(services):
            return states
        time.sleep(0.2)
