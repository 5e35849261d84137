"""A workload with all its companions, as effective facts: who each container runs as, what it is handed, how it is checked."""

from functools import lru_cache

import msgspec
from msgspec.structs import replace

from wizard.companion import CatalogueEntry
from wizard.companions import entry_of
from wizard.digests import CONTROL as PINNED
from wizard.digests import pinned
from wizard.egress_proxy import BASE, EGRESS, egress, handed
from wizard.egress_proxy import CONTROL as ALLOW_LIST
from wizard.errors import UsageError
from wizard.known_ids import refuse_unknown
from wizard.known_image import Pace
from wizard.project import Image, Project, SecretFile, SecretUse, Service
from wizard.recent import recent
from wizard.stack import LanguageStack
from wizard.stacks import stack_of
from wizard.stacks.static import NGINX, NGINX_CALLS
from wizard.workload import Companion, Health, User, Workload, WritablePath, evolve, make

APP_USER = User(10001, 10001)
"""Who an image without a user of its own runs as: too high to be a person of the host."""

RENDERED = "rendered"
"""The answer for «the AppArmor profile that is written here»: a loaded one is named after what it is for, never this."""

WAITED_FOR = Pace(interval=5)
"""How often the services are asked that others wait for."""
THROUGH = 60
"""Seconds that the proxy, which is asked through the app, waits longer than the app itself: three checks of 16, and some."""
INGRESS = "ingress"
FRONT, BACK = "front", "back"
"""Internal networks: between the proxy on the edge and the service; `back-NAME` between the service and each companion."""
INGRESS_VERSION = "1.30-alpine-slim"
INGRESS_FILES = 16384
"""Files and sockets that the proxy may have open: four for each client with room to spare."""
INGRESS_CONF = "/etc/nginx/nginx.conf"


@recent(8)
def resolve(workload: Workload) -> Project:
    """Every container that `workload` calls for. Raises UsageError for answers that cannot go together."""
    refuse_unknown(workload)
    entries = [(companion, entry_of(companion.service)) for companion in workload.companions]
    services = [_companion(workload, companion, entry) for companion, entry in entries]
    files = {file.name: file for companion, entry in entries for file in entry.secret_files(companion)}
    sizes = stack_of(workload.stack.language).secret_bytes if workload.stack else {}
    files |= {secret.name: SecretFile(secret.name, size=sizes.get(secret.env or "", 32)) for secret in workload.secrets if secret.name not in files}
    app = _app(workload, entries)
    if _behind_proxy(workload):
        if INGRESS in (workload.name, *(companion.hostname for companion in workload.companions)):
            raise UsageError(f"name: «{INGRESS}» is the proxy's name; choose another, or --set ingress=direct")
        services.append(_ingress(workload))
        inside = tuple(msgspec.structs.replace(port, publish=None) for port in workload.ports)
        app = replace(app, workload=msgspec.structs.replace(app.workload, ports=inside), inside=(FRONT, *app.inside))
    if workload.egress:
        proxy = _egress(workload)
        services.append(proxy)
        handed_on = _handed(workload)
        if ALLOW_LIST in app.waived:
            app = replace(app, environment={**handed_on, **app.environment})
        else:
            app = replace(app, outward=handed_on)
        app = replace(app, inside=(*app.inside, EGRESS), depends_on={**app.depends_on, EGRESS: _condition(workload, EGRESS)})
    return Project(workload, (app, *services), tuple(files.values()))


def _behind_proxy(workload: Workload) -> bool:
    """Whether published ports go through a proxy, so that the app itself is on no network with a way out."""
    wanted = not workload.internet and workload.ingress == "proxy" and any(port.publish for port in workload.ports)
    return wanted and "internal-networks" not in _waived(workload, workload.name)


def _egress(workload: Workload) -> Service:
    """The proxy to the outside, where single names of it are asked for. Raises UsageError where that means nothing."""
    if workload.internet:
        raise UsageError("egress: with internet: yes it reaches every name; answer «no» to the internet, or take the names back")
    if EGRESS in (workload.name, *(companion.hostname for companion in workload.companions)):
        raise UsageError(f"name: «{EGRESS}» is the name of the proxy to the outside; choose another")
    image, profile = _by_digest(BASE, workload, EGRESS), _profile(workload, EGRESS)
    return egress(image, workload.egress, workload.restart, _seccomp(workload), profile, workload.dns, _waived(workload, EGRESS))


def _handed(workload: Workload) -> dict[str, str]:
    hosts = [workload.name, *(companion.hostname for companion in workload.companions)]
    return handed(hosts, node=workload.stack is not None and workload.stack.language == "node")


def _waived(workload: Workload, service: str) -> frozenset[str]:
    return frozenset(waiver.control for waiver in workload.waivers if waiver.service in (None, service))


def _app(workload: Workload, entries: list[tuple[Companion, CatalogueEntry]]) -> Service:
    waived = _waived(workload, workload.name)
    stack = stack_of(workload.stack.language) if workload.stack else None
    image = _image(workload, stack, named=PINNED not in waived)
    user = workload.user or image.user or (APP_USER if stack else None)
    if user is None and "non-root-user" not in waived:
        raise UsageError(
            f"user: who {_what(workload)} runs as is not known, so it has to be said; "
            "accepted: UID:GID such as --set user=10001:10001, or --waive non-root-user=REASON"
        )
    uses = {use.name: use for companion, entry in entries for use in entry.handed_secrets(companion)}
    uses |= {secret.name: SecretUse(secret.name, secret.env) for secret in workload.secrets}
    _refuse_env_secrets(workload, image, tuple(uses.values()))
    handed = {name: value for companion, entry in reversed(entries) for name, value in entry.handed(companion).items()}
    direct = {f"{use.env}_FILE" for use in uses.values() if use.env}
    handed = {name: value for name, value in handed.items() if name not in direct}
    profile = _profile(workload, workload.name)
    return Service(
        workload=_with_required_paths(workload, stack),
        role="app",
        image=image,
        user=None if "non-root-user" in waived else user,
        health=_health(workload, stack),
        pace=_pace(workload),
        environment=handed | workload.environment,
        secrets=tuple(uses.values()),
        depends_on={companion.hostname: _condition(workload, companion.hostname) for companion, _ in entries},
        inside=tuple(f"{BACK}-{companion.hostname}" for companion, _ in entries),
        shm=workload.limits.shm,
        waived=waived,
        apparmor=profile or workload.apparmor,
        profile_written=profile is not None,
    )


def _by_digest(reference: str, workload: Workload, service: str) -> str:
    """The image by its digest, where there is one and the control is not waived for this service."""
    return reference if PINNED in _waived(workload, service) else pinned(reference, workload)


def _what(workload: Workload) -> str:
    """The image of a workload as words."""
    return workload.image or "it"


def _refuse_env_secrets(workload: Workload, image: Image, uses: tuple[SecretUse, ...]) -> None:
    named = next((use for use in uses if use.env), None)
    if named and not image.shell:
        raise UsageError(
            f"secrets: {named.name} cannot become the variable {named.env}: the image has no shell; "
            f"read the file /run/secrets/{named.name} instead (drop «as {named.env}»)"
        )
    if named and not workload.command:
        raise UsageError(f"secrets: «{named.name} as {named.env}» needs the command that is started with it; give command")


def _image(workload: Workload, stack: LanguageStack | None, named: bool) -> Image:
    if stack is None:
        return Image(_by_digest(workload.image or "", workload, workload.name), "unknown")
    stack.refuse(workload)
    runtime = stack.runtime(workload)
    own = runtime.own_user
    user = User(own.uid, own.gid) if own else None
    reference = _by_digest(stack.image(workload, named), workload, workload.name)
    return Image(reference, "stack", user, own.name if own else "app", runtime.shell, runtime.unprivileged, runtime.given_away,
                 calls=stack.calls)  # fmt: skip


def _with_required_paths(workload: Workload, stack: LanguageStack | None) -> Workload:
    there = {path.path for path in workload.writable}
    lacking = tuple(WritablePath(path, tmpfs="64M") for path in (stack.must_write if stack else ()) if path not in there)
    return evolve(workload, writable=msgspec.to_builtins((*workload.writable, *lacking))) if lacking else workload


def _health(workload: Workload, stack: LanguageStack | None) -> tuple[str, ...] | None:
    """The health check in exec form; None where there is none. Without an answer: TCP on the first port."""
    first = next((port.container for port in workload.ports if port.protocol == "tcp"), None)
    health = workload.health or (Health(tcp=first) if first and stack else None)
    if health is None or health.none is not None:
        return None
    if health.command:
        return health.command
    if stack is None:
        raise UsageError(
            f"health: what {_what(workload)} has for an HTTP or TCP check is not known; "
            "accepted: «command: WORDS» with a program of the image, or «none: reason»"
        )
    port = health.port or health.tcp or first
    if port is None:
        raise UsageError("health: no TCP port is declared to ask; give ports, health.port, or «none: reason»")
    return stack.health(f"http://127.0.0.1:{port}{health.http}" if health.http else None, port)


def _pace(workload: Workload) -> Pace:
    return stack_of(workload.stack.language).pace if workload.stack else Pace()


def _condition(workload: Workload, service: str) -> str:
    """What to wait for: a service without a health check never becomes healthy."""
    return "service_started" if "health-check" in _waived(workload, service) else "service_healthy"


def _companion(workload: Workload, companion: Companion, entry: CatalogueEntry) -> Service:
    waived, profile = _waived(workload, companion.hostname), _profile(workload, companion.hostname)
    # Named by its version also where that control is waived: its paths and user are those of this version.
    reference = _by_digest(f"{entry.image}:{entry.tag(entry.version(companion))}", workload, companion.hostname)
    return _companion_of(msgspec.json.encode(companion), entry, reference, workload.restart, _seccomp(workload), profile, waived)


def _seccomp(workload: Workload) -> str:
    """What the other services take over: a derived profile is made for each, a file of one's own is for the app."""
    return workload.seccomp if workload.seccomp in ("trimmed", "audit") else "default"


def _profile(workload: Workload, service: str) -> str | None:
    """The name of the AppArmor profile that is written for a service. It is the host's, so it holds the project's; neither has a dot."""
    return ".".join(("seawall", *dict.fromkeys((workload.name, service)))) if workload.apparmor == RENDERED else None


@lru_cache(maxsize=64)
def _companion_of(
    data: bytes, entry: CatalogueEntry, reference: str, restart: str, seccomp: str, profile: str | None, waived: frozenset[str]
) -> Service:
    """A companion by its very text, in which rows have an order; most of them stay while one answer changes."""
    companion = msgspec.json.decode(data, type=Companion)
    version = entry.version(companion)
    health = entry.health(version)
    if not health:
        raise UsageError(f"companions: {companion.hostname}: nothing in {reference} could tell whether it works; accepted: another version")
    answers = dict(entry.answers(companion))
    if companion.limits:
        answers["limits"] = dict(answers.get("limits", {})) | msgspec.to_builtins(companion.limits)
    answers["environment"] = dict(answers.get("environment", {})) | companion.environment
    given = msgspec.to_builtins(companion)
    if entry.configured_here(companion):
        given["mounts"] = [*entry.mounts(companion), *given.get("mounts", ())]
    answers |= {key: given[key] for key in ("command", "ports", "mounts", "restart", "stop_grace") if key in given}
    filled = make(
        {
            "name": companion.hostname,
            "image": reference,
            "writable": msgspec.to_builtins((*entry.writable(companion, version), *companion.writable)),
            "restart": restart,
            "seccomp": seccomp,
            **answers,
        },
        f"companions: {companion.hostname}",
    )
    return Service(
        workload=filled,
        role="companion",
        image=entry.described(reference, version),
        user=None if "non-root-user" in waived else companion.user or entry.user(version),
        health=health,
        pace=entry.known.pace if entry.known.pace != Pace() else WAITED_FOR,
        environment=filled.environment,
        secrets=entry.own_secrets(companion),
        inside=(f"{BACK}-{companion.hostname}",),
        shm=filled.limits.shm,
        waived=waived,
        apparmor=profile,
        profile_written=profile is not None,
    )


def ingress_health_port(workload: Workload) -> int:
    """The port on which the proxy answers for itself, on its own loopback only: none that it passes on."""
    passed = {port.container for port in workload.ports}
    return next(port for port in range(8099, 65535) if port not in passed)


def _asked_through(workload: Workload) -> str | None:
    """The service's own health path as the proxy passes it on, so that a service that only its own loopback reaches shows."""
    first = next((port.container for port in workload.ports if port.protocol == "tcp"), None)
    port = workload.health.port or first if workload.health and workload.health.http else None
    passed = [p.container for p in workload.ports if p.publish and p.protocol == "tcp"]
    return f"http://127.0.0.1:{port}{workload.health.http}" if workload.health and port in passed else None


def _ingress(workload: Workload) -> Service:
    """The proxy that alone sits on the edge: it passes bytes, so what is behind it has no way out."""
    ports = msgspec.json.encode([port for port in workload.ports if port.publish])
    waived, health_port = _waived(workload, INGRESS), ingress_health_port(workload)
    profile = _profile(workload, INGRESS)
    image = _by_digest(f"{NGINX}:{INGRESS_VERSION}", workload, INGRESS)
    asked = _asked_through(workload)
    pace = replace(WAITED_FOR, start=_pace(workload).start + THROUGH) if asked else WAITED_FOR
    return _ingress_of(ports, image, workload.name, workload.restart, _seccomp(workload), profile, asked, pace, health_port, waived)


@lru_cache(maxsize=8)
def _ingress_of(
    ports: bytes,
    image: str,
    name: str,
    restart: str,
    seccomp: str,
    profile: str | None,
    asked: str | None,
    pace: Pace,
    health_port: int,
    waived: frozenset[str],
) -> Service:
    filled = make(
        {
            "name": INGRESS,
            "image": image,
            "ports": msgspec.json.decode(ports),
            "writable": [{"path": "/tmp", "tmpfs": "16M"}],
            "mounts": [{"path": INGRESS_CONF, "source": "./.seawall/ingress.conf"}],
            "limits": {"memory": "128M", "pids": 50, "cpus": 0.5, "shm": "1M", "nofile": INGRESS_FILES},
            "restart": restart,
            "seccomp": seccomp,
        },
        INGRESS,
    )
    user = User(101, 101)
    return Service(
        workload=filled,
        role="ingress",
        image=Image(image, "catalogue", user, calls=NGINX_CALLS),
        user=user,
        pace=pace,
        health=stack_of("static").health(asked or f"http://127.0.0.1:{health_port}/", health_port),
        depends_on={name: "service_started"},
        inside=(FRONT,),
        shm="1M",
        waived=waived,
        apparmor=profile,
        profile_written=profile is not None,
    )
