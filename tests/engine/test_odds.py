"""Small answers, proven on one bare container each: memory that is kept, /dev/shm, the host name, mounts that cannot be written; and what
the explanations say of limits that do nothing or harm."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.engine.running import Engine, new_name, until
from wizard.controls import control_of
from wizard.engine.live import LiveContainer, live
from wizard.project import Service
from wizard.resolve import resolve
from wizard.topics import topic_of
from wizard.workload import make

pytestmark = pytest.mark.engine

IMAGE = "python:3.13-slim"
_WHAT = ("memory that is kept for it", "size of /dev/shm", "host name", "mount /etc/shop.toml", "mount /uploads")


def service() -> Service:
    """A service that asks for all of it."""
    answers = {
        "name": "shop", "stack": {"language": "python"}, "command": ["x"], "hostname": "till", "limits": {"reservation": "48M", "shm": "32M"},
        "mounts": [{"path": "/etc/shop.toml", "source": "./shop.toml"}, {"path": "/uploads", "source": "./uploads", "read_only": False}],
    }  # fmt: skip
    return resolve(make(answers)).app


def seen(container: LiveContainer) -> dict[str, tuple[str, str]]:
    """What is expected and what is observed, by what is looked at."""
    controls = [control_of(name) for name in ("resource-limits", "internal-networks", "no-host-access")]
    probes = [probe for control in controls for probe in control.probes(service()) if probe.what in _WHAT]
    return {probe.what: (probe.expected, probe.observe(container)) for probe in probes}


@pytest.fixture
def name(engine: Engine) -> Iterator[str]:
    """A container's name; it is taken away afterwards."""
    made = new_name("odd")
    yield made
    engine.run("rm", "--force", made, check=False)


def _run(engine: Engine, name: str, *words: str) -> LiveContainer:
    engine.run("run", "--detach", "--name", name, "--label", f"com.docker.compose.project={name}", *words)
    return live(name)


def test_what_was_asked_for_is_seen(engine: Engine, name: str, tmp_path: Path) -> None:
    (tmp_path / "shop.toml").touch()
    container = _run(engine, name, "--memory-reservation", "48m", "--shm-size", "32m", "--hostname", "till", "--volume",
                     f"{tmp_path}/shop.toml:/etc/shop.toml:ro", "--volume", f"{tmp_path}:/uploads", IMAGE, "sleep", "60")  # fmt: skip
    found = seen(container)
    assert set(found) == set(_WHAT)
    assert {what: observed for what, (expected, observed) in found.items() if observed != expected} == {}


def test_what_was_not_given_is_missed(engine: Engine, name: str, tmp_path: Path) -> None:
    (tmp_path / "shop.toml").touch()
    container = _run(engine, name, "--volume", f"{tmp_path}/shop.toml:/etc/shop.toml", "--volume", f"{tmp_path}:/uploads:ro", IMAGE, "sleep", "60")
    found = seen(container)
    assert all(expected != observed for expected, observed in found.values())
    assert {what: found[what][1] for what in _WHAT if what != "host name"} == {
        "memory that is kept for it": "none", "size of /dev/shm": "65536k", "mount /etc/shop.toml": "writable", "mount /uploads": "read-only",
    }  # fmt: skip


def test_without_the_kill_it_hangs_at_its_limit(engine: Engine, name: str) -> None:
    container = _run(engine, name, "--memory", "32m", "--memory-swap", "32m", "--oom-kill-disable", IMAGE, "python", "-c",
                     "kept = bytearray(200 * 2**20); print('kept', flush=True)")  # fmt: skip
    if "memory" not in container._group.folders:
        assert "ignored" in " ".join(topic_of("oom_kill_disable").lines)
        return
    control = container._group.folders["memory"] / "memory.oom_control"
    until(control.read_text, lambda text: "under_oom 1" in text, within=20)
    assert engine.run("inspect", "--format", "{{.State.Status}} {{.State.OOMKilled}}", name).split() == ["running", "false"]
    assert all(word in " ".join(topic_of("oom_kill_disable").lines) for word in ("hangs", "under_oom 1"))


def test_a_limit_of_the_kernels_memory_does_nothing(engine: Engine, name: str) -> None:
    container = _run(engine, name, "--kernel-memory", "50m", IMAGE, "sleep", "60")
    if "memory" not in container._group.folders:
        return
    kept = (container._group.folders["memory"] / "memory.kmem.limit_in_bytes").read_text().strip()
    assert int(kept) > 1 << 60
    assert kept in " ".join(topic_of("--kernel-memory").lines)
