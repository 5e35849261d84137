"""The place where one service is run again and again, each time from nothing, while what it works with stays up."""

import contextlib
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from typing import Any

from msgspec import Struct

from wizard.engine.docker import Docker
from wizard.errors import SeawallError, UsageError
from wizard.observe.seen import Seen, Watcher
from wizard.prove.own_project import LABEL, OwnProject, State, wait

_SECONDS = 120
_STOP = 10
"""Seconds that it gets to end, each time that is watched."""


class Reach(Struct, frozen=True):
    """Where a service answers, from this host: address and port for each of its ports, as `8000/tcp`; and its container."""

    ports: Mapping[str, tuple[str, int]]
    container: str

    def environment(self) -> dict[str, str]:
        """The same as variables: ADDRESS, PORT (of the first TCP port), PORT_8000 for each, CONTAINER."""
        order = sorted(self.ports, key=lambda name: (name.endswith("udp"), int(name.partition("/")[0])))
        found = {f"PORT_{name.partition('/')[0]}": str(self.ports[name][1]) for name in reversed(order)}
        address, port = self.ports[order[0]] if order else ("127.0.0.1", 0)
        return {"ADDRESS": address, "CONTAINER": self.container, **found, **({"PORT": str(port)} if port else {})}


class Trial(Struct, frozen=True):
    """How one run went: nothing in `why` where it works; `said` are the last lines of its output."""

    why: str
    said: tuple[str, ...] = ()
    state: State | None = None
    seen: Seen | None = None
    seconds: float = 0.0
    ended: int | None = None
    """The exit code with which it stopped when it was told to; None where it was not."""

    @property
    def works(self) -> bool:
        """Whether it did what is asked of it."""
        return not self.why


Use = Callable[[Reach, Callable[[], State]], str]
"""Uses a service that is ready: nothing, or why it does not work. The second one asks how its container is."""


class Bench:
    """Holds the project in which it is run. `patience` are the seconds in which it gets ready."""

    def __init__(self, docker: Docker, project: OwnProject, service: str, patience: float) -> None:
        self.docker, self.project, self.service, self.patience = docker, project, service, patience
        self.stops = True
        """Whether it is told to stop in the end, as it would be; else it is killed."""
        self.calm = 2.0
        """Seconds that it has to stay up to be ready, where nobody checks it; who is used at once need not."""
        self._number = 0
        self._others_run = False

    def image(self) -> Mapping[str, Any]:
        """The engine's view of the image; it is fetched where Compose would fetch it. Raises UsageError."""
        name = str(self.project.definition["services"][self.service].get("image") or f"{self.project.name}-{self.service}")
        with contextlib.suppress(SeawallError):
            return self.docker.inspect("image", name)
        code, said = self.docker.demand(("pull", "--quiet", name), 1800)
        if code:
            raise UsageError(f"{name}: is not on this engine, and cannot be fetched: {' '.join(said.split())[-200:]}")
        return self.docker.inspect("image", name)

    def run(self, form: Mapping[str, Any], use: Use, watchers: Sequence[Watcher] = ()) -> Trial:
        """Run the service in this form, once, and use it. Raises NoEngineError; whatever happens, its container is gone afterwards."""
        began = time.monotonic()
        self._number += 1
        self._others()
        with ExitStack() as stack:
            watching = [stack.enter_context(watcher) for watcher in watchers]
            image = self.image() if watching else {}
            service = dict(form)
            for watcher in watching:
                service = watcher.prepared(service, image)
            definition, mine = self._definition(service)
            try:
                return self._run(definition, use, watching, began)
            finally:
                self._clear(mine)

    def _run(self, definition: Mapping[str, Any], use: Use, watchers: Sequence[Watcher], began: float) -> Trial:
        words = ("up", "--no-start", "--no-deps", "--no-build", "--force-recreate", self.service)
        code, said = self.project.compose(*words, seconds=_SECONDS, definition=definition)
        container = self.project.containers().get(self.service, "")
        if code or not container:
            return Trial(_last(said) or "the engine made no container of it", tuple(said.splitlines()))
        for watcher in watchers:
            watcher.created(container)
        code, said = self.docker.demand(("start", container), _SECONDS)
        if code:
            return Trial(_last(said), tuple(said.splitlines()))
        for watcher in watchers:
            with contextlib.suppress(SeawallError):
                watcher.started(container)
        state = wait(self.project, [self.service], self.patience, self.calm).get(self.service)
        why = _why(state)
        if state and not why and not state.is_through:
            why = use(self._reach(container), lambda: State(self.docker.inspect("container", container)))
        seen, ended = self._stopped(container, watchers) if watchers or (self.stops and not why) else (None, None)
        lines = tuple(line for line in self.project.logs(container)[-60:] if line.strip())
        if why and lines:
            why = f"{why}: {lines[-1].strip()[-160:]}"
        return Trial(why, lines, state, seen, round(time.monotonic() - began, 2), ended)

    def _stopped(self, container: str, watchers: Sequence[Watcher]) -> tuple[Seen | None, int]:
        """Stop it as it would be stopped: what was seen, and the exit code."""
        for watcher in watchers:
            watcher.stopping()
        self.docker.demand(("stop", "--time", str(_STOP), container), _STOP + _SECONDS)
        ended = int(self.docker.inspect("container", container)["State"]["ExitCode"])
        seen: Seen | None = None
        for watcher in watchers:
            seen = seen.merged(watcher.seen()) if seen else watcher.seen()
        return seen, ended

    def _others(self) -> None:
        """Start what it depends on, once. Raises SeawallError where that does not run."""
        if self._others_run:
            return
        names = list(_depended_on(self.project.definition["services"], self.service))
        if names:
            definition = {**self.project.definition, "services": {name: _at_home(one) for name, one in self.project.definition["services"].items()}}
            code, said = self.project.compose("up", "--detach", "--no-build", *names, seconds=600, definition=definition)
            states = {} if code else wait(self.project, names, self.patience)
            bad = next((name for name in names if not (name in states and states[name].is_ready)), "")
            if bad:
                words = states[bad].words if bad in states else _last(said)
                raise SeawallError(f"{bad}, which {self.service} depends on, does not run: {words}; seawall prove says why")
        self._others_run = True

    def _definition(self, service: Mapping[str, Any]) -> tuple[dict[str, Any], list[tuple[str, str]]]:
        """What is started, with networks and volumes of this one run where nobody else has them; and these."""
        services = {name: one for name, one in self.project.definition["services"].items() if name != self.service}
        others = {name: one for name, one in services.items() if name in _depended_on(self.project.definition["services"], self.service)}
        mine: list[tuple[str, str]] = []
        whole: dict[str, Any] = {**self.project.definition, "services": {**services, self.service: dict(service)}}
        for kind in ("networks", "volumes"):
            taken = {name for one in others.values() for name in _names(one, kind)}
            shared = dict(self.project.definition.get(kind) or {})
            for name in _names(service, kind):
                known = shared.get(name) or {}
                if name not in taken and LABEL in (known.get("labels") or {}):
                    shared[name] = {**known, "name": f"{known['name']}_{self._number}"}
                    mine.append((kind.removesuffix("s"), shared[name]["name"]))
            whole[kind] = shared
        return whole, mine

    def _reach(self, container: str) -> Reach:
        facts = self.docker.inspect("container", container)
        given = facts["NetworkSettings"].get("Ports") or {}
        found = {name: ("127.0.0.1", int(rows[0]["HostPort"])) for name, rows in given.items() if rows}
        if facts["HostConfig"].get("NetworkMode") == "host":
            exposed = facts["Config"].get("ExposedPorts") or {}
            found = {name: ("127.0.0.1", int(name.partition("/")[0])) for name in exposed}
        return Reach(found, container)

    def _clear(self, mine: Sequence[tuple[str, str]]) -> None:
        """Take away the container and what it alone used."""
        with contextlib.suppress(SeawallError):
            if container := self.project.containers().get(self.service):
                self.docker.do(("container", "rm", "--force", "--volumes", container), _SECONDS)
            for kind, name in mine:
                self.docker.do((kind, "rm", name), _SECONDS)


def _why(state: State | None) -> str:
    if state is None:
        return "no container of it is there"
    return "" if state.is_ready else f"it {'' if state.words.startswith(('exited', 'never')) else 'is '}{state.words}"


def _last(said: str) -> str:
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    return lines[-1][-300:] if lines else ""


def _at_home(service: Mapping[str, Any]) -> dict[str, Any]:
    """Without ports of this host: nobody but the service asks it."""
    return {key: value for key, value in service.items() if key != "ports"}


def _depended_on(services: Mapping[str, Any], name: str) -> dict[str, None]:
    """All that a service depends on, and what that depends on."""
    found: dict[str, None] = {}
    left = [name]
    while left:
        for other in services.get(left.pop(), {}).get("depends_on") or {}:
            if other not in found and other != name:
                found[other] = None
                left.append(other)
    return found


def _names(service: Mapping[str, Any], kind: str) -> Iterator[str]:
    if kind == "networks":
        yield from service.get("networks") or {}
        return
    for volume in service.get("volumes") or ():
        if volume.get("type") == "volume" and volume.get("source"):
            yield str(volume["source"])
