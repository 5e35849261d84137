"""A running container on this host, as the kernel and the engine show it: what the probes look at.

It is looked at from outside, as root, by way of /proc: no program is needed in the image, and nothing is asked of the
container itself.
"""

import json
import os
import stat
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from wizard.engine import asking, filters, inside
from wizard.engine.cgroup import Cgroup, cgroup_of
from wizard.engine.docker import Docker
from wizard.engine.listeners import listeners
from wizard.engine.process import Process
from wizard.engine.told import Told
from wizard.engine.verdict import verdict
from wizard.errors import SeawallError

_TIMEOUT = 10.0
_SCAN_TIMEOUT = 120.0


@dataclass(frozen=True)
class LiveContainer(Told):
    """A container at the moment it was asked for; satisfies `wizard.control.Live`."""

    process: Process
    """The service's own first process."""

    def status(self, field: str) -> str:
        """A field of the service's own first process in /proc/PID/status, such as `CapBnd`."""
        return self.process.status(field)

    def create(self, folder: str, uid: int, gid: int, bounded: bool = True) -> str:
        """Try to create and remove a file in `folder` as this user: `written`, or the errno's name.

        A user has no capabilities, and root those of the bounding set. `bounded=False` stays root with all of them,
        whoever was asked for, so that only the mount can refuse.
        """
        return str(self._look("create", folder, user=(uid, gid) if bounded else None))

    def stat(self, path: str) -> str:
        """Owner and octal mode of a path inside, as `uid:gid mode`, or the errno's name."""
        return str(self._look("stat", path))

    def read(self, path: str, uid: int, gid: int) -> str:
        """`readable`, or the errno's name, for opening a file inside as this user."""
        return str(self._look("read", path, user=(uid, gid)))

    def mount(self, path: str) -> str:
        """Type and options of the mount at `path` inside, links followed, or nothing."""
        mounts = {mount.path: f"{mount.type} {','.join(mount.options)}" for mount in self.process.mounts()}
        return mounts.get(path) or mounts.get(str(self._look("resolve", path)), "")

    def privileged_files(self) -> tuple[str, ...]:
        """Files of the image with setuid, setgid or file capabilities."""
        return self._scan("privileged")

    def files_writable_by(self, uid: int, gid: int) -> tuple[str, ...]:
        """Files and folders of the image (not of mounts) that this user could change, by owner and mode."""
        return self._scan("changeable", uid, gid)

    def below(self, folders: Sequence[str], since: float) -> list[tuple[str, int, bool]]:
        """What lies in some folders, mounts too, and changed since (seconds since 1970): path, size in bytes, whether it is a folder."""
        found = self._look("below", list(folders), since, timeout=_SCAN_TIMEOUT)
        return [(str(path), int(size), bool(folder)) for path, size, folder in found] if isinstance(found, list) else []

    def sizes(self, paths: Sequence[str]) -> list[int | None]:
        """The size in bytes of each path, -1 for a folder, None for one that is not there."""
        found = self._look("sizes", list(paths))
        return list(found) if isinstance(found, list) else [None] * len(paths)

    def origins(self, paths: Sequence[str]) -> list[str]:
        """For each path the file of the image that it was copied or made from; nothing where there is none."""
        mounts = sorted({mount.path for mount in self.process.mounts()} - {"/"})
        found = self._look("origins", mounts, list(paths), timeout=_SCAN_TIMEOUT)
        return [str(one) for one in found] if isinstance(found, list) else [""] * len(paths)

    def links(self) -> dict[str, str]:
        """Folders of the image that are links, and where each leads."""
        mounts = sorted({mount.path for mount in self.process.mounts()} - {"/"})
        found = self._look("links", mounts, timeout=_SCAN_TIMEOUT)
        return {str(path): str(real) for path, real in found} if isinstance(found, list) else {}

    def limit(self, name: str) -> int | None:
        """A cgroup limit: `memory`, `memory+swap`, `reservation` (bytes), `pids`, `cpus` (thousandths), `disk weight`; None if unlimited."""
        return self._group.limit(name)

    def share(self) -> tuple[str, int]:
        """What it is worth when processors are short: `shares` or, with cgroups of version 2, `weight`; and the number."""
        return self._group.share()

    def processors(self) -> str:
        """The processors that it may run on, such as `0-1,3`; nothing where they are not limited."""
        return self._group.processors()

    def disk_rates(self, path: str) -> Mapping[str, int]:
        """The limits for a disk of the host: `read`, `write` (bytes a second), `read_iops`, `write_iops`."""
        try:
            number = os.stat(path).st_rdev
        except OSError as error:
            raise SeawallError(f"{path} is not on this host ({error.strerror})") from None
        return self._group.rates(f"{os.major(number)}:{os.minor(number)}")

    def devices(self) -> tuple[str, ...]:
        """Devices of the host that it was given, as `/dev/ttyS0 r` or `c 188:* rw`.

        What it may do with each is read from the kernel where that shows it (version 1 of cgroups), else from the engine.
        """
        host, rules = self.facts["HostConfig"], self._group.device_rules()
        if rules and "a *:*" in rules:
            return ("every device",)
        given = {device["PathOnHost"]: (_numbers(device["PathOnHost"]), device["CgroupPermissions"]) for device in host.get("Devices") or ()}
        for rule in host.get("DeviceCgroupRules") or ():
            numbers, _, access = rule.rpartition(" ")
            given[numbers] = (numbers, access)
        return tuple(f"{name} {access if rules is None else rules.get(numbers, 'refused')}" for name, (numbers, access) in given.items())

    def oom_score_adj(self) -> int:
        """How much earlier than others the kernel kills that process when the host runs out of memory."""
        return int(self.process.text("oom_score_adj"))

    def profile(self) -> str:
        """The AppArmor profile (or SELinux label) that the kernel holds that process to; nothing where it holds it to none."""
        try:
            label = (self.process.proc / str(self.process.pid) / "attr" / "current").read_text("utf-8", "replace")
        except OSError:
            return ""  # a kernel without such a module
        return label.rstrip("\0\n").partition(" (")[0].removeprefix("unconfined")

    def environment(self) -> Mapping[str, str]:
        """The variables of the service's first process."""
        return self.process.environment()

    def filtered(self, calls: Sequence[tuple[str, int]]) -> tuple[str, ...]:
        """What the seccomp filter says to system calls with a first argument: `allowed`, `logged`, `killed`, an errno's name."""
        read = self._program(filters.__file__, str(self.process.pid), what="reading its filters", timeout=_TIMEOUT)
        if "filters" not in read:
            raise SeawallError(f"{self._name}: its seccomp filters cannot be read: {read.get('problem')}")
        programs = [bytes.fromhex(program) for program in read["filters"]]
        return tuple(verdict(programs, os.uname().machine, call, first) for call, first in calls)

    def ulimit(self, name: str) -> tuple[int, int]:
        """Soft and hard limit of that process by its name in `ulimits`, such as `nofile`; -1 for none."""
        return self.process.ulimit(name)

    def listeners(self, awaited: Sequence[str] = ()) -> tuple[str, ...]:
        """What it listens on: `8000/tcp`, or `8000/tcp on loopback only`.

        What was just started gets ten seconds to listen on those awaited and, where it has a health check, to pass its first one.
        """
        end = time.monotonic() + _TIMEOUT
        while True:
            found = listeners(self.process)
            if time.monotonic() > end or ({name.partition(" ")[0] for name in found} >= set(awaited) and not self._is_starting()):
                return found
            time.sleep(0.1)

    def listeners_now(self) -> tuple[str, ...]:
        """The same at once, whoever is awaited."""
        return listeners(self.process)

    def _is_starting(self) -> bool:
        if (self.facts["State"].get("Health") or {}).get("Status") != "starting":
            return False
        return bool(self.docker.inspect("container", self.facts["Id"])["State"]["Health"]["Status"] == "starting")

    def interfaces(self) -> tuple[str, ...]:
        """The network interfaces that its processes see."""
        return tuple(sorted(line.partition(":")[0].strip() for line in self.process.text("net/dev").splitlines() if ":" in line))

    def tunnel(self, address: str, port: int, target: str) -> str:
        """The status with which a proxy answers a request for a tunnel from inside: `403`, an errno's name, `silence`."""
        request = {"pid": self.process.pid, "address": address, "port": port, "target": target}
        answer = self._program(asking.__file__, json.dumps(request), what="asking a proxy", timeout=2 * _TIMEOUT)
        if "seen" not in answer:
            raise SeawallError(f"{self._name}: its network cannot be joined: {answer.get('problem')}")
        return str(answer["seen"])

    @property
    def _group(self) -> Cgroup:
        return _cgroup(self.process, self.facts["Id"])

    def _scan(self, name: str, *arguments: object) -> tuple[str, ...]:
        mounts = sorted({mount.path for mount in self.process.mounts()} - {"/"})
        found = self._look(name, mounts, *arguments, timeout=_SCAN_TIMEOUT)
        if not isinstance(found, list):
            raise SeawallError(f"{self._name}: its files cannot be listed ({found})")
        return tuple(found)

    def _look(self, name: str, *arguments: object, user: tuple[int, int] | None = None, timeout: float = _TIMEOUT) -> object:
        who = [*user, int(self.process.status("CapBnd"), 16)] if user else None
        request = {"pid": self.process.pid, "look": name, "arguments": arguments, "user": who}
        answer = self._program(inside.__file__, json.dumps(request), what=f"looking inside ({name})", timeout=timeout)
        if "seen" not in answer:
            raise SeawallError(f"{self._name}: cannot be looked into: {answer.get('problem')}")
        seen: object = answer["seen"]
        return seen

    def _program(self, file: str, argument: str, what: str, timeout: float) -> Mapping[str, Any]:
        """The JSON that one of our programs of their own prints. Raises SeawallError."""
        try:
            done = subprocess.run([sys.executable, "-I", "-S", file, argument], capture_output=True,
                                  stdin=subprocess.DEVNULL, timeout=timeout, check=False)  # fmt: skip
            answer: dict[str, Any] = json.loads(done.stdout)
        except subprocess.TimeoutExpired:
            raise SeawallError(f"{self._name}: {what} took longer than {timeout:g} s") from None
        except (OSError, ValueError):
            raise SeawallError(f"{self._name}: {what} failed") from None
        return answer

    @property
    def _name(self) -> str:
        return str(self.facts["Name"]).removeprefix("/")


def live(name: str, docker: Docker | None = None) -> LiveContainer:
    """The running container of this name or id.

    Raises NoEngineError without an engine, and SeawallError when it does not run, or not where it can be looked into.
    """
    docker = docker or Docker()
    facts = docker.inspect("container", name)
    state = facts["State"]
    if not state["Running"] or not state["Pid"]:
        raise SeawallError(f"{name} is not running ({state['Status']}, exit code {state['ExitCode']}); its log says why: docker logs {name}")
    if sys.platform != "linux" or os.geteuid() != 0:
        raise SeawallError("looking into a container takes root on the engine's own Linux host")
    first = Process(state["Pid"])
    _cgroup(first, facts["Id"])
    if _user_namespace(first) != _user_namespace(Process(os.getpid())):
        raise SeawallError(f"{name} has a user namespace of its own (rootless or userns-remap), which cannot be looked into yet")
    return LiveContainer(docker, facts, first.first_of_service())


def _cgroup(process: Process, container: str) -> Cgroup:
    return cgroup_of(process.text("cgroup"), Path("/proc/self/mountinfo").read_text("utf-8", "surrogateescape"), container)


def _numbers(path: str) -> str:
    """Kind and numbers of a device of this host, such as `c 4:64`; nothing where it is none."""
    try:
        found = os.stat(path)
    except OSError:
        return ""
    kind = "b" if stat.S_ISBLK(found.st_mode) else "c"
    return f"{kind} {os.major(found.st_rdev)}:{os.minor(found.st_rdev)}"


def _user_namespace(process: Process) -> str:
    try:
        return os.readlink(process.proc / str(process.pid) / "ns" / "user")
    except OSError as error:
        raise SeawallError(f"the namespaces of process {process.pid} cannot be read ({error.strerror})") from None
