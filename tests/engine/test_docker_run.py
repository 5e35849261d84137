"""docker-run.sh starts the same hardened containers as Compose does with compose.yaml: what the engine says of both is compared."""

import re
import subprocess
from collections.abc import Iterator
from typing import Any

import pytest

from tests.engine.running import Engine, Running, new_name, scaffold, until
from tests.tools import APPS
from wizard.docker_run import PATH

pytestmark = pytest.mark.engine

_NAMES = {"Image", "Labels", "Hostname", "AttachStdout", "AttachStderr", "AttachStdin", "OpenStdin", "StdinOnce"}
"""What is another in every container, or only how it was started."""
_PLACES = {"NetworkMode", "Binds", "Mounts", "ContainerIDFile"}
"""Compared by what came of them (`Mounts`, `NetworkSettings`)."""


@pytest.fixture(scope="module")
def both(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """What the engine says of every service: started by Compose, then by the script."""
    name = new_name("run")
    made = scaffold(engine, APPS / "ledger", tmp_path_factory.mktemp("run") / "ledger", "--set", f"name={name}", "--set", "extras=docker-run",
                    "--set", "environment=ODD=it's $HOME", "--set", "capabilities=NET_RAW: compared here",
                    "--set", "seccomp=trimmed", "--set", "limits.shares=512", "--set", "limits.swap=64M", "--set", "limits.ulimits=core=0", inside=8000, name=name)  # fmt: skip
    services = [service.name for service in made.project.services]
    try:
        made.up(wait=False)  # Its health checks are the real ones: beside other tests they may be late.
        until(lambda: made.ask("/health")[0], lambda status: status == 200, within=120)
        composed = {service: made.inspect(service) for service in services}
        made.down()
        _script(made)
        until(lambda: made.ask("/health")[0], lambda status: status == 200)
        run = {service: engine.json("container", "inspect", f"{name}-{service}")[0] for service in services}
        yield composed, run
    finally:
        _script(made, "down", check=False)
        made.down()
        left = engine.run("volume", "ls", "--quiet", "--filter", f"name={name}_").split()
        engine.run("volume", "rm", "--force", *left, check=False)
        engine.run("image", "rm", "--force", name, check=False)


def _script(made: Running, *arguments: str, check: bool = True) -> None:
    done = subprocess.run(["sh", PATH, *arguments], cwd=made.folder, env=dict(made.engine.environment), stdin=subprocess.DEVNULL,
                          capture_output=True, text=True, timeout=600)  # fmt: skip
    assert not check or done.returncode == 0, done.stderr


def _facts(container: dict[str, Any]) -> dict[str, Any]:
    config = {key: value for key, value in container["Config"].items() if key not in _NAMES}
    host = {key: value for key, value in container["HostConfig"].items() if key not in _PLACES}
    config["Env"] = sorted(config["Env"])
    host["Ulimits"] = sorted(host["Ulimits"] or (), key=lambda limit: limit["Name"])
    config["Healthcheck"] = {**config["Healthcheck"], "Test": None}
    mounts = sorted((mount["Type"], mount["Destination"], mount["RW"], mount.get("Name", mount["Source"])) for mount in container["Mounts"])
    networks = {re.sub(r"[-_](front|back-[a-z0-9-]+|egress|outside|edge)$", r" \1", name) for name in container["NetworkSettings"]["Networks"]}
    return {**config, **host, "mounts": mounts, "networks": networks, "ports": container["NetworkSettings"]["Ports"]}


def _empty(value: Any) -> Any:
    """Nothing, in whatever way it was said."""
    return value or None


def test_the_script_starts_what_compose_starts(both: tuple[dict[str, Any], dict[str, Any]]) -> None:
    composed, run = both
    different = {}
    for service in composed:
        before, after = _facts(composed[service]), _facts(run[service])
        for key in before.keys() | after.keys():
            if _empty(before.get(key)) != _empty(after.get(key)):
                different[f"{service}: {key}"] = (before.get(key), after.get(key))
    assert not different


def test_health_checks_ask_the_same(both: tuple[dict[str, Any], dict[str, Any]]) -> None:
    import shlex

    for service, container in both[0].items():
        kind, *words = container["Config"]["Healthcheck"]["Test"]
        other, text = both[1][service]["Config"]["Healthcheck"]["Test"]
        assert (kind, other, words) == ("CMD", "CMD-SHELL", shlex.split(text)), service


def test_the_other_services_are_reached_by_their_names(both: tuple[dict[str, Any], dict[str, Any]]) -> None:
    for service, container in both[1].items():
        for network in container["NetworkSettings"]["Networks"].values():
            assert service in network["Aliases"]
