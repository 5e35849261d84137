"""Devices of the host: least access as it is rendered, and rules that give too much."""

from typing import Any

import pytest

from tests.test_laws import FULL
from wizard.controls import control_of
from wizard.device_spelling import DEVICE_RULES, DEVICES
from wizard.errors import UsageError
from wizard.render import as_data, render, service_parts
from wizard.resolve import resolve
from wizard.workload import make


def test_a_device_and_a_rule_in_the_words_of_compose() -> None:
    answers = {
        "devices": [{"path": "/dev/ttyS0", "why": "reads it", "access": "r"}, {"path": "/dev/ttyS1", "why": "talks to it"}],
        "device_rules": [{"devices": "c 188:*", "why": "plugged in later", "access": "r"}],
    }
    found = as_data(service_parts(resolve(make({**FULL, **answers})).app))
    assert found["devices"] == ["/dev/ttyS0:/dev/ttyS0:r", "/dev/ttyS1:/dev/ttyS1:rw"]
    assert found["device_cgroup_rules"] == ["c 188:* r"]


@pytest.mark.parametrize(("rule", "refused"), [
    ("b 8:0", True), ("b 8:*", True), ("c 1:1", True), ("c 1:*", True), ("c 10:232", True), ("c 10:*", True),
    ("c 1:3", False), ("c 188:*", False), ("c 10:23", False), ("c 10:2320", False), ("c 11:1", False),
])  # fmt: skip
def test_a_rule_that_gives_the_host_away_is_refused(rule: str, refused: bool) -> None:
    workload = make({**FULL, "device_rules": [{"devices": rule, "why": "because it is so"}]})
    if refused:
        with pytest.raises(UsageError, match=r"device_cgroup_rules: .* memory or disks"):
            render(workload)
    else:
        assert render(workload)


@pytest.mark.parametrize("rule", ["a *:* rwm", "a", "c *:* r", "b 8:0 r"])
def test_rules_of_other_files_that_open_everything_are_found(rule: str) -> None:
    assert list(control_of("no-host-access").forbids({"device_cgroup_rules": [rule]}))


@pytest.mark.parametrize(("rows", "text", "data"), [
    (DEVICES, "/dev/ttyS0: reads it", {"path": "/dev/ttyS0", "why": "reads it"}),
    (DEVICES, "/dev/ttyS0 r: reads it: often", {"path": "/dev/ttyS0", "access": "r", "why": "reads it: often"}),
    (DEVICE_RULES, "c  188:*  rw : later", {"devices": "c 188:*", "access": "rw", "why": "later"}),
    (DEVICE_RULES, "c 188:1: later", {"devices": "c 188:1", "why": "later"}),
])  # fmt: skip
def test_devices_as_people_type_them(rows: Any, text: str, data: Any) -> None:
    assert rows.parse(text) == [data]


@pytest.mark.parametrize(("key", "row", "said"), [
    ("devices", {"path": "/dev/ttyS0", "why": "all of it", "access": "rwm"}, "accepted: r, rw, w"),
    ("device_rules", {"devices": "a *:*", "why": "all of it"}, "c or b and numbers"),
    ("device_rules", {"devices": "c *:*", "why": "all of it"}, "c or b and numbers"),
])  # fmt: skip
def test_what_is_no_device_or_access_is_refused(key: str, row: dict[str, str], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        make({**FULL, key: [row]})
