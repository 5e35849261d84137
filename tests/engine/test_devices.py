"""Devices of the host with least access: what is not given is refused by the kernel, also to root."""

from pathlib import Path

import pytest

from tests.engine.running import Engine, failing, hurried, scaffold, started
from tests.tools import APPS
from wizard.controls import CONTROLS
from wizard.engine.docker import Docker
from wizard.engine.live import live

pytestmark = pytest.mark.engine

IMAGE = "python:3.13-slim"
DEVICE = next((path for path in ("/dev/ttyS0", "/dev/fuse", "/dev/hwrng") if Path(path).is_char_device()), None)
_OPEN = """
import os
for name, flag in (("r", os.O_RDONLY), ("w", os.O_WRONLY)):
    try:
        os.close(os.open(PATH, flag | os.O_NONBLOCK | os.O_NOCTTY))
        print(name, "opened")
    except OSError as error:
        print(name, os.strerror(error.errno))
"""
needs_device = pytest.mark.skipif(DEVICE is None, reason="this host has no device that can be given away without harm")


@needs_device
@pytest.mark.parametrize(("access", "said"), [
    ("r", "r opened\nw Operation not permitted\n"), ("rw", "r opened\nw opened\n"), ("w", "r Operation not permitted\nw opened\n"),
])  # fmt: skip
def test_access_that_is_not_given_is_refused_to_root(engine: Engine, access: str, said: str) -> None:
    program = _OPEN.replace("PATH", repr(DEVICE))
    assert engine.run("run", "--rm", "--network", "none", "--device", f"{DEVICE}:{DEVICE}:{access}", IMAGE, "python", "-c", program) == said


@needs_device
def test_a_user_needs_the_group_of_the_device_as_well(engine: Engine) -> None:
    program = _OPEN.replace("PATH", repr(DEVICE))
    options = ("--network", "none", "--user", "10001:10001", "--device", f"{DEVICE}:{DEVICE}:r")
    assert engine.run("run", "--rm", *options, IMAGE, "python", "-c", program).startswith("r Permission denied\n")


@needs_device
def test_devices_are_as_they_were_asked_for(engine: Engine, tmp_path: Path) -> None:
    asked = ("--set", f"devices={DEVICE} r: a test of it", "--set", "device_rules=c 188:* rw: those plugged in")
    made = scaffold(engine, APPS / "api", tmp_path / "api", *asked, inside=3000)
    made.overrides = (hurried(made),)
    with started(made) as running:
        assert failing(running, running.service("api"), CONTROLS) == {}
        assert sorted(running.live("api").devices()) == [f"{DEVICE} r", "c 188:* rw"]


@needs_device
def test_more_than_was_asked_for_is_seen(engine: Engine) -> None:
    name = engine.run("run", "-d", "--network", "none", f"--device={DEVICE}", "--device-cgroup-rule", "c 188:1 r", IMAGE, "sleep", "60").strip()
    try:
        assert set(live(name, Docker()).devices()) == {f"{DEVICE} rwm", "c 188:1 r"}
    finally:
        engine.run("rm", "-f", name)
    name = engine.run("run", "-d", "--network", "none", "--device-cgroup-rule", "a *:* rwm", IMAGE, "sleep", "60").strip()
    try:
        assert live(name, Docker()).devices() == ("every device",)
    finally:
        engine.run("rm", "-f", name)
