"""What a companion is: a well known image as a filled-in workload. One file of `companions/` each."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar

from wizard.project import SecretFile, SecretUse
from wizard.workload import Companion, User, WritablePath


class CatalogueEntry(ABC):
    """Facts of one official image, per variant and version, with what the app is handed to reach it."""

    id: ClassVar[str]
    title: ClassVar[str]
    image: ClassVar[str]
    default_version: ClassVar[str]
    port: ClassVar[int]
    root_capabilities: ClassVar[tuple[str, ...]] = ()
    calls: ClassVar[tuple[str, ...]] = ()
    """Groups of system calls (wizard.syscalls) that it makes although most programs do not."""
    warnings: ClassVar[tuple[str, ...]] = ()
    evidence: ClassVar[str] = ""
    """Where its facts were seen to hold."""

    @abstractmethod
    def user(self, version: str) -> User:
        """Its own user in this variant."""

    @abstractmethod
    def writable(self, companion: Companion, version: str) -> tuple[WritablePath, ...]:
        """Everything it writes."""

    @abstractmethod
    def health(self) -> tuple[str, ...]:
        """A check over TCP that the image's own tools can make, in exec form."""

    @abstractmethod
    def answers(self, companion: Companion) -> Mapping[str, Any]:
        """The rest of its workload as plain answers: command, limits, environment."""

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
