"""Clues from what the engine or Compose refused to make or to start: its words name the setting, mostly."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from wizard.artifact import WORKLOAD
from wizard.controls.capabilities import MinimalCapabilities
from wizard.controls.disks import DiskRates
from wizard.controls.fair_share import FairShare
from wizard.controls.host_access import NoHostAccess
from wizard.controls.limits import ResourceLimits
from wizard.controls.ports import LoopbackPorts
from wizard.controls.profiles import ConfinementProfiles
from wizard.controls.secrets import SecretsAsFiles
from wizard.controls.ulimits import ProcessLimits
from wizard.controls.user import NonRootUser
from wizard.controls.writable import WritablePaths
from wizard.prove.clue import Clue, but, replaced
from wizard.prove.path_clues import not_started

_NOFILE = "7"
_Found = re.Match[str]
_Service = Mapping[str, Any]


def of_the_engine(said: str, service: Mapping[str, Any]) -> Iterator[Clue]:
    """From what was refused, for a service that has what it is about."""
    line = next((line.strip() for line in reversed(said.splitlines()) if line.strip()), "")
    for pattern, look in _REFUSED:
        if found := pattern.search(said):
            yield from look(line, found, service)


def _port(line: str, found: _Found, service: _Service) -> Iterator[Clue]:
    number = found[1] or found[2] or ""
    for place, port in enumerate(service.get("ports") or ()):
        if str(port.get("published")) == number:
            change = f"publish another port than {number}, or stop what has it: ss -ltnp 'sport = :{number}'"
            why = f"something on this host has port {number} already"
            yield Clue(LoopbackPorts.id, line, "ports", change, why, but(service, "ports"), place)


def _missing(line: str, found: _Found, service: _Service) -> Iterator[Clue]:
    path = found[1]
    for number, one in enumerate(service.get("volumes") or ()):
        if one.get("source") == path:
            more = {**service, "volumes": replaced(service["volumes"], number)}
            yield Clue(WritablePaths.id, line, "volumes", f"put {path} there", "a file or folder that it mounts is not there", more, number)
            return
    if service.get("secrets"):
        yield Clue(SecretsAsFiles.id, line, "secrets", f"put {path} there", "a file that it mounts is not there", but(service, "secrets"))


def _image(line: str, found: _Found, service: _Service) -> Iterator[Clue]:
    if service.get("image"):
        yield Clue(WORKLOAD, line, "image", "name an image that this engine has or can get", "its image is not to be had", {})


def _user(line: str, found: _Found, service: _Service) -> Iterator[Clue]:
    if str(service.get("user") or "").partition(":")[0] == found[1]:
        change = f'name it by its numbers (user: "10001:10001"), or make {found[1]} in the image'
        yield Clue(NonRootUser.id, line, "user", change, f"the image knows no user {found[1]}", but(service, "user"))


def _group(line: str, found: _Found, service: _Service) -> Iterator[Clue]:
    change, why = f"name it by its number, or make {found[1]} in the image", f"the image knows no group {found[1]}"
    if str(service.get("user") or "").partition(":")[2] == found[1]:
        yield Clue(NonRootUser.id, line, "user", change, why, but(service, "user"))
    elif found[1] in (groups := list(service.get("group_add") or ())):
        number = groups.index(found[1])
        yield Clue(NonRootUser.id, line, "group_add", change, why, {**service, "group_add": replaced(groups, number)}, number)


def _sysctl(line: str, found: _Found, service: _Service) -> Iterator[Clue]:
    name = found[1]
    if name in (service.get("sysctls") or {}):
        change = f"set {name} on the host, for all of it: sysctl -w {name}=..., and leave it out here"
        yield Clue(NoHostAccess.id, line, "sysctls", change, "it is no setting of a container alone", but(service, "sysctls"), name)


def _ulimit(line: str, found: _Found, service: _Service) -> Iterator[Clue]:
    control = ResourceLimits.id if found[1] == _NOFILE else ProcessLimits.id
    why = "it is above the most that the engine itself may have"
    if service.get("ulimits"):
        yield Clue(control, line, "ulimits", "a lower limit, or a higher one for the engine's own service", why, but(service, "ulimits"))


def _processors(line: str, found: _Found, service: _Service) -> Iterator[Clue]:
    if str(service.get("cpuset") or "") == found[1]:
        change, why = f"name processors that this host has: {found[2]}", "the set is for a larger host"
        yield Clue(FairShare.id, line, "cpuset", change, why, but(service, "cpuset"))


def _cpus(line: str, found: _Found, service: _Service) -> Iterator[Clue]:
    if float(service.get("cpus") or 0) > float(found[1]):
        change, why = f"at most cpus: {found[1]}", "this host has fewer processors"
        yield Clue(ResourceLimits.id, line, "cpus", change, why, but(service, "cpus"))


def _disk(line: str, found: _Found, service: _Service) -> Iterator[Clue]:
    if found[1] in str(service.get("blkio_config") or ""):
        why = f"{found[1]} is a disk of another host"
        yield Clue(DiskRates.id, line, "blkio_config", "name disks of this host, as lsblk lists them", why, but(service, "blkio_config"))


def _device(line: str, found: _Found, service: _Service) -> Iterator[Clue]:
    for number, one in enumerate(service.get("devices") or ()):
        if found[1] in str(one):
            more = {**service, "devices": replaced(service["devices"], number)}
            yield Clue(NoHostAccess.id, line, "devices", "name a device of this host", f"{found[1]} is not on this host", more, number)


def _memory(line: str, found: _Found, service: _Service) -> Iterator[Clue]:
    if 0 < int(service.get("mem_limit") or 0) < int(found[1]) << 20:
        change, why = f"at least mem_limit: {found[1]}m, and memswap_limit", "the engine starts nothing with less"
        yield Clue(ResourceLimits.id, line, "mem_limit", change, why, but(service, "mem_limit", "memswap_limit", "mem_reservation"))


def _swap(line: str, found: _Found, service: _Service) -> Iterator[Clue]:
    if 0 < int(service.get("memswap_limit") or 0) < int(service.get("mem_limit") or 0):
        change, why = "the same number as in mem_limit: no swap then", "it is memory and swap together, and less than memory alone"
        yield Clue(ResourceLimits.id, line, "memswap_limit", change, why, {**service, "memswap_limit": service["mem_limit"]}, mended=True)


def _profile(line: str, found: _Found, service: _Service) -> Iterator[Clue]:
    for number, one in enumerate(service.get("security_opt") or ()):
        if str(one).startswith("seccomp") and str(one)[len("seccomp") + 1 :] == found[1]:
            wanted = (
                "leave it out: the engine's own filter is on where nothing is said" if found[1] == "default" else f"put the profile {found[1]} there"
            )
            more = {**service, "security_opt": replaced(service["security_opt"], number)}
            yield Clue(ConfinementProfiles.id, line, "security_opt", wanted, f"{found[1]} is the name of a file that is not there", more, number)


def _capability(line: str, found: _Found, service: _Service) -> Iterator[Clue]:
    for key in ("cap_add", "cap_drop"):
        for number, one in enumerate(service.get(key) or ()):
            if str(one).upper().removeprefix("CAP_") == found[1]:
                more = {**service, key: replaced(service[key], number)}
                yield Clue(MinimalCapabilities.id, line, key, "leave it out, or spell it right", f"no capability is called {one}", more, number)


def _tmpfs(line: str, found: _Found, service: _Service) -> Iterator[Clue]:
    for number, one in enumerate(service.get("tmpfs") or ()):
        if str(one).partition(":")[0].rstrip("/") == found[1].rstrip("/"):
            more = {**service, "tmpfs": replaced(service["tmpfs"], number, found[1])}
            yield Clue(WritablePaths.id, line, "tmpfs", "uid and gid as numbers, mode in octal digits, size with k, m or g",
                       f"the kernel does not take {one}", more, number)  # fmt: skip


def _program(line: str, found: _Found, service: _Service) -> Iterator[Clue]:
    named = [str(one) for key in ("entrypoint", "command") for one in service.get(key) or ()]
    if not named or found[1] in named:
        yield from not_started(found[0], service)


_REFUSED: tuple[tuple[re.Pattern[str], Callable[[str, _Found, _Service], Iterator[Clue]]], ...] = tuple(
    (re.compile(pattern), look)
    for pattern, look in (
        (r"Bind for \S+?:(\d+) failed: port is already allocated|listen \w+ \S+?:(\d+): bind: address already in use", _port),
        (r"bind source path does not exist: (\S+)", _missing),
        (r"pull access denied|manifest unknown|failed to resolve reference|dial tcp|no such host|No such image", _image),
        (r"unable to find user (\S+): ", _user),
        (r"[Uu]nable to find group (\S+): ", _group),
        (r"sysctl \"?([\w.]+)\"?:? (?:is not in a separate kernel namespace|is not whitelisted|not allowed)", _sysctl),
        (r"error setting rlimit type (\d+)", _ulimit),
        (r"Requested CPUs are not available - requested (\S+), available: (\S+)", _processors),
        (r"Range of CPUs is from \S+ to ([\d.]+),", _cpus),
        (r"stat (/dev/\S+): no such file or directory", _disk),
        (r"gathering device information while adding custom device \"([^\"]+)\"", _device),
        (r"Minimum memory limit allowed is (\d+)MB", _memory),
        (r"Minimum memoryswap limit should be larger than memory limit", _swap),
        (r"opening seccomp profile \((.+?)\) failed", _profile),
        (r"unknown capability: \"?CAP_(\w+)", _capability),
        (r"mount tmpfs:(\S+) .*invalid argument", _tmpfs),
        (r"exec: \"([^\"]+)\": (?:stat \S+ )?(?:no such file or directory|permission denied|executable file not found)[^:]*", _program),
    )
)  # fmt: skip
