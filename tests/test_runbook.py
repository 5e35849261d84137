"""HARDENING.md says what was rendered, of exactly these services."""

import pytest

from tests.tools import APPS
from wizard.control import Control
from wizard.controls import CONTROLS
from wizard.render import render
from wizard.runbook import PATH
from wizard.scaffold import Request, begin


def text(*settings: str, waivers: tuple[str, ...] = ()) -> str:
    """The runbook of the ledger."""
    folder = APPS / "ledger"
    workload = begin(Request(folder, folder, ("extras=runbook", *settings), waivers)).workload
    return next(artifact.text for artifact in render(workload) if artifact.path == PATH)


@pytest.mark.parametrize("control", CONTROLS, ids=lambda control: control.id)
def test_each_control_is_on_the_checklist(control: Control) -> None:
    assert f"- [x] {control.title}\n" in text()


def test_a_waived_control_is_not_ticked_and_not_verified() -> None:
    waived = text(waivers=("read-only-rootfs=writes | beside its code",))
    assert "- [ ] The root filesystem is read-only (waived for all services: writes | beside its code)" in waived
    assert "/mounts  # ro," not in waived


def test_only_what_is_there_is_spoken_of() -> None:
    alone = text("companions=")
    assert "postgres" not in alone
    assert "| postgres | postgres:17 | 999:999 |" in text()


def test_tables_keep_their_columns() -> None:
    rows = [line for line in text("environment=A=x|y").splitlines() if line.startswith("|")]
    assert {line.replace("\\|", "").count("|") for line in rows} == {5, 6}
