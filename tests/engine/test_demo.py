"""Every demonstration is a test: the attack gets through without the control, and does not with it; and what is recorded is what it says."""

import signal
import subprocess
import sys
import time
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial

import pytest

from tests.engine.running import Engine
from tests.thorough import thorough
from wizard.control import Control
from wizard.controls import CONTROLS
from wizard.demos import Demo, Scene
from wizard.demos.recorded import masked, recorded, recording
from wizard.engine.demo import play, prepared
from wizard.engine.labelled import owner

pytestmark = pytest.mark.engine

ALL = [pytest.param(control, demo, id=f"{control.id}-{demo.name}") for control in CONTROLS for demo in control.demos]
Played = dict[tuple[str, str], Future[tuple[Scene, ...]]]


@pytest.fixture(scope="module")
def played(engine: Engine, request: pytest.FixtureRequest) -> Played:
    """The demonstrations that the session asks for, played side by side: most of their time they wait for the engine."""
    docker = prepared()
    asked = [item.callspec.params for item in request.session.items if item.path == request.path and hasattr(item, "callspec")]
    wanted = {(p["control"].id, p["demo"].name): (p["control"], p["demo"]) for p in asked if "demo" in p}
    pool = ThreadPoolExecutor(3)
    found = {key: pool.submit(lambda c=control, d=demo: tuple(play(c, d, docker))) for key, (control, demo) in wanted.items()}
    pool.shutdown(wait=False)
    return found


@pytest.mark.parametrize(("control", "demo"), thorough(ALL, ALL[::3]))
def test_the_attack_works_without_the_control_and_not_with_it(played: Played, control: Control, demo: Demo) -> None:
    without, hardened = played[control.id, demo.name].result()
    assert (without.hardened, hardened.hardened) == (False, True)
    assert without.held, without.said
    assert hardened.held, hardened.said
    assert demo.held not in without.said
    assert demo.without not in hardened.said


@pytest.mark.parametrize(("control", "demo"), thorough(ALL, ALL[::3]))
def test_what_is_recorded_is_what_it_says(played: Played, control: Control, demo: Demo) -> None:
    """If it is not: python tools/record_demos.py."""
    assert masked(recorded(control.id, demo, recording())) == masked(played[control.id, demo.name].result())


def _left(engine: Engine, whose: str) -> list[str]:
    """What a process left behind."""
    asked = (("ps", "--all"), ("network", "ls"), ("images",))
    return [line for words in asked for line in engine.run(*words, "--quiet", "--filter", f"label=org.seawall.demo={whose}").split()]


def test_nothing_of_it_is_left(engine: Engine, played: Played) -> None:
    for future in played.values():
        future.result()
    assert _left(engine, owner()) == []


@pytest.mark.parametrize(("how", "code"), [(signal.SIGINT, 130), (signal.SIGKILL, -9)], ids=["ctrl-c", "kill"])
def test_what_is_broken_off_leaves_nothing_at_the_latest_after_the_next_one(engine: Engine, how: signal.Signals, code: int) -> None:
    """Ctrl-C cleans up by itself; after kill -9 the next demonstration does."""
    # Where the tests run in the background, a shell has them ignore interrupts.
    hear = partial(signal.signal, signal.SIGINT, signal.SIG_DFL)
    command = [sys.executable, "-m", "wizard", "demo", "loopback-ports"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, preexec_fn=hear) as process:
        whose = owner(process.pid)
        deadline = time.monotonic() + 30
        while len(_left(engine, whose)) < 2 and time.monotonic() < deadline:
            time.sleep(0.02)
        process.send_signal(how)
        _, said = process.communicate(timeout=60)
    assert (process.returncode, said) == (code, b"seawall: interrupted; what was started is removed\n" if how is signal.SIGINT else b"")
    if how is signal.SIGKILL:
        assert _left(engine, whose)
        prepared()
    assert _left(engine, whose) == []
