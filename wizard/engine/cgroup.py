"""The limits of a container where the kernel keeps them: control groups of version 1, version 2, or both side by side."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from wizard.errors import SeawallError

_NO_LIMIT_V1 = 1 << 60
"""Version 1 shows «no limit» as the largest multiple of the page size."""

_RATES_V1 = {
    "read": "blkio.throttle.read_bps_device", "write": "blkio.throttle.write_bps_device",
    "read_iops": "blkio.throttle.read_iops_device", "write_iops": "blkio.throttle.write_iops_device",
}  # fmt: skip
_RATES_V2 = {"read": "rbps", "write": "wbps", "read_iops": "riops", "write_iops": "wiops"}


@dataclass(frozen=True)
class Cgroup:
    """The folders of one container: one a controller (version 1), and `unified` for version 2."""

    folders: Mapping[str, Path]

    def limit(self, name: str) -> int | None:
        """`memory`, `memory+swap`, `reservation` (bytes), `pids`, `cpus` (thousandths), `disk weight`; None if unlimited or not kept."""
        match name:
            case "memory":
                return self._bytes("memory.limit_in_bytes") if "memory" in self.folders else self._number("unified", "memory.max")
            case "memory+swap":
                return self._with_swap()
            case "reservation":
                return self._bytes("memory.soft_limit_in_bytes") if "memory" in self.folders else self._number("unified", "memory.low")
            case "pids":
                return self._number("pids" if "pids" in self.folders else "unified", "pids.max")
            case "cpus":
                return self._cpus()
            case "disk weight":
                return self._disk_weight()
        raise ValueError(f"{name} is no limit that is known here")

    def share(self) -> tuple[str, int]:
        """What it is worth when processors are short: `shares` (version 1) or `weight` (version 2), and the number."""
        if "cpu" in self.folders:
            return "shares", int(self._text("cpu", "cpu.shares"))
        return "weight", int(self._text("unified", "cpu.weight"))

    def processors(self) -> str:
        """The processors that it may run on, such as `0-1,3`; nothing where it inherits them."""
        return self._text("cpuset" if "cpuset" in self.folders else "unified", "cpuset.cpus")

    def rates(self, device: str) -> dict[str, int]:
        """The limits for a disk by its numbers (`254:0`): `read`, `write` (bytes a second), `read_iops`, `write_iops`."""
        if "blkio" in self.folders:
            found: dict[str, int] = {}
            for name, file in _RATES_V1.items():
                kept = dict(line.split(" ", 1) for line in self._text("blkio", file).splitlines())
                found |= {name: int(kept[device])} if device in kept else {}
            return found
        line = next((line for line in self._text("unified", "io.max").splitlines() if line.startswith(f"{device} ")), "")
        pairs = dict(pair.split("=", 1) for pair in line.split(" ")[1:])
        return {name: int(pairs[word]) for name, word in _RATES_V2.items() if pairs.get(word, "max") != "max"}

    def device_rules(self) -> dict[str, str] | None:
        """What is permitted for which devices (`c 4:64`: `rw`); None where the kernel does not show it (version 2)."""
        if "devices" not in self.folders:
            return None
        lines = (line.rpartition(" ") for line in self._text("devices", "devices.list").splitlines())
        return {numbers: access for numbers, _, access in lines}

    def _disk_weight(self) -> int | None:
        if "blkio" in self.folders:
            return self._number("blkio", "blkio.weight") or self._number("blkio", "blkio.bfq.weight")
        for file, least, most in (("io.bfq.weight", 10, 1000), ("io.weight", 1, 10000)):
            if text := self._text("unified", file):
                # The engine spreads its 10 to 1000 over the kernel's range.
                weight = int(text.splitlines()[0].removeprefix("default "))
                return round(10 + (weight - least) * 990 / (most - least))
        return None

    def _with_swap(self) -> int | None:
        if "memory" in self.folders:
            return self._bytes("memory.memsw.limit_in_bytes")
        memory, swap = self._number("unified", "memory.max"), self._number("unified", "memory.swap.max")
        return None if memory is None or swap is None else memory + swap

    def _cpus(self) -> int | None:
        if "cpu" in self.folders:
            quota, period = self._text("cpu", "cpu.cfs_quota_us"), self._text("cpu", "cpu.cfs_period_us")
        else:
            quota, _, period = self._text("unified", "cpu.max").partition(" ")
        return None if quota in ("", "max", "-1") else round(int(quota) * 1000 / int(period))

    def _bytes(self, file: str) -> int | None:
        number = self._number("memory", file)
        return None if number is None or number >= _NO_LIMIT_V1 else number

    def _number(self, controller: str, file: str) -> int | None:
        text = self._text(controller, file)
        return None if text in ("", "max") else int(text)

    def _text(self, controller: str, file: str) -> str:
        """The content of a file; nothing where the kernel keeps no such limit (swap accounting off, controller off)."""
        folder = self.folders.get(controller)
        if folder is None or not folder.is_dir():
            raise SeawallError(f"the control group of the container ({controller}) is not mounted here")
        try:
            return (folder / file).read_text().strip()
        except FileNotFoundError:
            return ""


def cgroup_of(membership: str, mounts: str, container: str) -> Cgroup:
    """The control group of a container.

    `membership` is /proc/PID/cgroup of one of its processes, `mounts` this process's own mountinfo.
    Raises SeawallError when the process does not belong to the container: then it runs on another host.
    """
    mounted = dict(_mounted(mounts))
    folders = {}
    for line in membership.splitlines():
        _, names, path = line.split(":", 2)
        inside = re.match(rf"(.*/[^/]*{re.escape(container)}[^/]*)(/|$)", path)
        if not inside:
            continue
        for name in names.split(",") if names else ("unified",):
            if name in mounted:
                point, root = mounted[name]
                folders[name] = Path(point + inside[1].removeprefix(root.rstrip("/")))
    if not folders:
        raise SeawallError(f"container {container[:12]} has no process on this host; run Seawall on the engine's own host")
    return Cgroup(folders)


def _mounted(mounts: str) -> "list[tuple[str, tuple[str, str]]]":
    found = []
    for line in mounts.splitlines():
        before, _, after = line.partition(" - ")
        root, point = before.split(" ")[3:5]
        kind, _, options = after.split(" ", 2)
        if kind == "cgroup2":
            found.append(("unified", (point, root)))
        elif kind == "cgroup":
            found += [(name, (point, root)) for name in options.split(",")]
    return found
