"""A program on a pseudo-terminal, with the moment at which each of its bytes came."""

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import termios
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from time import perf_counter
from types import TracebackType

_STEERS = re.compile(rb"\x1b\][^\x07]*\x07|\x1b\[[0-9;:<=>?]*[ -/]*[@-~]|\x1b[@-Z\\^_=>]")
_COLUMNS, _ROWS = 160, 50


class Terminal:
    """Starts a program and keeps what it prints; `began` is the moment before it was started."""

    def __init__(self, command: Sequence[str], folder: Path, environment: Mapping[str, str]) -> None:
        ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", _ROWS, _COLUMNS, 0, 0))
        self._file = ours
        self._raw = b""
        self.began = perf_counter()
        self._process = subprocess.Popen(
            command, cwd=folder, env={**environment, "TERM": "xterm-256color", "COLORTERM": "truecolor"},
            stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True, close_fds=True,
        )  # fmt: skip
        os.close(theirs)

    def __enter__(self) -> "Terminal":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        os.close(self._file)

    @property
    def text(self) -> str:
        """What was printed since `forget`, without what steers the terminal."""
        return _STEERS.sub(b"", self._raw).decode("utf-8", "replace")

    @property
    def processor(self) -> float:
        """Milliseconds that the program and its threads have spent on a processor so far."""
        spent = 0
        for task in Path(f"/proc/{self._process.pid}/task").iterdir():
            spent += int((task / "schedstat").read_text().split()[0])
        return spent / 1e6

    def forget(self) -> None:
        """Begin a new `text`."""
        self._raw = b""

    def send(self, keys: str) -> float:
        """Type; the moment at which the keys were there."""
        now = perf_counter()
        os.write(self._file, keys.encode())
        return now

    def until(self, *wanted: str, seconds: float = 20.0) -> float:
        """The moment at which one of `wanted` stood in `text`."""
        end = perf_counter() + seconds
        while True:
            now = perf_counter()
            text = self.text
            if any(part in text for part in wanted):
                return now
            self._read(end, wanted)

    def quiet(self, seconds: float = 0.2) -> None:
        """Wait until nothing more is printed."""
        while select.select([self._file], [], [], seconds)[0]:
            self._raw += os.read(self._file, 65536)

    def _read(self, end: float, wanted: Sequence[str]) -> None:
        if not select.select([self._file], [], [], max(0.0, end - perf_counter()))[0]:
            raise TimeoutError(f"none of {wanted} in {self.text[-2000:]!r}")
        try:
            self._raw += os.read(self._file, 65536)
        except OSError:
            raise EOFError(f"ended without any of {wanted}: {self.text[-2000:]!r}") from None
