"""Redis, the official image (redis/docker-library-redis)."""

from collections.abc import Mapping
from typing import Any

from wizard.companion import CatalogueEntry
from wizard.workload import Companion, User, WritablePath


class Redis(CatalogueEntry):
    """Started as its own user: since version 8 it would else stay root, silently, once all capabilities are dropped."""

    id = "redis"
    title = "Redis"
    image = "redis"
    default_version = "8"
    port = 6379
    root_capabilities = ("CHOWN", "SETGID", "SETPCAP", "SETUID")
    warnings = (
        "It asks for no password: whatever is on its network can read it, which is the service alone. The host and the outside cannot reach it.",
    )
    evidence = "8 on Debian booted by the engine tests; alpine variants read from their Dockerfiles"

    def user(self, version: str) -> User:
        return User(999, 1000) if "alpine" in version else User(999, 999)

    def writable(self, companion: Companion, version: str) -> tuple[WritablePath, ...]:
        return (WritablePath("/data", volume=f"{companion.hostname}-data"[:40].rstrip("-")),)

    def health(self) -> tuple[str, ...]:
        return ("redis-cli", "-h", "127.0.0.1", "-e", "ping")

    def answers(self, companion: Companion) -> Mapping[str, Any]:
        return {
            "command": ["redis-server", "--appendonly", "yes", "--dir", "/data"],
            "limits": {"memory": "256M", "pids": 100, "cpus": 0.5, "nofile": 10240},
        }

    def handed(self, companion: Companion) -> Mapping[str, str]:
        return {"REDIS_URL": f"redis://{companion.hostname}:6379/0"}

    def aliases(self, companion: Companion) -> Mapping[str, str]:
        return {"REDIS_HOST": companion.hostname, "REDIS_PORT": "6379", "CACHE_URL": f"redis://{companion.hostname}:6379/0"}
