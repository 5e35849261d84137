"""The meter of before and after: what it says of the ledger by hand, what a waiver does to it, and laws over all answers."""

import time
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from tests.strategies import ANSWERS
from tests.thorough import examples
from tests.tools import APPS
from wizard.capabilities import mask
from wizard.control import Control
from wizard.controls import CONTROLS
from wizard.errors import UsageError
from wizard.posture import DEFAULT_CAPABILITIES, Row, bar, posture
from wizard.resolve import resolve
from wizard.scaffold import Request, begin
from wizard.workload import Workload, evolve, make

ALL = len(CONTROLS)

LEDGER = begin(Request(APPS / "ledger", APPS / "ledger")).workload

ALL = len(CONTROLS)
OPENED = {
    "non-root-user": ("user", "root"),
    "minimal-capabilities": ("capabilities", "14"),
    "read-only-rootfs": ("writable", "all"),
    "internal-networks": ("network", "any"),
    "resource-limits": ("limits", "none"),
}
"""The row that each of these controls closes, and what it says without: Docker's default, all of it."""


def rows(workload: Workload) -> dict[str, Row]:
    return {row.label: row for row in posture(resolve(workload))}


def ledger(**answers: Any) -> dict[str, Row]:
    return rows(evolve(LEDGER, **answers))


def without(*controls: str, service: str | None = None) -> list[dict[str, Any]]:
    place = {"service": service} if service else {}
    return [{"control": control, "why": "for a test", **place} for control in controls]


def image(**answers: Any) -> dict[str, Row]:
    return rows(make({"name": "tool", "image": "ghcr.io/owner/tool:1.4", "user": {"uid": 7, "gid": 8}, "health": {"none": "a tool"}, **answers}))


def test_the_ledger_by_hand() -> None:
    assert posture(resolve(LEDGER)) == (
        Row("user", "root", "10001", "runs as user 10001 in place of root", 0.0),
        Row("capabilities", "14", "0", "has no capability in place of 14", 0.0),
        Row("writable", "all", "2 paths", "writes only to /tmp, /data, and shared memory; all else is read-only", 0.2),
        Row("network", "any", "1 port", "cannot call out; 1 port for this machine only", 0.1),
        Row("limits", "none", "512M", "at most 512M of memory, 1 processor and 100 processes", 0.0),
        Row("checks", "-", f"{ALL} of {ALL}", f"holds all {ALL} controls", 0.0),
    )


def test_docker_s_default_capabilities_are_the_fourteen() -> None:
    assert mask(DEFAULT_CAPABILITIES) == "00000000a80425fb"
    named = "AUDIT_WRITE CHOWN DAC_OVERRIDE FOWNER FSETID KILL MKNOD NET_BIND_SERVICE NET_RAW SETFCAP SETGID SETPCAP SETUID SYS_CHROOT"
    assert sorted(DEFAULT_CAPABILITIES) == named.split()


@pytest.mark.parametrize("control", OPENED)
def test_a_waived_control_shows_as_docker_s_default(control: str) -> None:
    label, after = OPENED[control]
    opened, closed = ledger(waivers=without(control)), ledger()
    assert (opened[label].after, opened[label].share) == (after, 1.0)
    assert opened[label].after == opened[label].before
    assert opened[label].words != closed[label].words
    assert opened["checks"].after == f"{ALL - 1} of {ALL}"
    assert opened["checks"].share == pytest.approx(1 / ALL)
    assert opened["checks"].words == f"holds {ALL - 1} of {ALL} controls: {control} waived"
    assert {name for name in closed if opened[name] != closed[name]} == {label, "checks"}


def test_all_waived_is_docker_s_default() -> None:
    found = ledger(waivers=without(*(control.id for control in CONTROLS)))
    assert [row.share for row in found.values()] == [1.0] * 6
    assert found["checks"].after == f"0 of {ALL}"
    assert found["checks"].words == f"holds 0 of {ALL} controls: pinned-base-image, init-and-grace, non-root-user and {ALL - 3} more waived"


def test_a_waiver_of_another_service_is_not_this_one_s() -> None:
    assert ledger(waivers=without(*(control.id for control in CONTROLS), service="postgres")) == ledger()


def test_without_writable_paths_nothing_is_mounted_to_write_to() -> None:
    found = ledger(waivers=without("writable-paths"))["writable"]
    assert (found.after, found.share) == ("0 paths", 0.0)
    assert "nothing but shared memory" in found.words


@pytest.mark.parametrize(
    ("answers", "label", "after", "share", "words"),
    [
        ({"user": {"uid": 2147483646, "gid": 5}}, "user", "2147483646", 0.0, "user 2147483646"),
        ({"waivers": without("non-root-user"), "stack": {"language": "static"}}, "user", "image's own", 1.0, "whoever its image says"),
        ({"waivers": without("non-root-user"), "needs": ["switch-user"]}, "capabilities", "2", 2 / 14, "has SETGID, SETUID in place of 14"),
        ({"waivers": without("non-root-user"), "needs": ["raw-packets", "chown-at-start"]}, "capabilities", "5", 5 / 14, "CHOWN, DAC_OVERRIDE, NET_RAW and 2 more"),
        ({"waivers": without("non-root-user"), "needs": ["set-clock"]}, "capabilities", "1", 1.0, "does not give SYS_TIME"),
        ({"needs": ["switch-user"]}, "capabilities", "0", 0.0, "no capability"),
        ({"writable": []}, "writable", "0 paths", 0.0, "nothing but shared memory"),
        ({"writable": [{"path": "/data", "volume": "data"}]}, "writable", "1 path", 1 / 9, "writes only to /data,"),
        ({"writable": [{"path": f"/d{n}", "tmpfs": "1M"} for n in range(5)]}, "writable", "5 paths", 5 / 13, "/d0, /d1, /d2 and 2 more,"),
        ({"mounts": [{"path": "/a", "source": "./a"}]}, "writable", "2 paths", 0.2, "writes only to /tmp, /data,"),
        ({"mounts": [{"path": "/a", "source": "./a", "read_only": False}]}, "writable", "3 paths", 3 / 11, "/tmp, /data, /a,"),
        ({"ports": [], "health": {"none": "a job"}}, "network", "inside only", 0.0, "cannot call out; nothing outside the project reaches it"),
        ({"egress": ["api.example.com"]}, "network", "1 name", 0.2, "calls api.example.com through a proxy and nothing else; 1 port for this machine only"),
        ({"ports": [], "companions": [], "health": {"none": "a job"}}, "network", "none", 0.0, "has no network at all, only itself"),
        ({"internet": True}, "network", "internet", 0.6, "may call the internet; 1 port for this machine only"),
        ({"internet": True, "ports": [], "health": {"none": "a job"}}, "network", "internet", 0.5, "may call the internet; nothing outside"),
        ({"ingress": "direct"}, "network", "1 port", 0.3, "reaches the host itself"),
        ({"ports": [{"container": 80, "publish": "0.0.0.0:80"}]}, "network", "1 public", 0.3, "cannot call out; 1 port open to other machines"),
        ({"ports": [{"container": 80, "publish": "127.9.9.9:80"}, {"container": 81, "publish": "[::1]:81"}]}, "network", "2 ports", 0.1, "2 ports for this machine only"),
        ({"ports": [{"container": 80, "publish": "10.1.2.3:80"}, {"container": 81, "publish": "127.0.0.1:81"}]}, "network", "1 public", 0.3, "1 port open to other machines, 1 port for this"),
        ({"internet": True, "ports": [{"container": 80, "publish": "0.0.0.0:80"}]}, "network", "in and out", 0.8, "may call the internet; 1 port open"),
        ({"waivers": without("loopback-ports")}, "network", "1 public", 0.3, "1 port open to other machines"),
        ({"waivers": without("loopback-ports", service="ingress")}, "network", "1 public", 0.3, "1 port open to other machines"),
        ({"waivers": without("loopback-ports", service="ledger")}, "network", "1 port", 0.1, "1 port for this machine only"),
        ({"waivers": without("internal-networks", "loopback-ports")}, "network", "any", 1.0, "1 port open to other machines"),
        ({"limits": {"memory": "2G", "cpus": 0.5, "pids": 4194304}}, "limits", "2G", 0.0, "at most 2G of memory, 0.5 processors and 4194304 processes"),
    ],
)  # fmt: skip
def test_answers_show(answers: dict[str, Any], label: str, after: str, share: float, words: str) -> None:
    found = ledger(**answers)[label]
    assert found.after == after
    assert found.share == pytest.approx(share)
    assert words in found.words


def test_an_image_that_exists() -> None:
    assert image()["user"].after == "7"
    assert image(waivers=without("non-root-user"))["user"].after == "image's own"
    asked = image(capabilities=[{"name": "NET_RAW", "why": "it pings"}])["capabilities"]
    assert (asked.after, asked.words) == ("1", "has NET_RAW in place of 14 capabilities")


def test_an_answer_that_breaks_a_control_is_counted() -> None:
    found = ledger(mounts=[{"path": "/x", "source": "/etc"}])["checks"]
    assert (found.after, found.words) == (f"{ALL - 1} of {ALL}", f"holds {ALL - 1} of {ALL} controls: no-host-access broken by an answer")
    waived = ledger(mounts=[{"path": "/x", "source": "/etc"}], waivers=without("no-host-access", "log-rotation"))["checks"]
    assert (waived.after, waived.words) == (f"{ALL - 2} of {ALL}", f"holds {ALL - 2} of {ALL} controls: no-host-access, log-rotation waived")


def drawn(answers: dict[str, Any]) -> Workload:
    """A workload that makes services; others are passed over. Also such that are not rendered, since an answer breaks a control."""
    try:
        workload = make(answers)
        resolve(workload)
    except UsageError:
        assume(False)
    return workload


@settings(max_examples=examples(40), deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
@given(ANSWERS)
def test_law_every_row_fits_its_cells(answers: dict[str, Any]) -> None:
    found = posture(resolve(drawn(answers)))
    assert [row.label for row in found] == ["user", "capabilities", "writable", "network", "limits", "checks"]
    for row in found:
        assert 0.0 <= row.share <= 1.0
        assert 0 < len(row.before) <= 8
        assert 0 < len(row.after) <= 14
        assert row.before.isascii()
        assert row.after.isascii()
        assert row.words
        assert "\n" not in row.words


@settings(max_examples=examples(50), deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
@given(ANSWERS, st.sampled_from(CONTROLS))
def test_law_a_waiver_opens_its_row_and_closes_none(answers: dict[str, Any], control: Control) -> None:
    workload = drawn(answers)
    assume(control.id not in [waiver.control for waiver in workload.waivers])
    before = rows(workload)
    assume(f"{control.id} broken" not in before["checks"].words)
    after = rows(evolve(workload, waivers=[*({"control": w.control, "why": w.why} for w in workload.waivers), *without(control.id)]))
    assert after["checks"].share > before["checks"].share
    if control.id in OPENED:
        label = OPENED[control.id][0]
        assert after[label].share == 1.0
        assert before[label].share < 1.0 or label == "capabilities"
    if control.id == "loopback-ports":
        assert "for this machine only" not in after["network"].words
        only_here = "for this machine only" in before["network"].words and "open to" not in before["network"].words
        assert not only_here or after["network"].share > before["network"].share or before["network"].share == 1.0
    lower = {label for label in before if after[label].share < before[label].share}
    assert lower <= ({"writable"} if control.id == "writable-paths" else set())


@pytest.mark.parametrize(
    ("share", "cells", "shape"),
    [
        (0.0, 8, "████████"), (0.2, 8, "██████░░"), (0.5, 8, "████░░░░"), (1.0, 8, "░░░░░░░░"), (0.01, 8, "███████░"), (0.99, 8, "█░░░░░░░"), (0.3, 8, "██████░░"),
        (0.0, 1, "█"), (0.01, 1, "░"), (1.0, 1, "░"), (0.4, 2, "█░"), (0.0, 0, ""), (0.5, 0, ""), (1.0, 0, ""), (0.5, -3, ""), (0.0, -3, ""),
    ],
)  # fmt: skip
def test_bars_by_hand(share: float, cells: int, shape: str) -> None:
    assert bar(share, cells) == shape


@given(st.floats(0, 1), st.floats(0, 1), st.integers(2, 200))
def test_law_a_bar_is_as_wide_as_asked_and_never_flatters(share: float, other: float, cells: int) -> None:
    shape = bar(share, cells)
    closed = shape.count("█")
    assert shape == "█" * closed + "░" * (cells - closed)
    assert (closed == cells) == (share == 0.0)
    assert (closed == 0) == (share == 1.0)
    assert abs(closed - (1 - share) * cells) <= 1
    assert share > other or closed >= bar(other, cells).count("█")


def test_it_is_quick_enough_for_every_key() -> None:
    project = resolve(LEDGER)

    def once() -> float:
        start = time.perf_counter()
        posture(project)
        return time.perf_counter() - start

    assert min(once() for _ in range(50)) < 0.001
