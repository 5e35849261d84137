"""Vault, the publisher's image (hashicorp/vault)."""

from collections.abc import Mapping
from typing import Any

from wizard.companion import CatalogueEntry, Configuration
from wizard.known_image import TMP, Kept, Known
from wizard.workload import Companion


class Vault(CatalogueEntry):
    """Its start script would give the program a file capability, which a read-only root forbids; so it is told not to."""

    id = "vault"
    title = "HashiCorp Vault"
    group = "sign-in and secrets"
    image = "hashicorp/vault"
    names = ("vault",)
    known = Known(
        own="100:1000",
        scratch=(TMP,),
        kept=(Kept("/vault/file", "the secrets"), Kept("/vault/logs", "who asked for what; a volume of the image itself")),
        root=("CHOWN", "IPC_LOCK", "SETFCAP", "SETGID", "SETUID"),
        mem_limit="512M",
    )
    default_version = "1.20"
    port = 8200
    warnings = (
        "It starts sealed, and is again after each start: `docker compose exec vault vault operator init` says how, and shows the keys once.",
        "Its memory may end up on the disk of the host. It is reached without TLS, by the service alone.",
    )
    configuration = Configuration("/vault/config/seawall.hcl", "vault.hcl")

    def health(self, version: str) -> tuple[str, ...]:
        # «vault status» takes a sealed one for ill, and the app would never be started.
        return ("nc", "-z", "127.0.0.1", "8200")

    def answers(self, companion: Companion) -> Mapping[str, Any]:
        return {
            "command": ["vault", "server", "-config=/vault/config/seawall.hcl"],
            "limits": {"memory": self.known.mem_limit, "pids": 200},
            "environment": {"SKIP_CHOWN": "1", "SKIP_SETCAP": "1", "VAULT_ADDR": "http://127.0.0.1:8200"},
        }

    def handed(self, companion: Companion) -> Mapping[str, str]:
        return {"VAULT_ADDR": f"http://{companion.hostname}:8200"}
