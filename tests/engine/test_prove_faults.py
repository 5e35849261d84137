"""`seawall prove` when things go wrong: the engine goes away, the disk is full, a build hangs, an app does what apps do. No hang, one line, nothing left."""

import contextlib
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.engine.running import Engine
from tests.engine.second import SecondEngine, second_engine
from tests.thorough import thorough
from tests.tools import ROOT
from wizard.engine.labelled import owner
from wizard.prove.own_project import FOLDER, LABEL

pytestmark = pytest.mark.engine

IMAGE = "debian:trixie-slim"
FEW = "cd / && tar -c bin lib lib64 usr/lib64 usr/bin/{sh,dash,sleep,true,touch,test} usr/lib/*-linux-gnu/{ld-linux,libc,libselinux,libpcre2-8}[.-]*"
"""The few programs that are called here, with their libraries."""
SERVICE = {"image": IMAGE, "init": True, "command": ["sleep", "99"], "volumes": ["data:/data"], "healthcheck": {"test": ["CMD", "true"]}}
BUILT = {**SERVICE, "image": "built:1", "build": {"dockerfile_inline": f"FROM {IMAGE}\nRUN sleep 2\n"}}


def _compose(folder: Path, **services: Any) -> Path:
    folder.mkdir()
    (folder / "compose.yaml").write_text(json.dumps({"services": services, "volumes": {"data": {}}}))
    return folder


class Proof:
    """A proof that runs, on whichever engine; `path` stands before the host's own PATH."""

    def __init__(self, folder: Path, engine: Engine, *words: str, path: str = "") -> None:
        environment = {**engine.environment, "PYTHONPATH": str(ROOT), "PATH": f"{path}:{os.environ['PATH']}"}
        self.engine = engine
        self.process = subprocess.Popen(
            [sys.executable, "-m", "wizard", "prove", str(folder), *words],
            cwd=ROOT, env=environment, text=True, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True,
        )  # fmt: skip
        self.owner = owner(self.process.pid)

    def ended(self, seconds: float = 120) -> tuple[int, str]:
        """The exit code and what it said to stderr; whoever is still there then is killed."""
        try:
            self.out, said = self.process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.communicate()
            raise AssertionError(f"it did not end within {seconds:g} s") from None
        return self.process.returncode, said

    def left(self) -> list[str]:
        """What is left of it on the engine and on the disk."""
        found = []
        for words in (("ps", "-aq"), ("network", "ls", "-q"), ("volume", "ls", "-q"), ("image", "ls", "-q")):
            found += self.engine.run(*words, "--filter", f"label={LABEL}={self.owner}").split()
        return found + [str(path) for path in Path(tempfile.gettempdir()).glob(f"{FOLDER}{self.process.pid}-*")]


def _one_line(said: str) -> bool:
    return said.startswith("seawall: ") and said.count("\n") == 1 and "Traceback" not in said


def _with_programs(second: SecondEngine, engine: Engine) -> None:
    few = subprocess.run(
        ["docker", "run", "--rm", IMAGE, "bash", "-c", FEW], env=dict(engine.environment), capture_output=True, check=True, timeout=60
    )
    subprocess.run(
        ["docker", "import", "-", IMAGE], env=dict(second.engine.environment), input=few.stdout, capture_output=True, check=True, timeout=60
    )


@pytest.fixture(scope="module")
def second(engine: Engine) -> Iterator[SecondEngine]:
    """An engine that may be killed."""
    with second_engine() as made:
        made.start({})
        _with_programs(made, engine)
        yield made


def _again(second: SecondEngine) -> None:
    """Start it again after its end; of a daemon that was killed its own containerd is left, with which a second one does not get on."""
    assert second.daemon
    second.daemon.kill()
    second.daemon.wait()
    with contextlib.suppress(FileNotFoundError, ValueError, ProcessLookupError):
        number = second.folder / "exec/containerd/containerd.pid"
        left = int(number.read_text())
        # One that nobody waits for would be taken for one that runs.
        number.unlink()
        os.kill(left, signal.SIGKILL)
    second.start({})


_PHASES = ("config", "build", "up", "inspect", "restart", "rm")
"""Commands of the proof at which the engine goes away: while the files are read, built, started, looked at, started again, taken away."""
_GONE = [(phase, end, after) for phase in _PHASES for end in ("KILL", "TERM") for after in (0.0, 0.7)]


@pytest.mark.parametrize(("phase", "end", "after"), thorough(_GONE, [("build", "KILL", 0.7), ("inspect", "KILL", 0.0)]))
def test_an_engine_that_goes_away_is_said_and_the_next_proof_removes_what_was_left(
    second: SecondEngine, tmp_path: Path, phase: str, end: str, after: float
) -> None:
    assert second.daemon
    folder = _compose(tmp_path / "project", one=BUILT, two=SERVICE)
    # A docker command that takes the engine away, once, when it is asked for this.
    words = f"container {phase}" if phase in ("inspect", "rm") else f"compose*{phase}"
    goodbye = f"mkdir {tmp_path}/done 2>/dev/null && {{ sleep {after}; kill -{end} {second.daemon.pid}; }}"
    (tmp_path / "docker").write_text(
        f"""#!/bin/sh\ncase "$*" in *{words.replace(" ", "*")}*) {f"({goodbye}) &" if after else goodbye};; esac\nexec /usr/bin/docker "$@"\n"""
    )
    (tmp_path / "docker").chmod(0o755)
    proof = Proof(folder, second.engine, path=str(tmp_path))
    try:
        code, said = proof.ended()
        assert (tmp_path / "done").exists(), f"docker {words} was never asked for"
    finally:
        _again(second)
    # All is proven by the time that it is taken away, or was taken away just in time.
    proven = phase == "rm" and code == 0 and "looks as expected" in proof.out
    assert proven or (code == 3 and _one_line(said)), f"exit {code}: {said}\n{proof.out}"
    again = Proof(tmp_path / "none", second.engine)
    assert again.ended()[0] == 2
    assert proof.left() == []


@pytest.mark.parametrize("seed", thorough(range(50), [17]))
def test_what_is_killed_at_any_moment_leaves_nothing_after_the_next_proof(engine: Engine, tmp_path: Path, seed: int) -> None:
    folder = _compose(tmp_path / "project", one=BUILT, two=SERVICE)
    proof = Proof(folder, engine)
    # From the first word to the last: about as long as all of it takes.
    time.sleep(random.Random(seed).uniform(0.3, 12))
    proof.process.kill()
    proof.process.communicate()
    assert Proof(tmp_path / "none", engine).ended()[0] == 2
    assert proof.left() == []


APPS: dict[str, tuple[dict[str, Any], tuple[str, ...], int, str]] = {
    "ignores the signal to end": (
        {"command": ["python", "-c", "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(999)"], "stop_grace_period": "1s"},
        (), 1, "looks as expected",
    ),
    "prints a hundred megabytes": (
        {"command": ["python", "-c", "import sys\nfor _ in range(1000): sys.stdout.write('x' * 99999 + '\\n')\nsys.exit(3)"]}, (), 1, "exited with code 3",
    ),
    "prints what a terminal obeys": ({"command": ["sh", "-c", "printf '\\033[2J\\033]0;title\\007\\033[31mfatal\\r\\n'; exit 3"]}, (), 1, "\\u001b[31mfatal"),
    "never gets healthy": (
        {"command": ["sleep", "99"], "healthcheck": {"test": ["CMD", "false"], "start_period": "300s"}}, ("--wait", "3"), 1, "[health-check]",
    ),
}  # fmt: skip
"""Of each app the service, the options of the proof, its exit code and what it says."""


@pytest.mark.parametrize("app", thorough(list(APPS), ["prints what a terminal obeys"]))
def test_whatever_an_app_does_the_proof_ends_and_says_it(engine: Engine, tmp_path: Path, app: str) -> None:
    service, words, code, says = APPS[app]
    folder = _compose(
        tmp_path / "project",
        web={"image": "python:3.13-slim", "init": True, "restart": "no" if "sleep" not in service["command"] else "always", **service},
    )
    proof = Proof(folder, engine, *words)
    assert proof.ended() == (code, ""), proof.out
    assert says in proof.out
    assert all(line.isprintable() for line in proof.out.splitlines())
    assert proof.left() == []


@pytest.mark.thorough
def test_a_full_disk_on_the_engines_side_is_said(engine: Engine, tmp_path: Path) -> None:
    with second_engine() as small:
        _disk(small, tmp_path / "disk", 120)
        small.start({"storage-driver": "overlay2"})
        _with_programs(small, engine)
        folder = _compose(tmp_path / "project", one={**BUILT, "build": {"dockerfile_inline": f"FROM {IMAGE}\nCOPY big /big\n"}})
        with (folder / "big").open("wb") as big:
            big.truncate(300 << 20)
        proof = Proof(folder, small.engine)
        code, said = proof.ended()
        assert (code, said) == (1, "")
        assert "the engine's disk is full" in " ".join(proof.out.split()), proof.out
        assert proof.left() == []


def _disk(second: SecondEngine, file: Path, megabytes: int) -> None:
    """A file system of this size for what the engine keeps: mounted where the engine sees it, and gone with it."""
    with file.open("wb") as image:
        image.truncate(megabytes << 20)
    subprocess.run(["mkfs.ext4", "-q", "-F", str(file)], check=True, timeout=60)
    place = second.folder / "data"
    place.mkdir(exist_ok=True)
    subprocess.run(["nsenter", f"--target={second.home.pid}", "--mount", "mount", "-o", "loop", str(file), str(place)], check=True, timeout=60)
