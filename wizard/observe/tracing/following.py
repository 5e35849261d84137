"""strace, as it follows a container's processes from the host: started, read line by line, ended with whoever started it."""

import contextlib
import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable

from wizard.engine.process import Process
from wizard.errors import SeawallError
from wizard.observe.tracing import leash
from wizard.observe.tracing.base_calls import HOT

PROGRAM = "strace"
_STRING = 512
"""Bytes of a string that are printed: the longest packet of DNS over UDP."""
_TRACE = f"trace=!{','.join(sorted(HOT))}"
_ATTACH, _END = 10.0, 5.0
_PAUSE = 0.005


class Following:
    """One strace. `line` is called with each line, in a thread of its own; nothing of it is stored."""

    def __init__(self, process: Process, line: Callable[[str], None]) -> None:
        self._process, self._line = process, line
        self._errors: list[str] = []
        self._strace: subprocess.Popen[str] | None = None
        self._threads: list[threading.Thread] = []

    def start(self) -> None:
        """Come back once the process is followed. Raises SeawallError with what strace says where it cannot be."""
        if shutil.which(PROGRAM) is None:
            raise SeawallError(f"there is no {PROGRAM} here (most systems have a package of that name)")
        reading, writing = os.pipe()
        # A session of its own: Ctrl-C is for us, who have to stop the container first and want to see that, too.
        self._strace = subprocess.Popen(
            [sys.executable, "-I", "-S", leash.__file__, str(os.getpid()), *_words(self._process.pid, writing)], pass_fds=(writing,),
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, encoding="utf-8", errors="replace", start_new_session=True,
        )  # fmt: skip
        os.close(writing)
        self._read(reading)
        end = time.monotonic() + _ATTACH
        while self._process.status("TracerPid") == "0":
            if self._strace.poll() is not None or time.monotonic() > end:
                self.end()
                raise SeawallError("strace cannot follow it: " + (" ".join(self._errors)[-200:] or "it says nothing"))
            time.sleep(_PAUSE)

    def _read(self, reading: int) -> None:
        def lines() -> None:
            with open(reading, encoding="ascii", errors="surrogateescape", newline="\n") as trace:
                for line in trace:
                    self._line(line)

        def errors() -> None:
            assert self._strace and self._strace.stderr
            with self._strace.stderr as said:
                # Whatever it says must be read, or it would wait.
                for line in said:
                    self._errors = [*self._errors[-5:], line.strip()]

        self._threads = [threading.Thread(target=target, daemon=True) for target in (lines, errors)]
        for thread in self._threads:
            thread.start()

    def wait(self) -> bool:
        """Wait until all that it followed has ended and every line is read; whether that came to be in time."""
        if self._strace is None:
            return True
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._strace.wait(_END)
        ended = self._strace.returncode is not None
        self.end()
        return ended

    def end(self) -> None:
        """Let go of everything that it follows, which goes on."""
        if self._strace is None:
            return
        for way in (self._strace.terminate, self._strace.kill):
            if self._strace.poll() is None:
                way()
                with contextlib.suppress(subprocess.TimeoutExpired):
                    self._strace.wait(_END)
        for thread in self._threads:
            thread.join(_END)


def _words(pid: int, writing: int) -> tuple[str, ...]:
    return (
        PROGRAM, "-f", "-y", "--decode-pids=pidns", "-e", "quiet=attach,exit", "-s", str(_STRING), "-e", "signal=none", "-e", _TRACE,
        "-o", f"/dev/fd/{writing}", "-p", str(pid),
    )  # fmt: skip
