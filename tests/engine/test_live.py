"""The looks into a live container themselves, where what they must see is known: also what is not hardened."""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.engine.running import Engine, new_name, until
from tests.tools import APPS
from wizard.control import Live
from wizard.controls import control_of
from wizard.engine.docker import Docker
from wizard.engine.live import LiveContainer, live
from wizard.engine.process import Process
from wizard.errors import NoEngineError, SeawallError
from wizard.resolve import resolve
from wizard.scaffold import Request, begin

pytestmark = pytest.mark.engine

_CAPABILITY = bytes.fromhex("0100000200200000000000000000000000000000")
"""cap_net_raw+ep, as an attribute of a file (version 2)."""
_SLEEP = ("python", "-c", "import signal; signal.pause()")


@contextlib.contextmanager
def _container(engine: Engine, *options: str, words: tuple[str, ...] = _SLEEP) -> Iterator[str]:
    name = new_name("look")
    engine.run("run", "-d", "--name", name, "--label", f"com.docker.compose.project={name}", *options, "python:3.13-slim", *words)
    try:
        yield name
    finally:
        engine.run("rm", "-f", "-v", name)


@pytest.fixture(scope="module")
def loose(engine: Engine) -> Iterator[str]:
    """A container as Docker makes it by default, with a volume and a tmpfs."""
    with _container(engine, "-e", "A=b=c", "-v", "/data", "--tmpfs", "/var/run/x:mode=0750") as name:
        yield name


@pytest.fixture(scope="module")
def tight(engine: Engine) -> Iterator[str]:
    """One with everything closed, by options of docker run."""
    options = (
        "--init", "--user", "10001:10001", "--read-only", "--cap-drop", "ALL", "--security-opt", "no-new-privileges", "--memory", "64m",
        "--memory-swap", "64m", "--pids-limit", "20", "--cpus", "0.25", "--ulimit", "nofile=64:128", "--network", "none",
        "--tmpfs", "/work:uid=10001,gid=10001,mode=0700,size=1m,noexec",
    )  # fmt: skip
    with _container(engine, *options) as name:
        yield name


def test_it_is_what_controls_look_at(loose: str) -> None:
    seen: Live = live(loose)
    assert isinstance(seen, LiveContainer)
    assert seen.inspect()["Name"] == f"/{loose}"
    assert "python:3.13-slim" in seen.image()["RepoTags"]
    assert seen.network("bridge")["Driver"] == "bridge"
    assert seen.environment()["A"] == "b=c"


def test_a_loose_container_is_seen_as_one(loose: str) -> None:
    seen = live(loose)
    assert (seen.status("Uid").split()[1], seen.status("NoNewPrivs")) == ("0", "0")
    assert int(seen.status("CapBnd"), 16) > 0
    assert seen.create("/", 0, 0) == seen.create("/", 0, 0, bounded=False) == "written"
    assert seen.create("/", 10001, 10001) == "EACCES"
    assert seen.create("/", 10001, 10001, bounded=False) == "written"
    assert seen.create("/nowhere", 0, 0) == "ENOENT"
    assert seen.create("/etc/passwd", 0, 0) == "ENOTDIR"
    assert {name: seen.limit(name) for name in ("memory", "pids", "cpus")} == {"memory": None, "pids": None, "cpus": None}
    assert "/usr/bin/su" in seen.privileged_files()


def test_a_tight_container_is_seen_as_one(tight: str) -> None:
    seen = live(tight)
    assert seen.process.arguments()[0] == "python"
    assert seen.status("Uid").split() == seen.status("Gid").split() == ["10001"] * 4
    assert [seen.status(field) for field in ("CapEff", "CapBnd", "NoNewPrivs", "Seccomp")] == ["0" * 16, "0" * 16, "1", "2"]
    assert seen.create("/", 0, 0, bounded=False) == seen.create("/", 10001, 10001) == "EROFS"
    assert seen.create("/work", 10001, 10001) == "written"
    assert seen.create("/work", 10002, 10002) == "EACCES"
    # Root with what the bounding set leaves it, which is nothing, may not enter another's folder.
    assert seen.create("/work", 0, 0) == "EACCES"
    limits = {name: seen.limit(name) for name in ("memory", "memory+swap", "pids", "cpus")}
    assert limits == {"memory": 64 << 20, "memory+swap": 64 << 20, "pids": 20, "cpus": 250}
    assert seen.ulimit("nofile") == (64, 128)
    assert seen.mount("/work").startswith("tmpfs rw,")
    assert "noexec" in seen.mount("/work").split(" ")[1].split(",")
    with pytest.raises(ValueError, match="no limit"):
        seen.limit("shoes")


def test_filters_are_seen_as_the_kernel_holds_them(engine: Engine, loose: str, tight: str) -> None:
    calls = (("write", 0), ("ptrace", 0), ("keyctl", 0), ("socket", 2), ("unshare", 0x10000000))
    for name in (loose, tight):
        assert live(name).filtered(calls) == ("allowed", "allowed", "EPERM", "allowed", "EPERM")
    with _container(engine, "--security-opt", "seccomp=unconfined") as free:
        assert live(free).filtered(calls) == ("allowed",) * 5
    state = live(tight).status("State")
    assert state.startswith("S"), "it goes on after the look"


def test_files_are_seen_as_their_user_sees_them(loose: str) -> None:
    seen = live(loose)
    assert seen.stat("/etc/shadow").endswith(" 0640")
    assert seen.stat("/usr/bin/su") == "0:0 4755"
    assert seen.stat("/nowhere") == "ENOENT"
    assert seen.read("/etc/shadow", 10001, 10001) == "EACCES"
    assert seen.read("/etc/shadow", 0, 0) == seen.read("/etc/passwd", 10001, 10001) == "readable"
    # /var/run is a link.
    assert seen.mount("/var/run/x").startswith("tmpfs ")
    assert seen.mount("/etc") == ""


def test_files_that_give_rights_or_can_be_changed_are_found_on_the_root_alone(loose: str) -> None:
    seen = live(loose)
    root = Path(f"/proc/{seen.process.pid}/root")
    before = (seen.privileged_files(), seen.files_writable_by(10001, 10002))
    assert before[1] == ()
    for place in ("srv", "data", "run/x"):
        made = {name: root / place / name for name in ("capable", "grouped", "open", "own", "theirs", "both\n\udcff")}
        for path in made.values():
            path.write_bytes(b"")
            path.chmod(0o644)
        os.setxattr(made["capable"], "security.capability", _CAPABILITY)
        os.chown(made["grouped"], 0, 10002)
        made["grouped"].chmod(0o664)
        made["open"].chmod(0o646)
        os.chown(made["own"], 10001, 0)
        made["own"].chmod(0o400)
        os.chown(made["theirs"], 10003, 10003)
        made["theirs"].chmod(0o660)
        made["both\n\udcff"].chmod(0o2666)
    (root / "srv/sticky").mkdir()
    (root / "srv/sticky").chmod(0o1777)
    (root / "srv/shared").mkdir()
    (root / "srv/shared").chmod(0o777)
    (root / "srv/link").symlink_to("/etc/passwd")
    new = [path for path in seen.privileged_files() if path not in before[0]]
    assert new == ["/srv/both\n\udcff", "/srv/capable"]
    assert list(seen.files_writable_by(10001, 10002)) == [f"/srv/{name}" for name in ("both\n\udcff", "grouped", "open", "own", "shared")]


def test_what_does_not_run_or_is_not_there_is_said_in_one_line(engine: Engine) -> None:
    with pytest.raises(SeawallError, match="there is no such container"):
        live("seawall-test-nobody")
    with pytest.raises(SeawallError, match="there is no such container"):
        live("--help")
    with _container(engine, words=("python", "-c", "raise SystemExit(3)")) as name:
        until(lambda: engine.json("inspect", name)[0]["State"]["Status"], lambda status: status == "exited")
        with pytest.raises(SeawallError, match=r"is not running \(exited, exit code 3\)"):
            live(name)


def test_a_process_that_is_gone_is_said(engine: Engine) -> None:
    with _container(engine) as name:
        seen = live(name)
    for look in (lambda: seen.status("Uid"), lambda: seen.create("/", 0, 0), seen.privileged_files, lambda: seen.limit("pids")):
        with pytest.raises(SeawallError, match="is gone"):
            look()


def test_an_init_of_the_image_is_no_program(engine: Engine) -> None:
    """PID 1 is the engine's init, or the image's own: the program is what that starts."""
    with _container(engine, "--init", words=("sh", "-c", "sleep 600 & exec sleep 601")) as name:
        seen = until(lambda: live(name).process.arguments(), lambda words: "sh" not in words)
        assert seen == ("sleep", "601")
        pid = engine.json("inspect", name)[0]["State"]["Pid"]
        assert Process(pid).status("Name") == "docker-init"


def test_no_engine_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(NoEngineError, match="no nodocker command"):
        Docker("nodocker").version()
    monkeypatch.setenv("DOCKER_HOST", "unix:///nowhere.sock")
    with pytest.raises(NoEngineError, match="no container engine answers"):
        live("anything")


def test_a_compiler_is_seen_in_an_image_to_build_with(engine: Engine) -> None:
    service = resolve(begin(Request(APPS / "ledger", APPS / "ledger")).workload).app
    (probe,) = (probe for probe in control_of("pinned-base-image").probes(service) if probe.expected == "none")
    name = new_name("look")
    engine.run("run", "-d", "--name", name, "--label", f"com.docker.compose.project={name}", "golang:1.27", "sleep", "60")
    try:
        assert "/usr/local/go/bin/go" in probe.observe(live(name))
    finally:
        engine.run("rm", "-f", name)
