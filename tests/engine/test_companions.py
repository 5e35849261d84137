"""Every companion that is said to be booted: hardened as rendered it is healthy, serves the app, keeps what it was given, and needs each path it declares."""

import contextlib
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.engine.running import Engine, Running, failing, new_name, override, scaffold, started, until
from wizard.companions import COMPANIONS, entry_of
from wizard.controls import CONTROLS

pytestmark = [pytest.mark.engine, pytest.mark.slow]

BOOTED = [entry.id for entry in COMPANIONS if entry.booted]
FORGETFUL = ("memcached",)
"""They keep nothing, by design."""
PASSING = ("nginx", "caddy", "haproxy")
"""They keep nothing of others, and pass on what the app says."""
NOT_SEEN = {
    ("postgres", "/tmp"): "here-documents of its start script, which the bash of the stand-in keeps in a pipe",
    ("rabbitmq", "/tmp"): "what plugins and tools put there",
    ("rabbitmq", "/var/log/rabbitmq"): "log files, where settings ask for them; these print",
}
"""Folders that the official image writes where the stand-in does not, with what for."""
CLIENTS = ("pg8000==1.31.2", "pymysql==1.1.1", "redis==6.4.0", "pika==1.3.2", "nats-py==2.10.0", "paho-mqtt==2.1.0")
"""Written in Python alone, so that the app's image can read what the host installed."""


@pytest.fixture(scope="module")
def together(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """One app with all of them."""
    folder = tmp_path_factory.mktemp("companions")
    source = folder / "source"
    (source / "lib").mkdir(parents=True)
    (source / "lib" / "hello.txt").write_text("hello from the app\n")
    (source / "lib" / "client.py").write_text((Path(__file__).parent / "companions" / "client.py").read_text())
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--target", str(source / "lib"), *CLIENTS]
    subprocess.run(pip, check=True, timeout=120, capture_output=True)
    settings = (
        "name=client", "image=python:3.13-slim", "user=10001:10001", "command=python -m http.server 8000 --directory /opt/lib", "ports=8000",
        "mounts=./lib:/opt/lib", "environment=PYTHONPATH=/opt/lib,USER=client", "health=none: it is the client", f"companions={', '.join(BOOTED)}",
    )  # fmt: skip
    words = [word for setting in settings for word in ("--set", setting)]
    running = scaffold(engine, source, folder / "client", *words)
    # Asked often, and patiently: a dozen first starts at once take their time.
    pace = {"healthcheck": {"interval": "4s", "timeout": "30s", "start_period": "150s"}}
    checked = [name for name, definition in running.definition["services"].items() if "healthcheck" in definition]
    running.overrides = (override(running, "paced.yaml", {"services": dict.fromkeys(checked, pace)}),)
    with started(running):
        yield running


def client(running: Running, what: str, *companions: str) -> dict[str, Any]:
    """What the app sees of each companion, after it wrote to it or only by reading."""
    found: dict[str, Any] = json.loads(running.compose("exec", "-T", "client", "python", "/opt/lib/client.py", what, *companions))
    return found


def right(companion: str, seen: Any) -> bool:
    """Whether the app was served, and what was written at first is there."""
    if companion in PASSING:
        return bool(seen == "hello from the app")
    return isinstance(seen, int) and seen > 0 if companion == "prometheus" else seen == ["first"]


def seen_right(running: Running, companions: list[str]) -> dict[str, Any]:
    """What the app sees of them as soon as all of it is right: a proxy that missed the app asks again, Prometheus asks every 15 s."""
    found: dict[str, Any] = {}

    def left() -> list[str]:
        asked = [companion for companion in companions if not right(companion, found.get(companion))]
        found.update(client(running, "read", *asked) if asked else {})
        return asked

    with contextlib.suppress(AssertionError):  # Which of them is not right is for the tests to say.
        until(left, lambda asked: not asked, within=40)
    return found


@pytest.fixture(scope="module")
def written(together: Running) -> dict[str, Any]:
    """What each was given, as the app sees it."""
    client(together, "write", *(companion for companion in BOOTED if companion not in (*PASSING, "prometheus")))
    return seen_right(together, BOOTED)


@pytest.mark.parametrize("companion", BOOTED)
def test_it_serves_the_app(written: dict[str, Any], companion: str) -> None:
    assert right(companion, written[companion]), written[companion]


@pytest.mark.parametrize("companion", BOOTED)
def test_every_probe_of_it_passes(together: Running, companion: str) -> None:
    assert failing(together, together.service(companion), CONTROLS) == {}


@pytest.fixture(scope="module")
def again(together: Running, written: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """What the app sees after a restart, and after everything but the volumes was taken away and made anew."""

    kept = [companion for companion in BOOTED if companion not in FORGETFUL]
    together.compose("restart", "--timeout", "30")
    together.compose("up", "--wait", "--wait-timeout", "180")
    restarted = seen_right(together, kept)
    together.compose("down", "--timeout", "30")
    together.compose("up", "--wait", "--wait-timeout", "180")
    return {"restart": restarted, "down and up": seen_right(together, kept)}


@pytest.mark.parametrize("companion", [companion for companion in BOOTED if companion not in FORGETFUL])
def test_it_keeps_what_it_was_given(again: dict[str, dict[str, Any]], written: dict[str, Any], companion: str) -> None:
    for seen in (again["restart"][companion], again["down and up"][companion]):
        assert seen >= written[companion] if companion == "prometheus" else seen == written[companion]


def _without() -> list[tuple[str, str]]:
    found = []
    for companion in BOOTED:
        from wizard.workload import Companion

        made = Companion(companion)  # type: ignore[arg-type]
        entry = entry_of(companion)
        paths = entry.writable(made, entry.version(made))
        found += [(companion, path.path) for path in paths if path.tmpfs and (companion, path.path) not in NOT_SEEN]
    return found


@pytest.fixture(scope="module")
def crippled(engine: Engine, together: Running) -> Iterator[Running]:
    """Beside each other: every companion that has a tmpfs, each time without another one of them."""
    services = {}
    whole = together.definition
    for companion, path in _without():
        copy = dict(whole["services"][companion])
        copy["tmpfs"] = [entry for entry in copy["tmpfs"] if entry.partition(":")[0] != path]
        copy["volumes"] = [
            {**volume, "source": f"lame-{companion}-{path.replace('/', '-')}"} if volume["type"] == "volume" else volume
            for volume in copy.get("volumes", ())
        ]
        copy |= {"networks": ["lame"], "restart": "no", "healthcheck": {**copy["healthcheck"], "interval": "5s", "start_period": "0s", "retries": 4}}
        services[_lame(companion, path)] = copy
    volumes = {volume["source"]: {} for copy in services.values() for volume in copy["volumes"] if volume["type"] == "volume"}
    (together.folder / "lame.yaml").write_text(json.dumps({
        "services": services, "volumes": volumes, "networks": {"lame": {"internal": True}}, "secrets": whole.get("secrets", {}),
    }))  # fmt: skip
    running = Running(engine, together.folder, new_name("lame"), 0)
    files = ("-p", running.name, "-f", "lame.yaml")
    try:
        engine.run("compose", *files, "up", "--detach", cwd=running.folder, timeout=120)
        yield running
    finally:
        engine.run("compose", *files, "down", "-v", "--timeout", "1", cwd=running.folder, timeout=120, check=False)


def _lame(companion: str, path: str) -> str:
    return f"{companion}{path.replace('/', '-')}"


@pytest.mark.parametrize(("companion", "path"), _without())
def test_it_needs_each_folder_that_it_is_given(crippled: Running, companion: str, path: str) -> None:
    container = crippled.container(_lame(companion, path))

    def state() -> str:
        seen = crippled.engine.json("container", "inspect", container)[0]["State"]
        return "ended" if seen["Status"] == "exited" else str(seen["Health"]["Status"])

    assert until(state, lambda seen: seen != "starting", within=150) in ("ended", "unhealthy")
