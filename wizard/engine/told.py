"""What the engine tells of a container, wherever it runs."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from wizard.engine.docker import Docker


@dataclass(frozen=True)
class Told:
    """The part of `wizard.control.Live` that the engine alone can answer; `facts` are those of `docker inspect`."""

    docker: Docker
    facts: Mapping[str, Any]

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
