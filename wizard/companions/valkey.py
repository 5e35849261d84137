"""Valkey, the project's own image (valkey-io/valkey-container)."""

from collections.abc import Mapping

from wizard.companions.redis import Redis
from wizard.known_image import Kept, Known, Variant
from wizard.workload import Companion


class Valkey(Redis):
    """The free successor of Redis: programs reach it in the same way."""

    id = "valkey"
    title = "Valkey, as Redis"
    image = "valkey/valkey"
    known = Known(
        own="999:999",
        kept=(Kept("/data", "snapshots and the append-only file"),),
        root=("CHOWN", "SETGID", "SETUID"),
        health=("valkey-cli", "-h", "127.0.0.1", "ping"),
        mem_limit="256M",
        variants=(Variant({"own": "999:1000"}, "alpine"),),
    )
    program = "valkey-server"
    default_version = "8"
    booted = "8.1 on Debian"

    def handed(self, companion: Companion) -> Mapping[str, str]:
        return {"VALKEY_URL": f"redis://{companion.hostname}:6379/0", **super().handed(companion)}

    def aliases(self, companion: Companion) -> Mapping[str, str]:
        return {"VALKEY_HOST": companion.hostname, "VALKEY_PORT": "6379", **super().aliases(companion)}
