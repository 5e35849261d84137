"""The workload: what a person said, or a folder showed, about one service. Frozen, and valid from the start.

The keys are those of `seawall.yaml`. `make` is the one door: it takes plain data and refuses what is not valid
with the key, the value and what is accepted.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from wizard.decode import convert
from wizard.facts import Facts, Size
from wizard.limits import Limits, SomeLimits
from wizard.mounts import Device as Device
from wizard.mounts import DeviceRule as DeviceRule
from wizard.mounts import Mount as Mount
from wizard.mounts import WritablePath as WritablePath
from wizard.mounts import clean_path as clean_path
from wizard.outside_names import PATTERN as OUTSIDE
from wizard.outside_names import taken_apart
from wizard.run_time_installs import PACKAGE
from wizard.text import plain, size_in_bytes, visible
from wizard.value_types import (
    CallGroup,
    CompanionKind,
    Extra,
    Id,
    ImageReference,
    Language,
    Name,
    NeedName,
    PackageManager,
    PinnedReference,
    PortNumber,
    Quirk,
    Repository,
    Restart,
    RuntimeName,
    Seconds,
    Variable,
    Version,
)

_DEFAULT_SHM = "64M"


class Stack(Facts, frozen=True):
    """What the service is built from.

    `runtime` is the kind of image that it runs on, where its stack offers several; `source` is the folder served (static; where the site is built,
    the one that `build` makes) or the package built (go, rust); `version` is that of the
    language, of a site that is built that of what builds it; `build` a command that makes what is run; `arguments` are variables that this command
    is given, those without a value only where whoever builds says one; `packages` are installed beside the project's own (a server that it does not
    depend on), `system_packages` are Debian's, `extensions` PHP's; `quirks` say what its manifests do that a build has to know (they refer to
    files beside them, run a script that is for developers, hold a checksum of each package, bring the build tool along, make a jar that takes
    itself apart, fix every version in a lock file, install or copy in a way of their own), or that a site is one
    page that shows all its paths.
    """

    language: Language
    version: Version | None = None
    runtime: RuntimeName | None = None
    framework: Annotated[str, Meta(pattern=r"^[a-z][a-z0-9.-]{0,30}$", description="a framework's name such as flask")] | None = None
    package_manager: PackageManager | None = None
    lockfile: (
        Annotated[
            str, Meta(pattern=r"^([A-Za-z0-9][A-Za-z0-9_-]{0,39}/){0,2}[A-Za-z0-9][A-Za-z0-9._-]{0,79}$", description="a file's name such as uv.lock")
        ]
        | None
    ) = None
    build: tuple[str, ...] = ()
    packages: tuple[Annotated[str, Meta(pattern=r"^[a-z][a-z0-9._-]{0,60}==[0-9][0-9a-z.]{0,30}$", description="NAME==VERSION")], ...] = ()
    system_packages: tuple[Annotated[str, Meta(pattern=rf"^{PACKAGE}$", description="the name of a Debian package such as libpq5")], ...] = ()
    extensions: tuple[Annotated[str, Meta(pattern=r"^[a-z][a-z0-9_]{0,30}$", description="an extension of PHP such as pdo_pgsql")], ...] = ()
    quirks: tuple[Quirk, ...] = ()
    arguments: dict[Variable, str] = {}
    source: Annotated[
        str,
        Meta(
            pattern=r"^\.$|^(\./)?\.?[A-Za-z0-9_-][A-Za-z0-9._-]*(/\.?[A-Za-z0-9_-][A-Za-z0-9._-]*)*$",
            description="a folder of the project such as cmd/server",
        ),
    ] = "."

    def __post_init__(self) -> None:
        super().__post_init__()
        for argument in self.build:
            plain(argument)
        for name, value in self.arguments.items():
            plain(name)
            plain(value)


class User(Facts, frozen=True):
    """The numeric user and group it runs as; both, since a bare uid gets gid 0 (facts: engine, section 7)."""

    uid: Id
    gid: Id


class Port(Facts, frozen=True):
    """A port it listens on; `publish` is `ADDRESS:PORT` on the host, or nothing for «only inside»."""

    container: PortNumber
    publish: str | None = None
    protocol: Literal["tcp", "udp"] = "tcp"

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.publish is not None:
            self.host  # noqa: B018 - evaluated for its refusal

    @property
    def host(self) -> tuple[str, int]:
        """Address and port on the host. Raises ValueError when `publish` is not `ADDRESS:PORT`."""
        import ipaddress

        address, _, port = (self.publish or "").rpartition(":")
        accepted = "accepted: ADDRESS:PORT such as 127.0.0.1:8000"
        if not re.fullmatch(r"[0-9]{1,5}", port) or not 1 <= int(port) <= 65535:
            raise ValueError(f"publish {visible(self.publish or '')} has no port from 1 to 65535; {accepted}")
        try:
            ip = ipaddress.ip_address(address.removeprefix("[").removesuffix("]"))
        except ValueError:
            raise ValueError(f"publish {visible(self.publish or '')} has no IP address; {accepted}") from None
        if ip.version == 6 and ip.scope_id:
            raise ValueError(f"publish {visible(self.publish or '')} names a zone; {accepted}")
        return str(ip), int(port)


class Capability(Facts, frozen=True):
    """A Linux capability asked for by name, with the reason."""

    name: Annotated[str, Meta(pattern=r"^[A-Z][A-Z_]{2,30}$", description="a capability's name such as NET_RAW")]
    why: Annotated[str, Meta(min_length=3)]

    def __post_init__(self) -> None:
        super().__post_init__()
        from wizard.capabilities import CAPABILITIES

        if self.name not in CAPABILITIES:
            raise ValueError(f"{visible(self.name)} is no Linux capability; accepted: names as in capabilities(7) without CAP_")


class Logs(Facts, frozen=True):
    """How much of what it prints is kept on the host: `files` files of `size` each."""

    size: Size = "10M"
    files: Annotated[int, Meta(ge=1, le=100)] = 3


class Health(Facts, frozen=True):
    """How it shows that it works: one of an HTTP path, a TCP port, a command, or a reason for having none."""

    http: Annotated[str, Meta(pattern=r"^/[A-Za-z0-9._~/?&=%+-]{0,200}$", description="a path such as /health")] | None = None
    tcp: PortNumber | None = None
    command: Annotated[tuple[str, ...], Meta(min_length=1)] | None = None
    none: Annotated[str, Meta(min_length=3)] | None = None
    port: PortNumber | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        ways = [w for w in (self.http, self.tcp, self.command, self.none) if w is not None]
        if len(ways) != 1:
            raise ValueError("health takes exactly one of http, tcp, command or none")
        if self.port is not None and self.http is None:
            raise ValueError("port goes with http; for tcp the port is its value")
        for argument in self.command or ():
            plain(argument, lines=True)


class Secret(Facts, frozen=True):
    """A secret, kept in `secrets/NAME` and mounted at /run/secrets/NAME.

    `env` hands its value to the program as a variable when it starts, for programs that cannot read a file.
    """

    name: Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9_.-]{0,62}$", description="such as db_password")]
    env: Variable | None = None


class Companion(Facts, frozen=True):
    """Another service it works with, such as postgres; what is not given comes from the catalogue.

    `writable` and `environment` are added to the catalogue's own, the others take their place.
    """

    service: CompanionKind
    name: Name | None = None
    version: Version | None = None
    limits: SomeLimits | None = None
    environment: dict[Variable, str] = {}
    command: tuple[str, ...] = ()
    user: User | None = None
    ports: tuple[Port, ...] = ()
    writable: tuple[WritablePath, ...] = ()
    mounts: tuple[Mount, ...] = ()
    restart: Restart | None = None
    stop_grace: Seconds | None = None

    def __post_init__(self) -> None:
        super().__post_init__()
        check_environment(self.environment)
        for argument in self.command:
            plain(argument, lines=True)

    @property
    def hostname(self) -> str:
        """The name it is reached by on the internal network."""
        return self.name or self.service


class Waiver(Facts, frozen=True):
    """A control that is left out, for one service or all, with the reason."""

    control: Name
    why: Annotated[str, Meta(min_length=3)]
    service: Name | None = None


class Workload(Facts, frozen=True, kw_only=True):
    """Everything Seawall knows of one service and its companions: the answers file as a value."""

    seawall: Literal[1] = 1
    catalogs: tuple[Name, ...] = ()
    name: Name
    stack: Stack | None = None
    image: ImageReference | None = None
    command: tuple[str, ...] = ()
    user: User | None = None
    ports: tuple[Port, ...] = ()
    writable: tuple[WritablePath, ...] = ()
    needs: tuple[NeedName, ...] = ()
    capabilities: tuple[Capability, ...] = ()
    limits: Limits = Limits()
    logs: Logs = Logs()
    health: Health | None = None
    internet: bool = False
    egress: tuple[Annotated[str, Meta(pattern=OUTSIDE, description="names such as api.example.com, *.example.org:8443")], ...] = ()
    ingress: Literal["proxy", "direct"] = "proxy"
    companions: tuple[Companion, ...] = ()
    secrets: tuple[Secret, ...] = ()
    environment: dict[Variable, str] = {}
    mounts: tuple[Mount, ...] = ()
    restart: Restart = "unless-stopped"
    stop_grace: Seconds = 30
    dns: tuple[str, ...] = ()
    hostname: Name | None = None
    groups: tuple[Id, ...] = ()
    devices: tuple[Device, ...] = ()
    device_rules: tuple[DeviceRule, ...] = ()
    seccomp: Annotated[
        str,
        Meta(
            pattern=r"^(default|trimmed|audit|(\./)?[A-Za-z0-9_-][A-Za-z0-9_./-]{0,200}\.json)$",
            description="default, trimmed, audit, or a .json file of the project",
        ),
    ] = "default"
    calls: tuple[CallGroup, ...] = ()
    apparmor: (
        Annotated[
            str, Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,60}$", description="rendered, or the name of a profile that is loaded on the host")
        ]
        | None
    ) = None
    selinux: (
        Annotated[str, Meta(pattern=r"^(user|role|type|level):[A-Za-z0-9_:,.-]{1,80}$", description="a label such as type:container_t")] | None
    ) = None
    digests: tuple[PinnedReference, ...] = ()
    extras: tuple[Extra, ...] = ("runbook",)
    repository: Repository | None = None
    waivers: tuple[Waiver, ...] = ()

    def __post_init__(self) -> None:
        super().__post_init__()
        if (self.stack is None) == (self.image is None):
            raise ValueError("a workload needs a stack (built from this folder) or an image (one that exists), and not both")
        check_environment(self.environment)
        for argument in self.command:
            try:
                plain(argument, lines=True)
            except ValueError as error:
                raise ValueError(f"command: {error}") from None
        if self.command and not self.command[0].strip():
            raise ValueError("command starts with an empty word")
        if ".." in self.seccomp:
            raise ValueError("seccomp names a file outside the project")
        self._unique("ports", [f"{p.container}/{p.protocol}" for p in self.ports])
        self._unique("ports (published)", [f"{p.host}/{p.protocol}" for p in self.ports if p.publish])
        self._unique("writable and mounts", [w.path for w in self.writable] + [m.path for m in self.mounts])
        self._unique("extras", self.extras)
        self._unique("groups", map(str, self.groups))
        self._unique("digests", [known.partition("@")[0] for known in self.digests])
        self._unique("devices", [d.path for d in self.devices])
        self._unique("device_rules", [r.devices for r in self.device_rules])
        self._unique("secrets", [s.name for s in self.secrets])
        self._unique("companions", [self.name, *(c.hostname for c in self.companions)])
        self._unique("egress", self.egress)
        for entry in self.egress:
            try:
                taken_apart(entry)
            except ValueError as error:
                raise ValueError(f"egress: {error}") from None
        for address in self.dns:
            check_address(address)
        self._fits_memory()

    @staticmethod
    def _unique(key: str, values: Iterable[str]) -> None:
        seen: set[str] = set()
        for value in values:
            if value in seen:
                raise ValueError(f"{key}: {visible(value)} is there twice")
            seen.add(value)

    def _fits_memory(self) -> None:
        """tmpfs and /dev/shm count against the memory limit: full ones end in an OOM kill (engine facts, section 3)."""
        total = sum(size_in_bytes(w.tmpfs) for w in self.writable if w.tmpfs) + size_in_bytes(self.limits.shm or _DEFAULT_SHM)
        if total >= size_in_bytes(self.limits.memory):
            raise ValueError(
                f"tmpfs and /dev/shm together ({total // 1024**2}M) must stay below limits.memory ({self.limits.memory}): "
                "they are memory; lower them or raise the limit"
            )


def check_address(address: str) -> None:
    """Refuse what is no IP address. Raises ValueError."""
    import ipaddress

    try:
        ipaddress.ip_address(address)
    except ValueError:
        raise ValueError(f"dns: {visible(address)} is no IP address; accepted: addresses such as 9.9.9.9") from None


def check_environment(environment: Mapping[str, str]) -> None:
    """Refuse names and values that no environment can hold. Raises ValueError."""
    for name, value in environment.items():
        plain(name)
        plain(value, lines=True)


def make(data: Mapping[str, Any], where: str = "answers") -> Workload:
    """The workload that plain `data` describes. Raises UsageError naming the key, the value and what is accepted."""
    return convert(data, Workload, where)


def evolve(workload: Workload, **answers: Any) -> Workload:
    """A new workload with some answers changed (plain data), as valid as the old one. Raises UsageError."""
    return make({**msgspec.to_builtins(workload), **answers})
