"""What a service may use: sizes, counts and weights, each in the range that engines accept (measured on 20.10 with runc 1.1.5)."""

import re
from typing import Annotated, Literal

from msgspec import Meta

from wizard.facts import DevicePath, Facts, Size
from wizard.text import size_in_bytes, visible

Processors = Annotated[float, Meta(ge=0.01, le=1024)]
Processes = Annotated[int, Meta(ge=2, le=4_194_304)]
Files = Annotated[int, Meta(ge=64, le=1_048_576)]
Shares = Annotated[int, Meta(ge=2, le=262_144)]
"""runc: «the minimum allowed cpu-shares is 2», «the maximum allowed cpu-shares is 262144»."""
Cpuset = Annotated[str, Meta(pattern=r"^[0-9]{1,4}(-[0-9]{1,4})?(,[0-9]{1,4}(-[0-9]{1,4})?){0,63}$", description="processors such as 0-1,3")]
Weight = Annotated[int, Meta(ge=10, le=1000)]
OomScore = Annotated[int, Meta(ge=0, le=1000)]
"""Below 0 takes CAP_SYS_RESOURCE, and shields it at the cost of the host's own processes."""
Operations = Annotated[int, Meta(ge=1, le=10_000_000, description="operations a second, from 1 to 10000000")]
UlimitName = Literal["core", "cpu", "data", "fsize", "memlock", "msgqueue", "nproc", "rttime", "sigpending", "stack"]
"""Those of the engine that limit; `nofile` is a key of its own, nice and rtprio give rights, locks and rss do nothing in Linux."""
UlimitValue = (
    Annotated[int, Meta(ge=0, le=1 << 62, description="a whole number, a size such as 64M, or unlimited")]
    | Annotated[str, Meta(pattern=r"^([1-9][0-9]{0,6}[KMG]|unlimited)$")]
)

UNLIMITED = -1
_IN_BYTES = frozenset(("core", "data", "fsize", "memlock", "msgqueue", "stack"))


class Ulimit(Facts, frozen=True):
    """A limit of each process: in bytes or as a size where it is about memory and files, else a count (`cpu` in seconds).

    Without `hard` it is the same as `soft`, so that the process cannot raise it.
    """

    name: UlimitName
    soft: UlimitValue
    hard: UlimitValue | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        for value in (self.soft, self.hard):
            if isinstance(value, str) and value != "unlimited" and self.name not in _IN_BYTES:
                raise ValueError(f"{self.name} {visible(value)} is a size, but it is counted; accepted: a whole number, or unlimited")
        soft, hard = self.numbers
        if hard != UNLIMITED and (soft > hard or soft == UNLIMITED):
            raise ValueError(f"{self.name}: the soft limit {self.soft} is above the hard one {self.hard}")

    @property
    def numbers(self) -> tuple[int, int]:
        """Soft and hard limit as the engine takes them: bytes or a count, -1 for none."""
        return _number(self.soft), _number(self.soft if self.hard is None else self.hard)


def _number(value: int | str) -> int:
    if isinstance(value, int):
        return value
    return UNLIMITED if value == "unlimited" else size_in_bytes(value)


class Disk(Facts, frozen=True):
    """How fast it may use a disk of the host: `read` and `write` in bytes a second, `read_iops` and `write_iops` in operations."""

    path: DevicePath
    read: Size | None = None
    write: Size | None = None
    read_iops: Operations | None = None
    write_iops: Operations | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        if not self.rates:
            raise ValueError(f"{self.path} has no rate; accepted: one or more of read, write, read_iops, write_iops")

    @property
    def rates(self) -> dict[str, int]:
        """The rates that are set, as numbers a second."""
        sizes = {name: size_in_bytes(size) for name, size in (("read", self.read), ("write", self.write)) if size}
        counts = {"read_iops": self.read_iops, "write_iops": self.write_iops}
        return sizes | {name: count for name, count in counts.items() if count}


class Limits(Facts, frozen=True):
    """What it may use.

    `memory`, `swap` (beside memory), `reservation` and `shm` are sizes, `cpus` is in processors, `cpuset` names them, `pids`
    and `nofile` are counts; `shares` and `disk_weight` weigh it against others, and a higher `oom_score_adj` has it killed earlier.
    """

    memory: Size = "512M"
    swap: Size | None = None
    reservation: Size | None = None
    cpus: Processors = 1.0
    shares: Shares | None = None
    cpuset: Cpuset | None = None
    pids: Processes = 100
    nofile: Files = 1024
    ulimits: tuple[Ulimit, ...] = ()
    shm: Size | None = None
    disk_weight: Weight | None = None
    disks: tuple[Disk, ...] = ()
    oom_score_adj: OomScore | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        memory = size_in_bytes(self.memory)
        if memory < 6 * 1024**2:
            raise ValueError(f"memory {self.memory} is below the engine's least of 6M")
        if self.reservation and size_in_bytes(self.reservation) > memory:
            raise ValueError(f"reservation {self.reservation} is above memory {self.memory}")
        if self.cpuset:
            processors(self.cpuset)
        for key, names in (("ulimits", [u.name for u in self.ulimits]), ("disks", [d.path for d in self.disks])):
            if twice := next((name for number, name in enumerate(names) if name in names[:number]), None):
                raise ValueError(f"{key}: {twice} is there twice")


class SomeLimits(Facts, frozen=True):
    """Limits of a companion that differ from the catalogue's."""

    memory: Size | None = None
    swap: Size | None = None
    reservation: Size | None = None
    cpus: Processors | None = None
    shares: Shares | None = None
    cpuset: Cpuset | None = None
    pids: Processes | None = None
    nofile: Files | None = None
    ulimits: tuple[Ulimit, ...] | None = None
    shm: Size | None = None
    disk_weight: Weight | None = None
    disks: tuple[Disk, ...] | None = None
    oom_score_adj: OomScore | None = None


def processors(cpuset: str) -> str:
    """The processors of a set in their shortest form, as the kernel shows them: `0-1,3`. Raises ValueError."""
    numbers: set[int] = set()
    for part in cpuset.split(","):
        first, last = (int(number) for number in re.split("-", part if "-" in part else f"{part}-{part}"))
        if first > last:
            raise ValueError(f"cpuset {visible(part)} runs backwards; accepted: processors such as 0-1,3")
        numbers.update(range(first, last + 1))
    runs: list[list[int]] = []
    for number in sorted(numbers):
        if runs and runs[-1][1] == number - 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    return ",".join(str(first) if first == last else f"{first}-{last}" for first, last in runs)
