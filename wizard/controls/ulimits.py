"""Limits of each process."""

from typing import ClassVar

from wizard.control import Control, Fragment, Live, Probe, Severity
from wizard.limit_spelling import ULIMITS
from wizard.limits import UNLIMITED
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
    `error setting rlimit type 8: operation not permitted` for what cannot be raised. To watch: /proc/PID/limits.

    References:
    CIS Docker 5.19; CIS Docker 2.8; OWASP Docker rule 7; NIST SP 800-190 4.4.3.
    """

    id = "process-limits"
    severity = Severity.WARN
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
