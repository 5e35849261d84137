"""HARDENING.md of a running project: every command in it is run, and prints what it says it prints."""

import re
import subprocess
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.engine.running import Engine, Running, hurried, new_name, scaffold, started
from tests.tools import APPS
from wizard.image_care import TITLE
from wizard.runbook import PATH

pytestmark = pytest.mark.engine


@pytest.fixture(scope="module")
def running(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """The ledger with its runbook; the project has the name that the runbook gives it."""
    name = new_name("book")
    made = scaffold(engine, APPS / "ledger", tmp_path_factory.mktemp("book") / "ledger", "--set", f"name={name}", "--set", "extras=runbook", "--set", "repository=Acme/Shop",
                    inside=8000, name=name)  # fmt: skip
    made.overrides = (hurried(made),)
    with started(made) as project:
        yield project


def blocks(running: Running, title: str) -> list[list[str]]:
    """The lines of each block of commands below a title."""
    text = (running.folder / PATH).read_text().split(f"## {title}\n")[1].split("\n## ")[0]
    return [block.splitlines() for block in re.findall(r"```sh\n(.*?)```", text, flags=re.S)]


def shell(running: Running, text: str) -> subprocess.CompletedProcess[str]:
    """What a shell in the project's folder says to some lines."""
    return subprocess.run(
        ["sh", "-eu"], input=text, cwd=running.folder, env=dict(running.engine.environment), capture_output=True, text=True, timeout=120
    )


def test_what_is_verified_by_hand_prints_what_it_says(running: Running) -> None:
    found = blocks(running, "Verify it by hand")
    assert len(found) == len(running.project.services)
    wrong = {}
    for container, pid, *commands in found:
        assert len(commands) > 8
        for line in commands:
            command, _, prints = line.rpartition("  # ")
            done = shell(running, f"{container}\n{pid}\n{command}\n")
            if (done.returncode, done.stdout.strip()) != (0, prints if prints != "nothing" else ""):
                wrong[line] = done.stdout + done.stderr
    assert not wrong


def test_what_is_watched_says_something_of_each_service(running: Running) -> None:
    (commands,) = blocks(running, "Watch it")
    for command in commands:
        done = shell(running, command)
        assert done.returncode == 0, f"{command}: {done.stderr}"
        assert done.stdout, command
    stats = shell(running, commands[1]).stdout
    assert all(f"-{service.name}-" in stats for service in running.project.services)


def test_what_is_known_of_the_images_is_said(running: Running, tmp_path: Path) -> None:
    docker, others = blocks(running, TITLE)
    named = shell(running, docker[0]).stdout.split()
    assert set(named) == {f"{running.name}-{running.name}", *(s.image.reference for s in running.project.services if not s.stack)}
    told = shell(running, docker[1])
    assert (told.returncode, told.stdout.count(" made ")) == (0, len(named)), told.stderr
    for name in ("trivy", "cosign"):
        (tmp_path / name).write_text(f'#!/bin/sh\nprintf "%s\\n" "{name} $*" >>"{tmp_path}/said"\n')
        (tmp_path / name).chmod(0o755)
    done = shell(running, "\n".join([f"PATH={tmp_path}:$PATH DIGEST=sha256:x", *others]))
    assert done.returncode == 0, done.stderr
    said = (tmp_path / "said").read_text().splitlines()
    assert [line.split()[-1] for line in said] == [".", *named, f"{running.name}-{running.name}", "ghcr.io/acme/shop@sha256:x"]


def test_the_incident_response_collects_what_pausing_would_lose(running: Running) -> None:
    container = running.container(running.project.app.name)
    planted = "open('/tmp/planted', 'w').write('tool'); open('/data/stolen', 'w').write('loot')"
    running.engine.run("exec", container, "python", "-c", planted)
    (lines,) = blocks(running, "When one of them was broken into")
    done = shell(running, "\n".join(line if not line.startswith("docker ps") else f"{line} || true" for line in lines))
    assert done.returncode == 0, done.stderr
    evidence = running.folder / "evidence"
    assert _names(evidence / "memory-tmp.tar") >= {"./planted"}
    assert any(name.endswith("/stolen") for name in _names(evidence / "volumes.tar"))
    assert "gunicorn" in (evidence / "processes.txt").read_text()
    assert f":{8000:04X}" in (evidence / "connections.txt").read_text()
    assert "pause" in (evidence / "events.txt").read_text()
    assert "app.py" in " ".join(_names(evidence / "root.tar"))
    state = running.engine.json("container", "inspect", container)[0]["State"]
    assert state["Status"] == "exited"


def test_what_nobody_asked_for_is_found(running: Running) -> None:
    look = next(line for line in blocks(running, "When one of them was broken into")[0] if line.startswith("docker ps"))
    name = f"{running.name}-host"
    image = running.service("redis").image.reference
    try:
        running.engine.run("run", "--detach", "--pid", "host", "--name", name, "--entrypoint", "sleep", image, "60")
        assert name in shell(running, look).stdout
    finally:
        running.engine.run("rm", "--force", name, check=False)


def _names(archive: Path) -> set[str]:
    with tarfile.open(archive) as opened:
        return set(opened.getnames())
