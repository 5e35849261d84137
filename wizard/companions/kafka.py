"""Apache Kafka, the project's own image (apache/kafka), as one node without ZooKeeper."""

import base64
import hashlib
from collections.abc import Mapping
from typing import Any

from wizard.companion import CatalogueEntry
from wizard.known_image import UNPACKED, Kept, Known, Pace, Scratch
from wizard.workload import Companion


class Kafka(CatalogueEntry):
    """Its start script makes its settings anew each time, in a folder that therefore has to be writable."""

    id = "kafka"
    title = "Apache Kafka, one node"
    group = "messages"
    image = "apache/kafka"
    known = Known(
        start="1000",
        own="1000:1000",
        scratch=(Scratch("/opt/kafka/config", "16M", "settings that its start script makes"), Scratch("/opt/kafka/logs", "64M", "log files")),
        kept=(Kept("/var/lib/kafka/data", "the topics, where KAFKA_LOG_DIRS names it"), UNPACKED),
        pace=Pace(start=120),
        mem_limit="1536M",
    )
    default_version = "4.1.0"
    port = 9092
    warnings = ("One node: what it holds is on one disk. It asks for no password; only the service is on its network.",)

    def health(self, version: str) -> tuple[str, ...]:
        return ("nc", "-z", "127.0.0.1", "9092")

    def answers(self, companion: Companion) -> Mapping[str, Any]:
        return {
            "limits": {"memory": self.known.mem_limit, "pids": 512, "nofile": 65536},
            "environment": {
                # Its own in place of the one that is built into the image and everybody's.
                "CLUSTER_ID": base64.urlsafe_b64encode(hashlib.sha256(companion.hostname.encode()).digest()[:16]).decode().rstrip("="),
                "KAFKA_NODE_ID": "1",
                "KAFKA_PROCESS_ROLES": "broker,controller",
                "KAFKA_LISTENERS": "PLAINTEXT://:9092,CONTROLLER://127.0.0.1:9093",
                "KAFKA_ADVERTISED_LISTENERS": f"PLAINTEXT://{companion.hostname}:9092",
                "KAFKA_LISTENER_SECURITY_PROTOCOL_MAP": "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT",
                "KAFKA_CONTROLLER_LISTENER_NAMES": "CONTROLLER",
                "KAFKA_CONTROLLER_QUORUM_VOTERS": "1@127.0.0.1:9093",
                "KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR": "1",
                "KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR": "1",
                "KAFKA_TRANSACTION_STATE_LOG_MIN_ISR": "1",
                "KAFKA_LOG_DIRS": "/var/lib/kafka/data",
                "KAFKA_HEAP_OPTS": "-Xms512m -Xmx768m",
            },
            "stop_grace": 60,
        }

    def handed(self, companion: Companion) -> Mapping[str, str]:
        return {"KAFKA_BOOTSTRAP_SERVERS": f"{companion.hostname}:9092"}

    def aliases(self, companion: Companion) -> Mapping[str, str]:
        names = ("KAFKA_BROKERS", "KAFKA_BROKER", "KAFKA_BOOTSTRAP_SERVER", "KAFKA_URL", "KAFKA_SERVERS")
        return {**dict.fromkeys(names, f"{companion.hostname}:9092"), "KAFKA_HOST": companion.hostname, "KAFKA_PORT": "9092"}
