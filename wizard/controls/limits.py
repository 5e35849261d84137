"""Resource limits."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from msgspec.structs import replace

from wizard.control import Control, Flaw, Fragment, Live, Must, Probe, Severity, Step, inspected
from wizard.foreign import Foreign
from wizard.limits import Limits
from wizard.mend import Aim, Edit, Left, Mend
from wizard.mistake import Mistake, Unshown
from wizard.project import Service
from wizard.question import Question
from wizard.spelling import DECIMAL, TEXT, WHOLE
from wizard.text import size_in_bytes, size_text

_MANY = 2048
"""Processes and threads that a service which nobody counted may have: the default of Podman, above any usual one, far below what harms a host."""


class ResourceLimits(Control):
    """It cannot take the host's memory, processors or processes.

    Why:
    Without limits one leak or one fork bomb stops everything on the host. Swap is off for it unless it is asked for (equal
    limits): a service that swaps is slower than one that restarts. The settings stand at the service itself: beside
    `deploy.resources` current Compose refuses `pids_limit`, and old Compose knows no other form.

    What may break:
    A limit that is too low kills it. Memory counts the tmpfs and /dev/shm as well. What goes to swap, secrets included, is on
    the host's disk. To forbid the kill (`oom_kill_disable`) is worse: at its limit it hangs for ever, health checks with it.

    How it shows:
    Exit code 137 and `OOMKilled: true`; where a child was killed, exit code 0, and only `oom_kill 1` in memory.oom_control of its cgroup
    (version 2: memory.events) tells; `Cannot fork`, `Resource temporarily unavailable` (EAGAIN) when no process can be started;
    `Too many open files` (EMFILE). To watch: memory and processes in `docker stats`; in its cgroup memory.usage_in_bytes and
    memory.failcnt (version 2: memory.current), pids.current, cpu.stat.

    References:
    CIS Docker 5.11, 5.12, 5.19, 5.29; OWASP Docker rule 7; NIST SP 800-190 4.4.3; Docker docs: Define services in Docker
    Compose, «mem_limit», «cpus» and «pids_limit».
    """

    id = "resource-limits"
    severity = Severity.WARN
    step = Step.USE_UP
    stops = "A fork bomb, or one request that takes memory without end, is over at this service's limit and not at the host's."
    stands = "Nothing bounds the service as a whole. Who goes first can still be said (fair-share), and one process's share of it (process-limits)."
    settings: ClassVar[tuple[str, ...]] = (
        "mem_limit",
        "memswap_limit",
        "mem_reservation",
        "cpus",
        "pids_limit",
        "ulimits",
        "shm_size",
        "oom_kill_disable",
        "mem_swappiness",
    )
    keys: ClassVar[tuple[str, ...]] = settings
    must: ClassVar[tuple[Must, ...]] = (Must("mem_limit", example="512m"), Must("cpus", example="1.0"), Must("pids_limit", example="100"))
    questions = (
        Question("limits.memory", "Limits", "How much memory may it use?", "More than it uses at its busiest, tmpfs included.",
                 TEXT, "resource-limits", basic=False, settings=("mem_limit", "memswap_limit")),
        Question("limits.swap", "Limits", "How much swap may it use beside its memory?", "Nothing unless said; it is slow, and on the host's disk.",
                 TEXT, "resource-limits", basic=False, settings=("memswap_limit",)),
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
    mistakes = (
        Mistake(
            "The program needs 64 megabytes, and its limit is lower.",
            {"mem_limit": "16m", "memswap_limit": "16m"}, "exit code 137", {"mem_limit": "128m", "memswap_limit": "128m"}, "exit code 0",
            program="exec python -c 'x = bytearray(64 << 20)'", why="128 and the signal 9: the kernel killed it at its limit.",
        ),
        Mistake(
            "A child of the program needs more memory than there is; the program goes on.",
            {"mem_limit": "32m", "memswap_limit": "32m"}, "oom_kill 1", {"mem_limit": "128m", "memswap_limit": "128m"}, "oom_kill 0",
            program="python -c 'x = bytearray(64 << 20)'\n"
                    "grep -hs 'oom_kill ' /sys/fs/cgroup/memory/memory.oom_control /sys/fs/cgroup/memory.events; exit 0",
            also=("exit code 0",), why="only the kernel's count tells: the program itself ended well.",
        ),
        Mistake(
            "It may have four processes, and starts six at once.",
            {"pids_limit": 4}, "Cannot fork", {"pids_limit": 100}, "all were started",
            program="for n in 1 2 3 4 5 6; do sleep 0.2 & done; wait; echo all were started",
            why="each process and each thread counts.",
        ),
        Mistake(
            "It may have four processes, and a Python program starts workers.",
            {"pids_limit": 4}, "Resource temporarily unavailable", {"pids_limit": 100}, "all were started",
            program="""python -c '
import subprocess
for worker in [subprocess.Popen(["sleep", "0.2"]) for n in range(6)]:
    worker.wait()
print("all were started")'""",
            why="each process and each thread counts; EAGAIN is what the kernel answers.",
        ),
        Mistake(
            "It may have 32 files and sockets open, and each connection is one.",
            {"ulimits": {"nofile": {"soft": 32, "hard": 32}}}, "Too many open files",
            {"ulimits": {"nofile": {"soft": 1024, "hard": 1024}}}, "all were opened",
            program="""python -c '
files = [open("/dev/null") for n in range(64)]
print("all were opened")'""",
            why="the limit is one of each process, with the files that the language itself keeps open.",
        ),
    )  # fmt: skip
    unshown = (
        Unshown(("OOMKilled: true",), "this engine does not find the cgroups of its containers, so it is not told of kills",
                "docker run --network none --memory 16m --name CONTAINER IMAGE python -c 'x = bytearray(64 << 20)'; "
                "docker inspect -f 'OOMKilled: {{.State.OOMKilled}}' CONTAINER", "OOMKilled: false", "OOMKilled: true"),
        Unshown(("docker stats",), "this engine does not find the cgroups of its containers, so it counts nothing",
                "docker run --detach --network none --memory 64m --name CONTAINER IMAGE sleep 60; docker stats --no-stream CONTAINER",
                "0B / 0B", "/ 64MiB"),
    )  # fmt: skip

    def service(self, service: Service) -> Fragment:
        limits = service.workload.limits
        both = size_text(_with_swap(limits)) if limits.swap else limits.memory
        fragment: dict[str, Any] = {"mem_limit": limits.memory.lower(), "memswap_limit": both.lower()}
        if limits.reservation:
            fragment["mem_reservation"] = limits.reservation.lower()
        if limits.shm:
            fragment["shm_size"] = limits.shm.lower()
        nofile = {"soft": limits.nofile, "hard": limits.nofile}
        return {**fragment, "cpus": limits.cpus, "pids_limit": limits.pids, "ulimits": {"nofile": nofile}}

    def forbids(self, fragment: Mapping[str, Any]) -> Iterator[str]:
        if fragment.get("oom_kill_disable"):
            yield "oom_kill_disable: at its memory limit it hangs for ever in place of a restart"
        if fragment.get("mem_swappiness") is not None:
            yield "mem_swappiness: 0 is dropped by Compose and cgroups of version 2 have none; memswap_limit equal to mem_limit turns swap off"
        for key in ("mem_limit", "memswap_limit", "cpus", "pids_limit"):
            if key in fragment and re.fullmatch(r"-1|0+(\.0+)?[a-z]*", str(fragment[key])):
                yield f"{key}: {fragment[key]} is no limit"

    def refuses(self, seen: Foreign) -> Iterator[Flaw]:
        examples = {must.key: must.example for must in self.must} | {"memswap_limit": "as much as mem_limit, so that there is no swap"}
        for flaw in super().refuses(seen):
            none = flaw.message.endswith(" is no limit")
            yield replace(flaw, remedy=f"write {flaw.key}: {examples[flaw.key]}") if none else flaw

    def lacks(self, seen: Foreign) -> Iterator[Flaw]:
        yield from super().lacks(seen)
        # Under deploy there is no word for swap.
        keys = {"mem_limit", "memswap_limit", "deploy"} & seen.fragment.keys()
        if seen.whole and keys == {"mem_limit"} and not any(message.startswith("mem_limit") for message in self.forbids(seen.known)):
            yield Flaw("no memswap_limit: it may use as much swap as memory, and is slow rather than restarted",
                       f"add memswap_limit: {seen.fragment['mem_limit']}", "mem_limit", severity=Severity.INFO)  # fmt: skip

    def mends(self, seen: Foreign, aim: Aim) -> Iterator[Mend | Left]:
        """As many processes as no honest program starts. Memory and processors are what people have to say of a service that runs already."""
        lacking = [must for must in self.must if seen.whole and must.key not in seen.fragment]
        keys = {must.key for must in lacking}
        if not lacking or "deploy" in seen.fragment:
            if lacking:
                yield Left(self.id, "it has limits under deploy, beside which Compose takes none at the service",
                           ("deploy:", "  resources:", "    limits: {memory: 512M, cpus: '1.0', pids: 100}"))  # fmt: skip
            return
        if "pids_limit" in keys:
            yield Mend(self.id, (Edit(("pids_limit",), _MANY),), "A fork bomb is over at this service's limit and not at the host's.")
        left = {must.key: must.example for must in lacking if must.key != "pids_limit"}
        if left:
            if "mem_limit" in left:
                memory = seen.image.mem_limit or left["mem_limit"]
                left = {"mem_limit": memory, "memswap_limit": memory} | {key: value for key, value in left.items() if key != "mem_limit"}
            lines = tuple(f"{key}: {value}" for key, value in left.items())
            yield Left(self.id, "how much it needs at its busiest only you know (docker stats shows it); beyond its memory it is killed", lines)

    def notes(self, service: Service) -> tuple[str, ...]:
        swap = service.workload.limits.swap
        return (f"up to {swap} of its memory, secrets included, may get to the host's swap",) if swap else ()

    def probes(self, service: Service) -> tuple[Probe, ...]:
        limits = service.workload.limits
        memory, both = size_in_bytes(limits.memory), _with_swap(limits)
        expected = f"memory {memory}, memory+swap {both}, pids {limits.pids}, cpus {round(limits.cpus * 1000)}, files {limits.nofile}:{limits.nofile}"
        by_hand = inspected(
            "{{.HostConfig.Memory}} {{.HostConfig.MemorySwap}} {{.HostConfig.PidsLimit}} {{.HostConfig.NanoCpus}}",
            f"{memory} {both} {limits.pids} {round(limits.cpus * 1e9)}",
        )
        return (Probe("limits in the cgroup", expected, _observe, by_hand), *_further(limits))


def _further(limits: Limits) -> Iterator[Probe]:
    """What is there only where it was asked for."""
    if limits.reservation:
        kept = size_in_bytes(limits.reservation)
        by_hand = inspected("{{.HostConfig.MemoryReservation}}", str(kept))
        yield Probe("memory that is kept for it", str(kept), lambda live: str(live.limit("reservation") or "none"), by_hand)
    if limits.shm:
        size = size_in_bytes(limits.shm)
        yield Probe("size of /dev/shm", f"{size // 1024}k", _shm, inspected("{{.HostConfig.ShmSize}}", str(size)))


def _shm(live: Live) -> str:
    found = re.search(r"(?:^|[, ])size=([0-9]+k)", live.mount("/dev/shm"))
    return found[1] if found else "not limited"


def _with_swap(limits: Limits) -> int:
    """Bytes of memory and swap together, which is what engines limit."""
    return size_in_bytes(limits.memory) + (size_in_bytes(limits.swap) if limits.swap else 0)


def _observe(live: Live) -> str:
    names = ("memory", "memory+swap", "pids", "cpus")
    soft, hard = live.ulimit("nofile")
    return ", ".join(f"{name} {live.limit(name) or 'unlimited'}" for name in names) + f", files {soft}:{hard}"
