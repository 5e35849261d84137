"""The attack that a control stops, on the engine: with a container without the control, then with one that has it."""

import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from wizard.control import Control, Fragment
from wizard.demos import OWN, SERVICE, Ask, Build, Demo, Run, Scene
from wizard.demos.disks import DISK
from wizard.docker_run import ELSEWHERE, network_options
from wizard.docker_run import flags as flags_for
from wizard.engine.docker import Docker
from wizard.engine.stage import Stage, disks, sweep
from wizard.errors import SeawallError
from wizard.project import Project, Service
from wizard.render import as_data, service_parts, shared_parts
from wizard.resolve import resolve
from wizard.workload import make

IMAGE = "python:3.13-slim"
"""What the attacks are run in: a usual image, with a shell, setuid programs and a language."""
_PATIENCE = 15
"""Seconds that an answer is waited for."""
_ALWAYS_APART = (*ELSEWHERE, "networks", "network_mode", "dns", "entrypoint")
_APART = (*_ALWAYS_APART, "restart", "healthcheck", "logging")
"""What a container that ends by itself, and speaks with nobody, has no use for; a control's own settings are kept in its demonstration."""


def prepared(docker: Docker | None = None) -> Docker:
    """An engine that answers and has the image, swept. Raises NoEngineError, SeawallError."""
    docker = docker or Docker()
    docker.version()
    try:
        docker.inspect("image", IMAGE)
    except SeawallError:
        raise SeawallError(
            f"{IMAGE} is not on this engine, and nothing is fetched unasked; get it with: docker pull {IMAGE} (--replay shows what was recorded)"
        ) from None
    sweep(docker)
    return docker


def play(control: Control, demo: Demo, docker: Docker) -> Iterator[Scene]:
    """Both scenes of a demonstration, one after the other, on an engine that is prepared. Raises SeawallError."""
    for hardened in (False, True):
        yield scene(control, demo, hardened, docker)


def scene(control: Control, demo: Demo, hardened: bool, docker: Docker) -> Scene:
    """One scene, and nothing of it is left. Raises SeawallError."""
    began = time.monotonic()
    expected = demo.held if hardened else demo.without
    with Stage(docker) as stage:
        said = "".join(_played(stage, control, demo, hardened, expected))
    flags, others = tuple(flags_of(control, demo, hardened)), tuple(settings(control, demo, hardened))
    return Scene(demo.name, hardened, flags, others, said, expected, round(time.monotonic() - began, 1))


def project_of(control: Control, demo: Demo, hardened: bool) -> Project:
    """The service as any other is rendered, with some controls left out."""
    waived = (*demo.also, *(() if hardened else (control.id,)))
    return resolve(make({
        "name": SERVICE, "image": IMAGE, "user": {"uid": 65534, "gid": 65534}, "health": {"none": "it ends by itself"}, "limits": {"pids": 100},
        **demo.facts, "waivers": [{"control": left_out, "why": "this is what the demonstration shows"} for left_out in waived],
    }))  # fmt: skip


def flags_of(control: Control, demo: Demo, hardened: bool) -> list[str]:
    """The flags of `docker run` that harden it, or what the control refuses."""
    service = project_of(control, demo, hardened).app
    found: dict[str, Any] = as_data(service_parts(service))
    apart = [key for key in _APART if key not in control.settings or key in _ALWAYS_APART]
    shown = [(key, value) for key, value in found.items() if key not in apart]
    refused: Fragment = {} if hardened or demo.hardened else control.violation
    shown += refused.items()
    words = [str(word) for key, value in shown for flag in flags_for(key, value, "demo", service.name) for word in flag]
    for flag, value in demo.hurried.items():
        if flag in words:
            words[words.index(flag) + 1] = value
    return words


def settings(control: Control, demo: Demo, hardened: bool) -> Iterator[str]:
    """What is set in a scene beside flags: the options of its network, the lines and names of its images."""
    for step in demo.steps_of(hardened):
        if isinstance(step, Build):
            yield from step.lines
        elif isinstance(step, Run) and step.network == OWN:
            yield from _network(project_of(control, demo, hardened))
        if isinstance(step, Run) and step.tag:
            yield f"image: NAME:{step.tag}"


def _network(project: Project) -> list[str]:
    """The options of the service's network, as it is rendered."""
    names = as_data(service_parts(project.app)).get("networks", [])
    shared: Mapping[str, Any] = as_data(shared_parts(project)).get("networks", {})
    return list(network_options(shared.get(names[0]) or {})) if names else []


def _played(stage: Stage, control: Control, demo: Demo, hardened: bool, expected: str) -> Iterator[str]:
    """What is said, step by step."""
    for step in demo.steps_of(hardened):
        if isinstance(step, Build):
            stage.build((f"FROM {IMAGE}", *step.lines), step.tag)
        elif isinstance(step, Ask):
            yield f"$ docker {' '.join(step.words)}\n{_answer(stage, step, expected)}\n"
        elif step.background:
            _run(stage, step, control, demo, hardened)
            _wait(stage, step.name)
        else:
            yield _run(stage, step, control, demo, hardened)
            stage.forget(step.name)


def _run(stage: Stage, step: Run, control: Control, demo: Demo, hardened: bool) -> str:
    shown = step.name == SERVICE
    project = project_of(control, demo if shown else _OTHER, hardened or not shown)
    words = flags_of(control, demo, hardened) if shown else flags_of(control, _OTHER, True)
    options = _network(project) if step.network == OWN and shown else []
    network = stage.network(step.network, lambda: options)
    joined = ["--network", network, *(["--network-alias", step.name] if network != "none" else [])]
    if step.publishes:
        joined += ["--publish", str(step.publishes)]
    image = stage.image(step.tag) if step.tag else IMAGE
    toward = stage.reach(step.toward) if step.toward else ()
    real = _real(stage, project.app, words)
    return stage.run(step.name, step.network, [*joined, *real, image, "python", "-u", "-c", step.program, *toward], step.background)


_OTHER = Demo(name="other", story="", steps=(), without="", held="")
"""A container beside the one that is shown."""


def _real(stage: Stage, service: Service, words: Sequence[str]) -> list[str]:
    """Flags as they can be run here: ports that are free, the folder of the secrets, a disk of this host."""
    if service.secrets:
        _write_secrets(stage, service)
    if any(DISK in word for word in words):
        disk = next(disks(), None)
        if disk is None:
            raise SeawallError("this host has no disk whose rates can be limited; --replay shows what was recorded")
        words = [word.replace(DISK, disk) for word in words]
    real = [word.replace('"$PWD"', stage.folder) for word in words]
    for place, word in enumerate(real):
        if place and real[place - 1] == "--publish":
            # The engine finds a port that is free.
            address, _, inside = word.rpartition(":")
            real[place] = f"{address.rpartition(':')[0]}::{inside}" if ":" in address else inside
    return real


def _write_secrets(stage: Stage, service: Service) -> None:
    folder = Path(stage.folder, "secrets")
    folder.mkdir(exist_ok=True)
    for use in service.secrets:
        (folder / use.name).write_text("only-for-the-demonstration", encoding="ascii")
    text = "".join(f"{use.env or use.name.upper()}=only-for-the-demonstration\n" for use in service.secrets)
    (folder / f"{service.name}.env").write_text(text, encoding="ascii")


def _wait(stage: Stage, name: str) -> None:
    """Until a container said something. Raises SeawallError where it does not."""
    deadline = time.monotonic() + _PATIENCE
    while not stage.ask("logs", name).strip():
        if time.monotonic() > deadline:
            raise SeawallError(f"{name} did not begin within {_PATIENCE} s")
        time.sleep(0.05)


def _answer(stage: Stage, step: Ask, expected: str) -> str:
    """What the engine answers, and where it has to be waited for, what it says at last."""
    deadline = time.monotonic() + _PATIENCE
    while True:
        said = stage.ask(*step.words)
        said = (step.read(said) if step.read else said).strip()
        if not step.until or expected.strip() in said or time.monotonic() > deadline:
            return said
        time.sleep(0.1)
