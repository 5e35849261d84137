"""Effective facts, resolved once before any control runs: every container of a project, who it runs as, what it meets."""

from collections.abc import Mapping
from typing import Literal

from msgspec import Struct, field

from wizard.known_image import Pace
from wizard.workload import Stack, User, Workload


class Image(Struct, frozen=True):
    """What is known of the image a service runs, and from where."""

    reference: str
    origin: Literal["stack", "catalogue", "unknown"]
    user: User | None = None
    """Its own non-root user, if it has one."""
    user_name: str = "app"
    shell: bool = True
    unprivileged: bool = False
    """Whether it starts as its own user and holds no setuid files."""
    given_away: tuple[str, ...] = ()
    """Folders that belong to the very user it runs as, or that everybody may write."""
    root_capabilities: tuple[str, ...] = ()
    """The measured minimum if it is started as root; it drops them by itself."""
    ports: tuple[int, ...] = ()
    """TCP ports that its program listens on without being told."""
    unseen: bool = False
    """Whether what is known of it was only read: no test has started it yet."""
    calls: tuple[str, ...] = ()
    """Groups of system calls (wizard.syscalls) that its program makes although most do not."""


class SecretUse(Struct, frozen=True):
    """A secret that a service reads from /run/secrets/NAME; `env` hands it to the process as well."""

    name: str
    env: str | None = None


class SecretFile(Struct, frozen=True):
    """A secret of the project: random, or made from others by a template such as `postgresql://app:{db}@db/app`."""

    name: str
    template: str = ""
    size: int = 32
    """Random bytes of it: 32 are 256 bits, as 43 characters that need no quoting anywhere."""


class Service(Struct, frozen=True):
    """One container to be: a workload with everything that had to be decided decided."""

    workload: Workload
    role: Literal["app", "companion", "ingress", "egress"]
    image: Image
    user: User | None
    """None where the image's own start user (root) is kept, since the control was waived."""
    health: tuple[str, ...] | None
    pace: Pace = Pace()
    """How its health check is asked."""
    environment: Mapping[str, str] = field(default_factory=dict)
    secrets: tuple[SecretUse, ...] = ()
    depends_on: Mapping[str, str] = field(default_factory=dict)
    """Services that are started before it, each with the condition that is waited for."""
    inside: tuple[str, ...] = ()
    """The internal networks that it shares with others: one with each companion, one with each proxy."""
    outward: Mapping[str, str] = field(default_factory=dict)
    """The variables by which it finds the proxy to the outside, if there is one."""
    context: str | None = None
    """The folder that its image is built from where that is not the project itself."""
    shm: str | None = None
    waived: frozenset[str] = frozenset()
    apparmor: str | None = None
    """The name of its AppArmor profile: one that is written for it (`profile_written`), or one that the person has loaded."""
    profile_written: bool = False

    @property
    def name(self) -> str:
        """Its name in the Compose file, by which the others reach it."""
        return self.workload.name

    @property
    def stack(self) -> Stack | None:
        """What it is built from, if it is built here."""
        return self.workload.stack

    @property
    def built(self) -> bool:
        """Whether its image is built here."""
        return bool(self.stack or self.context)

    @property
    def published(self) -> bool:
        """Whether one of its ports is published on the host."""
        return any(port.publish for port in self.workload.ports)

    @property
    def owner(self) -> "User | Root":
        """Who owns what it writes: its user, or root."""
        return self.user or Root()


class Root(Struct, frozen=True):
    """uid and gid 0, which no answer can ask for."""

    uid: int = 0
    gid: int = 0


class Project(Struct, frozen=True):
    """All services of a project, the app first, and what they share."""

    workload: Workload
    services: tuple[Service, ...]
    secrets: tuple[SecretFile, ...] = ()

    @property
    def app(self) -> Service:
        """The service that the person asked about."""
        return self.services[0]
