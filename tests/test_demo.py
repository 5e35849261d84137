"""`seawall demo`: what there is, what was recorded, and where there is nothing to show."""

import json

import pytest

from tests.tools import seawall
from wizard.chain import in_order
from wizard.control import Control
from wizard.controls import CONTROLS
from wizard.demos import Demo
from wizard.demos.recorded import recorded, recording
from wizard.engine.demo import flags_of, settings
from wizard.run import run

ALL = [pytest.param(control, demo, id=f"{control.id}-{demo.name}") for control in CONTROLS for demo in control.demos]


@pytest.fixture
def no_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOCKER_HOST", "unix:///nowhere/docker.sock")


def test_every_control_is_shown() -> None:
    assert [control.id for control in CONTROLS if bool(control.demos) == bool(control.undemonstrated)] == []


def test_without_a_name_it_says_what_there_is_in_the_order_of_an_attack() -> None:
    listed = json.loads(seawall("demo", "--format", "json").stdout)
    assert [(row["id"], row["demo"]) for row in listed] == [(c.id, demo.name) for _, controls in in_order() for c in controls for demo in c.demos]
    assert all(row["story"].endswith(".") for row in listed)
    text = seawall("demo").stdout
    assert max(map(len, text.splitlines())) <= 80
    assert all(row["demo"] in text for row in listed)


@pytest.mark.parametrize("words", [["nothing"], ["read-only-rootfs", "nothing"], ["\x1b[31m"], ["read-only-rootfs", "\x1b[31m"]], ids=str)
def test_what_there_is_not_is_one_line_that_names_the_others(words: list[str]) -> None:
    done = seawall("demo", *words)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert ("planted-tool" if len(words) > 1 else "read-only-rootfs") in done.stderr
    assert "\x1b" not in done.stderr


@pytest.mark.usefixtures("no_engine")
def test_doctor_without_an_engine_ends_with_3(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["doctor"]) == 3
    assert capsys.readouterr().err.count("\n") == 1


@pytest.mark.usefixtures("no_engine")
@pytest.mark.parametrize("control", [control for control in CONTROLS if control.demos], ids=lambda control: control.id)
def test_without_an_engine_it_shows_what_was_recorded_and_says_so(control: Control, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["demo", control.id]) == 0
    said = capsys.readouterr()
    kept = recording()
    assert f"Recorded on Engine {kept.engine}, {kept.date}; there is no engine here" in said.out
    assert (said.err.count("\n"), "no container engine answers" in said.err) == (1, True)
    assert max(map(len, said.out.splitlines())) <= 80
    assert "\x00" not in said.out
    assert said.out.count("\nWithout it") == said.out.count("\nWith it") == len(control.demos)
    assert said.out.endswith("\nIt held when it was recorded.\n")


def test_a_recording_can_be_asked_for_in_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["demo", "resource-limits", "memory", "--replay", "--format", "json"]) == 0
    said = capsys.readouterr()
    data = json.loads(said.out)
    assert said.err == ""
    assert data["passed"] is True
    assert data["recorded"] == {"engine": recording().engine, "date": recording().date}
    assert [(r["demo"], r["hardened"], r["passed"]) for r in data["runs"]] == [("memory", False, True), ("memory", True, True)]


@pytest.mark.parametrize(("control", "demo"), ALL)
def test_what_is_recorded_is_of_the_present_demonstration(control: Control, demo: Demo) -> None:
    """If it is not: python tools/record_demos.py. That it says the same on an engine is seen in tests/engine/test_demo.py."""
    scenes = recorded(control.id, demo, recording())
    assert [scene.hardened for scene in scenes] == [False, True]
    assert [scene.expected for scene in scenes] == [demo.without, demo.held]
    for scene in scenes:
        assert scene.held
        assert list(scene.flags) == flags_of(control, demo, scene.hardened)
        assert list(scene.others) == list(settings(control, demo, scene.hardened))


@pytest.mark.parametrize(("control", "demo"), ALL)
def test_the_two_scenes_differ_by_the_control_alone(control: Control, demo: Demo) -> None:
    with_it, without = (flags_of(control, demo, hardened) for hardened in (True, False))
    for left_out in (*demo.also, control.id):
        assert left_out in {one.id for one in CONTROLS}
    ours = {word for word in with_it if word not in without}
    theirs = {word for word in without if word not in with_it}
    if demo.hardened:
        assert with_it == without
    elif control.violation:
        assert (ours, bool(theirs)) == (set(), True)
    elif control.id in ("secrets-as-files", "loopback-ports"):
        # What stands in its place, so that the service still works.
        assert ours
        assert theirs
    elif control.id == "internal-networks":
        assert list(settings(control, demo, True)) != list(settings(control, demo, False))
    else:
        assert ours
        assert not theirs
