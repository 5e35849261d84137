"""Sample apps scaffolded by the real command line and running on the engine that the environment names."""

import contextlib
import functools
import json
import os
import random
import re
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import wait as finished
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

import yaml

from tests.tools import APPS, seawall
from wizard.engine.docker import Docker
from wizard.engine.live import LiveContainer, live
from wizard.errors import SeawallError
from wizard.project import Project, Service
from wizard.render import active
from wizard.resolve import resolve
from wizard.scaffold import Request, begin
from wizard.workload import Workload

PREFIX = "seawall-test-"
PORTS = {"ledger": 8000, "api": 3000, "gate": 8080, "brochure": 8080}
T = TypeVar("T")
DISK = next((f"/dev/{disk.name}" for disk in sorted(Path("/sys/block").glob("[!lrz]*")) if Path("/dev", disk.name).is_block_device()), None)
"""A disk of this host whose rates can be limited: not a loop, ram or zram one."""


def why_not() -> str:
    """Why engine tests cannot run here; nothing if they can."""
    if os.geteuid() != 0:
        return "engine tests look into containers from the host, which takes root"
    try:
        Docker().version()
    except SeawallError as error:
        return str(error)
    found = subprocess.run(["docker", "compose", "version"], capture_output=True, text=True, timeout=30)
    return "" if found.returncode == 0 else "docker compose is not installed"


def free_port() -> int:
    """A port that nobody uses now, over TCP or UDP; below those that the kernel lends to clients, so that it stays free."""
    while True:
        port = random.randrange(20000, 32000)
        with socket.socket() as tcp, socket.socket(type=socket.SOCK_DGRAM) as udp, contextlib.suppress(OSError):
            tcp.bind(("", port))
            udp.bind(("", port))
            return port


def until(seen: Callable[[], T], right: Callable[[T], object], within: float = 60) -> T:
    """What is seen as soon as it is right. Raises AssertionError with what was seen last."""
    end = time.monotonic() + within
    while True:
        last = seen()
        if right(last):
            return last
        assert time.monotonic() < end, f"after {within:g} s still {last!r}"
        time.sleep(0.1)


@dataclass(frozen=True)
class Engine:
    """The docker command with its environment; images may be built on another engine that has a way out."""

    environment: Mapping[str, str]
    build_environment: Mapping[str, str] | None = None

    @classmethod
    def from_environment(cls) -> "Engine":
        """DOCKER_HOST as usual; SEAWALL_BUILD_HOST is the engine to build on, whose images are then handed over."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("COMPOSE_")}
        build_on = kept.pop("SEAWALL_BUILD_HOST", None)
        return cls(kept, {**kept, "DOCKER_HOST": build_on} if build_on else None)

    def run(self, *arguments: str, cwd: Path | None = None, timeout: float = 120, check: bool = True, build: bool = False) -> str:
        """The output of a docker command. Raises AssertionError with what it said."""
        environment = self.build_environment if build and self.build_environment else self.environment
        done = subprocess.run(["docker", *arguments], cwd=cwd, env=dict(environment), stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, timeout=timeout)  # fmt: skip
        assert not check or done.returncode == 0, f"docker {' '.join(arguments)}: exit {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def json(self, *arguments: str) -> Any:
        """The output of a docker command that is JSON."""
        return json.loads(self.run(*arguments))

    def hand_over(self, image: str) -> None:
        """Bring an image from the engine that builds to this one, unless it has it by another name."""
        assert self.build_environment
        same = self.run("image", "inspect", "--format", "{{.Id}}", image, build=True).strip()
        if self.run("image", "inspect", "--format", "{{.Id}}", same, check=False).strip() == same:
            self.run("tag", same, image)
            return
        with subprocess.Popen(["docker", "save", image], env=dict(self.build_environment), stdout=subprocess.PIPE) as saved:
            subprocess.run(["docker", "load", "--quiet"], env=dict(self.environment), stdin=saved.stdout, check=True,
                           capture_output=True, timeout=300)  # fmt: skip

    def sweep(self) -> None:
        """Take away what test runs left that were killed: named after a process that is gone."""
        label = "com.docker.compose.project"
        form = f'{{{{.ID}}}} {{{{.Label "{label}"}}}}'
        for kind, every, names in (("container", "-a", form), ("network", "", form), ("volume", "", form.replace(".ID", ".Name"))):
            listed = self.run(kind, "ls", *([every] if every else []), "--filter", f"label={label}", "--format", names)
            for line in listed.splitlines():
                name, _, project = line.partition(" ")
                if _is_left(project):
                    self.run(kind, "rm", *(["-f"] if kind != "network" else []), name, check=False)
        for image in self.run("image", "ls", "--format", "{{.Repository}}", f"{PREFIX}*").splitlines():
            if _is_left(image):
                self.run("image", "rm", "--force", image, check=False)


def _is_left(name: str) -> bool:
    made_by = re.match(rf"{PREFIX}(\d+)-", name)
    if not made_by:
        return False
    try:
        return b"pytest" not in Path(f"/proc/{made_by[1]}/cmdline").read_bytes()
    except OSError:
        return True


@dataclass
class Running:
    """A scaffolded folder as a project of its own name on the engine."""

    engine: Engine
    folder: Path
    name: str
    port: int
    settings: tuple[str, ...] = ()
    overrides: tuple[str, ...] = ()
    """Further Compose files in the folder."""

    def compose(self, *arguments: str, timeout: float = 300, check: bool = True, build: bool = False) -> str:
        """The output of a docker compose command for this project."""
        files = [word for file in ("compose.yaml", *self.overrides) for word in ("-f", file)]
        return self.engine.run("compose", "--progress", "quiet", "-p", self.name, *files, *arguments,
                               cwd=self.folder, timeout=timeout, check=check, build=build)  # fmt: skip

    def up(self, wait: bool = True) -> None:
        """Build what is built here, start, and wait until all is healthy (180 s at most)."""
        waiting = ("--wait", "--wait-timeout", "180") if wait else ("--detach",)
        if self.engine.build_environment is None:
            self.compose("up", "--build", *waiting, timeout=900)
            return
        self.compose("build", timeout=900, build=True)
        for service, definition in self.definition["services"].items():
            if "build" in definition:
                self.engine.hand_over(f"{self.name}-{service}")
        self.compose("up", "--no-build", *waiting)

    def down(self) -> None:
        """Take everything away, with volumes and the images that were built."""
        self.compose("down", "-v", "--remove-orphans", "--rmi", "local", "--timeout", "5", check=False)
        if self.engine.build_environment:
            self.engine.run("image", "rm", "--force", *self.images(), check=False, build=True)

    def images(self) -> list[str]:
        """The images that are built for it."""
        return [f"{self.name}-{service}" for service, definition in self.definition["services"].items() if "build" in definition]

    @property
    def definition(self) -> dict[str, Any]:
        """The rendered compose.yaml as data."""
        data: dict[str, Any] = yaml.safe_load((self.folder / "compose.yaml").read_text())
        return data

    @cached_property
    def project(self) -> Project:
        """What was asked for, resolved."""
        return resolve(self.workload)

    @cached_property
    def workload(self) -> Workload:
        """What was asked for."""
        return begin(Request(self.folder, self.folder)).workload

    def service(self, name: str) -> Service:
        """A service of what was asked for."""
        return next(service for service in self.project.services if service.name == name)

    def container(self, service: str) -> str:
        """The id of a service's container, also of one that is stopped or starting again."""
        label = "label=com.docker.compose"
        found = self.engine.run("ps", "-a", "-q", "--no-trunc", "--filter", f"{label}.project={self.name}",
                                "--filter", f"{label}.service={service}").split()  # fmt: skip
        assert len(found) == 1, f"{service}: {len(found)} containers"
        return found[0]

    def containers(self) -> dict[str, str]:
        """The ids of all containers by service."""
        return {service: self.container(service) for service in self.definition["services"]}

    def live(self, service: str) -> LiveContainer:
        """A look at the service's container; right after a start its program may not be there yet."""

        def look() -> LiveContainer | SeawallError:
            try:
                return live(self.container(service))
            except SeawallError as error:
                return error

        found = until(look, lambda seen: isinstance(seen, LiveContainer), within=10)
        assert isinstance(found, LiveContainer)
        return found

    def inspect(self, service: str) -> dict[str, Any]:
        """What the engine says of the service's container."""
        data: dict[str, Any] = self.engine.json("container", "inspect", self.container(service))[0]
        return data

    def pid(self, service: str) -> int:
        """PID 1 of the service's container, by its number on the host."""
        number: int = self.inspect(service)["State"]["Pid"]
        assert number, f"{service} is not running"
        return number

    def logs(self) -> str:
        """What the services said, for a failure's message."""
        return self.compose("logs", "--no-color", "--tail", "40", check=False)

    def ask(self, path: str, data: Any = None, method: str | None = None, timeout: float = 10) -> tuple[int, str]:
        """Status and body of a request to the published port; status 0 when nothing answers."""
        body = data if isinstance(data, bytes) or data is None else json.dumps(data).encode()
        kind = {"Content-Type": "application/octet-stream" if isinstance(data, bytes) else "application/json"}
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", body, kind if body else {}, method=method)
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            with opener.open(request, timeout=timeout) as answer:
                return answer.status, answer.read().decode("utf-8", "replace")
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read().decode("utf-8", "replace")
        except (OSError, EOFError) as error:
            return 0, str(error)


def new_name(what: str) -> str:
    """A project name of our own, which says who made it."""
    return f"{PREFIX}{os.getpid()}-{what}-{os.urandom(2).hex()}"[:60]


def scaffold(engine: Engine, source: Path, folder: Path, *options: str, inside: int | None = None, name: str = "") -> Running:
    """Copy an app and run the command line on it; `inside` is the port that is published on a free one of the host.

    `options` are those of the command line, `--set` and `--waive` with their values.
    """
    shutil.copytree(source, folder, ignore=shutil.ignore_patterns("node_modules", "__pycache__"))
    port = free_port()
    published = ("--set", f"ports=127.0.0.1:{port}:{inside}") if inside else ()
    done = seawall(str(folder), "--yes", *published, *options)
    assert done.returncode == 0, f"seawall {' '.join(options)}: exit {done.returncode}: {done.stdout}{done.stderr}"
    return Running(engine, folder, name or new_name(folder.name), port)


@contextlib.contextmanager
def started(project: Running, wait: bool = True) -> Iterator[Running]:
    """The project while it runs; it is taken away whatever happens."""
    try:
        _start(project, wait)
        yield project
    finally:
        project.down()


def _start(project: Running, wait: bool = True) -> None:
    try:
        project.up(wait)
    except (AssertionError, subprocess.TimeoutExpired) as error:
        raise AssertionError(f"{error}\n{project.logs()}") from None


@dataclass
class Projects:
    """The sample apps that a session asks for, started once and side by side."""

    engine: Engine
    folder: Path
    wanted: tuple[str, ...]
    _made: list[Running] = field(default_factory=list)
    _starting: dict[str, Future[Running]] = field(default_factory=dict)
    _pool: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(len(PORTS)))

    def get(self, app: str) -> Running:
        """The running app as the command line makes it from its folder alone."""
        for name in (app, *self.wanted):
            if name not in self._starting:
                self._starting[name] = self._pool.submit(self._make, name)
        return self._starting[app].result()

    def _make(self, app: str) -> Running:
        made = scaffold(self.engine, APPS / app, self.folder / app, inside=PORTS[app])
        self._made.append(made)
        _start(made)
        return made

    def close(self) -> None:
        """Take all of them away."""
        finished(self._starting.values())
        list(self._pool.map(Running.down, self._made))
        self._pool.shutdown()


def hurried(project: Running) -> str:
    """An override that asks the health checks every three seconds instead of every ten, and waits longer until one counts: the name of its file.

    Not more often: a check is a process of its own, and what many containers are asked at once takes more than what is tested.
    An answer may take long: beside other tests a processor is not always free.
    """
    services = {
        name: {"healthcheck": {"interval": "3s", "timeout": "30s", "start_period": "150s"}}
        for name, definition in project.definition["services"].items()
        if "healthcheck" in definition
    }
    return override(project, "hurried.yaml", {"services": services})


def override(project: Running, name: str, data: Mapping[str, Any]) -> str:
    """A further Compose file in the project's folder: its name."""
    (project.folder / name).write_text(yaml.safe_dump(dict(data)))
    return name


def failing(project: Running, expected: Service, controls: Sequence[Any]) -> dict[str, list[str]]:
    """The probes of a service that do not see what they expect, by control, with what they saw."""
    container, found = project.live(expected.name), {}
    for control in controls:
        for probe in control.probes(expected):
            try:
                seen = probe.observe(container)
            except SeawallError as error:
                seen = str(error)
            if seen != probe.expected:
                found.setdefault(control.id, []).append(f"{probe.what}: expected {probe.expected}, observed {seen}")
    return found


def probed(running: Running) -> dict[str, dict[str, list[str]]]:
    """What the probes of all services of a project do not see as expected, by service and control; empty where all is well.

    Of one that has just been started the first health check is waited for.
    """
    for name in running.containers():
        until(functools.partial(_state, running, name), _was_asked, within=180)
    found = {service.name: failing(running, service, tuple(active(service))) for service in running.project.services}
    return {name: wrong for name, wrong in found.items() if wrong}


def _state(running: Running, service: str) -> Mapping[str, Any]:
    state: Mapping[str, Any] = running.inspect(service)["State"]
    return state


def _was_asked(state: Mapping[str, Any]) -> bool:
    return state.get("Health", {}).get("Status") != "starting"
