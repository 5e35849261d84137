"""Limits of each process."""

from typing import ClassVar

from wizard.control import Control, Fragment, Live, Probe, Severity, Step
from wizard.limit_spelling import ULIMITS
from wizard.limits import UNLIMITED
from wizard.mistake import Mistake
from wizard.project import Service
from wizard.question import Choice, Question


class ProcessLimits(Control):
    """Each of its processes has limits of its own.

    Why:
    Limits of the container say nothing of what one process leaves behind or holds. Who can crash a service has the kernel
    write its whole memory into a file named core, passwords of its variables included (measured); `core=0` forbids that.
    `fsize=1G` ends a runaway file before the disk is full; a memlock limit bounds what is kept out of swap.

    What may break:
    A limit above the engine's own needs an engine that may raise it; else the start fails. One of processes (nproc) counts all processes of the
    uid on the host, those of other containers as well: limits.pids, which counts the container's own, is nearly always meant.

    How it shows:
    Without: `Aborted (core dumped)` and a file core. With: `Aborted` and none; `File size limit exceeded` (exit code 153);
    `Cannot allocate memory` (ENOMEM) from mlock; `resource temporarily unavailable` when it is started beside others of its uid;
    `error setting rlimit type 7: operation not permitted` for what cannot be raised. To watch: /proc/PID/limits.

    References:
    CIS Docker 2.8, 5.19; OWASP Docker rule 7; NIST SP 800-190 4.4.3; Docker docs: Define services in Docker Compose,
    «ulimits».
    """

    id = "process-limits"
    severity = Severity.WARN
    step = Step.USE_UP
    stops = "One file that grows without end is cut off, and a crash does not leave the process's memory, passwords included, in a file."
    stands = (
        "The whole service still has its limits (resource-limits), and a read-only root leaves such a file few places (read-only-rootfs, "
        "writable-paths)."
    )
    settings: ClassVar[tuple[str, ...]] = ("ulimits",)
    keys: ClassVar[tuple[str, ...]] = settings
    questions = (
        Question("limits.ulimits", "Limits", "Which limits has each of its processes?",
                 "As name=limit or name=soft:hard. Open files and the number of processes have questions of their own.",
                 ULIMITS, "process-limits", basic=False, settings=("ulimits",),
                 offers=(Choice("core=0", "core=0", "No file with its memory when it crashes."),
                         Choice("memlock=64M", "memlock=64M", "At most so much memory that is kept out of swap."),
                         Choice("fsize=1G", "fsize=1G", "No file larger than this."))),
    )  # fmt: skip
    mistakes = (
        Mistake(
            "Nothing is said of core files, and the program crashes.",
            {"ulimits": {"core": {"soft": -1, "hard": -1}}}, "Aborted (core dumped)",
            {"ulimits": {"core": {"soft": 0, "hard": 0}}}, "no file core",
            program="cd /tmp; sh -c 'kill -ABRT $$'; test -e core || echo no file core",
            also=("Aborted",), why="the file is the memory of the process, passwords included.",
        ),
        Mistake(
            "No file may be larger than a kilobyte, and it writes five.",
            {"ulimits": {"fsize": {"soft": 1000, "hard": 1000}}}, "File size limit exceeded",
            {"ulimits": {"fsize": {"soft": 1000000, "hard": 1000000}}}, "exit code 0",
            program="head -c 5000 /dev/zero > /tmp/file; exit $?", also=("exit code 153",), why="128 and the signal 25, which says just this.",
        ),
        Mistake(
            "It locks a megabyte of keys in memory, and may lock 64 kilobytes.",
            {"ulimits": {"memlock": {"soft": 65536, "hard": 65536}}}, "Cannot allocate memory",
            {"ulimits": {"memlock": {"soft": 2097152, "hard": 2097152}}}, "locked: Success",
            program="""python -c '
import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
libc.mlock(ctypes.create_string_buffer(1 << 20), 1 << 20)
print("locked:", os.strerror(ctypes.get_errno()))'""",
            why="there was memory enough; mlock says ENOMEM for its limit as well.",
        ),
        Mistake(
            "It may have six processes, and another container runs eight as the same user.",
            {"ulimits": {"nproc": {"soft": 6, "hard": 6}}}, "resource temporarily unavailable", {"pids_limit": 6}, "it was started",
            given={"user": "54321:54321"}, program="ls / >/dev/null && echo it was started",
            before="docker run --detach --network none --name CONTAINER-other --user 54321:54321 IMAGE "
                   "sh -c 'for n in 1 2 3 4 5 6 7 8; do sleep 60 & done; wait' >/dev/null",
            why="nproc counts the user's processes on the whole host; pids_limit counts the container's.",
        ),
        Mistake(
            "The limit of files is higher than any that the kernel gives.",
            {"ulimits": {"nofile": {"soft": 2147483647, "hard": 2147483647}}}, "error setting rlimit type 7: operation not permitted",
            {"ulimits": {"nofile": {"soft": 1024, "hard": 1024}}}, "1024", program="ulimit -n", why="fs.nr_open is the most there can be.",
        ),
    )  # fmt: skip

    def service(self, service: Service) -> Fragment:
        ulimits = service.workload.limits.ulimits
        return {"ulimits": {u.name: dict(zip(("soft", "hard"), u.numbers, strict=True)) for u in ulimits}} if ulimits else {}

    def notes(self, service: Service) -> tuple[str, ...]:
        if not any(ulimit.name == "nproc" for ulimit in service.workload.limits.ulimits):
            return ()
        return ("nproc counts the processes of its uid in all containers of the host; limits.pids counts its own",)

    def probes(self, service: Service) -> tuple[Probe, ...]:
        ulimits = service.workload.limits.ulimits

        def observe(live: Live) -> str:
            return ", ".join(_shown(ulimit.name, live.ulimit(ulimit.name)) for ulimit in ulimits)

        expected = ", ".join(_shown(ulimit.name, ulimit.numbers) for ulimit in ulimits)
        return (Probe("limits of the process", expected, observe),) if ulimits else ()


def _shown(name: str, numbers: tuple[int, int]) -> str:
    soft, hard = ("unlimited" if number == UNLIMITED else str(number) for number in numbers)
    return f"{name} {soft}:{hard}"
