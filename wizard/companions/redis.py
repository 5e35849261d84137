"""Redis, the official image (redis/docker-library-redis)."""

from collections.abc import Mapping
from typing import Any, ClassVar

from wizard.companion import NO_PASSWORD, CatalogueEntry
from wizard.known_image import Kept, Known, Variant
from wizard.workload import Companion


class Redis(CatalogueEntry):
    """Started as its own user: since version 8 it would else stay root, silently, once all capabilities are dropped."""

    id = "redis"
    title = "Redis"
    group = "caches"
    image = "redis"
    known = Known(
        own="999:999",
        # Since 8 the image declares no volume.
        kept=(Kept("/data", "snapshots and the append-only file", declared=False),),
        # The append-only file is in a folder that only its own user may enter (measured).
        root=("CHOWN", "DAC_OVERRIDE", "SETGID", "SETPCAP", "SETUID"),
        # Any answer is enough: where a password is set, it says that one is wanted, and works.
        health=("redis-cli", "-h", "127.0.0.1", "ping"),
        mem_limit="256M",
        variants=(Variant({"own": "999:1000"}, "alpine"), Variant({"kept": (Kept("/data", "snapshots and the append-only file"),)}, before=(8,))),
    )
    program: ClassVar[str] = "redis-server"
    default_version = "8"
    port = 6379
    warnings = (f"{NO_PASSWORD} The host and the outside cannot reach it.",)
    booted = "8.0 on Debian"

    def health(self, version: str) -> tuple[str, ...]:
        # Here it has no password, so that an error is one: it still loads its data.
        return (*super().health(version)[:-1], "-e", "ping")

    def answers(self, companion: Companion) -> Mapping[str, Any]:
        return {
            "command": [self.program, "--appendonly", "yes", "--dir", "/data"],
            "limits": {"memory": self.known.mem_limit, "pids": 100, "cpus": 0.5, "nofile": 10240},
        }

    def handed(self, companion: Companion) -> Mapping[str, str]:
        return {"REDIS_URL": f"redis://{companion.hostname}:6379/0"}

    def aliases(self, companion: Companion) -> Mapping[str, str]:
        return {"REDIS_HOST": companion.hostname, "REDIS_PORT": "6379", "CACHE_URL": f"redis://{companion.hostname}:6379/0"}
