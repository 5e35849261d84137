"""A running container of which only the engine tells: a remote one, one on another kernel, or seen by somebody who is not root.

What takes the kernel's own word raises NotShownError with the reason: it is not provable here, which is neither passed nor failed.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from wizard.engine.docker import Docker
from wizard.errors import SeawallError


class NotShownError(SeawallError):
    """What the engine or kernel here cannot show."""


@dataclass(frozen=True)
class EngineOnly:
    """The part of `wizard.control.Live` that the engine alone can answer."""

    docker: Docker
    facts: Mapping[str, Any]
    why: str

    def inspect(self) -> Mapping[str, Any]:
        """The engine's view of the container (`docker inspect`)."""
        return self.facts

    def image(self) -> Mapping[str, Any]:
        """The engine's view of its image."""
        return self.docker.inspect("image", self.facts["Image"])

    def network(self, name: str) -> Mapping[str, Any]:
        """The engine's view of a network the container is on."""
        known = self.facts["NetworkSettings"]["Networks"].get(name) or {}
        return self.docker.inspect("network", known.get("NetworkID") or name)

    def __getattr__(self, name: str) -> Any:
        def not_shown(*_: object, **__: object) -> Any:
            raise NotShownError(self.why)

        return not_shown
