"""From what a service said when it did not run to what may be behind it: a control, the part of the file, and the service without it.

Nothing here is believed: each clue is tried (`wizard.prove.diagnosis`).
"""

import posixpath
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from msgspec import Struct

from wizard.artifact import WORKLOAD
from wizard.compose import identity
from wizard.controls.capabilities import MinimalCapabilities
from wizard.controls.health import HealthCheck
from wizard.controls.limits import ResourceLimits
from wizard.controls.networks import InternalNetworks
from wizard.controls.no_new_privileges import NoNewPrivileges
from wizard.controls.ports import LoopbackPorts
from wizard.controls.profiles import ConfinementProfiles
from wizard.controls.read_only import ReadOnlyRoot
from wizard.controls.secrets import SecretsAsFiles
from wizard.controls.user import NonRootUser
from wizard.controls.writable import WritablePaths

_PATH = re.compile(r"(?<![\w.:/])(/[\w.@+-]+(?:/[\w.@+-]+)*)")
_ROOM = "512m"
_SYSTEM = frozenset(("/", "/home", "/opt", "/srv", "/usr", "/var", "/mnt"))
OPEN = "seawall-open"
"""A network with a way out, for a try alone."""


class Clue(Struct, frozen=True):
    """What may be behind it. `key` and `entry` say which part of the service, `without` is the service to try instead."""

    control: str
    seen: str
    key: str
    change: str
    why: str
    without: Mapping[str, Any]
    entry: int | str | None = None
    opens: bool = False
    """Whether the try needs a network with a way out."""
    mended: bool = False
    """Whether the try is the service as it is proposed, rather than one without that part."""


class Said(Struct, frozen=True):
    """What there is to go by: the last lines of its output and of its health check, and how its container ended."""

    lines: Sequence[str]
    exit_code: int
    killed: bool
    """For its memory, as far as the engine knows."""
    health: Sequence[str]
    """What the health check said last; nothing where that is not what is wrong."""


def clues(said: Said, service: Mapping[str, Any]) -> Iterator[Clue]:
    """The likely ones first. `service` is as Compose has it."""
    for pattern, look in _SIGNS:
        # The last line that says so: what came before may have been a warning.
        line = next((line for line in reversed(said.lines) if pattern.search(line)), "")
        if line:
            yield from look(line.strip(), service)
    if said.killed or said.exit_code == 137:
        why = (
            "the kernel killed it at its memory limit" if said.killed else "it ended by signal 9, which is how the kernel ends what needs more memory"
        )
        yield from _less(service, ResourceLimits.id, f"exit code {said.exit_code}", "mem_limit", "a higher mem_limit and memswap_limit", why,
                         ("mem_limit", "memswap_limit", "mem_reservation"))  # fmt: skip
    if said.health:
        yield from _health(said.health, service)


def further(service: Mapping[str, Any], seen: str) -> Iterator[Clue]:
    """What is tried where nothing was said that leads anywhere."""
    yield from _read_only(seen, service)
    yield from _rights(seen, service)
    why = "it runs without this limit"
    yield from _less(service, ResourceLimits.id, seen, "mem_limit", "a higher mem_limit and memswap_limit", why, ("mem_limit", "memswap_limit"))
    yield from _less(service, ResourceLimits.id, seen, "pids_limit", "a higher pids_limit", why, ("pids_limit",))


def of_the_engine(said: str, service: Mapping[str, Any]) -> Iterator[Clue]:
    """From what the engine refused to start."""
    line = next((line.strip() for line in reversed(said.splitlines()) if line.strip()), "")
    if found := re.search(r"(?:Bind for \S+?:(\d+) failed: )?port is already allocated|listen \w+ \S+?:(\d+): bind: address already in use", said):
        number = found[1] or found[2] or ""
        for place, port in enumerate(service.get("ports") or ()):
            if str(port.get("published")) == number:
                change = f"publish another port than {number}, or stop what has it: ss -ltnp 'sport = :{number}'"
                why = f"something on this host has port {number} already"
                yield Clue(LoopbackPorts.id, line, "ports", change, why, _but(service, "ports"), place)
    elif "bind source path does not exist" in said or ("no such file or directory" in said and "secrets" in said):
        path = _path(said.rpartition(":")[2]) or _path(line)
        if service.get("secrets"):
            yield Clue(SecretsAsFiles.id, line, "secrets", f"put {path} there", "a file that it mounts is not there", _but(service, "secrets"))
    elif re.search(r"pull access denied|manifest unknown|failed to resolve reference|dial tcp|no such host", said) and service.get("image"):
        yield Clue(WORKLOAD, line, "image", "name an image that this engine has or can get", "its image is not to be had", {})


def _read_only(line: str, service: Mapping[str, Any]) -> Iterator[Clue]:
    if not service.get("read_only"):
        return
    why, path = "it writes to its root filesystem, which is read-only", _path(line)
    if path:
        folder = posixpath.dirname(path)
        # What lies right in a system folder is a folder that is made, more often than a file.
        where = path if folder in _SYSTEM else folder
        uid, _, gid = str(service.get("user") or "0:0").partition(":")
        entry = f"{where}:" + (f"uid={uid},gid={gid or uid},mode=0700," if uid.isdecimal() else "") + "size=16m"
        change = f'keep it, and add to tmpfs: "{entry}" (a volume, if that has to stay)'
        more = {**service, "tmpfs": [*(service.get("tmpfs") or ()), entry]}
        yield Clue(ReadOnlyRoot.id, line, "read_only", change, why, more, mended=True)
        yield Clue(ReadOnlyRoot.id, line, "read_only", change, why, _but(service, "read_only"))
    else:
        change = "keep it, and list what it writes under tmpfs, each with uid, gid, mode and size, or in volumes"
        yield Clue(ReadOnlyRoot.id, line, "read_only", change, why, _but(service, "read_only"))


def _full(line: str, service: Mapping[str, Any]) -> Iterator[Clue]:
    entries = list(service.get("tmpfs") or ())
    path = _path(line)
    order = sorted(range(len(entries)), key=lambda n: not (path and _is_in(path, identity("tmpfs", entries[n]))))
    for number in order:
        entry = entries[number]
        larger = re.sub(r"size=[^,]*", f"size={_ROOM}", entry)
        if larger != entry:
            tmpfs = [*entries[:number], larger, *entries[number + 1 :]]
            change, why = f"a larger size than in {entry}", "what it writes there does not fit"
            yield Clue(WritablePaths.id, line, "tmpfs", change, why, {**_but(service, "mem_limit", "memswap_limit"), "tmpfs": tmpfs}, number)
    yield from _less(service, ResourceLimits.id, line, "shm_size", "a larger shm_size", "what it writes to /dev/shm does not fit", ("shm_size",))


def _denied(line: str, service: Mapping[str, Any]) -> Iterator[Clue]:
    path = _path(line)
    secrets = [
        one
        for one in service.get("secrets") or ()
        if path and posixpath.basename(path) == posixpath.basename(str(one.get("target") or one.get("source")))
    ]
    for one in secrets:
        why = "the file belongs to another user of the host and keeps its mode inside"
        change = f"chmod 0444 its file, in a folder of mode 0700 (secret {one.get('source')})"
        number = list(service["secrets"]).index(one)
        yield Clue(SecretsAsFiles.id, line, "secrets", change, why, {**service, "readable": one.get("source")}, number)
    low = "net.ipv4.ip_unprivileged_port_start"
    if str((service.get("sysctls") or {}).get(low, "")) not in ("", "0"):
        change = f"leave {low} out: the engine opens all ports to every user, unless this says otherwise"
        yield from _less(
            service, NonRootUser.id, line, "sysctls", change, "it listens below 1024, which this setting keeps for root", ("sysctls",), low
        )
    for number, entry in enumerate(service.get("tmpfs") or ()):
        place = identity("tmpfs", entry)
        if path and _is_in(path, place) and "uid=" not in entry:
            open_ = [f"{one}{',' if ':' in one else ':'}mode=1777" if one == entry else one for one in service["tmpfs"]]
            uid, _, gid = str(service.get("user") or "0:0").partition(":")
            change = f"add uid={uid},gid={gid or uid},mode=0700 to {entry}"
            yield Clue(WritablePaths.id, line, "tmpfs", change, f"{place} belongs to root", {**service, "tmpfs": open_}, number)
    yield from _rights(line, service)


def _refused(line: str, service: Mapping[str, Any]) -> Iterator[Clue]:
    yield from _rights(line, service)


def _rights(line: str, service: Mapping[str, Any]) -> Iterator[Clue]:
    if service.get("cap_drop"):
        least = ("SETGID", "SETUID") if re.search(r"setgroups|setuid|setgid|gosu|su-exec|setpriv|switch", line, re.I) else ("CHOWN", "DAC_OVERRIDE")
        own, dropped = service.get("cap_add") or [], next((n for n, one in enumerate(service["cap_drop"]) if one == "ALL"), 0)
        change = f"start it as the user that it becomes (user: with both numbers), or write cap_add: [{', '.join([*own, *least])}]"
        why = "it does as root what takes capabilities, and they are dropped"
        more = {**service, "cap_add": [*own, *least]}
        yield Clue(MinimalCapabilities.id, line, "cap_drop", change, why, more, dropped, mended=True)
        yield from _less(service, MinimalCapabilities.id, line, "cap_drop", change, why, ("cap_drop",), dropped)
    if service.get("user"):
        change = "give what it writes to this user in the image, or name the user that owns it"
        yield from _less(service, NonRootUser.id, line, "user", change, "what it asks for takes another user", ("user",))
    if options := service.get("security_opt"):
        kept = [one for one in options if not str(one).startswith("no-new-privileges")]
        change = "start it as the user that it needs, without sudo or programs with a setuid bit"
        if kept != list(options):
            why = "a program that it starts gains rights, which is switched off"
            yield Clue(NoNewPrivileges.id, line, "security_opt", change, why, {**service, "security_opt": kept})
        bare = [one for one in options if str(one).startswith("no-new-privileges")]
        if bare != list(options):
            change, why = "permit what it needs in the profile", "its profile refuses a call that it makes"
            yield Clue(ConfinementProfiles.id, line, "security_opt", change, why, {**service, "security_opt": bare})


def _processes(line: str, service: Mapping[str, Any]) -> Iterator[Clue]:
    yield from _less(service, ResourceLimits.id, line, "pids_limit", "a higher pids_limit", "it starts more processes and threads", ("pids_limit",))


def _files(line: str, service: Mapping[str, Any]) -> Iterator[Clue]:
    yield from _less(service, ResourceLimits.id, line, "ulimits", "a higher nofile", "it opens more files and sockets", ("ulimits",))


def _no_way_out(line: str, service: Mapping[str, Any]) -> Iterator[Clue]:
    if not service.get("network_mode"):
        there = service.get("networks") or {}
        more = {**_but(service, "dns"), "networks": {**there, OPEN: None}}
        change = "list the names that it calls (--set egress=...), or start it without"
        yield Clue(InternalNetworks.id, line, "networks", change, "it calls somebody outside when it starts", more, opens=True)


def _health(said: Sequence[str], service: Mapping[str, Any]) -> Iterator[Clue]:
    line = said[-1]
    missing = re.search(r"executable file not found|not found|no such file", line, re.I)
    change = "name a program that the image has, in exec form" if missing else "ask what the service answers, with a program that the image has"
    why = "the check itself cannot be run" if missing else "it runs, and its check fails"
    # An image may have a check of its own, which would be asked in its place.
    yield Clue(HealthCheck.id, line, "healthcheck", change, why, {**service, "healthcheck": {"disable": True}}, "test")


def _less(service: Mapping[str, Any], control: str, seen: str, key: str, change: str, why: str, keys: Sequence[str],
          entry: int | str | None = None) -> Iterator[Clue]:  # fmt: skip
    """The service without some keys, if it has the first."""
    if service.get(key):
        yield Clue(control, seen, key, change, why, _but(service, *keys), entry)


def _but(service: Mapping[str, Any], *keys: str) -> dict[str, Any]:
    return {key: value for key, value in service.items() if key not in keys}


def _path(line: str) -> str:
    found = _PATH.findall(line)
    return str(found[-1]) if found else ""


def _is_in(path: str, folder: str) -> bool:
    return path == folder or path.startswith(folder.rstrip("/") + "/")


_SIGNS: Sequence[tuple[re.Pattern[str], Callable[[str, Mapping[str, Any]], Iterator[Clue]]]] = tuple(
    (re.compile(pattern, re.I), look)
    for pattern, look in (
        (r"read-only file ?system|\bEROFS\b|errno 30\b", _read_only),
        (r"no space left on device|\bENOSPC\b|errno 28\b|disk full", _full),
        (r"permission denied|\bEACCES\b|errno 13\b|access denied", _denied),
        (r"not permitted|\bEPERM\b|errno 1\b|must be (run as )?root|setgroups|setuid|setgid", _refused),
        (r"cannot fork|can't start new thread|resource temporarily unavailable|\bEAGAIN\b|pthread_create", _processes),
        (r"too many open files|\bEMFILE\b", _files),
        (r"network is unreachable|name resolution|name or service not known|getaddrinfo|\bENETUNREACH\b|\bENOTFOUND\b", _no_way_out),
    )
)
