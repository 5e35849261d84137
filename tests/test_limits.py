"""Limits: what is accepted, what is rendered, and the traps that are told."""

from typing import Any

import pytest

from tests.test_laws import FULL
from wizard.controls import control_of
from wizard.errors import UsageError
from wizard.limits import Ulimit, processors
from wizard.render import as_data, service_parts
from wizard.resolve import resolve
from wizard.workload import evolve, make


def rendered(limits: dict[str, Any]) -> dict[str, Any]:
    """The app's part of the Compose file with these limits."""
    return as_data(service_parts(resolve(make({**FULL, "limits": limits})).app))


def test_without_an_answer_nothing_but_the_hard_limits_is_written() -> None:
    keys = {"memswap_limit", "mem_limit", "cpus", "pids_limit", "ulimits", "shm_size", "mem_reservation", "cpu_shares", "cpuset", "blkio_config"}
    found = rendered({})
    assert {key for key in found if key in keys} == {"memswap_limit", "mem_limit", "cpus", "pids_limit", "ulimits"}
    assert found["ulimits"].keys() == {"nofile"}
    assert found["memswap_limit"] == found["mem_limit"] == "512m"


@pytest.mark.parametrize(("memory", "swap", "both"), [("512M", "64M", "576m"), ("1G", "1G", "2g"), ("512M", "512M", "1g"), ("256M", "1K", "262145k")])
def test_swap_is_beside_memory(memory: str, swap: str, both: str) -> None:
    assert rendered({"memory": memory, "swap": swap})["memswap_limit"] == both


def test_every_limit_in_the_words_of_compose() -> None:
    found = rendered(FULL["limits"])
    assert (found["cpu_shares"], found["cpuset"], found["oom_score_adj"], found["memswap_limit"]) == (512, "1,0", 100, "576m")
    assert found["ulimits"]["core"] == {"soft": 0, "hard": 0}
    assert found["ulimits"]["memlock"] == {"soft": 1 << 20, "hard": 8 << 20}
    assert found["blkio_config"] == {
        "weight": 300,
        "device_read_bps": [{"path": "/dev/vda", "rate": "10m"}],
        "device_write_iops": [{"path": "/dev/vda", "rate": 500}],
    }


def test_a_companion_has_limits_of_its_own() -> None:
    limits = {"swap": "1G", "shares": 100, "cpuset": "0", "ulimits": [{"name": "core", "soft": 0}], "disks": [{"path": "/dev/vda", "write": "1M"}]}
    project = resolve(evolve(make(FULL), companions=[{"service": "redis", "limits": limits}]))
    found = as_data(service_parts(next(service for service in project.services if service.name == "redis")))
    assert (found["mem_limit"], found["memswap_limit"], found["cpu_shares"], found["cpuset"]) == ("256m", "1280m", 100, "0")
    assert set(found["ulimits"]) == {"nofile", "core"}
    assert found["blkio_config"] == {"device_write_bps": [{"path": "/dev/vda", "rate": "1m"}]}


@pytest.mark.parametrize(("cpuset", "shortest"), [("0", "0"), ("1,0", "0-1"), ("3,0-1,1", "0-1,3"), ("0-2,1-5,7", "0-5,7"), ("08", "8")])
def test_processors_are_spelled_as_the_kernel_does(cpuset: str, shortest: str) -> None:
    assert processors(cpuset) == shortest


@pytest.mark.parametrize(("soft", "hard", "numbers"), [
    (0, None, (0, 0)), ("64M", None, (64 << 20, 64 << 20)), ("1M", "unlimited", (1 << 20, -1)), ("unlimited", None, (-1, -1)), (5, 6, (5, 6)),
])  # fmt: skip
def test_ulimits_in_numbers(soft: int | str, hard: int | str | None, numbers: tuple[int, int]) -> None:
    assert Ulimit("memlock", soft, hard).numbers == numbers


@pytest.mark.parametrize(("limits", "said"), [
    ({"ulimits": [{"name": "nofile", "soft": 5}]}, "accepted: core, cpu"),
    ({"ulimits": [{"name": "core", "soft": 5, "hard": 4}]}, "above the hard one"),
    ({"ulimits": [{"name": "core", "soft": "unlimited", "hard": 4}]}, "above the hard one"),
    ({"ulimits": [{"name": "nproc", "soft": "5M"}]}, "it is counted"),
    ({"ulimits": [{"name": "core", "soft": 0}, {"name": "core", "soft": 1}]}, "core is there twice"),
    ({"disks": [{"path": "/dev/sda"}]}, "has no rate"),
    ({"disks": [{"path": "/dev/sda", "read": "1M"}, {"path": "/dev/sda", "write": "1M"}]}, "/dev/sda is there twice"),
    ({"disks": [{"path": "/dev/../etc/x", "read": "1M"}]}, "a path below /dev"),
    ({"cpuset": "3-1"}, "runs backwards"),
    ({"shares": 1}, "from 2 to 262144"),
    ({"disk_weight": 1001}, "from 10 to 1000"),
    ({"oom_score_adj": -1}, "from 0 to 1000"),
])  # fmt: skip
def test_what_engines_refuse_is_refused_before(limits: dict[str, Any], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        make({**FULL, "limits": limits})


def test_the_traps_are_told() -> None:
    """Each that was measured, in one message; a person's own limit is as good as ours."""
    resource, fair = control_of("resource-limits"), control_of("fair-share")
    traps = {"oom_kill_disable": True, "mem_swappiness": 0, "mem_limit": "0", "memswap_limit": -1, "cpus": 0.0, "pids_limit": 0}
    assert [message.partition(":")[0] for message in resource.forbids(traps)] == list(traps)
    good = {"mem_limit": "100m", "memswap_limit": "100m", "pids_limit": 10, "cpus": 0.5, "oom_kill_disable": False, "ulimits": {"nofile": 9}}
    assert not list(resource.forbids(good))
    assert not list(resource.check(resolve(make({**FULL, "limits": {}})).app, good))
    assert list(fair.forbids({"oom_score_adj": -500}))
    assert not list(fair.forbids({"oom_score_adj": 500}))


def test_what_only_some_hosts_can_do_is_said() -> None:
    app = resolve(make({**FULL, "limits": {**FULL["limits"], "ulimits": [{"name": "nproc", "soft": 50}]}})).app
    said = {control: control_of(control).notes(app) for control in ("resource-limits", "process-limits", "fair-share", "disk-rates")}
    assert "host's swap" in said["resource-limits"][0]
    assert "all containers" in said["process-limits"][0]
    assert "processors 1,0" in said["fair-share"][0]
    assert ["/dev/vda" in said["disk-rates"][0], "discarded" in said["disk-rates"][1]] == [True, True]
