"""A proof that never ran: the events of one that holds, and of one in which a service does not start. For tests of whoever shows them."""

from collections.abc import Iterator

from wizard.prove.evidence import RUNS, Evidence, NotProvable, Report, Trouble
from wizard.prove.progress import (
    AGAIN,
    AWAY,
    BUILD,
    DIAGNOSE,
    HEALTH,
    PROBE,
    PROBE_AGAIN,
    READ,
    ROUNDS,
    START,
    Began,
    Ended,
    Event,
    Expected,
    Finished,
    Looked,
    Said,
)  # fmt: skip

NASTY = "[bold]x[/bold] <script>alert(1)</script>\x1b[31m\x00‮ end"
CONTROLS = (RUNS, "non-root-user", "read-only-rootfs", "confinement-profiles", "log-rotation")
BLAME = Trouble(
    "ledger", "OSError: [Errno 30] Read-only file system: '/var/log/ledger.log'", "read-only-rootfs", "compose.yaml:15",
    'keep it, and add to tmpfs: "/var/log:uid=10001,gid=10001,mode=0700,size=16m" (a volume, if that has to stay)',
    "it writes to its root filesystem, which is read-only; so it runs", True,
)  # fmt: skip
_LOOKS = {
    "non-root-user": ("user and group of the process", "10001:10001", "stat -c %u:%g /proc/PID"),
    "read-only-rootfs": ("creating a file in / with all rights", "EROFS", "docker exec -u 0 CONTAINER touch /x"),
    "log-rotation": ("log files", "3 x 10m", "docker inspect"),
}
_WHY = "this engine's kernel has no AppArmor: it takes the setting without a word, and without effect"


def _step(name: str, seconds: float, *inside: Event, well: bool = True) -> Iterator[Event]:
    yield Began(name)
    yield from inside
    yield Ended(name, seconds, well)


def _looks(service: str, round_: str, wrong: str) -> Iterator[Event]:
    for control, (what, expected, how) in _LOOKS.items():
        observed = "written" if wrong == control else expected
        place = "compose.yaml:15" if wrong == control else ""
        yield Evidence(service, control, what, expected, observed, observed == expected, 0.004, how, place, round_)  # type: ignore[arg-type]
    yield NotProvable(service, "confinement-profiles", "apparmor:docker-default", _WHY)
    yield Looked(service, round_)  # type: ignore[arg-type]


def proof(*, wrong: str = "", services: tuple[str, ...] = ("ledger", "postgres")) -> Iterator[Event]:
    """All events of a proof with two rounds; in the first service the control `wrong` does not hold."""
    yield from _step(READ, 0.4, *(Expected(service, CONTROLS) for service in services))
    yield from _step(BUILD, 12.3, *(Said(f"#{number} [build {number}/6] RUN pip install ledger") for number in range(1, 7)))
    yield from _step(START, 1.5, Said("Container ledger-1 Started"))
    report = Report("seawall-prove-1-ab", seconds={BUILD: 12.3, START: 1.5})
    for round_, names in zip(ROUNDS, ((HEALTH, PROBE), (AGAIN, PROBE_AGAIN)), strict=True):
        runs = [Evidence(service, RUNS, "is healthy", "healthy", "healthy", True, 2.0, "docker inspect", round=round_) for service in services]
        looks = [list(_looks(service, round_, wrong if service == services[0] else "")) for service in services]
        yield from _step(names[0], 2.0, *runs)
        yield from _step(names[1], 0.3, *(event for found in looks for event in found), well=not wrong)
        found = [*runs, *(event for some in looks for event in some)]
        report.evidence += [event for event in found if isinstance(event, Evidence)]
        report.unprovable = [event for event in found if isinstance(event, NotProvable)]
    yield from _step(AWAY, 1.1)
    yield Finished(report)


def broken(trouble: Trouble = BLAME) -> Iterator[Event]:
    """All events of one whose service does not run."""
    runs = Evidence("ledger", RUNS, "is healthy", "healthy", "exited with code 1", False, 9.0, "docker inspect", round="started")
    yield from _step(READ, 0.4, Expected("ledger", CONTROLS))
    yield from _step(BUILD, 12.3)
    yield from _step(START, 1.5, Said(NASTY))
    yield from _step(HEALTH, 9.0, runs, well=False)
    yield from _step(DIAGNOSE, 4.0, trouble)
    yield from _step(AWAY, 1.1)
    yield Finished(Report("seawall-prove-1-ab", [runs], troubles=[trouble], seconds={BUILD: 12.3}))
