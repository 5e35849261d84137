"""Rates of the host's disks."""

from collections.abc import Mapping
from typing import Any, ClassVar

from wizard.control import Control, Fragment, Probe, Severity, Step
from wizard.limit_spelling import DISKS
from wizard.limits import Disk
from wizard.mistake import Mistake
from wizard.project import Service
from wizard.question import Question
from wizard.spelling import WHOLE

_KEYS = {"read": "device_read_bps", "write": "device_write_bps", "read_iops": "device_read_iops", "write_iops": "device_write_iops"}


class DiskRates(Control):
    """It cannot keep the host's disks to itself.

    Why:
    No limit of memory or processors slows a disk down. A container that writes without end, since someone fills its volume
    or since it logs in a loop, makes every other service on that disk wait, and the engine with them. A rate is a hard limit
    for one disk: with 1M, three megabytes took 3.0 seconds (measured). A weight divides a disk only while several use it.

    What may break:
    Disks are named as on this very host (`lsblk` lists them): on another the start fails. A low rate makes requests slow and
    health checks late. A tmpfs is no disk. The weight does nothing where kernel or engine keep none.

    How it shows:
    `stat /dev/nope: no such file or directory` when it is started; `Weight discarded` as a warning. To watch: block I/O in
    `docker stats`; in its cgroup blkio.throttle.write_bps_device and blkio.throttle.io_service_bytes (version 2: io.max, io.stat).

    References:
    OWASP Docker rule 7; NIST SP 800-190 4.4.3; Docker docs: Define services in Docker Compose, «blkio_config»; measured:
    a rate of 0 is accepted and is no limit.
    """

    id = "disk-rates"
    severity = Severity.WARN
    step = Step.USE_UP
    stops = "A service that writes without end does not make every other one on that disk wait."
    stands = (
        "Its image takes no writes (read-only-rootfs) and its log starts over (log-rotation), so that a volume is all that it can flood "
        "(writable-paths)."
    )
    settings: ClassVar[tuple[str, ...]] = ("blkio_config",)
    keys: ClassVar[tuple[str, ...]] = settings
    questions = (
        Question("limits.disks", "Limits", "How fast may it use which disk of the host?",
                 "Per second; write-iops and read-iops count operations. Disks as `lsblk` names them.", DISKS, "disk-rates", basic=False),
        Question("limits.disk_weight", "Limits", "What is it worth beside others on a busy disk?", "From 10 to 1000; not every kernel keeps it.",
                 WHOLE, "disk-rates", basic=False),
    )  # fmt: skip
    mistakes = (
        Mistake(
            "The disk is named as on another host.",
            {"blkio_config": {"device_write_bps": [{"path": "/dev/nope", "rate": "1m"}]}}, "stat /dev/nope: no such file or directory",
            {"blkio_config": {"device_write_bps": [{"path": "DISK", "rate": "1m"}]}}, "it was started",
            program="echo it was started", why="`lsblk` lists the disks of this very host.",
        ),
        Mistake(
            "A weight is set, and this kernel keeps none.",
            {"blkio_config": {"weight": 300}}, "Weight discarded",
            {"blkio_config": {"device_write_bps": [{"path": "DISK", "rate": "1m"}]}}, "at most 1048576 bytes a second",
            program="sleep 60",
            look="docker inspect -f '{{range .HostConfig.BlkioDeviceWriteBps}}at most {{.Rate}} bytes a second{{end}}' CONTAINER",
            why="a rate is kept where a weight is not.",
        ),
    )  # fmt: skip

    def service(self, service: Service) -> Fragment:
        limits = service.workload.limits
        config: dict[str, Any] = {"weight": limits.disk_weight} if limits.disk_weight else {}
        for name, key in _KEYS.items():
            if rates := [{"path": disk.path, "rate": _rate(disk, name)} for disk in limits.disks if name in disk.rates]:
                config[key] = rates
        return {"blkio_config": config} if config else {}

    def notes(self, service: Service) -> tuple[str, ...]:
        limits = service.workload.limits
        return (
            *(f"starts only on a host that has the disk {disk.path}" for disk in limits.disks),
            *(["the disk weight is discarded, with a warning, where kernel or engine keep none"] if limits.disk_weight else []),
        )

    def probes(self, service: Service) -> tuple[Probe, ...]:
        limits = service.workload.limits
        rates = tuple(
            Probe(f"rates of {disk.path}", _shown(disk.rates), lambda live, path=disk.path: _shown(live.disk_rates(path)))  # type: ignore[misc]
            for disk in limits.disks
        )
        weight = Probe("disk weight", str(limits.disk_weight), lambda live: str(live.limit("disk weight")))
        return (*rates, *([weight] if limits.disk_weight else []))


def _rate(disk: Disk, name: str) -> str | int:
    """The rate as it is written: a size in small letters, or a count."""
    value: str | int = getattr(disk, name)
    return value.lower() if isinstance(value, str) else value


def _shown(rates: Mapping[str, int]) -> str:
    return ", ".join(f"{name} {rates[name]}" for name in _KEYS if name in rates) or "none"
