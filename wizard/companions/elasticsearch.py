"""Elasticsearch, the publisher's image (elastic/elasticsearch), as one node."""

from collections.abc import Mapping
from typing import Any

from wizard.companion import NO_PASSWORD, CatalogueEntry
from wizard.known_image import UNPACKED, Kept, Known, Pace, Scratch
from wizard.workload import Companion

_CHECKED = ("bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/9200")
"""Its port opens once it works, with TLS or without."""


class Elasticsearch(CatalogueEntry):
    """It takes a password from a file only if nobody else may read the file, which a secret cannot offer: so it has none here."""

    id = "elasticsearch"
    title = "Elasticsearch, one node"
    group = "files and search"
    image = "docker.elastic.co/elasticsearch/elasticsearch"
    names = ("elasticsearch", "elastic/elasticsearch")
    known = Known(
        start="1000:0",
        # Group 0 owns its folders; without that group it could not write them.
        own="1000:0",
        scratch=(Scratch("/usr/share/elasticsearch/logs", "64M", "log files"),),
        kept=(
            Kept("/usr/share/elasticsearch/data", "the indices", declared=False),
            Kept("/usr/share/elasticsearch/config", "settings, and the keystore that it makes when it first starts", declared=False),
            UNPACKED,
        ),
        health=_CHECKED,
        pace=Pace(start=180),
        mem_limit="2G",
    )
    default_version = "9.1.0"
    port = 9200
    warnings = (
        NO_PASSWORD,
        "The host needs vm.max_map_count of 262144 or more, else it does not start. Its settings are a volume, which a new version does not renew.",
    )

    def answers(self, companion: Companion) -> Mapping[str, Any]:
        return {
            "limits": {"memory": self.known.mem_limit, "pids": 1024, "nofile": 65536},
            "environment": {
                "ES_SETTING_DISCOVERY_TYPE": "single-node",
                "ES_SETTING_TRANSPORT_HOST": "127.0.0.1",
                "ES_SETTING_XPACK_SECURITY_ENABLED": "false",
                "ES_JAVA_OPTS": "-Xms1g -Xmx1g",
            },
            "stop_grace": 60,
        }

    def handed(self, companion: Companion) -> Mapping[str, str]:
        return {"ELASTICSEARCH_URL": f"http://{companion.hostname}:9200"}

    def aliases(self, companion: Companion) -> Mapping[str, str]:
        names = ("ELASTICSEARCH_HOSTS", "ELASTIC_URL", "ELASTICSEARCH_NODE", "ES_URL", "ES_HOSTS")
        return {**dict.fromkeys(names, f"http://{companion.hostname}:9200"), "ELASTICSEARCH_HOST": companion.hostname, "ELASTICSEARCH_PORT": "9200"}
