"""daemon.json on an engine of its own: it starts with it, each setting is seen by the command that DAEMON.md gives, and what breaks does."""

import json
import os
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.engine.running import Engine, until
from tests.engine.second import SecondEngine, second_engine
from tests.tools import seawall
from wizard.daemon import FIRST_ID, IDS, SETTINGS, Setting
from wizard.engine.doctor import findings

pytestmark = pytest.mark.engine

IMAGE = "debian:trixie-slim"
UID = 10001
FEW = ("cd / && tar -c bin lib lib64 usr/lib64 usr/bin/{bash,sh,dash,cat,sleep,stat,touch,true,timeout,wc,id} "
       "usr/lib/*-linux-gnu/{ld-linux,libc,libtinfo,libselinux,libpcre2-8}[.-]*")  # fmt: skip
"""The few programs that are called here, with their libraries: to bring a whole image along takes longer than all tests."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project with a volume, a secret and the proposal; its image is there already."""
    made = tmp_path_factory.mktemp("daemon") / "keeper"
    made.mkdir()
    done = seawall(str(made), "--yes", "--set", f"image={IMAGE}", "--set", "command=sleep 600", "--set", "writable=/tmp tmpfs 16M, /data volume data",
                   "--set", "secrets=key", "--set", f"user={UID}:{UID}", "--set",
                   "health=none: it only waits", "--set", "stop_grace=1", "--set", "extras=daemon")  # fmt: skip
    assert done.returncode == 0, done.stderr
    return made


@pytest.fixture(scope="module")
def second(engine: Engine, folder: Path) -> Iterator[SecondEngine]:
    """An engine on which the project wrote to its volume before the proposal was applied; it runs with it now, and with a plain container."""
    with second_engine() as made:
        made.start({})
        made.engine.run("volume", "create", "keeper_data")
        data = made.folder / "data/volumes/keeper_data/_data"
        (data / "file").write_text("kept\n")
        for path in (data, data / "file"):
            os.chown(path, UID, UID)
        made.stop()
        made.start(json.loads((folder / "daemon.json").read_text()))
        # What was there before is hidden.
        assert made.engine.run("volume", "ls", "--quiet") == ""
        few = subprocess.run(
            ["docker", "run", "--rm", IMAGE, "bash", "-c", FEW], env=dict(engine.environment), capture_output=True, check=True, timeout=60
        )
        subprocess.run(
            ["docker", "import", "-", IMAGE], env=dict(made.engine.environment), input=few.stdout, capture_output=True, check=True, timeout=60
        )
        made.engine.run("run", "--detach", "--name", "plain", IMAGE, "sleep", "600")
        yield made


def shell(second: SecondEngine, folder: Path, text: str) -> str:
    """What a shell in the project's folder prints, with the second engine as its own. Raises AssertionError."""
    done = subprocess.run(["sh", "-eu"], input=text, cwd=folder, env=dict(second.engine.environment), capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def block(folder: Path, title: str) -> list[str]:
    """The lines of the commands below a title of DAEMON.md."""
    section = (folder / "DAEMON.md").read_text().split(f"\n## {title}\n")[1].split("\n## ")[0]
    return re.findall(r"```sh\n(.*?)```", section, flags=re.S)[0].splitlines()  # type: ignore[no-any-return]


def refused(second: SecondEngine, *words: str) -> str:
    """What is said to `docker run` with these options."""
    done = subprocess.run(
        ["docker", "run", "--rm", *words, IMAGE, "true"], env=dict(second.engine.environment), capture_output=True, text=True, timeout=60
    )
    assert done.returncode != 0
    return done.stderr


def inside(second: SecondEngine, *words: str, options: tuple[str, ...] = ()) -> str:
    """What a shell says in a new container, errors included."""
    return second.engine.run("run", "--rm", *options, IMAGE, "bash", "-c", f"({' '.join(words)}) 2>&1; true").strip()


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda setting: setting.name)
def test_a_setting_is_seen_by_its_command(second: SecondEngine, folder: Path, setting: Setting) -> None:
    lines = [line.replace("CONTAINER= ", "CONTAINER=plain ") for line in block(folder, ", ".join(setting.keys))]
    assert shell(second, folder, "\n".join(lines)).strip() == setting.check.prints


def test_root_inside_is_nobody_outside(second: SecondEngine) -> None:
    pid = second.engine.run("inspect", "--format", "{{.State.Pid}}", "plain").strip()
    assert Path(f"/proc/{pid}/uid_map").read_text().split() == ["0", str(FIRST_ID), str(IDS)]
    assert re.search(rf"^Uid:\t{FIRST_ID}\t", Path(f"/proc/{pid}/status").read_text(), re.M)


def test_doctor_says_what_that_means(second: SecondEngine) -> None:
    info = second.engine.json("info", "--format", "{{json .}}")
    (users,) = (found for found in findings(info, "5.6.1") if found.about == "users")
    assert (users.seen, users.verdict) == ("remapped", "ok")


def test_what_needs_the_host_is_refused_in_the_words_that_are_quoted(second: SecondEngine, folder: Path) -> None:
    words = (folder / "DAEMON.md").read_text()
    for options, said in (
        (("--privileged",), "privileged mode is incompatible with user namespaces"),
        (("--network", "host"), "cannot share the host's network namespace when user namespaces are enabled"),
        (("--pid", "host"), "cannot share the host PID namespace when user namespaces are enabled"),
    ):
        assert said in words
        assert said in refused(second, *options)
    assert inside(second, "cat /proc/self/uid_map", options=("--userns", "host")).split() == ["0", "0", str(2**32 - 1)]


def test_files_of_the_host_belong_to_nobody_inside(second: SecondEngine, folder: Path) -> None:
    said = inside(second, "stat -c %u /there; touch /there/x", options=("--volume", f"{folder}:/there"))
    assert said.startswith("65534\n")
    assert "Permission denied" in said


def test_the_default_bridge_keeps_containers_apart_and_networks_of_their_own_do_not(second: SecondEngine) -> None:
    second.engine.run("network", "create", "own")
    second.engine.run("run", "--detach", "--name", "peer", "--network", "own", IMAGE, "sleep", "600")
    address = second.engine.run("inspect", "--format", "{{.NetworkSettings.IPAddress}}", "plain").strip()
    # Where the other one is reached it refuses, since nothing listens there; else nobody answers.
    look = "timeout 1 bash -c '</dev/tcp/{}/9'"
    assert "refused" not in inside(second, look.format(address))
    assert "refused" in inside(second, look.format("peer"), options=("--network", "own"))


def test_containers_live_on_without_the_engine(second: SecondEngine, folder: Path) -> None:
    pid = second.engine.run("inspect", "--format", "{{.State.Pid}}", "plain").strip()
    second.stop()
    alone = Path(f"/proc/{pid}/cmdline")
    found = alone.read_bytes() if alone.exists() else b""
    second.start(json.loads((folder / "daemon.json").read_text()))
    assert b"sleep" in found
    assert second.engine.run("inspect", "--format", "{{.State.Pid}}", "plain").strip() == pid
    said = subprocess.run(["docker", "swarm", "init", "--advertise-addr", "127.0.0.1"], env=dict(second.engine.environment), capture_output=True,
                          text=True, timeout=60).stderr  # fmt: skip
    assert "--live-restore daemon configuration is incompatible with swarm mode" in said
    assert "--live-restore daemon configuration is incompatible with swarm mode" in (folder / "DAEMON.md").read_text()


def test_live_restore_is_taken_back_without_a_restart(second: SecondEngine, folder: Path) -> None:
    settings = json.loads((folder / "daemon.json").read_text())
    try:
        for wanted in (False, True):
            second.reload({**settings, "live-restore": wanted})
            until(
                lambda: second.engine.run("info", "--format", "{{.LiveRestoreEnabled}}").strip(), lambda seen, want=wanted: seen == str(want).lower()
            )
    finally:
        second.reload(settings)


def test_the_data_of_a_volume_is_brought_along_and_secrets_stay_readable(second: SecondEngine, folder: Path) -> None:
    lines = [line.replace("sudo ", "") for line in block(folder, "What userns-remap means for these services")]
    shell(second, folder, "\n".join(lines[1:]))
    said = second.engine.run("compose", "exec", "-T", "keeper", "sh", "-c", "cat /data/file; echo more >> /data/file; wc -c < /run/secrets/key; id -u",
                             cwd=folder)  # fmt: skip
    kept, secret, uid = said.split()
    assert (kept, uid) == ("kept", str(UID))
    assert int(secret) > 8
    second.engine.run("compose", "down", "--timeout", "1", cwd=folder)


def test_both_files_are_merged_as_it_is_said(second: SecondEngine, folder: Path, tmp_path: Path) -> None:
    merge = next(line for line in block(folder, "Apply it by hand, and go back") if line.startswith("jq"))
    (tmp_path / "before").write_text('{"icc": true, "mtu": 1400}')
    (tmp_path / "daemon.json").write_text((folder / "daemon.json").read_text())
    shell(second, tmp_path, merge.replace("/etc/docker/daemon.json.before", "before"))
    merged = json.loads((tmp_path / "merged.json").read_text())
    assert (merged["icc"], merged["mtu"]) == (False, 1400)
