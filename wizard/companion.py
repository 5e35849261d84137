"""What a companion is: a well known image as a filled-in workload. One file of `companions/` each."""

from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from msgspec import Struct

from wizard.known_image import Known
from wizard.project import Image, SecretFile, SecretUse
from wizard.workload import Companion, User, Workload, WritablePath


class Configuration(Struct, frozen=True):
    """A configuration file that is written for it: where the image reads it, and the template in `templates/companions/`."""

    path: str
    template: str


NO_PASSWORD = "It asks for no password: whatever is on its network can read it and use it, which is the service alone."
"""What people should know of a companion that cannot be given one here."""


class CatalogueEntry:
    """Facts of one image, per variant and version, with what the app is handed to reach it.

    What the image is by itself stands in `known`, which `check` and `fix` read as well; the rest is how a project runs it.
    """

    id: ClassVar[str]
    title: ClassVar[str]
    group: ClassVar[Literal["databases", "caches", "messages", "proxies", "files and search", "watching", "sign-in and secrets"]]
    image: ClassVar[str]
    names: ClassVar[tuple[str, ...]] = ()
    """Other names under which people run the same image."""
    known: ClassVar[Known]
    default_version: ClassVar[str]
    port: ClassVar[int]
    also: ClassVar[tuple[int, ...]] = ()
    """Further TCP ports that it listens on for others than itself."""
    calls: ClassVar[tuple[str, ...]] = ()
    """Groups of system calls (wizard.syscalls) that it makes although most programs do not."""
    warnings: ClassVar[tuple[str, ...]] = ()
    booted: ClassVar[str] = ""
    """The version that the engine tests start in a stand-in (tests/harness), if they do; it may be older than the default one."""
    configuration: ClassVar[Configuration | None] = None

    @property
    def evidence(self) -> str:
        """Where its facts were seen to hold."""
        if not self.booted:
            return "read in its Dockerfile and start script, not yet booted"
        return f"{self.booted} booted by the engine tests, in a stand-in that keeps the image's user and folders; other variants read"

    @property
    def root_capabilities(self) -> tuple[str, ...]:
        """What its own start script takes where it is started as root."""
        return self.known.root

    def user(self, version: str) -> User:
        """Its own user in this variant."""
        uid, gid = self.known.at(version).own.split(":")
        return User(int(uid), int(gid))

    def writable(self, companion: Companion, version: str) -> tuple[WritablePath, ...]:
        """Everything it writes."""
        known = self.known.at(version)
        volumes = [WritablePath(kept.path, volume=volume(companion, kept.path if number else "")) for number, kept in enumerate(known.kept)]
        return (*volumes, *(WritablePath(scratch.path, tmpfs=scratch.size) for scratch in known.scratch))

    def health(self, version: str) -> tuple[str, ...]:
        """A check over TCP that the image's own tools can make, in exec form."""
        return self.known.at(version).health

    def answers(self, companion: Companion) -> Mapping[str, Any]:
        """The rest of its workload as plain answers: command, limits, environment."""
        return {"limits": {"memory": self.known.mem_limit, "pids": 200}}

    def secret_files(self, companion: Companion) -> tuple[SecretFile, ...]:
        """Secrets that exist because of it."""
        return ()

    def own_secrets(self, companion: Companion) -> tuple[SecretUse, ...]:
        """Secrets it reads itself."""
        return ()

    def handed(self, companion: Companion) -> Mapping[str, str]:
        """Variables that tell the app how to reach it; never a secret. Of two companions of a kind the first is told of."""
        return {}

    def handed_secrets(self, companion: Companion) -> tuple[SecretUse, ...]:
        """Secrets that the app reads to use it."""
        return ()

    def aliases(self, companion: Companion) -> Mapping[str, str]:
        """Further variables that programs commonly read; handed only to those that do."""
        return {}

    def secret_aliases(self, companion: Companion) -> Mapping[str, str]:
        """Variables by which programs read a secret directly, and the secret each stands for."""
        return {}

    def version(self, companion: Companion) -> str:
        """The version asked for, or the default one."""
        return companion.version or self.default_version

    def tag(self, version: str) -> str:
        """The tag of its image for a version."""
        return version

    def described(self, reference: str, version: str) -> Image:
        """What is known of the image that `reference` names."""
        ports = (self.port, *self.also)
        return Image(reference, "catalogue", self.user(version), root_capabilities=self.root_capabilities, ports=ports, calls=self.calls,
                     unseen=not self.booted)  # fmt: skip

    def configured_here(self, companion: Companion) -> bool:
        """Whether its settings are written here: not where somebody mounts others in their place."""
        return self.configuration is not None and self.configuration.path not in [mount.path for mount in companion.mounts]

    def mounts(self, companion: Companion) -> tuple[Mapping[str, Any], ...]:
        """Its settings as the plain answer for a mount."""
        return ({"path": self.configuration.path, "source": f"./{configuration_file(companion)}"},) if self.configuration else ()

    def configured(self, companion: Companion, app: Workload) -> Mapping[str, Any]:
        """What the template of its configuration is filled with: the app's name and its first TCP port, if it has one."""
        return {"service": app.name, "port": next((port.container for port in app.ports if port.protocol == "tcp"), None)}


def volume(companion: Companion, path: str = "") -> str:
    """The name of its volume; `path` tells further ones of the same companion apart."""
    last = path.rpartition("/")[2] or "data"
    return f"{companion.hostname[: 39 - len(last)].rstrip('-')}-{last}"


def password(companion: Companion, what: str = "password") -> str:
    """The name of a secret that is this companion's alone."""
    return f"{companion.hostname.replace('-', '_')}_{what}"


def configuration_file(companion: Companion) -> str:
    """Where the file is written, below the project's folder, that it reads as its configuration."""
    return f".seawall/companions/{companion.hostname}.conf"
