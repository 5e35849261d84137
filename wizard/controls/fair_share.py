"""Who goes first when the host runs short."""

from collections.abc import Callable, Iterator, Mapping
from math import ceil, log2
from typing import Any, ClassVar

from wizard.control import Control, Fragment, Live, Probe, Severity, Step
from wizard.limits import Limits, processors
from wizard.mistake import Mistake
from wizard.project import Service
from wizard.question import Question
from wizard.spelling import TEXT, WHOLE


class FairShare(Control):
    """It gives way when the host runs short.

    Why:
    A limit says how much it may use, not who goes first when all ask at once. A container that was made to mine coins, or
    that is merely busy, gets as much of a processor as the database beside it; with 128 shares next to the usual 1024 it
    got 13 % of one (measured). A set of processors keeps it off the others, and a higher OOM score has the kernel
    kill it, not the database, when the host itself is out of memory.

    What may break:
    It starts only where the host has all processors of the set. Programs that count the host's processors start more threads
    than the set can run. Shares cost nothing while nobody else asks.

    How it shows:
    `Requested CPUs are not available - requested 0,4095, available: ...` when it is started. To watch: processors in `docker stats`;
    in its cgroup cpu.shares (version 2: cpu.weight), cpuset.cpus and cpu.stat; /proc/PID/oom_score_adj.

    References:
    CIS Docker 5.12; OWASP Docker rule 7; NIST SP 800-190 4.4.3; measured: runc accepts shares from 2 to 262144.
    """

    id = "fair-share"
    severity = Severity.WARN
    step = Step.USE_UP
    stops = "A planted coin miner gets an eighth of a busy processor, and the kernel kills it before the database."
    stands = "It has no more of a processor than its limit (resource-limits), and a miner finds no pool to talk to (internal-networks)."
    settings: ClassVar[tuple[str, ...]] = ("cpu_shares", "cpuset", "oom_score_adj")
    keys: ClassVar[tuple[str, ...]] = settings
    questions = (
        Question("limits.shares", "Limits", "What is it worth beside others on a busy processor?", "A number from 2; without one it is 1024.",
                 WHOLE, "fair-share", basic=False, settings=("cpu_shares",)),
        Question("limits.cpuset", "Limits", "Which processors may it run on?", "Such as 0-1,3; all of them unless said. The host must have them.",
                 TEXT, "fair-share", basic=False, settings=("cpuset",)),
        Question("limits.oom_score_adj", "Limits", "How early is it killed when the host is out of memory?",
                 "From 0 to 1000; the higher, the earlier.", WHOLE, "fair-share", basic=False, settings=("oom_score_adj",)),
    )  # fmt: skip
    mistakes = (
        Mistake(
            "The set of processors was written for a larger host.",
            {"cpuset": "0,4095"}, "Requested CPUs are not available - requested 0,4095, available: ...", {"cpuset": "0"}, "Cpus_allowed_list: 0",
            program="grep Cpus_allowed_list /proc/self/status", why="it starts only where all processors of the set are.",
        ),
    )  # fmt: skip

    def service(self, service: Service) -> Fragment:
        limits = service.workload.limits
        wanted = {"cpu_shares": limits.shares, "cpuset": limits.cpuset, "oom_score_adj": limits.oom_score_adj}
        return {key: value for key, value in wanted.items() if value is not None}

    def forbids(self, fragment: Mapping[str, Any]) -> Iterator[str]:
        if str(fragment.get("oom_score_adj", "")).startswith("-"):
            yield f"oom_score_adj: {fragment['oom_score_adj']} has the kernel kill the host's own processes before it"

    def notes(self, service: Service) -> tuple[str, ...]:
        cpuset = service.workload.limits.cpuset
        return (f"starts only on a host that has the processors {cpuset}",) if cpuset else ()

    def probes(self, service: Service) -> tuple[Probe, ...]:
        looks = tuple(_looks(service.workload.limits))
        if not looks:
            return ()

        def observe(live: Live) -> str:
            return ", ".join(f"{name} {look(live)}" for name, _, look in looks)

        expected = ", ".join(f"{name} {value}" for name, value, _ in looks)
        return (Probe("its share of processors and memory", expected, observe),)


def _looks(limits: Limits) -> Iterator[tuple[str, str, Callable[[Live], str]]]:
    if limits.shares is not None:
        shares = limits.shares
        yield "shares", str(shares), lambda live: shares_seen(*live.share(), shares)
    if limits.cpuset is not None:
        yield "processors", processors(limits.cpuset), lambda live: live.processors() or "all"
    if limits.oom_score_adj is not None:
        yield "oom_score_adj", str(limits.oom_score_adj), lambda live: str(live.oom_score_adj())


def shares_seen(kind: str, number: int, asked: int) -> str:
    """The shares that a group has, of which version 2 knows a weight alone; those asked for where the weight is theirs."""
    if kind == "shares":
        return str(number)
    return str(asked) if number in _weights(asked) else f"as weight {number}"


def _weights(shares: int) -> tuple[int, int]:
    """What shares become in cgroups of version 2: as runc did it for years, and as newer ones do, where 1024 makes 100."""
    curve = log2(shares)
    return 1 + (shares - 2) * 9999 // 262142, ceil(10 ** ((curve * curve + 125 * curve) / 612 - 7 / 34))
