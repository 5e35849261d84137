"""The attack that a control stops, on the engine: in a container without the control, then in one with it."""

import os
import time
from collections.abc import Iterator

from msgspec import Struct

from wizard.control import Control
from wizard.controls import CONTROLS
from wizard.docker_run import ELSEWHERE, flags
from wizard.engine.docker import Docker
from wizard.errors import SeawallError, UsageError
from wizard.project import Service
from wizard.render import as_data, service_parts
from wizard.resolve import resolve
from wizard.text import visible
from wizard.workload import make

IMAGE = "python:3.13-slim"
"""What the attacks are run in: a usual image, with a shell, setuid programs and a language."""
SECONDS = 60
_APART = (*ELSEWHERE, "networks", "dns", "restart", "healthcheck", "logging")
"""What a container that ends by itself, and speaks with nobody, has no use for."""


class Scene(Struct, frozen=True):
    """One of the two containers: its flags, what was said in it, what was expected of it, and how long it took in seconds."""

    hardened: bool
    flags: tuple[str, ...]
    said: str
    expected: str
    seconds: float

    @property
    def held(self) -> bool:
        """Whether it went as expected."""
        return self.expected in self.said


def shown() -> tuple[Control, ...]:
    """The controls that have a demonstration."""
    return tuple(control for control in CONTROLS if control.demo)


def play(name: str, docker: Docker | None = None) -> Iterator[Scene]:
    """Both scenes of a control, one after the other. Raises UsageError for a control without a demonstration, SeawallError without an engine."""
    control = next((control for control in shown() if control.id == name), None)
    if control is None or control.demo is None:
        raise UsageError(f"{visible(name)} has no demonstration; accepted: {', '.join(control.id for control in shown())}")
    docker = docker or Docker()
    docker.version()
    try:
        docker.inspect("image", IMAGE)
    except SeawallError:
        raise SeawallError(f"{IMAGE} is not on this engine, and nothing is fetched unasked; get it with: docker pull {IMAGE}") from None
    for hardened in (False, True):
        waived = (*control.demo.also, *(() if hardened else (control.id,)))
        words = flags_of(service_of(control.demo.attack, waived))
        began = time.monotonic()
        label = ("--network", "none", "--label", "org.seawall.demo=yes")
        container = f"seawall-demo-{os.getpid()}-{int(hardened)}"
        _, said = docker.run(container, (*label, *words, IMAGE, "python", "-c", control.demo.attack), SECONDS)
        expected = control.demo.held if hardened else control.demo.without
        yield Scene(hardened, words, said, expected, time.monotonic() - began)


def service_of(attack: str, waived: tuple[str, ...]) -> Service:
    """The container as any other is rendered, with some controls left out."""
    workload = make({
        "name": "demo", "image": IMAGE, "user": {"uid": 65534, "gid": 65534}, "health": {"none": "it ends by itself"}, "limits": {"pids": 100},
        "waivers": [{"control": control, "why": "this is what the demonstration shows"} for control in waived],
    })  # fmt: skip
    return resolve(workload).services[0]


def flags_of(service: Service) -> tuple[str, ...]:
    """The flags of `docker run` that harden it."""
    found = as_data(service_parts(service))
    return tuple(word for key, value in found.items() if key not in _APART for flag in flags(key, value, "demo", service.name) for word in flag)
