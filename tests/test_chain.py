"""Along an attack: each control stops a step of it, and says what still stands where it is waived."""

import re
from pathlib import Path

import pytest

from tests.tools import APPS, seawall
from wizard.chain import in_order, named_in, still_stands
from wizard.control import Control, Step
from wizard.controls import CONTROLS, control_of
from wizard.explain import explained
from wizard.tui.reasons import of_control

IDS = {control.id for control in CONTROLS}
_BOILERPLATE = re.compile(r"\b(attack surface|best practi[cs]e|defen[cs]e in depth|malicious actor|layer of (security|protection))\b", re.I)


@pytest.mark.parametrize("control", CONTROLS, ids=lambda control: control.id)
def test_every_control_says_what_it_stops_and_what_stands_without_it(control: Control) -> None:
    assert control.step in Step
    for text in (control.stops, control.stands):
        assert text.endswith(".")
        assert text[0].isupper() or text[0] == "`"
        assert 40 < len(text) < 260
        assert not _BOILERPLATE.search(text)
    assert control.stops.count(". ") == 0
    assert control.stops not in (control.page.reason, control.title)
    named = named_in(control.stands)
    assert named
    assert set(named) <= IDS - {control.id}
    # A name outside brackets would not be seen by this test.
    assert not set(re.findall(r"[a-z]+(?:-[a-z]+)+", re.sub(r"\([^)]*\)", "", control.stands))) & IDS


@pytest.mark.parametrize("what", ["stops", "stands"])
def test_no_two_say_the_same(what: str) -> None:
    assert len({getattr(control, what) for control in CONTROLS}) == len(CONTROLS)


def test_every_step_is_stopped_by_something_and_nothing_is_left_out() -> None:
    chain = list(in_order())
    assert [step for step, _ in chain] == list(Step)
    assert {control.id for _, controls in chain for control in controls} == IDS


def test_what_is_waived_as_well_does_not_stand() -> None:
    control = control_of("files-owned-by-root")
    assert still_stands(control) == control.stands == still_stands(control, ["files-owned-by-root", "log-rotation"])
    assert still_stands(control, ["read-only-rootfs"]) == f"{control.stands} But read-only-rootfs is waived as well."


def test_a_waiver_on_the_command_line_is_answered_with_what_still_stands(tmp_path: Path) -> None:
    done = seawall("new", str(APPS / "api"), "--yes", "--output", str(tmp_path), "--waive", "files-owned-by-root=tried here",
                   "--waive", "read-only-rootfs=tried here", "--set", "extras=runbook")  # fmt: skip
    assert done.returncode == 0, done.stderr
    tried = seawall("new", str(APPS / "api"), "--yes", "--dry-run", "--output", str(tmp_path / "new"), "--waive", "log-rotation=tried here")
    assert tried.stdout.endswith(f"waived: log-rotation. {control_of('log-rotation').stands}\n")
    assert "But read-only-rootfs is waived as well." in done.stdout
    runbook = (tmp_path / "HARDENING.md").read_text("utf-8")
    rows = [line for line in runbook.partition("## Along an attack")[2].partition("\n## ")[0].splitlines() if line.startswith("| ")]
    assert [row.split(" | ")[1] for row in rows[1:]] == [control.id for _, controls in in_order() for control in controls]
    assert sum("**Waived for api" in row for row in rows) == 2


@pytest.mark.parametrize("control", CONTROLS, ids=lambda control: control.id)
def test_its_page_shows_it(control: Control) -> None:
    said = " ".join(explained(control.id, "text").split())
    assert all(" ".join(text.split()) in said for text in (f"What it stops: {control.step.value}", control.stops, control.stands))
    shown = dict(of_control(control).parts)
    assert (shown[f"What it stops: {control.step.value}"], shown["When it is waived"]) == (control.stops, control.stands)


def test_the_overview_follows_the_chain() -> None:
    said = seawall("explain").stdout
    places = [said.index(f"\n  {control.id} ") for _, controls in in_order() for control in controls]
    assert places == sorted(places)
    assert max(map(len, said.partition("seawall explain")[0].splitlines())) <= 80
