"""What a trace of a running container says, against what is known of it."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import textwrap
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from msgspec import Struct

from tests.engine.running import Engine
from tests.engine.tracing import Use, inside, traced, within
from tests.thorough import thorough
from wizard.engine.docker import Docker
from wizard.observe.seen import Peer, Seen
from wizard.observe.tracing import here
from wizard.observe.tracing.watcher import FOLDER, Tracing

pytestmark = pytest.mark.engine

_PYTHON = "python:3.13-slim"
_NEEDY = """
import os, signal, socket, sys
open("/run/app.pid", "w").write("1")
signal.signal(signal.SIGTERM, lambda *_: (os.unlink("/run/app.pid"), sys.exit(0)))
os.makedirs("/var/lib/app/data"); os.chdir("/var/lib/app"); os.chown("data", 33, 33)
os.rename("/var/lib/app/data", "/var/lib/app/state")
if os.fork() == 0:
    os.setgroups([]); os.setgid(33); os.setuid(33)
    open("state/log", "w").write("x" * 100)
    try: open("/etc/app.conf", "w")
    except PermissionError: pass
    local = socket.socket(socket.AF_UNIX); local.bind("state/sock")
    try: socket.getaddrinfo("db.example.test", 5432)
    except OSError: pass
    waiting = socket.socket(); waiting.bind(("0.0.0.0", 80)); waiting.listen()
    away = socket.socket(); away.setblocking(False); away.connect_ex(("192.0.2.7", 5432))
    open("/tmp/ready", "w")
    signal.pause()
open("/srv/ends", "w")
signal.pause()
"""


class Truth(Struct, frozen=True):
    """What is known of a workload: folders in which it writes, what stays for a user and a capability, names, peers."""

    image: str
    folders: tuple[str, ...]
    capabilities: frozenset[str] = frozenset()
    users: tuple[tuple[int, int], ...] = ((0, 0),)
    ports: tuple[int, ...] = ()
    use: Use = lambda _: True
    service: Mapping[str, Any] = {}
    options: tuple[str, ...] = ()
    lookups: tuple[str, ...] = ()
    groups: frozenset[str] = frozenset()
    seconds: float = 60


_ROOT_TO_USER = frozenset(("SETGID", "SETUID"))
_OK = ("bash", "-c")
WORKLOADS = {
    "a pid file and logs, as its own user": Truth(
        _PYTHON, ("/run", "/var/log"), users=((0, 0),), use=inside("test", "-e", "/var/log/app/log"),
        service={"command": ["python3", "-Bc", "import os, time\nfor d in ('/run/app', '/var/log/app'): os.makedirs(d)\nopen('/run/app/pid', 'w')\nopen('/var/log/app/log', 'w')\ntime.sleep(60)"], "init": True},
        options=("--init",),
    ),
    "nginx": Truth(
        "nginx:1.28", ("/run", "/var/lib/nginx"), frozenset((*_ROOT_TO_USER, "CHOWN")), ((0, 0), (101, 101)), (80,),
        inside(*_OK, "exec 3<>/dev/tcp/127.0.0.1/80; printf 'GET / HTTP/1.0\\r\\n\\r\\n' >&3; grep -q 200 <&3"),
    ),
    "redis": Truth("redis:7", ("/data",), _ROOT_TO_USER, ((0, 0), (999, 999)), (6379,), inside("redis-cli", "set", "a", "1")),
    "postgres": Truth(
        "postgres:17", ("/dev/shm", "/run", "/var/lib/postgresql"), _ROOT_TO_USER | {"DAC_OVERRIDE", "FOWNER", "FSETID"},
        ((0, 0), (999, 999)), (5432,), inside(*_OK, "psql -h 127.0.0.1 -U postgres -c 'create table if not exists t(i int); insert into t values(1)'"),
        options=("-e", "POSTGRES_PASSWORD=x", "-e", "PGPASSWORD=x"), groups=frozenset(("shared-memory",)), seconds=240,
    ),
    "mariadb": Truth(
        "mariadb:11.8", ("/run/mysqld", "/tmp", "/var/lib/mysql"), _ROOT_TO_USER, ((0, 0), (999, 999)), (3306,),
        inside("mariadb", "-uroot", "-px", "-e", "create database if not exists j"), options=("-e", "MARIADB_ROOT_PASSWORD=x"), seconds=240,
    ),
    "node with a cache": Truth(
        "node:24-slim", ("/home/node",), ports=(3000,), users=((1000, 1000),), options=("--user", "1000:1000"),
        use=inside("node", "-e", "fetch('http://127.0.0.1:3000').then(a => process.exit(a.ok ? 0 : 1))"),
        service={"command": ["node", "-e", textwrap.dedent("""
            const fs = require('fs'), d = process.env.HOME + '/.cache/app'; fs.mkdirSync(d, {recursive: true})
            require('http').createServer((q, a) => { fs.writeFileSync(d + '/page', 'x'); a.end('ok') }).listen(3000)""")]},
    ),
    "a packet of its own making": Truth(
        _PYTHON, (), frozenset(("NET_RAW",)), service={"command": ["python3", "-Bc", textwrap.dedent("""
            import socket, struct
            s = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP)
            s.sendto(struct.pack('>BBHHH', 8, 0, 0xf7fd, 1, 1), ('127.0.0.1', 0)); s.recv(99)""")]}, use=lambda _: False,
    ),
    "it gives files away and becomes another user": Truth(
        _PYTHON, ("/srv",), _ROOT_TO_USER | {"CHOWN"}, ((0, 0), (33, 33)), use=lambda _: False,
        service={"command": ["python3", "-Bc", "import os\nopen('/srv/a', 'w'); os.chown('/srv/a', 33, 33)\nos.setgroups([]); os.setgid(33); os.setuid(33)\nopen('/srv/a', 'w')"]},
    ),
}  # fmt: skip


@pytest.fixture(autouse=True)
def nothing_is_left(engine: Engine) -> Iterator[None]:
    """No strace, no folder and no instance of tracefs outlives a test."""
    if why := here.why_not(Docker()):
        pytest.fail(f"these machines can trace: {why}")
    yield
    assert within(10, lambda: not _tracers()), _tracers()
    assert not list(Path(tempfile.gettempdir()).glob(f"{FOLDER}{os.getpid()}-*"))
    assert f"seawall-{os.getpid()}" not in _instances()


def _tracers(owner: int | None = None) -> list[str]:
    """The straces that this process, or another one, started."""
    listed = subprocess.run(["ps", "-eo", "pid,ppid,args"], capture_output=True, text=True, check=True).stdout.splitlines()
    return [line for line in listed if " strace -f " in line and line.split()[1] == str(owner or os.getpid())]


def _instances() -> list[str]:
    tracefs = "mount -t tracefs tracefs /sys/kernel/tracing && ls /sys/kernel/tracing/instances"
    return subprocess.run(["unshare", "--mount", "sh", "-c", tracefs], capture_output=True, text=True, check=True).stdout.split()


def test_everything_is_seen_from_the_first_instruction_to_the_last() -> None:
    seen = traced(Tracing(Docker()), _PYTHON, inside("test", "-e", "/tmp/ready"), {"command": ["python3", "-Bc", _NEEDY]})
    writes = {one.path: one for one in seen.writes}
    assert {path for path, one in writes.items() if not one.refused} == {
        "/run/app.pid", "/srv/ends", "/tmp/ready", "/var/lib/app", "/var/lib/app/data", "/var/lib/app/state", "/var/lib/app/state/log",
        "/var/lib/app/state/sock",
    }  # fmt: skip
    assert {path for path, one in writes.items() if one.deleted} == {"/run/app.pid", "/var/lib/app/data"}
    assert {path: one.refused for path, one in writes.items() if one.refused} == {"/etc/app.conf": "EACCES"}
    assert writes["/run/app.pid"].how.startswith('openat(AT_FDCWD</>, "/run/app.pid", O_WRONLY|O_CREAT')
    assert {(one.name, one.call) for one in seen.capabilities} == {
        ("CHOWN", "chown"), ("SETGID", "setgroups"), ("SETGID", "setgid"), ("SETUID", "setuid"),
    }  # fmt: skip
    assert [(one.uid, one.gid) for one in seen.users] == [(0, 0), (33, 33)]
    assert [(one.port, one.address, one.process) for one in seen.listening] == [(80, "0.0.0.0", "python3")]
    assert Peer("192.0.2.7", 5432) in seen.peers and not seen.not_learned and not seen.groups


def test_a_name_that_is_asked_for_at_the_engines_own_server(engine: Engine) -> None:
    network = f"seawall-test-{os.getpid()}"
    engine.run("network", "create", "--internal", network)
    try:
        asks = "import socket\ntry: socket.getaddrinfo('db.example.test', 5432)\nexcept OSError: pass"
        seen = traced(
            Tracing(Docker()), _PYTHON, lambda _: False, {"command": ["python3", "-Bc", asks]}, ("--network", network, "--init", "--user", "5:6")
        )
        assert [one.name for one in seen.lookups] == ["db.example.test"] and not seen.peers
        assert [(one.uid, one.gid) for one in seen.users] == [(5, 6)] and not seen.capabilities
    finally:
        engine.run("network", "rm", network, check=False)


def test_a_program_that_is_not_there_and_a_machine_without_strace(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = traced(Tracing(Docker()), _PYTHON, lambda _: False, {"command": ["no-such-program"]})
    assert {one.why for one in seen.not_learned} == {"its program did not start"} and not seen.writes
    find = shutil.which
    monkeypatch.setattr(shutil, "which", lambda name: None if name == "strace" else find(name))
    seen = traced(Tracing(Docker()), _PYTHON, lambda _: False, {"command": ["python3", "-Bc", "import os; os.chown('/srv', 5, 5)"]})
    assert "there is no strace here" in seen.why_not("writes") and len(seen.not_learned) == 6
    assert [one.name for one in seen.capabilities] == ["CHOWN"]


def test_a_strace_that_cannot_follow_does_not_hold_the_program_up(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "strace").write_text("#!/bin/sh\necho 'strace: attach: ptrace(PTRACE_SEIZE): Operation not permitted' >&2\nexit 1\n")
    (tmp_path / "strace").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:{os.environ['PATH']}")
    seen = traced(Tracing(Docker()), _PYTHON, lambda _: False, {"command": ["python3", "-Bc", "pass"]})
    assert seen.why_not("calls") == "strace cannot follow it: strace: attach: ptrace(PTRACE_SEIZE): Operation not permitted"


_KILLED = """
import sys, time
from tests.engine.tracing import inside, traced
from wizard.engine.docker import Docker
from wizard.observe.tracing.watcher import Tracing
def ready(name):
    print(name, flush=True)
    time.sleep(60)
traced(Tracing(Docker()), "python:3.13-slim", ready, {"command": ["sleep", "60"]})
"""


@pytest.mark.parametrize("how", thorough((signal.SIGKILL, signal.SIGINT), (signal.SIGKILL,)))
def test_nothing_traces_on_when_it_is_killed(engine: Engine, how: signal.Signals) -> None:
    with subprocess.Popen([sys.executable, "-c", _KILLED], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        assert process.stdout
        name = process.stdout.readline().strip()
        assert len(_tracers(process.pid)) == 1 and f"seawall-{process.pid}" in _instances()
        process.send_signal(how)
        process.wait(60)
    try:
        assert within(10, lambda: not _tracers(1) and f"seawall-{process.pid}" not in _instances())
    finally:
        engine.run("rm", "--force", name, check=False)
        for left in Path(tempfile.gettempdir()).glob(f"{FOLDER}{process.pid}-*"):
            assert how == signal.SIGKILL
            shutil.rmtree(left)


@pytest.mark.parametrize("name", thorough(tuple(WORKLOADS), ()))
def test_the_truth_is_found(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    truth = WORKLOADS[name]
    began = time.monotonic()
    seen = traced(Tracing(Docker()), truth.image, truth.use, dict(truth.service), truth.options, truth.seconds)
    folders = _folders(seen)
    with capsys.disabled():
        wrong = {one for one in folders if one not in truth.folders}
        names = sorted({one.name for one in seen.capabilities})
        print(
            f"\n{name}: {time.monotonic() - began:.1f} s; {len(seen.writes)} paths below {', '.join(folders) or 'nothing'} (not true: {wrong or 'none'}); {', '.join(names) or 'no capability'}"
        )
    assert not seen.not_learned
    assert folders == truth.folders
    assert {one.name for one in seen.capabilities} == truth.capabilities
    assert tuple(dict.fromkeys((one.uid, one.gid) for one in seen.users)) == truth.users
    assert tuple(sorted({one.port for one in seen.listening if one.is_reachable})) == truth.ports
    assert seen.groups == truth.groups


def _folders(seen: Seen) -> tuple[str, ...]:
    """The topmost folders in which something was made, changed or removed. /var/run is a link in all of these images."""
    parents = sorted({str(Path(one.path).parent).replace("/var/run", "/run") for one in seen.writes if not one.refused})
    return tuple(one for one in parents if not any(one != other and f"{one}/".startswith(f"{other}/") for other in parents))
