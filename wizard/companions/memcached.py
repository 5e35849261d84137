"""Memcached, the official image (docker-library/memcached)."""

from collections.abc import Mapping
from typing import Any

from wizard.companion import NO_PASSWORD, CatalogueEntry
from wizard.known_image import Known, Variant
from wizard.workload import Companion

_ASKED = "exec 3<>/dev/tcp/127.0.0.1/11211 && printf 'version\\r\\n' >&3 && grep -q ^VERSION <&3"


class Memcached(CatalogueEntry):
    """It writes nothing, and starts as its own user."""

    id = "memcached"
    title = "Memcached"
    group = "caches"
    image = "memcached"
    known = Known(
        start="11211", own="11211:11211", health=("bash", "-c", _ASKED), mem_limit="128M",
        variants=(Variant({"health": ("nc", "-z", "127.0.0.1", "11211")}, "alpine"),),
    )  # fmt: skip
    default_version = "1"
    port = 11211
    warnings = (NO_PASSWORD,)
    booted = "1.6 on Debian"

    def answers(self, companion: Companion) -> Mapping[str, Any]:
        return {
            "command": ["memcached", "--memory-limit=64"],
            "limits": {"memory": self.known.mem_limit, "pids": 50, "cpus": 0.5, "shm": "1M"},
        }

    def handed(self, companion: Companion) -> Mapping[str, str]:
        return {"MEMCACHED_SERVERS": f"{companion.hostname}:11211"}

    def aliases(self, companion: Companion) -> Mapping[str, str]:
        server = f"{companion.hostname}:11211"
        return {"MEMCACHED_HOST": companion.hostname, "MEMCACHED_PORT": "11211", "MEMCACHE_SERVERS": server, "MEMCACHED_URL": f"memcached://{server}"}
