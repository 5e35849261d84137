"""Caddy, the official image (caddyserver/caddy-docker)."""

from collections.abc import Mapping
from typing import Any

from wizard.companion import CatalogueEntry, Configuration, volume
from wizard.known_image import Kept, Known
from wizard.workload import Companion, WritablePath


class Caddy(CatalogueEntry):
    """Its program carries a file capability, so that it cannot even be started where that capability is not in reach."""

    id = "caddy"
    title = "Caddy, in front of the app"
    group = "proxies"
    image = "caddy"
    known = Known(
        own="65532:65532",
        kept=(Kept("/data", "certificates", declared=False), Kept("/config", "the last settings", declared=False)),
        root=("NET_BIND_SERVICE",),
        carried=("NET_BIND_SERVICE",),
        mem_limit="256M",
    )
    default_version = "2"
    port = 8080
    warnings = (
        "NET_BIND_SERVICE stays in reach, since the program cannot be started without it; as it is not root, it does not get it.",
        "It asks nobody for certificates: it is reached without TLS until its settings say otherwise.",
    )
    booted = "2.6"
    configuration = Configuration("/etc/caddy/Caddyfile", "Caddyfile")

    def writable(self, companion: Companion, version: str) -> tuple[WritablePath, ...]:
        # The folders above are root's, these are everybody's.
        return tuple(WritablePath(f"{kept.path}/caddy", volume=volume(companion, kept.path)) for kept in self.known.kept)

    def health(self, version: str) -> tuple[str, ...]:
        return ("wget", "-q", "-O", "/dev/null", "http://127.0.0.1:2019/config/")

    def answers(self, companion: Companion) -> Mapping[str, Any]:
        return {
            "capabilities": [
                {"name": name, "why": "its program carries it as a file capability and cannot be started without"} for name in self.known.carried
            ],
            "limits": {"memory": self.known.mem_limit, "pids": 100, "nofile": 16384},
        }
