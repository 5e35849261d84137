"""What pages and messages say of limits, seen on the engine: what is set holds, and what is refused is refused."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.engine.running import DISK, Engine, Running, failing, hurried, override, scaffold, started
from tests.tools import APPS
from wizard.controls import CONTROLS
from wizard.engine.docker import Docker
from wizard.engine.live import live

pytestmark = pytest.mark.engine

IMAGE = "python:3.13-slim"
needs_disk = pytest.mark.skipif(DISK is None, reason="this host has no disk whose rates can be limited")
ASKED = (
    "limits.swap=64M", "limits.shares=512", "limits.cpuset=0", "limits.oom_score_adj=300",
    "limits.ulimits=core=0, memlock=64K:128K, fsize=1G, nproc=5000, sigpending=77, msgqueue=4K, stack=8M, data=4G, cpu=9999, rttime=unlimited",
)  # fmt: skip


@pytest.fixture(scope="module")
def running(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A service with every limit that there is; the rate of a disk where the host has it."""
    disks = (f"limits.disks={DISK} read=10M write=20M read-iops=500 write-iops=600",) if DISK else ()
    options = [word for setting in (*ASKED, *disks) for word in ("--set", setting)]
    made = scaffold(engine, APPS / "api", tmp_path_factory.mktemp("limits") / "api", *options, inside=3000)
    made.overrides = (hurried(made),)
    with started(made) as project:
        yield project


def test_every_limit_that_was_asked_for_holds(running: Running) -> None:
    assert {control.id for control in CONTROLS if control.id in LIMITING and control.probes(running.service("api"))} >= set(LIMITING[:3])
    assert failing(running, running.service("api"), CONTROLS) == {}


LIMITING = ("resource-limits", "process-limits", "fair-share", "disk-rates")


@pytest.mark.parametrize(("options", "control", "seen"), [
    ({"cpu_shares": 513}, "fair-share", "shares 513"),
    ({"cpuset": "0-1"}, "fair-share", "processors 0-1"),
    ({"oom_score_adj": 301}, "fair-share", "oom_score_adj 301"),
    ({"ulimits": {"core": 4096}}, "process-limits", "core 4096:4096"),
    ({"memswap_limit": "640m"}, "resource-limits", "memory+swap 671088640"),
    pytest.param({"blkio_config": {"device_read_bps": [{"path": DISK, "rate": "9m"}]}}, "disk-rates", "read 9437184", marks=needs_disk),
])  # fmt: skip
def test_a_limit_that_differs_is_seen_by_its_own_probe(running: Running, options: dict[str, object], control: str, seen: str) -> None:
    """Only the app is made anew, with one setting changed: exactly one probe fails, and says what the kernel has."""
    before = running.overrides
    running.overrides = (*before, override(running, "other.yaml", {"services": {"api": options}}))
    try:
        running.compose("up", "--no-build", "--no-deps", "--wait", "--wait-timeout", "60", "api")
        found = failing(running, running.service("api"), CONTROLS)
    finally:
        running.overrides = before
    assert set(found) == {control}, found
    assert seen in found[control][0]


@pytest.mark.parametrize(("option", "said"), [
    ("--cpu-shares=1", "the minimum allowed cpu-shares is 2"),
    ("--cpu-shares=262145", "the maximum allowed cpu-shares is 262144"),
    ("--cpuset-cpus=0,4095", "Requested CPUs are not available"),
    ("--cpuset-cpus=1-0", "invalid format"),
    ("--device-read-bps=/dev/seawall-none:1mb", "no such file or directory"),
    ("--oom-score-adj=1001", "range for oom score adj is"),
    ("--ulimit=nofile=5:4", "soft limit must be less than or equal to hard limit"),
])  # fmt: skip
def test_the_engine_refuses_what_the_answers_refuse_or_a_note_tells_of(engine: Engine, option: str, said: str) -> None:
    with pytest.raises(AssertionError, match=said):
        engine.run("run", "--rm", "--network", "none", option, IMAGE, "true")


def test_a_crash_leaves_no_memory_behind(engine: Engine) -> None:
    """With no limit, the file `core` holds the variables; with core=0 there is none."""
    pattern = Path("/proc/sys/kernel/core_pattern").read_text().strip()
    if pattern != "core":
        pytest.skip(f"this host hands core files elsewhere: {pattern}")
    words = (
        "-e",
        "KEY=hunter2-of-the-test",
        "-w",
        "/tmp",
        IMAGE,
        "sh",
        "-c",
        "python -c 'import os; os.abort()'; ls; grep -c hunter2-of core*; true",
    )
    left = engine.run("run", "--rm", "--network", "none", "--ulimit", "core=-1", *words)
    assert left.split()[0].startswith("core")
    assert int(left.split()[-1]) > 0
    assert engine.run("run", "--rm", "--network", "none", "--ulimit", "core=0", *words) == ""


def test_nproc_counts_other_containers_of_the_uid(engine: Engine) -> None:
    """Which is why limits.pids is what is asked for: `nproc` alone keeps a container from starting beside another."""
    sleepers = "for i in 1 2 3 4 5 6 7 8; do sleep 60 & done; wait"
    alone = ("run", "--rm", "--network", "none", "--user", "10777:10777", "--ulimit", "nproc=6", IMAGE, "python", "-c", "print('started')")
    assert engine.run(*alone) == "started\n"
    other = engine.run("run", "-d", "--rm", "--network", "none", "--user", "10777:10777", IMAGE, "sh", "-c", sleepers).strip()
    try:
        with pytest.raises(AssertionError, match="resource temporarily unavailable"):
            engine.run(*alone)
    finally:
        engine.run("rm", "-f", other)


def test_without_the_oom_kill_it_hangs(engine: Engine) -> None:
    """The trap that resource-limits forbids; cgroups of version 2 ignore the option."""
    if engine.run("info", "--format", "{{.CgroupVersion}}").strip() != "1":
        pytest.skip("cgroups of version 2 have no such switch")
    grow = "print('grows', flush=True); x = bytearray(200 << 20); print('grown', flush=True)"
    options = ("--memory", "64m", "--memory-swap", "64m", "--oom-kill-disable", "--network", "none")
    name = engine.run("run", "-d", *options, IMAGE, "python", "-c", grow).strip()
    try:
        time.sleep(3)
        assert engine.run("logs", name) == "grows\n"
        assert live(name, Docker()).status("State").startswith("D")
    finally:
        engine.run("rm", "-f", name)


@needs_disk
def test_a_rate_of_a_disk_is_a_hard_limit(engine: Engine) -> None:
    write = "import os, time; f = os.open('/data/x', os.O_CREAT | os.O_WRONLY | os.O_SYNC); t = time.monotonic(); " \
            "[os.write(f, bytes(1 << 19)) for _ in range(6)]; print(time.monotonic() - t)"  # fmt: skip
    seconds = {
        rate: float(engine.run("run", "--rm", "--network", "none", "-v", "/data", f"--device-write-bps={DISK}:{rate}", IMAGE, "python", "-c", write))
        for rate in ("1mb", "0")
    }
    assert seconds["1mb"] > 2
    assert seconds["0"] < seconds["1mb"] / 2


def test_a_weight_that_is_discarded_is_not_taken_for_one(engine: Engine) -> None:
    """The engine only warns; what the kernel has says whether the weight is there."""
    name = engine.run("run", "-d", "--network", "none", "--blkio-weight", "300", IMAGE, "sleep", "60").strip()
    try:
        kept = engine.json("inspect", name)[0]["HostConfig"]["BlkioWeight"]
        assert kept in (0, 300)
        assert (live(name, Docker()).limit("disk weight") == 300) == (kept == 300)
    finally:
        engine.run("rm", "-f", name)
