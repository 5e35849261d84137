"""A project and the controls into artifacts. Same answers, same bytes; every line knows the control it comes from."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from msgspec.structs import replace

from wizard import digests, yaml_text
from wizard.artifact import WORKLOAD, Artifact, Line
from wizard.compose import Part, combined, merge
from wizard.control import Control, Finding, Fragment
from wizard.controls import CONTROLS
from wizard.dockerfile_text import dockerfile, dockerignore, reason, support_files
from wizard.errors import UsageError
from wizard.project import Project, Service
from wizard.recent import recent
from wizard.resolve import resolve
from wizard.stacks import stack_of
from wizard.stops import Stop, Stopped, stops_of, waived_away
from wizard.workload import Stack, Waiver, Workload

_ORDER = (
    "image", "build", "init", "command", "entrypoint", "user", "group_add", "hostname", "read_only", "tmpfs", "volumes",
    "devices", "device_cgroup_rules",
    "cap_drop", "cap_add", "security_opt", "environment", "env_file", "secrets", "ports", "network_mode", "networks", "dns", "depends_on",
    "healthcheck", "mem_limit", "memswap_limit", "mem_reservation", "shm_size", "cpus", "pids_limit", "ulimits", "cpu_shares", "cpuset",
    "oom_score_adj", "blkio_config", "restart", "stop_grace_period", "logging",
)  # fmt: skip
Merged = Mapping[str, Sequence[Part]]


def render(workload: Workload, annotate: bool = True) -> tuple[Artifact, ...]:
    """All files that `workload` calls for, without secrets. Raises UsageError for answers that must not be rendered."""
    project = resolve(workload)
    compose = compose_file(project, annotate)
    built = (dockerfile(project.app, annotate), dockerignore(project.app)) if project.app.stack else ()
    beside: tuple[Artifact, ...] = ()
    if workload.extras:
        from wizard.extras import extras

        beside = tuple(extras(project))
    return (*built, compose, *support_files(project, annotate), *beside)


def shared_parts(project: Project) -> Merged:
    """What stands beside the services: networks, volumes and secrets."""
    return merge((control.id, control.project(project)) for control in CONTROLS)


def compose_file(project: Project, annotate: bool = True) -> Artifact:
    """The Compose file alone, which takes no templates. Raises UsageError for answers that must not be rendered."""
    refuse_unknown_waivers(project.workload, project)
    _refuse_stops(project)
    return Artifact("compose.yaml", tuple(_compose(project, annotate)))


def active(service: Service, controls: Iterable[Control] = CONTROLS) -> Iterator[Control]:
    """The controls that are not waived for a service."""
    return (control for control in controls if control.id not in service.waived)


@recent(16)
def service_parts(service: Service) -> Merged:
    """The Compose service as data, each key with the share of every control."""
    fragments: list[tuple[str, Fragment]] = [(WORKLOAD, _program(service))]
    for control in CONTROLS:
        waived = control.id in service.waived
        fragments.append((control.id, control.without(service) if waived else control.service(service)))
    return merge((owner, fragment) for owner, fragment in fragments if fragment)


def as_data(parts: Merged) -> dict[str, Any]:
    """The value of every key of a merged mapping."""
    return {key: combined(key, shares) for key, shares in parts.items()}


def findings(project: Project) -> Iterator[Finding]:
    """What the controls that are not waived say to the rendered services: nothing, unless an answer asks for it."""
    for service in project.services:
        fragment = as_data(service_parts(service))
        for control in active(service):
            yield from control.check(service, fragment)


def notes(project: Project) -> Iterator[tuple[str, str, str]]:
    """What a person should know: control, service, message; waivers with their reasons, too."""
    if project.app.stack and project.app.stack.packages:
        packages = ", ".join(project.app.stack.packages)
        purpose = "build" if project.app.stack.language == "static" else "serve"
        yield WORKLOAD, project.app.name, f"{packages} is installed beside the project's own packages, to {purpose} it"
    if project.app.stack and (part := _not_built(project.app.stack)):
        yield WORKLOAD, project.app.name, f"not yet built by a test of Seawall: {part}; what is written for it was read in the makers' own files"
    for service in project.services:
        for control in active(service):
            for message in control.notes(service):
                yield control.id, service.name, message
    for message in digests.notes(project):
        yield digests.CONTROL, project.app.name, message
    for waiver in project.workload.waivers:
        yield waiver.control, waiver.service or "all services", f"waived: {waiver.why}{_given_away(waiver, project)}"
        for words in (control.left_out() for control in CONTROLS if control.id == waiver.control):
            if words:
                yield waiver.control, waiver.service or "all services", words


def _not_built(stack: Stack) -> str:
    return stack_of(stack.language).not_built(stack.package_manager, stack.quirks)


def _given_away(waiver: Waiver, project: Project) -> str:
    """What a waiver lets through of that which would stop everything else; nothing for most."""
    meant = [service for service in project.services if waiver.service in (None, service.name)]
    found = [words for service in meant for words in waived_away((c for c in CONTROLS if c.id == waiver.control), as_data(service_parts(service)))]
    return f". STOP, answered with that reason: {'; '.join(dict.fromkeys(found))}" if found else ""


def refuse_unknown_waivers(workload: Workload, project: Project) -> None:
    """Raises UsageError for a waiver of a control or a service that does not exist."""
    known, services = [control.id for control in CONTROLS], [service.name for service in project.services]
    for waiver in workload.waivers:
        if waiver.control not in known:
            raise UsageError(f"waivers: {waiver.control} is no control; accepted: {', '.join(known)}")
        if waiver.service is not None and waiver.service not in services:
            raise UsageError(f"waivers: {waiver.service} is no service here; accepted: {', '.join(services)}")


def _refuse_stops(project: Project) -> None:
    if found := tuple(stop for service in project.services for stop in _stops(service)):
        raise Stopped(found)


@recent(16)
def _stops(service: Service) -> tuple[Stop, ...]:
    found = stops_of(service.name, active(service), as_data(service_parts(service)))
    return tuple(stop if service.role == "app" else replace(stop, gift=replace(stop.gift, key="companions")) for stop in found)


def _program(service: Service) -> dict[str, Any]:
    """The parts of a service that make it run at all."""
    workload = service.workload
    program: dict[str, Any] = {"build": {"context": service.context or "."}} if service.built else {"image": service.image.reference}
    if workload.command and not service.built:
        program["command"] = list(workload.command)
    if workload.hostname:
        program["hostname"] = workload.hostname
    if environment := _variables(service):
        program["environment"] = environment
    if service.depends_on:
        program["depends_on"] = {name: {"condition": condition} for name, condition in service.depends_on.items()}
    return program


def _variables(service: Service) -> dict[str, str]:
    """Its variables; without those that name a secret's file where secrets are variables themselves (the control is waived)."""
    waived = "secrets-as-files" in service.waived
    return {name: value for name, value in service.environment.items() if not (waived and value.startswith("/run/secrets/"))}


def _compose(project: Project, annotate: bool) -> Iterator[Line]:
    yield from _entry("name", project.workload.name, WORKLOAD, 0)
    yield Line("services:")
    said: frozenset[str] = frozenset()
    for number, service in enumerate(project.services):
        if number:
            yield Line("")
        yield Line(f"  {next(iter(yaml_text.lines({service.name: None})))}", service=service.name)
        lines, said = _told(service, said if annotate else None)
        yield from lines
    shared = shared_parts(project)
    for key in ("networks", "volumes", "secrets"):
        if key in shared:
            yield Line("")
            yield from _entry(key, combined(key, shared[key]), shared[key][0].control, 0)


_Told = tuple[tuple[Line, ...], frozenset[str]]


def _told(service: Service, said: frozenset[str] | None) -> _Told:
    """The lines of a service, and the controls that are explained from there on; `said` are those that were above it."""
    known = _known(service)
    if said not in known:
        saying = None if said is None else set(said)
        known[said] = tuple(_service(service.name, service_parts(service), saying)), frozenset(saying or ())
    return known[said]


@recent(16)
def _known(service: Service) -> dict[frozenset[str] | None, _Told]:
    """The lines of a service are kept until its facts change."""
    return {}


def _service(name: str, parts: Merged, said: set[str] | None) -> Iterator[Line]:
    for key in sorted(parts, key=lambda k: _ORDER.index(k) if k in _ORDER else len(_ORDER)):
        shares = parts[key]
        if said is not None:
            for share in shares:
                if share.control not in said and share.control != WORKLOAD:
                    said.add(share.control)
                    yield from (Line(f"    # {text}", share.control, key, name) for text in reason(share.control))
        if len(shares) == 1 or not isinstance(shares[0].value, (dict, list)):
            yield from _entry(key, shares[0].value, shares[0].control, 4, name)
            continue
        whole = combined(key, shares)
        yield Line(f"    {key}:", shares[0].control, key, name)
        for share in shares:
            keep = share.value if isinstance(whole, list) else {name: value for name, value in share.value.items() if name in whole}
            yield from (Line(text, share.control, key, name) for text in yaml_text.lines({key: keep}, 4)[1:])


def _entry(key: str, value: Any, control: str, indent: int, service: str = "") -> Iterator[Line]:
    return (Line(text, control, key, service) for text in yaml_text.lines({key: value}, indent))
