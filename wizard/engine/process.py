"""A process of a container as /proc of the host shows it: its status, mounts, variables and limits."""

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from wizard.errors import SeawallError

INITS = frozenset(("docker-init", "tini", "tini-static", "dumb-init", "catatonit", "podman-init"))
_ULIMITS = {
    "core": "Max core file size", "cpu": "Max cpu time", "data": "Max data size", "fsize": "Max file size", "memlock": "Max locked memory",
    "msgqueue": "Max msgqueue size", "nofile": "Max open files", "nproc": "Max processes", "rttime": "Max realtime timeout",
    "sigpending": "Max pending signals", "stack": "Max stack size",
}  # fmt: skip
"""The lines of /proc/PID/limits by the names that the engine gives the limits."""
PROC = Path("/proc")


@dataclass(frozen=True)
class Mount:
    """A mount as the process sees it."""

    path: str
    type: str
    options: tuple[str, ...]


@dataclass(frozen=True)
class Process:
    """A process by its number on this host."""

    pid: int
    proc: Path = PROC

    def text(self, name: str) -> str:
        """A file of /proc/PID. Raises SeawallError when the process is gone or out of reach."""
        try:
            # Names of files and processes may be any bytes.
            return (self.proc / str(self.pid) / name).read_text("utf-8", "surrogateescape")
        except (FileNotFoundError, ProcessLookupError):
            raise SeawallError(f"process {self.pid} is gone: the container stopped or started again while it was looked at") from None
        except OSError as error:
            raise SeawallError(f"/proc/{self.pid}/{name} cannot be read ({error.strerror}); looking into a container takes root") from None

    def status(self, field: str) -> str:
        """A field of /proc/PID/status."""
        match = re.search(rf"^{re.escape(field)}:[ \t]*(.*)$", self.text("status"), re.M)
        if not match:
            raise SeawallError(f"this kernel shows no {field} in /proc/PID/status")
        return match[1]

    def first_of_service(self) -> "Process":
        """The program itself: this process, or below inits the first child that is none. Raises SeawallError while there is none."""
        process = self
        while process.status("Name") in INITS:
            first = next(process.children(), None)
            if first is None:
                raise SeawallError(f"the init {process.pid} has no child: the service is just starting or ending")
            process = first
        return process

    def children(self) -> "Iterator[Process]":
        """Its children, the oldest first."""
        try:
            listed = self.text(f"task/{self.pid}/children").split()
        except SeawallError:
            # Kernels without CONFIG_PROC_CHILDREN.
            listed = [name for name in os.listdir(self.proc) if name.isdigit() and self._is_parent_of(name)]
        return (Process(pid, self.proc) for pid in sorted(int(number) for number in listed))

    def _is_parent_of(self, pid: str) -> bool:
        try:
            return Process(int(pid), self.proc).status("PPid") == str(self.pid)
        except SeawallError:
            return False

    def mounts(self) -> Iterator[Mount]:
        """Its mounts; of two at one path the later hides the earlier."""
        for line in self.text("mounts").splitlines():
            _, path, kind, options = line.split(" ")[:4]
            yield Mount(re.sub(r"\\([0-7]{3})", lambda octal: chr(int(octal[1], 8)), path), kind, tuple(options.split(",")))

    def environment(self) -> Mapping[str, str]:
        """The variables that it was started with."""
        pairs = (entry.partition("=") for entry in self.text("environ").split("\0") if entry)
        return {name: value for name, _, value in pairs}

    def arguments(self) -> tuple[str, ...]:
        """The words of its command line."""
        return tuple(self.text("cmdline").split("\0")[:-1])

    def ulimit(self, name: str) -> tuple[int, int]:
        """Soft and hard resource limit by its name in `ulimits`, as /proc/PID/limits shows it; -1 for none."""
        line = _ULIMITS[name]
        match = re.search(rf"^{line} +(\S+) +(\S+)", self.text("limits"), re.M)
        if not match:
            raise SeawallError(f"this kernel shows no «{line}» in /proc/PID/limits")
        soft, hard = (-1 if word == "unlimited" else int(word) for word in match.groups())
        return soft, hard
