"""Eclipse Mosquitto, the project's own image (eclipse-mosquitto/mosquitto)."""

from collections.abc import Mapping
from typing import Any

from wizard.companion import NO_PASSWORD, CatalogueEntry, Configuration
from wizard.known_image import Kept, Known
from wizard.workload import Companion


class Mosquitto(CatalogueEntry):
    """Without settings it listens to its own container only, so that it always gets a file of them."""

    id = "mosquitto"
    title = "Eclipse Mosquitto (MQTT)"
    group = "messages"
    image = "eclipse-mosquitto"
    known = Known(
        own="1883:1883",
        kept=(Kept("/mosquitto/data", "messages that wait"),),
        root=("CHOWN", "SETGID", "SETUID"),
        mem_limit="128M",
    )
    default_version = "2.0"
    port = 1883
    warnings = (NO_PASSWORD,)
    booted = "2.0"
    configuration = Configuration("/mosquitto/config/mosquitto.conf", "mosquitto.conf")

    def health(self, version: str) -> tuple[str, ...]:
        return ("mosquitto_pub", "-h", "127.0.0.1", "-t", "health", "-n")

    def answers(self, companion: Companion) -> Mapping[str, Any]:
        return {"limits": {"memory": self.known.mem_limit, "pids": 50, "cpus": 0.5, "shm": "1M", "nofile": 10240}}

    def handed(self, companion: Companion) -> Mapping[str, str]:
        return {"MQTT_URL": f"mqtt://{companion.hostname}:1883"}

    def aliases(self, companion: Companion) -> Mapping[str, str]:
        url = f"mqtt://{companion.hostname}:1883"
        return {"MQTT_HOST": companion.hostname, "MQTT_BROKER": companion.hostname, "MQTT_PORT": "1883", "MQTT_BROKER_URL": url, "MQTT_SERVER": url}
