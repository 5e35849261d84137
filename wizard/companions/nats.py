"""NATS, the official image (nats-io/nats-docker)."""

from collections.abc import Mapping
from typing import Any

from wizard.companion import NO_PASSWORD, CatalogueEntry, Configuration, volume
from wizard.known_image import TMP, Kept, Known, Variant
from wizard.workload import Companion, WritablePath


class Nats(CatalogueEntry):
    """The plain image is empty but for the program, so that nothing in it could check it: always the Alpine one."""

    id = "nats"
    title = "NATS, with streams"
    group = "messages"
    image = "nats"
    known = Known(
        own="65534:65534",
        scratch=(TMP,),
        kept=(Kept("/data", "streams, where they are kept there", declared=False),),
        mem_limit="256M",
        variants=(Variant({"health": ("nc", "-z", "127.0.0.1", "4222")}, "alpine"),),
    )
    default_version = "2.12-alpine"
    port = 4222
    warnings = (NO_PASSWORD,)
    booted = "2.10"
    configuration = Configuration("/etc/nats/seawall.conf", "nats.conf")

    def version(self, companion: Companion) -> str:
        said = super().version(companion)
        return said if "alpine" in said else f"{said}-alpine"

    def writable(self, companion: Companion, version: str) -> tuple[WritablePath, ...]:
        # The image has no folder of its own, and a new volume elsewhere would be root's: this one is everybody's.
        return (WritablePath("/tmp", volume=volume(companion)),)

    def health(self, version: str) -> tuple[str, ...]:
        return ("wget", "-q", "-O", "/dev/null", "http://127.0.0.1:8222/healthz")

    def answers(self, companion: Companion) -> Mapping[str, Any]:
        return {
            "command": ["-c", "/etc/nats/seawall.conf"],
            "limits": {"memory": self.known.mem_limit, "pids": 100, "nofile": 10240},
        }

    def handed(self, companion: Companion) -> Mapping[str, str]:
        return {"NATS_URL": f"nats://{companion.hostname}:4222"}

    def aliases(self, companion: Companion) -> Mapping[str, str]:
        return {"NATS_HOST": companion.hostname, "NATS_PORT": "4222", "NATS_SERVERS": f"nats://{companion.hostname}:4222"}
