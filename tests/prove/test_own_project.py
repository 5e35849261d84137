"""What is started is a copy under names of its own; which state of a container is worth waiting for; what happens without an engine."""

import json
import stat
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.tools import ROOT
from wizard.engine import labelled
from wizard.engine.docker import Docker
from wizard.errors import NoEngineError, UsageError
from wizard.prove.own_project import FOLDER, LABEL, OwnProject, State, seconds_of, wait
from wizard.prove.run import Options, prove
from wizard.run import run

CONFIG = {
    "name": "x",
    "services": {
        "web": {"build": {"context": "/x", "tags": ["me/shop:1"]}, "image": "me/shop:1", "container_name": "shop", "networks": {"net": None},
                "healthcheck": {"test": ["CMD", "true"], "interval": "10s", "retries": 3, "start_period": "5s"}},
        "worker": {"image": "me/shop:1", "network_mode": "none"},
        "db": {"image": "postgres:17", "healthcheck": {"test": ["NONE"], "interval": "1s"}},
    },
    "networks": {"net": {"name": "shared", "external": True}, "hosts": {"name": "host", "external": True}},
    "volumes": {"data": {"name": "production-data", "external": True}},
}  # fmt: skip


def _docker(folder: Path, script: str) -> Docker:
    path = folder / "docker"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return Docker(str(path), timeout=5)


@pytest.fixture
def project(tmp_path: Path) -> Iterator[OwnProject]:
    (tmp_path / "config.json").write_text(json.dumps(CONFIG, indent=2))
    docker = _docker(tmp_path, f'case "$*" in *config*) echo "WARN: the variable {{X}} is not set" >&2; cat {tmp_path}/config.json;; esac')
    with OwnProject(docker, [tmp_path / "compose.yaml"]) as project:
        yield project


def test_nothing_of_a_project_that_runs_already_is_shared(project: OwnProject) -> None:
    project.read()
    services, name = project.definition["services"], project.name
    assert services["web"]["image"] == services["worker"]["image"] == f"{name}-web"
    assert services["db"]["image"] == "postgres:17"
    assert "container_name" not in services["web"] and "tags" not in services["web"]["build"]
    assert project.definition["volumes"]["data"].keys() == {"name", "labels"}
    assert project.definition["volumes"]["data"]["name"] == f"{name}_data"
    assert project.definition["networks"]["net"]["name"] == f"{name}_net"
    assert project.definition["networks"]["hosts"] == {"name": "host", "external": True}
    carrying = [*services.values(), services["web"]["build"], project.definition["volumes"]["data"], project.definition["networks"]["net"]]
    assert {one["labels"][LABEL] for one in carrying} == {labelled.owner()}


def test_health_checks_are_asked_often_with_the_patience_that_they_had(project: OwnProject) -> None:
    project.read()
    services = project.definition["services"]
    assert services["web"]["healthcheck"] == {"test": ["CMD", "true"], "interval": "1s", "retries": 3, "start_period": "30s"}
    assert services["db"]["healthcheck"] == {"test": ["NONE"], "interval": "1s"}


@pytest.mark.parametrize(("text", "seconds"), [("1m30s", 90), ("500ms", 0.5), ("1h", 3600), (None, 7), ("", 7)])
def test_durations(text: str | None, seconds: float) -> None:
    assert seconds_of(text, 7) == seconds


def test_what_is_started_is_readable_for_this_user_alone(tmp_path: Path, project: OwnProject) -> None:
    project.docker = _docker(tmp_path, 'while [ "$1" != -f ]; do shift; done; stat -c "%a" "$2" "$(dirname "$2")"')
    project.definition = {"services": {}}
    assert project.compose("up", seconds=5)[1].split() == ["600", "700"]


@pytest.mark.parametrize(
    ("state", "policy", "restarts", "ready", "hopeless"),
    [
        ({"Status": "running", "Running": True}, "no", 0, True, False),
        ({"Status": "running", "Running": True, "Health": {"Status": "starting"}}, "no", 0, False, False),
        ({"Status": "running", "Running": True, "Health": {"Status": "healthy"}}, "no", 0, True, False),
        ({"Status": "running", "Running": True, "Health": {"Status": "unhealthy"}}, "no", 0, False, True),
        ({"Status": "restarting", "Running": True, "Restarting": True, "ExitCode": 1}, "always", 1, False, False),
        ({"Status": "restarting", "Running": True, "Restarting": True, "ExitCode": 1}, "always", 3, False, True),
        ({"Status": "exited", "Running": False, "ExitCode": 0}, "no", 0, True, False),
        ({"Status": "exited", "Running": False, "ExitCode": 0}, "on-failure", 0, True, False),
        ({"Status": "exited", "Running": False, "ExitCode": 1}, "no", 0, False, True),
        ({"Status": "created", "Running": False}, "no", 0, False, True),
    ],
)  # fmt: skip
def test_which_state_is_worth_waiting_for(state: dict[str, Any], policy: str, restarts: int, ready: bool, hopeless: bool) -> None:
    seen = State({"State": {"ExitCode": 0, **state}, "RestartCount": restarts, "HostConfig": {"RestartPolicy": {"Name": policy}}})
    assert (seen.is_ready, seen.is_hopeless) == (ready, hopeless)
    assert seen.words


def test_without_an_engine_the_exit_code_is_three(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("DOCKER_HOST", f"unix://{tmp_path}/none.sock")
    for words in (["prove", str(ROOT)], ["prove", "--container", "x"], ["check", "--running"]):
        assert run(words) == 3
        said = capsys.readouterr()
        assert said.out == "" and said.err.startswith("seawall: no ")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert run(["prove", str(ROOT)]) == 3
    assert "install Docker" in capsys.readouterr().err


def test_an_engine_that_goes_away_is_no_engine_and_one_without_compose_says_what_to_install(tmp_path: Path) -> None:
    gone = "echo 'Cannot connect to the Docker daemon at unix:///x. Is the docker daemon running?' >&2; exit 1"
    answers = 'case "$1" in version) echo 20.10.24; exit;; info) echo "{}"; exit;; container|network|volume|image) exit;; esac'
    (tmp_path / "compose.yaml").write_text("services: {web: {image: 'x:1'}}\n")
    with pytest.raises(NoEngineError, match="no container engine answers"):
        prove(tmp_path, Options(), lambda _: None, _docker(tmp_path, f"{answers}\n{gone}"))
    with pytest.raises(NoEngineError, match="install the Compose plugin"):
        prove(tmp_path, Options(), lambda _: None, _docker(tmp_path, f"{answers}\necho \"docker: 'compose' is not a docker command.\" >&2; exit 1"))
    with pytest.raises(UsageError, match=r"services\.web Additional property"):
        prove(tmp_path, Options(), lambda _: None, _docker(tmp_path, f"{answers}\necho 'services.web Additional property x is not allowed'; exit 15"))


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ({}, "no Compose file here"), ({"compose.yaml": "include: ['https://example.com/x.yaml']\n"}, "nothing is fetched unasked"),
        ({"compose.yaml": "services: [\n"}, "compose.yaml:"), ({"compose.yaml": "services: {}\n"}, "no service"),
    ],
)  # fmt: skip
def test_what_cannot_be_started_is_said_in_one_line(tmp_path: Path, files: dict[str, str], said: str) -> None:
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    docker = _docker(tmp_path, 'case "$1" in version) echo 20.10.24;; info) echo "{}";; compose) echo "{"; echo "}";; esac')
    with pytest.raises(UsageError, match=said):
        prove(tmp_path, Options(), lambda _: None, docker)


def test_a_service_whose_container_is_missing_is_not_waited_for(project: OwnProject) -> None:
    assert wait(project, ["web"], 60) == {}


def test_what_is_kept_on_the_disk_is_swept_once_its_process_is_gone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    ended = subprocess.Popen(["true"])
    ended.wait()
    (gone := tmp_path / f"{FOLDER}{ended.pid}-x").mkdir()
    with OwnProject(_docker(tmp_path, ""), [tmp_path / "compose.yaml"]) as project:
        labelled.sweep_folders(FOLDER)
        assert not gone.exists()
        assert stat.S_IMODE(Path(project.folder).stat().st_mode) == 0o700
    assert not Path(project.folder).exists()


def test_a_number_that_is_another_process_by_now_is_gone() -> None:
    assert not labelled.is_gone(labelled.owner())
    assert labelled.is_gone(f"{labelled.owner()}1")
    assert not labelled.is_gone(f"another-machine/{labelled.owner().partition('/')[2]}1")
    assert not labelled.is_gone("kept/seawall-prove-1-ab")
