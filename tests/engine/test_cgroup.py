"""Limits as each version of control groups keeps them. No engine is needed: the files are made here."""

from pathlib import Path

import pytest

from wizard.controls.fair_share import shares_seen
from wizard.engine.cgroup import cgroup_of
from wizard.engine.process import Process
from wizard.errors import SeawallError

ID = "ab" * 32
_V1 = f"5:pids:/docker/{ID}\n4:memory:/docker/{ID}\n1:cpu,cpuacct:/docker/{ID}\n0::/docker/{ID}\n"


def _files(folder: Path, **files: str) -> Path:
    folder.mkdir(parents=True)
    for name, text in files.items():
        (folder / name.replace("__", ".")).write_text(text + "\n")
    return folder


def test_version_2_with_systemd(tmp_path: Path) -> None:
    group = f"/system.slice/docker-{ID}.scope"
    _files(tmp_path / group[1:], memory__max="536870912", memory__swap__max="0", pids__max="100", cpu__max="50000 100000")
    found = cgroup_of(f"0::{group}/init.scope\n", f"30 24 0:26 / {tmp_path} rw shared:9 - cgroup2 cgroup2 rw,nsdelegate", ID)
    limits = {name: found.limit(name) for name in ("memory", "memory+swap", "pids", "cpus")}
    assert limits == {"memory": 512 << 20, "memory+swap": 512 << 20, "pids": 100, "cpus": 500}


def test_version_2_without_limits(tmp_path: Path) -> None:
    _files(tmp_path / "docker" / ID, memory__max="max", memory__swap__max="max", pids__max="max", cpu__max="max 100000")
    found = cgroup_of(f"0::/docker/{ID}\n", f"30 24 0:26 / {tmp_path} rw - cgroup2 cgroup2 rw", ID)
    assert [found.limit(name) for name in ("memory", "memory+swap", "pids", "cpus")] == [None] * 4


def test_version_2_with_swap_allowed_and_not_counted(tmp_path: Path) -> None:
    folder = _files(tmp_path / "docker" / ID, memory__max="1024", memory__swap__max="512")
    found = cgroup_of(f"0::/docker/{ID}\n", f"30 24 0:26 / {tmp_path} rw - cgroup2 cgroup2 rw", ID)
    assert found.limit("memory+swap") == 1536
    (folder / "memory.swap.max").unlink()
    assert found.limit("memory+swap") is None


def test_version_1_beside_an_empty_version_2(tmp_path: Path) -> None:
    _files(tmp_path / "memory/docker" / ID, memory__limit_in_bytes="1048576", memory__memsw__limit_in_bytes="9223372036854771712")
    _files(tmp_path / "pids/docker" / ID, pids__max="7")
    _files(tmp_path / "cpu/docker" / ID, cpu__cfs_quota_us="-1", cpu__cfs_period_us="100000")
    mounts = "".join(
        f"3{number} 24 0:26 / {tmp_path}/{folder} rw - {kind} x rw,{options}\n"
        for number, (folder, kind, options) in enumerate(
            (("memory", "cgroup", "memory"), ("pids", "cgroup", "pids"), ("cpu", "cgroup", "cpu,cpuacct"), ("unified", "cgroup2", "nsdelegate"))
        )
    )
    found = cgroup_of(_V1, mounts, ID)
    assert [found.limit(name) for name in ("memory", "memory+swap", "pids", "cpus")] == [1 << 20, None, 7, None]


def test_version_2_shares_processors_and_disks(tmp_path: Path) -> None:
    folder = _files(tmp_path / "docker" / ID, cpu__weight="20", cpuset__cpus="0-1,3", io__max="8:0 rbps=max wbps=1024 riops=5 wiops=max")
    found = cgroup_of(f"0::/docker/{ID}\n", f"30 24 0:26 / {tmp_path} rw - cgroup2 cgroup2 rw", ID)
    assert (found.share(), found.processors()) == (("weight", 20), "0-1,3")
    assert (found.rates("8:0"), found.rates("8:1")) == ({"write": 1024, "read_iops": 5}, {})
    assert found.limit("disk weight") is None
    (folder / "io.weight").write_text("default 2930\n")
    assert found.limit("disk weight") == 300
    (folder / "io.bfq.weight").write_text("default 400\n8:0 50\n")
    assert found.limit("disk weight") == 400


def test_version_1_shares_processors_and_disks(tmp_path: Path) -> None:
    blkio = _files(
        tmp_path / "blkio/docker" / ID, blkio__throttle__read_bps_device="254:0 1048576\n8:0 7", blkio__throttle__write_iops_device="254:0 9"
    )
    for name in ("write_bps", "read_iops"):
        (blkio / f"blkio.throttle.{name}_device").write_text("")
    _files(tmp_path / "cpu/docker" / ID, cpu__shares="512")
    _files(tmp_path / "cpuset/docker" / ID, cpuset__cpus="0")
    mounts = "".join(f"3 24 0:26 / {tmp_path}/{name} rw - cgroup x rw,{name}\n" for name in ("blkio", "cpu", "cpuset"))
    found = cgroup_of(f"4:blkio:/docker/{ID}\n3:cpuset:/docker/{ID}\n1:cpu:/docker/{ID}\n", mounts, ID)
    assert (found.share(), found.processors(), found.limit("disk weight")) == (("shares", 512), "0", None)
    assert (found.rates("254:0"), found.rates("8:1")) == ({"read": 1048576, "write_iops": 9}, {})
    (blkio / "blkio.bfq.weight").write_text("100\n")
    assert found.limit("disk weight") == 100


@pytest.mark.parametrize(("shares", "weights"), [(2, (1, 1)), (512, (20, 59)), (1024, (39, 100)), (262144, (10000, 10000))])
def test_shares_are_known_again_by_either_weight_of_version_2(shares: int, weights: tuple[int, int]) -> None:
    assert {shares_seen("weight", weight, shares) for weight in weights} == {str(shares)}
    other = weights[0] + 1 if shares < 262144 else 1
    assert shares_seen("weight", other, shares) == f"as weight {other}"


def test_a_mount_of_a_part_of_the_tree(tmp_path: Path) -> None:
    _files(tmp_path / "docker" / ID, pids__max="7")
    found = cgroup_of(f"0::/outer/docker/{ID}\n", f"30 24 0:26 /outer {tmp_path} rw - cgroup2 cgroup2 rw", ID)
    assert found.limit("pids") == 7


def test_a_process_of_another_host_or_of_nothing_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SeawallError, match="no process on this host"):
        cgroup_of("0::/user.slice/session-1.scope\n", f"30 24 0:26 / {tmp_path} rw - cgroup2 cgroup2 rw", ID)
    with pytest.raises(SeawallError, match="not mounted"):
        cgroup_of(_V1, f"30 24 0:26 / {tmp_path} rw - cgroup x rw,memory\n", ID).limit("memory")


def test_the_program_below_two_inits_without_the_kernels_list_of_children(tmp_path: Path) -> None:
    for pid, name, parent in ((10, "docker-init", 1), (11, "tini", 10), (13, "app", 11), (14, "late", 11), (9, "other", 1)):
        (tmp_path / str(pid)).mkdir()
        (tmp_path / str(pid) / "status").write_text(f"Name:\t{name}\nPPid:\t{parent}\n")
    assert Process(10, tmp_path).first_of_service().pid == 13
    with pytest.raises(SeawallError, match="has no child"):
        (tmp_path / "13" / "status").write_text("Name:\ttini\nPPid:\t11\n")
        Process(10, tmp_path).first_of_service()
