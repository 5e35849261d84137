"""How a live container shows that a control holds: what can be looked at, and one look at it."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

from msgspec import Struct


class Live(Protocol):
    """A running container as the kernel and the engine show it; read only, needs no program in the image."""

    def inspect(self) -> Mapping[str, Any]:
        """The engine's view of the container (`docker inspect`)."""

    def image(self) -> Mapping[str, Any]:
        """The engine's view of its image."""

    def network(self, name: str) -> Mapping[str, Any]:
        """The engine's view of a network the container is on."""

    def status(self, field: str) -> str:
        """A field of the service's own first process in /proc/PID/status (not the init's), such as `CapBnd`."""

    def create(self, folder: str, uid: int, gid: int, bounded: bool = True) -> str:
        """Try to create and remove a file in `folder` as this user: `written`, or the errno's name (`EROFS`).

        `bounded=False` keeps all capabilities, so that only the mount can refuse.
        """

    def stat(self, path: str) -> str:
        """Owner and octal mode of a path inside, as `uid:gid mode`, or the errno's name."""

    def read(self, path: str, uid: int, gid: int) -> str:
        """`readable`, or the errno's name, for opening a file inside as this user."""

    def mount(self, path: str) -> str:
        """Type and options of the mount at `path` inside, as in /proc/PID/mounts, or nothing."""

    def privileged_files(self) -> tuple[str, ...]:
        """Files of the image with setuid, setgid or file capabilities."""

    def files_writable_by(self, uid: int, gid: int) -> tuple[str, ...]:
        """Files and folders of the image (not of mounts) that this user could change, by owner and mode."""

    def limit(self, name: str) -> int | None:
        """A cgroup limit: `memory`, `memory+swap`, `reservation` (bytes), `pids`, `cpus` (thousandths), `disk weight`; None if unlimited."""

    def share(self) -> tuple[str, int]:
        """What it is worth when processors are short: `shares` or, with cgroups of version 2, `weight`; and the number."""

    def processors(self) -> str:
        """The processors that it may run on, such as `0-1,3`; nothing where they are not limited."""

    def disk_rates(self, path: str) -> Mapping[str, int]:
        """The limits for a disk of the host: `read`, `write` (bytes a second), `read_iops`, `write_iops`."""

    def devices(self) -> tuple[str, ...]:
        """Devices of the host that it was given, with what the kernel lets it do: `/dev/ttyS0 r`, `c 188:* rw`."""

    def oom_score_adj(self) -> int:
        """How much earlier than others the kernel kills the service's process when the host runs out of memory."""

    def environment(self) -> Mapping[str, str]:
        """The variables of the service's first process."""

    def filtered(self, calls: Sequence[tuple[str, int]]) -> tuple[str, ...]:
        """What the seccomp filter says to system calls with a first argument: `allowed`, `logged`, `killed`, an errno's name."""

    def interfaces(self) -> tuple[str, ...]:
        """The network interfaces that its processes see."""

    def tunnel(self, address: str, port: int, target: str) -> str:
        """The status with which a proxy answers a request for a tunnel from inside: `403`, an errno's name, `silence`."""

    def ulimit(self, name: str) -> tuple[int, int]:
        """Soft and hard limit of the service's process by its name in `ulimits`, such as `nofile`; -1 for none."""

    def listeners(self, awaited: Sequence[str] = ()) -> tuple[str, ...]:
        """What it listens on: `8000/tcp`, or `8000/tcp on loopback only`; what was just started gets some seconds for those awaited."""


class ByHand(Struct, frozen=True):
    """The same look as a command on the host, with CONTAINER and PID in place of the container's, and what it prints."""

    command: str
    prints: str


def inspected(form: str, prints: str) -> ByHand:
    """What the engine says, in a format of `docker inspect`."""
    return ByHand(f"docker inspect --format '{form}' CONTAINER", prints)


def kernel_says(field: str, prints: str) -> ByHand:
    """What the kernel says of the first process, in a field of /proc/PID/status."""
    return ByHand(f"awk '/^{field}:/ {{print $2}}' /proc/PID/status", prints)


class Probe(Struct, frozen=True):
    """One look at a live container: what must be seen, and how it is looked at."""

    what: str
    expected: str
    observe: Callable[[Live], str]
    by_hand: ByHand | None = None
