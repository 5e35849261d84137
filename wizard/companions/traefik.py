"""Traefik, the official image (traefik/traefik-library-image)."""

from collections.abc import Mapping
from typing import Any

from wizard.companion import CatalogueEntry, Configuration
from wizard.known_image import Known, Scratch
from wizard.workload import Companion

_PING = ("--ping=true", "--ping.entryPoint=ping", "--entryPoints.ping.address=127.0.0.1:8082")


class Traefik(CatalogueEntry):
    """Its routes come from a file, not from the engine's socket: whoever has that is root on the host."""

    id = "traefik"
    title = "Traefik, in front of the app"
    group = "proxies"
    image = "traefik"
    known = Known(own="65532:65532", scratch=(Scratch("/tmp", "16M", "temporary files"),), mem_limit="256M")
    default_version = "3.6"
    port = 8080
    warnings = ("It does not find containers by itself: its routes are in a file. Certificates and plugins need a folder to write.",)
    configuration = Configuration("/etc/traefik/routes.yml", "traefik.yml")

    def health(self, version: str) -> tuple[str, ...]:
        return ("traefik", "healthcheck", *_PING)

    def answers(self, companion: Companion) -> Mapping[str, Any]:
        return {
            "command": [*_PING, "--entryPoints.web.address=:8080", "--providers.file.filename=/etc/traefik/routes.yml"],
            "limits": {"memory": self.known.mem_limit, "pids": 100, "nofile": 16384},
        }
