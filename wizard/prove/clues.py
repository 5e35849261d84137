"""From what a service said when it did not run to what may be behind it: a control, the part of the file, and the service without it.

Nothing here is believed: each clue is tried (`wizard.prove.diagnosis`).
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from wizard.controls.health import HealthCheck
from wizard.controls.limits import ResourceLimits
from wizard.controls.networks import InternalNetworks
from wizard.controls.user import NonRootUser
from wizard.prove import path_clues
from wizard.prove.clue import OPEN, Clue, Said, but, less, path_in
from wizard.prove.rights_clues import rights

_LOW = "net.ipv4.ip_unprivileged_port_start"


def clues(said: Said, service: Mapping[str, Any]) -> Iterator[Clue]:
    """The likely ones first. `service` is as Compose has it."""
    for pattern, look in _SIGNS:
        # The last line that says so, of those that say where: what came before may have been a warning.
        found = [line for line in reversed(said.lines) if pattern.search(line)]
        if found:
            yield from look(next((line for line in found if path_in(line)), found[0]).strip(), service)
    if said.killed or said.exit_code == 137:
        why = (
            "the kernel killed it at its memory limit" if said.killed else "it ended by signal 9, which is how the kernel ends what needs more memory"
        )
        yield from less(service, ResourceLimits.id, f"exit code {said.exit_code}", "mem_limit", "a higher mem_limit and memswap_limit", why,
                        ("mem_limit", "memswap_limit", "mem_reservation"))  # fmt: skip
    if said.health:
        yield from _health(said.health, service)


def further(service: Mapping[str, Any], seen: str) -> Iterator[Clue]:
    """What is tried where nothing was said that leads anywhere."""
    yield from path_clues.read_only(seen, service)
    yield from rights(seen, service)
    why = "it runs without this limit"
    yield from less(service, ResourceLimits.id, seen, "mem_limit", "a higher mem_limit and memswap_limit", why, ("mem_limit", "memswap_limit"))
    yield from less(service, ResourceLimits.id, seen, "pids_limit", "a higher pids_limit", why, ("pids_limit",))


def _denied(line: str, service: Mapping[str, Any]) -> Iterator[Clue]:
    yield from path_clues.denied(line, service)
    if str((service.get("sysctls") or {}).get(_LOW, "")) not in ("", "0"):
        change = f"leave {_LOW} out: the engine opens all ports to every user, unless this says otherwise"
        yield from less(
            service, NonRootUser.id, line, "sysctls", change, "it listens below 1024, which this setting keeps for root", ("sysctls",), _LOW
        )
    yield from rights(line, service)


def _processes(line: str, service: Mapping[str, Any]) -> Iterator[Clue]:
    yield from less(service, ResourceLimits.id, line, "pids_limit", "a higher pids_limit", "it starts more processes and threads", ("pids_limit",))


def _files(line: str, service: Mapping[str, Any]) -> Iterator[Clue]:
    yield from less(service, ResourceLimits.id, line, "ulimits", "a higher nofile", "it opens more files and sockets", ("ulimits",))


def _no_way_out(line: str, service: Mapping[str, Any]) -> Iterator[Clue]:
    if not service.get("network_mode"):
        there = service.get("networks") or {}
        more = {**but(service, "dns"), "networks": {**there, OPEN: None}}
        change = "list the names that it calls (--set egress=...), or start it without"
        yield Clue(InternalNetworks.id, line, "networks", change, "it calls somebody outside when it starts", more, opens=True)


def inside_only(service: Mapping[str, Any], networks: Mapping[str, Any]) -> Clue | None:
    """A port is published, and all its networks are internal: the engine publishes none of its ports then, and says nothing."""
    there = service.get("networks") or {}
    if not service.get("ports") or not there or not all((networks.get(name) or {}).get("internal") for name in there):
        return None
    change = "add a network that is not internal, or a proxy on one; or leave ports out, if only other services ask it"
    why = "all its networks are internal, and on these the engine publishes nothing"
    more = {**service, "networks": {**there, OPEN: None}}
    return Clue(InternalNetworks.id, "nothing on this host answers for the port that it publishes", "ports", change, why, more, 0, opens=True)


def _health(said: Sequence[str], service: Mapping[str, Any]) -> Iterator[Clue]:
    line = said[-1]
    missing = re.search(r"executable file not found|not found|no such file", line, re.I)
    change = "name a program that the image has, in exec form" if missing else "ask what the service answers, with a program that the image has"
    why = "the check itself cannot be run" if missing else "it runs, and its check fails"
    # An image may have a check of its own, which would be asked in its place.
    yield Clue(HealthCheck.id, line, "healthcheck", change, why, {**service, "healthcheck": {"disable": True}}, "test")


_SIGNS: Sequence[tuple[re.Pattern[str], Callable[[str, Mapping[str, Any]], Iterator[Clue]]]] = tuple(
    (re.compile(pattern, re.I), look)
    for pattern, look in (
        (r"\bexec\b.*: (no such file or directory|permission denied|exec format error)", path_clues.not_started),
        # The last is Node.js's word for a folder that cannot be made with its parents on what is read-only.
        (r"read-only file ?system|\bEROFS\b|errno 30\b|ENOENT: no such file or directory, mkdir", path_clues.read_only),
        (r"no space left on device|\bENOSPC\b|errno 28\b|disk full", path_clues.full),
        (r"permission denied|\bEACCES\b|errno 13\b|access denied", _denied),
        (r"not permitted|\bEPERM\b|errno 1\b|must be (run as )?root|setgroups|setuid|setgid", rights),
        (r"cannot fork|can't start new thread|unable to create native thread|resource temporarily unavailable|\bEAGAIN\b|pthread_create", _processes),
        (r"too many open files|\bEMFILE\b", _files),
        (r"network is unreachable|name resolution|name or service not known|getaddrinfo|\bENETUNREACH\b|\bENOTFOUND\b", _no_way_out),
    )
)
