"""Resource limits."""

from typing import Any, ClassVar

from wizard.control import Control, Demo, Fragment, Live, Probe, Severity, inspected
from wizard.project import Service
from wizard.question import Question
from wizard.spelling import DECIMAL, TEXT, WHOLE
from wizard.text import size_in_bytes

_ATTACK = """
import os, signal, time
children = []
try:
    while len(children) < 400:
        child = os.fork()
        if not child:
            time.sleep(30)
            os._exit(0)
        children.append(child)
    print(len(children), "processes, and the host would give more")
except OSError as error:
    print(len(children), "processes, then:", error)
for child in children:
    os.kill(child, signal.SIGKILL)
"""


class ResourceLimits(Control):
    """It cannot take the host's memory, processors or processes.

    Why:
    Without limits one leak or one fork bomb stops everything on the host. Swap is off for it (equal limits): a service
    that swaps is slower than one that restarts. The settings stand at the service itself: beside `deploy.resources`
    current Compose refuses `pids_limit`, and old Compose knows no other form.

    What may break:
    A limit that is too low kills it. Memory counts the tmpfs and /dev/shm as well.

    How it shows:
    Exit code 137 and `OOMKilled: true`; `Resource temporarily unavailable` (EAGAIN) when no process can be started;
    `Too many open files` (EMFILE).

    References:
    CIS Docker 5.11, 5.12, 5.19, 5.29; OWASP Docker rule 7; NIST SP 800-190 4.4.3.
    """

    id = "resource-limits"
    severity = Severity.WARN
    settings: ClassVar[tuple[str, ...]] = ("mem_limit", "memswap_limit", "mem_reservation", "cpus", "pids_limit", "ulimits", "shm_size")
    keys: ClassVar[tuple[str, ...]] = settings
    demo = Demo("A fork bomb, which stops at 400 processes by itself here.", _ATTACK, "400 processes", "Resource temporarily unavailable")
    questions = (
        Question("limits.memory", "Limits", "How much memory may it use?", "More than it uses at its busiest, tmpfs included.",
                 TEXT, "resource-limits", basic=False, settings=("mem_limit", "memswap_limit")),
        Question("limits.reservation", "Limits", "How much memory is kept for it?", "A soft limit when the host runs short.",
                 TEXT, "resource-limits", basic=False, settings=("mem_reservation",)),
        Question("limits.cpus", "Limits", "How many processors may it use?", "0.5 is half of one.",
                 DECIMAL, "resource-limits", basic=False, settings=("cpus",)),
        Question("limits.pids", "Limits", "How many processes and threads may it have?", "Threads count, too.",
                 WHOLE, "resource-limits", basic=False, settings=("pids_limit",)),
        Question("limits.nofile", "Limits", "How many files and sockets may it have open?", "Each connection is one.",
                 WHOLE, "resource-limits", basic=False, settings=("ulimits",)),
        Question("limits.shm", "Limits", "How large is /dev/shm?", "Shared memory; 64M unless said.",
                 TEXT, "resource-limits", basic=False, settings=("shm_size",)),
    )  # fmt: skip

    def service(self, service: Service) -> Fragment:
        limits = service.workload.limits
        fragment: dict[str, Any] = {"mem_limit": limits.memory.lower(), "memswap_limit": limits.memory.lower()}
        if limits.reservation:
            fragment["mem_reservation"] = limits.reservation.lower()
        if limits.shm:
            fragment["shm_size"] = limits.shm.lower()
        nofile = {"soft": limits.nofile, "hard": limits.nofile}
        return {**fragment, "cpus": limits.cpus, "pids_limit": limits.pids, "ulimits": {"nofile": nofile}}

    def probes(self, service: Service) -> tuple[Probe, ...]:
        limits = service.workload.limits
        memory = size_in_bytes(limits.memory)
        expected = (
            f"memory {memory}, memory+swap {memory}, pids {limits.pids}, cpus {round(limits.cpus * 1000)}, files {limits.nofile}:{limits.nofile}"
        )
        by_hand = inspected(
            "{{.HostConfig.Memory}} {{.HostConfig.MemorySwap}} {{.HostConfig.PidsLimit}} {{.HostConfig.NanoCpus}}",
            f"{memory} {memory} {limits.pids} {round(limits.cpus * 1e9)}",
        )
        return (Probe("limits in the cgroup", expected, _observe, by_hand),)


def _observe(live: Live) -> str:
    names = ("memory", "memory+swap", "pids", "cpus")
    soft, hard = live.open_files()
    return ", ".join(f"{name} {live.limit(name) or 'unlimited'}" for name in names) + f", files {soft}:{hard}"
