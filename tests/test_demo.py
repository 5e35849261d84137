"""`seawall demo` where there is nothing to show it on, or nothing to show."""

import json

import pytest

from tests.tools import seawall
from wizard.control import Control
from wizard.engine.demo import flags_of, service_of, shown
from wizard.run import run


def test_without_a_name_it_says_what_there_is() -> None:
    listed = json.loads(seawall("demo", "--format", "json").stdout)
    assert [row["id"] for row in listed] == [control.id for control in shown()]
    assert all(row["story"].endswith(".") for row in listed)


@pytest.mark.parametrize("name", ["nothing", "log-rotation", "\x1b[31m"])
def test_a_control_without_one_is_one_line_that_names_the_others(name: str) -> None:
    done = seawall("demo", name)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert "read-only-rootfs" in done.stderr
    assert "\x1b" not in done.stderr


@pytest.mark.parametrize("command", [["demo", "read-only-rootfs"], ["doctor"]], ids=" ".join)
def test_without_an_engine_it_ends_with_3(command: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("DOCKER_HOST", "unix:///nowhere/docker.sock")
    assert run(command) == 3
    assert capsys.readouterr().err.count("\n") == 1


@pytest.mark.parametrize("control", shown(), ids=lambda control: control.id)
def test_the_two_containers_differ_by_the_control_alone(control: Control) -> None:
    assert control.demo
    with_it, without = (flags_of(service_of(control.demo.attack, (*control.demo.also, *left_out))) for left_out in ((), (control.id,)))
    assert set(without) < set(with_it)
