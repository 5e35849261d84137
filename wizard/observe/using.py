"""How a service is used while it is watched, and how it is asked whether it works: by a command of the person's, by the person, or by its ports."""

import contextlib
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence

from wizard.engine.docker import Docker
from wizard.engine.live import live
from wizard.errors import SeawallError
from wizard.observe.bench import Reach, Use
from wizard.prove.own_project import State
from wizard.text import visible_all

_PAUSE = 0.3
_ONE_TRY = 60
"""Seconds that one try of a command may take."""
_GONE = "it ended while it was used"


def by_command(command: str, patience: float) -> Use:
    """Works when the command, run by the shell of this host, exits with 0; it is tried again for as long as `patience` says, in seconds."""

    def use(reach: Reach, state: Callable[[], State]) -> str:
        end = time.monotonic() + patience
        while True:
            code, said = _run(command, reach)
            if code == 0:
                return ""
            if not state().is_ready:
                return f"{_GONE}: {state().words}"
            if time.monotonic() > end:
                return f"the exercise fails with exit code {code}{f': {said}' if said else ''}"
            time.sleep(_PAUSE)

    return use


def _run(command: str, reach: Reach) -> tuple[int, str]:
    """Exit code and last line of the person's command."""
    environment = {**os.environ, **reach.environment()}
    # A shell is what the person asked for: it is their command, on their host, as they typed it.
    with subprocess.Popen(
        ["/bin/sh", "-c", command], env=environment, encoding="utf-8", errors="replace", stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, start_new_session=True,
    ) as process:  # fmt: skip
        try:
            said, _ = process.communicate(timeout=_ONE_TRY)
        except subprocess.TimeoutExpired:
            _end(process)
            return 124, f"it did not end within {_ONE_TRY} s"
        except KeyboardInterrupt:
            _end(process)
            raise
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    return process.returncode, lines[-1][-200:] if lines else ""


def _end(process: "subprocess.Popen[str]") -> None:
    """End the command and what it started."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, 9)


def by_listening(docker: Docker, awaited: Sequence[str], patience: float) -> Use:
    """Works when it listens again on what it listened on (`8000/tcp`), as far as that can be seen here."""

    def use(reach: Reach, state: Callable[[], State]) -> str:
        end = time.monotonic() + patience
        while awaited:
            try:
                missing = [name for name in awaited if name not in live(reach.container, docker).listeners_now()]
            except SeawallError:
                # Not to be seen from here, or just gone: that shows below.
                missing = []
            if not missing or time.monotonic() > end or not state().is_ready:
                break
            time.sleep(_PAUSE)
        else:
            missing = []
        if not state().is_ready:
            return f"{_GONE}: {state().words}"
        return f"nobody listens on {', '.join(missing)}" if missing else ""

    return use


def watched(seconds: float) -> Use:
    """Let it run for a time: what its clients and its clock make it do is seen."""

    def use(_: Reach, state: Callable[[], State]) -> str:
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            now = state()
            if not now.is_ready:
                return f"{_GONE}: {now.words}"
            if now.is_through:
                break
            time.sleep(min(_PAUSE * 2, max(left, 0)))
        return ""

    return use


def by_person(say: Callable[[str], None]) -> Use:
    """Let the person use it until Enter, or Ctrl-C; a second Ctrl-C breaks off."""

    def use(reach: Reach, state: Callable[[], State]) -> str:
        for name in sorted(reach.ports):
            address, port = reach.ports[name]
            say(f"  {name} of it is at {address}:{port}")
        say(visible_all(f"Use it now as it is used (docker exec {reach.container[:12]} ... gets you inside); then press Enter."))
        # The first Ctrl-C ends only this; what is told of it otherwise would not hear a second one.
        before = signal.signal(signal.SIGINT, signal.default_int_handler)
        try:
            while state().is_ready:
                if select.select([sys.stdin], [], [], 1.0)[0]:
                    sys.stdin.readline()
                    return ""
            return f"{_GONE}: {state().words}"
        except KeyboardInterrupt:
            return ""
        finally:
            signal.signal(signal.SIGINT, before)

    return use


def several(*uses: Use) -> Use:
    """One after the other, as far as each works."""

    def use(reach: Reach, state: Callable[[], State]) -> str:
        return next((why for one in uses if (why := one(reach, state))), "")

    return use
