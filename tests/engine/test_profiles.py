"""A trimmed seccomp profile on the engine: the app and its companions run, a call that was taken out fails, an audit lets it pass."""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.engine.running import PORTS, Engine, Running, failing, hurried, override, scaffold, started
from tests.thorough import thorough
from tests.tools import APPS
from wizard.controls import CONTROLS
from wizard.syscalls import NAMES, removed

pytestmark = pytest.mark.engine

CALLS = Path(__file__).with_name("calls.py").read_text()
SERVICES = ("ledger", "postgres", "redis", "ingress")
OF_GROUP = {
    "tracing": ("ptrace", "process_vm_readv"), "personality": ("personality",), "clock": ("adjtimex",), "scheduling": ("sched_setscheduler",),
    "memory-locking": ("mlock",), "shared-memory": ("shmget",), "message-queues": ("mq_open", "msgget"), "kernel-aio": ("io_setup",),
    "file-handles": ("name_to_handle_at",), "page-tricks": ("vmsplice",), "old-calls": ("modify_ldt",), "socket-families": ("socket x25",),
}  # fmt: skip
CLOSED_ANYWAY = ("keyctl", "add_key", "unshare")
MOUNTS = [{"path": "/etc/own.json", "source": "./package.json", "relabel": "private"}]
LATE = {"io_uring_setup", "process_vm_readv", "name_to_handle_at"}
"""What engines of different years decide differently by default: 20.10 permits the first alone, those of today the other two."""

SEEDS = {
    "four calls": "read write exit exit_group",
    "64 calls": (
        "accept accept4 access bind brk chdir chmod chown clock_gettime clone close connect dup dup2 epoll_create epoll_ctl epoll_wait "
        "execve exit exit_group fcntl fstat fstatfs futex getcwd getdents getegid geteuid getgid getpid getppid getrlimit getsockname "
        "getsockopt gettid getuid ioctl listen lseek madvise mmap mprotect munmap nanosleep open openat pipe poll read recvfrom recvmsg "
        "rt_sigaction rt_sigprocmask rt_sigreturn sendmsg sendto set_robust_list setsockopt shutdown sigaltstack socket stat statfs write"
    ),
}
"""The allow-lists from nothing that one reads here and there."""


@pytest.fixture(scope="module")
def trimmed(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    yield from _running(engine, tmp_path_factory.mktemp("trimmed") / "ledger", "seccomp=trimmed")


@pytest.fixture(scope="module")
def audited(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    yield from _running(engine, tmp_path_factory.mktemp("audit") / "api", "seccomp=audit", f"mounts={json.dumps(MOUNTS)}")


def _running(engine: Engine, folder: Path, *settings: str) -> Iterator[Running]:
    app = folder.name
    made = scaffold(engine, APPS / app, folder, *(word for setting in settings for word in ("--set", setting)), inside=PORTS[app])
    made.overrides = (hurried(made),)
    with started(made) as running:
        yield running


def _calls(running: Running, profile: Path | None) -> dict[str, str]:
    """What calls give under a profile (the engine's own without one), with the other options that services have."""
    image = running.inspect("ledger")["Image"]
    option = ["--security-opt", f"seccomp={profile}"] if profile else []
    return _run(running, [*option, "--cap-drop", "ALL", "--security-opt", "no-new-privileges", "--user", "10001:10001", "--network", "none", image])


def _but_late(seen: dict[str, str]) -> dict[str, str]:
    return {call: said for call, said in seen.items() if call not in LATE}


def _run(running: Running, words: list[str]) -> dict[str, str]:
    done = subprocess.run(["docker", "run", "--rm", "-i", *words, "python3", "-"], env=dict(running.engine.environment), input=CALLS,
                          capture_output=True, text=True, timeout=60)  # fmt: skip
    assert done.returncode == 0, done.stderr
    found: dict[str, str] = json.loads(done.stdout)
    return found


def _profile(running: Running, service: str) -> Path:
    return running.folder / ".seawall" / f"{service}.seccomp.json"


def test_the_app_and_its_companions_work_with_a_trimmed_profile(trimmed: Running) -> None:
    assert trimmed.ask("/health")[0] == 200
    for service in SERVICES:
        facts = trimmed.inspect(service)
        assert facts["State"]["Health"]["Status"] == "healthy"
        (inlined,) = (option for option in facts["HostConfig"]["SecurityOpt"] if option.startswith("seccomp"))
        assert json.loads(inlined.partition("=")[2] or inlined.partition(":")[2]) == json.loads(_profile(trimmed, service).read_text())


@pytest.mark.parametrize("service", SERVICES)
def test_every_probe_passes_under_trimmed(trimmed: Running, service: str) -> None:
    assert failing(trimmed, trimmed.service(service), CONTROLS) == {}


@pytest.mark.parametrize("service", ["api", "ingress"])
def test_every_probe_passes_under_audit(audited: Running, service: str) -> None:
    assert failing(audited, audited.service(service), CONTROLS) == {}


@pytest.mark.parametrize("service", SERVICES)
def test_what_was_taken_out_fails_and_the_rest_is_as_by_default(trimmed: Running, service: str) -> None:
    default, found = _calls(trimmed, None), _calls(trimmed, _profile(trimmed, service))
    without = removed(trimmed.service(service))
    gone = {call for group in without for call in OF_GROUP.get(group, ())}
    assert {call for call in gone if found[call] != "EPERM"} == set()
    assert len(gone) >= 12
    assert {call for call in gone if default[call] == "EPERM"} <= LATE
    stays = set(found) - gone - LATE - {"32-bit"}
    assert {call: found[call] for call in stays} == {call: default[call] for call in stays}
    assert (found["socket inet"], found["socket netlink"], found["getpid"]) == ("done", "done", "done")
    assert {found[call] for call in CLOSED_ANYWAY} == {"EPERM"}
    assert (default["32-bit"], found["32-bit"]) == ("exit 0", "signal 31")
    assert found["io_uring_setup"] == "EPERM", "also where the engine is old enough to permit it"


def test_an_audit_refuses_nothing_that_the_default_permits(trimmed: Running, audited: Running) -> None:
    default, found = _calls(trimmed, None), _calls(trimmed, _profile(audited, "api"))
    assert _but_late(found) == _but_late(default)
    assert found["ptrace"] != "EPERM"


def test_the_engine_is_told_to_relabel_a_mount(audited: Running) -> None:
    # Compose leaves it out where the mount forbids making the source: then it would be no more than a word in a file.
    assert f"{audited.folder / 'package.json'}:/etc/own.json:ro,Z" in audited.inspect("api")["HostConfig"]["Binds"]
    assert (audited.ask("/health")[0], audited.live("api").create("/etc", 0, 0, bounded=False)) == (200, "EROFS")


def test_a_group_that_is_asked_for_is_open(engine: Engine, trimmed: Running, tmp_path: Path) -> None:
    made = scaffold(engine, APPS / "ledger", tmp_path / "ledger", "--set", "seccomp=trimmed", "--set", f"calls={', '.join(NAMES)}")
    default, found = _calls(trimmed, None), _calls(trimmed, _profile(made, "ledger"))
    assert _but_late(found) == _but_late(default)


@pytest.mark.parametrize("broken", thorough(["seccomp=unconfined", "seccomp=OTHER"], ["seccomp=OTHER"]))
def test_the_probe_fails_when_the_engine_runs_something_else(engine: Engine, tmp_path: Path, broken: str) -> None:
    made = scaffold(engine, APPS / "api", tmp_path / "api", "--set", "seccomp=trimmed", inside=PORTS["api"])
    wrong = {**json.loads(_profile(made, "api").read_text())}
    wrong["syscalls"] = [*wrong["syscalls"], {"names": ["vmsplice"], "action": "SCMP_ACT_ALLOW"}]
    (made.folder / "other.json").write_text(json.dumps(wrong))
    option = broken.replace("OTHER", "./other.json")
    made.overrides = (hurried(made), override(made, "broken.yaml", {"services": {"api": {"security_opt": [option]}}}))
    _only_this_option(made, option)
    with started(made) as running:
        found = failing(running, running.service("api"), CONTROLS)
    assert set(found) == {"confinement-profiles"}, found
    assert any("groups of calls" in said for said in found["confinement-profiles"])


def _only_this_option(made: Running, option: str) -> None:
    """Compose adds up the lists of its files, so the profile's own line has to go from the first."""
    file = made.folder / "compose.yaml"
    text = file.read_text()
    line = '      - "seccomp=./.seawall/api.seccomp.json"\n'
    assert line in text
    file.write_text(text.replace(line, ""))


@pytest.mark.parametrize("what", SEEDS)
def test_an_allow_list_from_nothing_starts_no_container(trimmed: Running, tmp_path: Path, what: str) -> None:
    profile: dict[str, Any] = {
        "defaultAction": "SCMP_ACT_ERRNO", "defaultErrnoRet": 1, "architectures": ["SCMP_ARCH_X86_64"],
        "syscalls": [{"names": SEEDS[what].split(), "action": "SCMP_ACT_ALLOW"}],
    }  # fmt: skip
    (tmp_path / "short.json").write_text(json.dumps(profile))
    words = [
        "docker",
        "run",
        "--rm",
        "--network",
        "none",
        "--security-opt",
        f"seccomp={tmp_path / 'short.json'}",
        trimmed.inspect("ledger")["Image"],
        "true",
    ]
    done = subprocess.run(words, env=dict(trimmed.engine.environment), capture_output=True, text=True, timeout=60)
    assert done.returncode != 0
    assert "error" in done.stderr.lower()
