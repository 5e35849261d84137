"""A program that is run for a while: heard line by line, ended after its time, and broken off by a person, also from another thread."""

import contextlib
import os
import signal
import subprocess
import threading
from collections.abc import Callable, Iterator, Sequence

from wizard.errors import SeawallError

_GRACE = 2
"""Seconds that a command gets to end by itself when a person breaks off."""
Hear = Callable[[str], None]
"""Takes a line that was said, without its end."""


class Stop:
    """Breaks off what runs, in whichever thread: there it ends as KeyboardInterrupt, as Ctrl-C does, and so does whatever is begun later."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._asked = False
        self._running: list[subprocess.Popen[str]] = []

    @property
    def asked(self) -> bool:
        """Whether somebody wants it."""
        return self._asked

    def ask(self) -> None:
        """Break off; this returns at once."""
        with self._lock:
            self._asked, running = True, [*self._running]
        for process in running:
            _interrupt(process)
            # What does not hear is ended, and nobody waits here for that.
            later = threading.Timer(_GRACE, self._end, (process,))
            later.daemon = True
            later.start()

    def _end(self, process: "subprocess.Popen[str]") -> None:
        with self._lock:
            runs = process in self._running
        if runs:
            _kill(process)

    def check(self) -> None:
        """Raises KeyboardInterrupt if somebody wants it."""
        if self._asked:
            raise KeyboardInterrupt

    @contextlib.contextmanager
    def minding(self, process: "subprocess.Popen[str]") -> Iterator[None]:
        """While this runs, it can be broken off."""
        with self._lock:
            asked = self._asked
            self._running.append(process)
        if asked:
            _kill(process)
        try:
            yield
        finally:
            with self._lock:
                self._running.remove(process)
        self.check()


def run(command: Sequence[str], seconds: float, text: str, folder: str | None, hear: Hear | None, stop: Stop) -> tuple[int, str]:
    """The exit code and all that was said. Raises SeawallError after `seconds`, OSError where the program cannot be started.

    `text` is what it reads where nobody hears. Ctrl-C reaches the caller alone, who has to clean up by another command.
    """
    stop.check()
    with subprocess.Popen(
        command, encoding="utf-8", errors="replace", stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, cwd=folder, start_new_session=True,
    ) as process, stop.minding(process):  # fmt: skip
        try:
            said = process.communicate(text, seconds)[0] if hear is None else _heard(process, seconds, hear)
        except subprocess.TimeoutExpired:
            _kill(process)
            raise SeawallError(f"{command[0]} {command[1]} did not end within {seconds:g} s") from None
        except BaseException:
            # What it asked of the engine is there or not once it has ended: then it can be cleaned up.
            _interrupt(process)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(_GRACE)
            _kill(process)
            raise
    return process.returncode, said


def _heard(process: "subprocess.Popen[str]", seconds: float, hear: Hear) -> str:
    late = threading.Event()

    def end() -> None:
        late.set()
        _kill(process)

    timer = threading.Timer(seconds, end)
    timer.daemon = True
    timer.start()
    said = []
    try:
        if process.stdin and process.stdout:
            process.stdin.close()
            for line in process.stdout:
                said.append(line)
                hear(line.rstrip("\r\n"))
        process.wait()
    finally:
        timer.cancel()
    if late.is_set():
        raise subprocess.TimeoutExpired(process.args, seconds)
    return "".join(said)


def _interrupt(process: "subprocess.Popen[str]") -> None:
    _signal(process, signal.SIGINT)


def _kill(process: "subprocess.Popen[str]") -> None:
    _signal(process, signal.SIGKILL)


def _signal(process: "subprocess.Popen[str]", number: int) -> None:
    """To all of its group, also where the first of it has ended: `docker compose` is a program below docker, which would go on alone."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, number)
