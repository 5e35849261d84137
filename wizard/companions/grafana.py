"""Grafana, the publisher's image (grafana/grafana)."""

from collections.abc import Mapping
from typing import Any

from wizard.companion import CatalogueEntry, password
from wizard.known_image import TMP, Kept, Known, Variant
from wizard.project import SecretFile, SecretUse
from wizard.workload import Companion

_ASKED = "http://127.0.0.1:3000/api/health"


class Grafana(CatalogueEntry):
    """Started as its own user; the administrator's password is a file."""

    id = "grafana"
    title = "Grafana"
    group = "watching"
    image = "grafana/grafana"
    names = ("grafana/grafana-oss", "grafana/grafana-enterprise")
    known = Known(
        start="472",
        own="472:0",
        scratch=(TMP,),
        kept=(Kept("/var/lib/grafana", "dashboards and users", declared=False),),
        health=("wget", "-q", "-O", "/dev/null", _ASKED),
        secrets={f"GF_{name}_PASSWORD": f"GF_{name}_PASSWORD__FILE" for name in ("SECURITY_ADMIN", "DATABASE", "SMTP")},
        mem_limit="512M",
        variants=(Variant({"health": ("curl", "-fsS", "-o", "/dev/null", _ASKED)}, "ubuntu"),),
    )
    default_version = "12.2.0"
    port = 3000
    warnings = ("It has no way out: plugins are not fetched, and a first start does not ask for updates.",)

    def answers(self, companion: Companion) -> Mapping[str, Any]:
        return {
            "limits": {"memory": self.known.mem_limit, "pids": 200},
            "environment": {
                "GF_SECURITY_ADMIN_PASSWORD__FILE": f"/run/secrets/{password(companion)}",
                "GF_ANALYTICS_REPORTING_ENABLED": "false",
                "GF_ANALYTICS_CHECK_FOR_UPDATES": "false",
                "GF_ANALYTICS_CHECK_FOR_PLUGIN_UPDATES": "false",
            },
        }

    def secret_files(self, companion: Companion) -> tuple[SecretFile, ...]:
        return (SecretFile(password(companion)),)

    def own_secrets(self, companion: Companion) -> tuple[SecretUse, ...]:
        return (SecretUse(password(companion)),)

    def handed(self, companion: Companion) -> Mapping[str, str]:
        return {"GRAFANA_URL": f"http://{companion.hostname}:3000"}
