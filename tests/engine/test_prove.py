"""`seawall prove` on the engine: what is hardened is proven, what is broken is named with its line, and nothing is left behind."""

import json
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.engine.running import PORTS, Engine, Projects, free_port, new_name, scaffold, until
from tests.thorough import thorough
from tests.tools import APPS, ROOT, seawall
from wizard.engine.docker import Docker
from wizard.engine.labelled import owner
from wizard.errors import Interrupted, SeawallError
from wizard.prove import probing
from wizard.prove.one_container import prove_container
from wizard.prove.own_project import LABEL
from wizard.prove.progress import AWAY, PROBE, START, Began, Event
from wizard.prove.run import Options, prove
from wizard.prove.text_report import Teller

pytestmark = pytest.mark.engine

BROKEN = Path(__file__).parent / "broken"
HARDENED: dict[str, Any] = {
    "image": "python:3.13-slim", "init": True, "user": "10001:10001", "read_only": True, "cap_drop": ["ALL"],
    "security_opt": ["no-new-privileges:true"], "mem_limit": "64m", "memswap_limit": "64m", "cpus": 1.0, "pids_limit": 50,
    "restart": "unless-stopped", "logging": {"driver": "json-file", "options": {"max-size": "1m", "max-file": "2"}},
    "healthcheck": {"test": ["CMD", "true"], "interval": "2s"}, "networks": ["inside"], "command": ["sleep", "99"],
}  # fmt: skip


def _mine(engine: Engine, whose: str) -> int:
    """How much of one proof is left."""
    label = f"{LABEL}={whose}"
    return sum(
        len(engine.run(*words, "--filter", f"label={label}").split()) for words in (("ps", "-aq"), ("network", "ls", "-q"), ("volume", "ls", "-q"))
    )


def _prove(*words: str, code: int) -> Any:
    done = seawall("prove", *words, "--format", "json", timeout=900)
    assert done.returncode == code, f"exit {done.returncode}: {done.stderr}\n{_failed(done.stdout)}"
    return json.loads(done.stdout)


def _failed(text: str) -> str:
    try:
        data = json.loads(text)
    except ValueError:
        return text
    return "\n".join(str(one) for one in [*data["troubles"], *(one for one in data["evidence"] if not one["passed"])])


def _compose(folder: Path, services: dict[str, Any], **shared: Any) -> Path:
    """A Compose file in JSON, which is YAML, one service a line."""
    folder.mkdir(exist_ok=True)
    lines = ",\n".join(f"{json.dumps(name)}: {json.dumps(service)}" for name, service in services.items())
    rest = json.dumps({"networks": {"inside": {"internal": True}}, **shared})[1:]
    (folder / "compose.yaml").write_text(f'{{"services": {{\n{lines}\n}}, {rest}')
    return folder


def test_what_is_scaffolded_is_proven_twice_and_leaves_nothing(engine: Engine, tmp_path: Path) -> None:
    made = scaffold(engine, APPS / "gate", tmp_path / "gate", inside=PORTS["gate"])
    data = _prove(str(made.folder), code=0)
    assert data["passed"] and not data["unprovable"] and not data["waived"]
    services = {service.name for service in made.project.services}
    for round_ in ("started", "restarted"):
        seen = {(one["service"], one["control"]) for one in data["evidence"] if one["round"] == round_}
        assert {name for name, control in seen if control == "read-only-rootfs"} == services
    assert "EROFS" in {one["observed"] for one in data["evidence"] if one["control"] == "read-only-rootfs"}
    assert [row[0] for row in data["before_and_after"]][:2] == ["user", "capabilities"]
    assert data["subject"] not in str(engine.run("ps", "-a", "--format", "{{.Names}}"))
    assert data["subject"] not in engine.run("image", "ls", "--format", "{{.Repository}}")


def test_a_rendered_file_that_somebody_changed_is_caught_in_the_file_and_in_the_container(engine: Engine, tmp_path: Path) -> None:
    made = scaffold(engine, APPS / "brochure", tmp_path / "brochure", "--waive", "log-rotation=the host collects them", inside=PORTS["brochure"])
    file = made.folder / "compose.yaml"
    lines = file.read_text().splitlines()
    file.write_text("\n".join(line for line in lines if line != "    read_only: true") + "\n")
    data = _prove(str(made.folder), code=1)
    wrong = [one for one in data["evidence"] if not one["passed"]]
    assert {one["control"] for one in wrong} == {"read-only-rootfs"}
    assert {one["what"] for one in wrong} == {"the file is what the answers ask for", "creating a file in / with all rights"}
    assert {one["why"] for one in data["waived"]} == {"the host collects them"}


WITHOUT: dict[str, dict[str, dict[str, Any]]] = {
    "one": {"non-root-user": {"user": "0:0"}, "minimal-capabilities": {"cap_drop": ["NET_RAW"]}, "health-check": {"healthcheck": None}},
    "two": {"read-only-rootfs": {"read_only": False}, "no-new-privileges": {"security_opt": []}, "log-rotation": {"logging": None},
            "secrets-as-files": {"environment": {"DB_PASSWORD": "hunter2hunter2"}}},
    "three": {"confinement-profiles": {"security_opt": ["no-new-privileges:true", "seccomp:unconfined"]}, "restart-policy": {"restart": None},
              "init-and-grace": {"init": False, "stop_grace_period": "1s"}, "pinned-base-image": {"image": "python:slim"}},
    "four": {"resource-limits": {"pids_limit": None}, "no-host-access": {"pid": "host"}, "writable-paths": {"tmpfs": ["/spool"]}},
}  # fmt: skip
"""How each control is missing in a project that somebody wrote, several in a service."""


@pytest.fixture(scope="module")
def mutated(tmp_path_factory: pytest.TempPathFactory) -> Any:
    services: dict[str, Any] = {}
    for name, lacking in WITHOUT.items():
        other = {key: value for without in lacking.values() for key, value in without.items()}
        services[name] = {key: value for key, value in {**HARDENED, **other}.items() if value is not None}
    services["whole"] = {**HARDENED, "security_opt": [*HARDENED["security_opt"], "apparmor:mine"]}
    services["inside-only"] = {**HARDENED, "ports": [f"127.0.0.1:{free_port()}:80"]}
    services["job"] = {**HARDENED, "restart": "no", "healthcheck": {"disable": True}, "command": ["true"]}
    return _prove(str(_compose(tmp_path_factory.mktemp("mutated"), services)), code=1)


def _controls(data: Any, service: str) -> set[str]:
    return {one["control"] for one in data["evidence"] if one["service"] == service and not one["passed"]}


@pytest.mark.parametrize("service", WITHOUT)
def test_each_control_that_is_missing_in_somebodys_project_is_named_and_no_other(mutated: Any, service: str) -> None:
    assert _controls(mutated, service) == set(WITHOUT[service])
    places = {one["place"] for one in mutated["evidence"] if one["service"] == service and not one["passed"]}
    assert all(re.search(r"compose\.yaml:\d+$", place) for place in places)


def test_a_hardened_project_of_somebody_is_proven_but_for_what_this_engine_cannot_show(engine: Engine, mutated: Any) -> None:
    assert _controls(mutated, "whole") == set()
    lacking = [(one["service"], one["control"]) for one in mutated["unprovable"]]
    has = "name=apparmor" in engine.run("info", "--format", "{{.SecurityOptions}}")
    assert lacking == ([] if has else [("whole", "confinement-profiles")]) + [("job", "runs")]


def test_a_published_port_on_an_internal_network_alone_is_named(mutated: Any) -> None:
    assert "internal-networks" in _controls(mutated, "inside-only")
    said = [one["observed"] for one in mutated["evidence"] if one["service"] == "inside-only" and not one["passed"]]
    assert any("all its networks are internal" in one for one in said)


@pytest.mark.parametrize(("which", "number"), thorough([("broken", 11), ("broken/further", 21)], [("broken", 11)]))
def test_each_way_in_which_hardening_breaks_a_service_is_diagnosed_to_its_line(tmp_path: Path, which: str, number: int) -> None:
    folder = tmp_path / "broken"
    shutil.copytree(BROKEN.parent / which, folder)
    (folder / "secrets").mkdir()
    (folder / "secrets" / "token").write_text("secret\n")
    (folder / "secrets" / "token").chmod(0o600)
    (folder / "windows.sh").write_bytes(b"#!/bin/sh\r\ntouch /dev/shm/ready\r\nexec sleep 99\r\n")
    (folder / "windows.sh").chmod(0o755)
    (folder / "plain.sh").write_text("#!/bin/sh\ntouch /dev/shm/ready\nexec sleep 99\n")
    lines = (folder / "compose.yaml").read_text().splitlines()
    wanted, service = {}, ""
    for line_number, line in enumerate(lines, 1):
        if found := re.match(r"  ([a-z-]+):$", line):
            service = found[1]
        if found := re.search(r"  # ([a-z-]+)$", line):
            wanted[service] = (found[1], line_number, True)
    data = _prove(str(folder), code=1)
    seen = {one["service"]: (one["control"], int(one["place"].rpartition(":")[2]), one["confirmed"]) for one in data["troubles"]}
    assert len(wanted) == number
    assert seen == wanted, data["troubles"]
    for one in data["troubles"]:
        if said := SAYS.get(one["service"]):
            assert said in one["change"], one["change"]


SAYS = {
    "log-file": '"/var/log:uid=10001,gid=10001,mode=0700,size=16m"', "gosu": "cap_add: [SETGID, SETUID]", "raw-socket": "cap_add: [NET_RAW]",
    "nginx-as-root": "cap_add: [CHOWN, DAC_OVERRIDE, SETGID, SETUID]", "node-cache": '"/home/node/.npm:uid=1000,gid=1000,mode=0700',
    "mariadb-socket": '"/run/mysqld:uid=999,gid=999,', "volume-of-root": "install -d -o 10001 -g 10001 /data", "windows-line-ends": "line ends of Unix",
}  # fmt: skip
"""What is proposed to change, where a wrong proposal would not be seen by the line."""


def test_a_port_that_somebody_has_is_named_and_what_runs_goes_on(engine: Engine, tmp_path: Path) -> None:
    port, name = free_port(), new_name("port")
    engine.run("run", "--detach", "--name", name, "--publish", f"127.0.0.1:{port}:80", "--init", "python:3.13-slim", "sleep", "99")
    try:
        service = {**HARDENED, "networks": ["inside", "out"], "ports": [f"127.0.0.1:{port}:80"]}
        data = _prove(str(_compose(tmp_path / "port", {"web": service}, networks={"inside": {"internal": True}, "out": {}})), code=1)
        (trouble,) = data["troubles"]
        assert (trouble["service"], trouble["control"], trouble["confirmed"]) == ("web", "loopback-ports", True)
        assert str(port) in trouble["change"]
        assert engine.json("inspect", name)[0]["State"]["Running"]
    finally:
        engine.run("rm", "--force", name)


@pytest.fixture
def begun(engine: Engine, tmp_path: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A proof whose service never gets healthy, once its container is there; and who that belongs to."""
    folder = _compose(tmp_path / "slow", {"web": {**HARDENED, "healthcheck": {"test": ["CMD", "false"], "start_period": "300s"}}})
    # Where the tests run in the background, a shell has them ignore interrupts.
    hear = partial(signal.signal, signal.SIGINT, signal.SIG_DFL)
    command = [sys.executable, "-m", "wizard", "prove", str(folder)]
    with subprocess.Popen(command, cwd=ROOT, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE, preexec_fn=hear) as process:
        whose = owner(process.pid)
        until(lambda: engine.run("ps", "-q", "--filter", f"label={LABEL}={whose}").split(), bool)
        yield process, whose
        process.kill()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_who_breaks_off_leaves_nothing(engine: Engine, begun: tuple[subprocess.Popen[str], str], number: signal.Signals) -> None:
    process, whose = begun
    process.send_signal(number)
    _, said = process.communicate(timeout=60)
    assert (process.returncode, said) == (130, "seawall: interrupted; what was started is removed\n")
    assert _mine(engine, whose) == 0


@pytest.mark.parametrize("step", [START, PROBE])
def test_who_stops_it_from_another_thread_leaves_nothing(engine: Engine, tmp_path: Path, step: str) -> None:
    folder = _compose(tmp_path / "stopped", {"web": HARDENED})
    docker, events = Docker(), []

    def tell(event: Event) -> None:
        events.append(event)
        if isinstance(event, Began) and event.step == step:
            docker.stop.ask()

    with pytest.raises(Interrupted, match="interrupted; what was started is removed"):
        prove(folder, Options(), tell, docker)
    assert [event.step for event in events if isinstance(event, Began)][-2:] == [step, AWAY]
    assert _mine(engine, owner()) == 0


def test_what_a_killed_proof_left_is_removed_by_the_next(engine: Engine, begun: tuple[subprocess.Popen[str], str], tmp_path: Path) -> None:
    process, whose = begun
    process.kill()
    process.wait()
    assert _mine(engine, whose) > 0
    # Even one that finds nothing to prove.
    assert seawall("prove", str(tmp_path / "none")).returncode == 2
    assert _mine(engine, whose) == 0


def test_a_service_that_never_gets_healthy_ends_in_time(tmp_path: Path) -> None:
    folder = _compose(tmp_path / "never", {"web": {**HARDENED, "healthcheck": {"test": ["CMD", "false"], "start_period": "300s"}}})
    began = time.monotonic()
    data = _prove(str(folder), "--wait", "3", code=1)
    assert time.monotonic() - began < 40
    assert [(one["service"], one["control"]) for one in data["troubles"]] == [("web", "health-check")]


def test_what_is_kept_runs_and_is_not_swept(engine: Engine, tmp_path: Path) -> None:
    folder = _compose(tmp_path / "kept", {"web": {**HARDENED, "volumes": ["data:/data"]}}, volumes={"data": {}})
    name = _prove(str(folder), "--keep", code=0)["subject"]
    try:
        assert seawall("prove", str(tmp_path / "none")).returncode == 2
        assert engine.run("ps", "--format", "{{.Names}}", "--filter", f"name={name}").split() == [f"{name}-web-1"]
    finally:
        engine.run("compose", "-p", name, "down", "-v", "--timeout", "1")
    assert name not in engine.run("volume", "ls", "-q")


@pytest.fixture
def running(engine: Engine) -> Iterator[str]:
    name = new_name("one")
    engine.run(
        "run", "--detach", "--name", name, "--init", "--volume", "/var/run/docker.sock:/var/run/docker.sock", "python:3.13-slim", "sleep", "99"
    )
    yield name
    engine.run("rm", "--force", name)


def test_a_container_that_runs_is_looked_at_and_left_as_it_is(engine: Engine, running: str) -> None:
    before, changed = engine.json("inspect", running)[0], sorted(engine.run("diff", running).split("\n"))
    data = _prove("--container", running, code=1)
    assert {"no-host-access", "non-root-user", "read-only-rootfs", "minimal-capabilities"} <= _controls(data, running)
    after = engine.json("inspect", running)[0]
    assert (after["State"], after["RestartCount"]) == (before["State"], before["RestartCount"])
    assert sorted(engine.run("diff", running).split("\n")) == changed
    assert seawall("prove", "--container", "no-such-container").returncode == 1


def test_check_judges_what_runs_by_the_same_controls(running: str) -> None:
    done = seawall("check", "--running", "--fail-on", "stop", "--format", "json")
    assert done.returncode == 1, done.stderr
    stops = {one["file"] for one in json.loads(done.stdout)["findings"] if one["severity"] == "stop"}
    assert f"container:{running}" in stops


def test_what_is_rendered_is_clean_once_it_runs(projects: Projects) -> None:
    running = projects.get("brochure")
    ours = {f"container:{running.name}-{service}-1" for service in running.containers()}
    found = json.loads(seawall("check", "--running", "--format", "json").stdout)["findings"]
    assert [one for one in found if one["file"] in ours and one["severity"] != "info"] == []


FLAGS = ("--init", "--user", "10001:10001", "--read-only", "--cap-drop", "ALL", "--security-opt", "no-new-privileges", "--memory", "64m",
         "--memory-swap", "64m", "--cpus", "1", "--pids-limit", "50", "--tmpfs", "/tmp:size=1m,uid=10001,gid=10001")  # fmt: skip


def test_what_takes_the_kernels_word_is_not_provable_from_elsewhere(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object) -> None:
        raise SeawallError("looking into a container takes root on the engine's own Linux host")

    monkeypatch.setattr(probing, "live", refused)
    name = new_name("far")
    engine.run("run", "--detach", "--name", name, *FLAGS, "python:3.13-slim", "sleep", "99")
    try:
        report = prove_container(name, Teller(lambda _: None, lambda _: None))
    finally:
        engine.run("rm", "--force", name)
    assert {one.why for one in report.unprovable} == {"looking into a container takes root on the engine's own Linux host"}
    assert {one.control for one in report.unprovable} == {
        "non-root-user", "read-only-rootfs", "writable-paths", "minimal-capabilities", "no-new-privileges", "confinement-profiles", "resource-limits",
    }  # fmt: skip
    assert {one.control for one in report.failures} == {"health-check", "restart-policy", "log-rotation"}
