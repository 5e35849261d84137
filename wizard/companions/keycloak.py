"""Keycloak, the project's own image (keycloak/keycloak)."""

from collections.abc import Mapping
from typing import Any

from wizard.companion import CatalogueEntry, volume
from wizard.known_image import Known, Pace, Scratch
from wizard.workload import Companion, WritablePath

_HTTP = "exec 3<>/dev/tcp/127.0.0.1/9000 && printf 'GET /health/ready HTTP/1.0\\r\\n\\r\\n' >&3 && grep -q ' 200 ' <&3"


class Keycloak(CatalogueEntry):
    """It builds itself when it starts, in a folder of its program, which therefore is a volume of this very version."""

    id = "keycloak"
    title = "Keycloak"
    group = "sign-in and secrets"
    image = "quay.io/keycloak/keycloak"
    names = ("keycloak/keycloak",)
    known = Known(
        start="1000",
        own="1000:0",
        scratch=(Scratch("/opt/keycloak/data/tmp", "64M", "themes"), Scratch("/tmp", "64M", "temporary files")),
        mem_limit="1G",
        pace=Pace(start=180),
    )
    default_version = "26.4"
    port = 8080
    also = (9000,)
    warnings = (
        "Its users are in a small database of its own, for one node and few people. An image that was built with its options starts faster.",
        "There is no administrator yet: `docker compose exec keycloak /opt/keycloak/bin/kc.sh bootstrap-admin user` makes one.",
    )

    def writable(self, companion: Companion, version: str) -> tuple[WritablePath, ...]:
        built = f"lib-{version}".replace(".", "-").lower()
        return (
            WritablePath("/opt/keycloak/data", volume=volume(companion)),
            WritablePath("/opt/keycloak/lib/quarkus", volume=volume(companion, built)),
            WritablePath("/tmp", tmpfs="64M"),
        )

    def health(self, version: str) -> tuple[str, ...]:
        return ("bash", "-c", _HTTP)

    def answers(self, companion: Companion) -> Mapping[str, Any]:
        return {
            "command": ["start", "--db=dev-file", "--http-enabled=true", "--hostname-strict=false", "--health-enabled=true", "--cache=local"],
            "limits": {"memory": self.known.mem_limit, "pids": 300},
            "stop_grace": 60,
        }

    def handed(self, companion: Companion) -> Mapping[str, str]:
        return {"KEYCLOAK_URL": f"http://{companion.hostname}:8080"}

    def aliases(self, companion: Companion) -> Mapping[str, str]:
        url = f"http://{companion.hostname}:8080"
        return {"KEYCLOAK_BASE_URL": url, "KEYCLOAK_AUTH_SERVER_URL": url, "KEYCLOAK_SERVER_URL": url}
