"""What the live containers are allowed to do, read without the product's probes."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from errno import EROFS
from pathlib import Path
from typing import Any

import pytest

from tests.engine.running import PORTS, Engine, Projects, Running, hurried, scaffold, started
from tests.tools import APP_NAMES, APPS
from wizard.resolve import resolve
from wizard.scaffold import Request, begin

pytestmark = pytest.mark.engine

_ALWAYS_WRITABLE = {"/dev/shm", "/dev/mqueue"}
_UNIT = {"k": 1024, "m": 1024**2, "g": 1024**3}


def _services() -> list[Any]:
    found = []
    for app in APP_NAMES:
        project = resolve(begin(Request(APPS / app, APPS / app)).workload)
        found += [pytest.param(app, service.name, id=f"{app}-{service.name}") for service in project.services]
    return found


each_service = pytest.mark.parametrize(("app", "service"), _services())


def _processes(running: Running, service: str) -> list[Path]:
    """All processes that share the container's process namespace."""
    first = os.readlink(f"/proc/{running.pid(service)}/ns/pid")
    found = []
    for entry in Path("/proc").iterdir():
        try:
            if entry.name.isdigit() and os.readlink(entry / "ns" / "pid") == first:
                found.append(entry)
        except OSError:
            continue
    return found


def _status(process: Path) -> dict[str, str]:
    lines = (line.split(":", 1) for line in (process / "status").read_text().splitlines())
    return {name: value.strip() for name, value in lines}


@each_service
def test_no_process_has_any_right(projects: Projects, app: str, service: str) -> None:
    running = projects.get(app)
    processes = [_status(process) for process in _processes(running, service)]
    # The init and what it started, at least.
    assert len(processes) >= 2
    wanted = running.definition["services"][service]["user"].split(":")
    for status in processes:
        assert status["Uid"].split() == [wanted[0]] * 4, status["Name"]
        assert status["Gid"].split() == [wanted[1]] * 4, status["Name"]
        assert status["Groups"].split() in ([], [wanted[1]]), status["Name"]
        assert wanted[0] != "0"
        assert {status[f"Cap{kind}"] for kind in ("Inh", "Prm", "Eff", "Bnd", "Amb")} == {"0" * 16}, status["Name"]
        assert (status["NoNewPrivs"], status["Seccomp"]) == ("1", "2"), status["Name"]


def _scan(running: Running, service: str, uid: int, gid: int) -> Any:
    script = Path(__file__).with_name("scan.py")
    words = [sys.executable, "-I", "-S", str(script), str(running.pid(service)), str(uid), str(gid)]
    done = subprocess.run(words, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def _declared(running: Running, service: str) -> set[str]:
    definition = running.definition["services"][service]
    volumes = {volume["target"] for volume in definition.get("volumes", ()) if volume["type"] == "volume"}
    root = Path(f"/proc/{running.pid(service)}/root")
    found = volumes | {entry.partition(":")[0] for entry in definition.get("tmpfs", ())}
    return {"/" + os.path.relpath(_resolved(root, path), root) for path in found}


def _resolved(root: Path, path: str) -> Path:
    """The place in a container that a path names, links followed as from its own root."""
    at = root
    for step in path.strip("/").split("/"):
        at = at / step
        if at.is_symlink():
            target = os.readlink(at)
            at = _resolved(root, target) if target.startswith("/") else Path(os.path.normpath(at.parent / target))
    return at


@each_service
def test_the_user_writes_where_that_is_declared_and_nowhere_else(projects: Projects, app: str, service: str) -> None:
    running = projects.get(app)
    uid, gid = (int(number) for number in running.definition["services"][service]["user"].split(":"))
    seen, declared = _scan(running, service, uid, gid), _declared(running, service)
    assert len(seen["refused"]) > 10
    assert declared <= set(seen["made"])
    places = declared | _ALWAYS_WRITABLE
    elsewhere = [path for path in seen["made"] if not any(path == place or path.startswith(place + "/") for place in places)]
    assert elsewhere == []
    devices = {f"/dev/{name}" for name in ("full", "null", "ptmx", "random", "tty", "urandom", "zero", "pts/ptmx")}
    files = [path for path in seen["opened"] if path not in devices and not any(path.startswith(place + "/") for place in places)]
    assert files == []


@each_service
def test_root_with_all_rights_is_refused_by_the_mount_alone(projects: Projects, app: str, service: str) -> None:
    running = projects.get(app)
    seen, declared = _scan(running, service, -1, -1), _declared(running, service)
    # Root itself could write the memory that the engine adds, and what is declared.
    places = declared | _ALWAYS_WRITABLE | {"/dev", "/dev/pts"}
    refused = {path: errno for path, errno in seen["refused"].items() if path not in places}
    assert len(refused) > 10
    assert {path: errno for path, errno in refused.items() if errno != EROFS} == {}
    assert [path for path in seen["made"] if not any(path == place or path.startswith(place + "/") for place in places)] == []


def _bytes(size: str) -> int:
    return int(size[:-1]) * _UNIT[size[-1]]


@each_service
def test_the_cgroup_holds_the_limits_of_the_file(projects: Projects, app: str, service: str) -> None:
    running = projects.get(app)
    definition, pid = running.definition["services"][service], running.pid(service)
    memory, pids, cpus = _bytes(definition["mem_limit"]), definition["pids_limit"], float(definition["cpus"])
    groups = dict(line.split(":", 2)[1:] for line in Path(f"/proc/{pid}/cgroup").read_text().splitlines())
    base = Path("/sys/fs/cgroup")

    def text(controller: str, file: str) -> str:
        folder = base / controller if controller else base
        return (folder / groups[controller].strip("/") / file).read_text().strip()

    if "memory" in groups:
        quota, period = (int(text("cpu", f"cpu.cfs_{name}_us")) for name in ("quota", "period"))
        seen = [text("memory", "memory.limit_in_bytes"), text("memory", "memory.memsw.limit_in_bytes"), text("pids", "pids.max")]
        assert seen == [str(memory), str(memory), str(pids)]
    else:
        quota, period = (int(word) for word in text("", "cpu.max").split())
        assert [text("", f"{name}.max") for name in ("memory", "memory.swap", "pids")] == [str(memory), "0", str(pids)]
    assert quota / period == cpus
    limits = Path(f"/proc/{pid}/limits").read_text()
    assert re.search(r"^Max open files +(\d+) +(\d+)", limits, re.M).groups() == tuple(  # type: ignore[union-attr]
        str(definition["ulimits"]["nofile"][kind]) for kind in ("soft", "hard")
    )


def _listening() -> dict[tuple[str, str, int], str]:
    """What listens in our network namespace, which is the engine's: protocol, address and port, and the socket's inode."""
    found = {}
    for name in ("tcp", "tcp6", "udp", "udp6"):
        for line in Path(f"/proc/net/{name}").read_text().splitlines()[1:]:
            words = line.split()
            if words[3] in ("0A", "07"):
                address, port = words[1].split(":")
                found[name, address, int(port, 16)] = words[9]
    return found


def _owner(inode: str) -> list[str]:
    """The command line of the process that holds a socket; nothing if it is gone already."""
    for descriptor in Path("/proc").glob("[0-9]*/fd/*"):
        try:
            if os.readlink(descriptor) == f"socket:[{inode}]":
                return (descriptor.parents[1] / "cmdline").read_text("utf-8", "replace").split("\0")
        except OSError:
            continue
    return []


def _is_of(addresses: set[str], words: list[str]) -> bool:
    """Whether a program listens for containers at these addresses, or is the engine or a container's program itself.

    Other programs of this machine, and other projects on its engine, go on meanwhile.
    """
    name = Path(words[0]).name if words else ""
    return bool(addresses & set(words)) or name in ("dockerd", "containerd", "docker-init") or name.startswith("nginx")


@pytest.fixture
def listening_before(engine: Engine) -> dict[tuple[str, str, int], str]:
    return _listening()


@pytest.fixture
def fresh(engine: Engine, tmp_path: Path, listening_before: object) -> Iterator[Running]:
    made = scaffold(engine, APPS / "brochure", tmp_path / "brochure", inside=PORTS["brochure"])
    made.overrides = (hurried(made),)
    with started(made) as running:
        yield running


def test_nothing_listens_on_the_host_but_what_was_asked_for(listening_before: dict[tuple[str, str, int], str], fresh: Running) -> None:
    facts = [fresh.inspect(service) for service in fresh.containers()]
    addresses = {network["IPAddress"] for fact in facts for network in fact["NetworkSettings"]["Networks"].values()} - {""}
    new = {where: _owner(inode) for where, inode in _listening().items() if where not in listening_before}
    assert {where for where, words in new.items() if _is_of(addresses, words)} <= {("tcp", "0100007F", fresh.port)}, new
    published = [fact["NetworkSettings"]["Ports"] for fact in facts]
    bindings = [binding for ports in published for found in ports.values() for binding in found or ()]
    assert bindings == [{"HostIp": "127.0.0.1", "HostPort": str(fresh.port)}]
    assert fresh.ask("/")[0] == 200
