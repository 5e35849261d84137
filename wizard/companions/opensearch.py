"""OpenSearch, the project's own image (opensearch-project/opensearch-build), as one node."""

from collections.abc import Mapping
from typing import Any

from wizard.companion import NO_PASSWORD, CatalogueEntry
from wizard.known_image import UNPACKED, Kept, Known, Pace, Scratch
from wizard.workload import Companion


class OpenSearch(CatalogueEntry):
    """Its first password can only be a variable, so that it has none here."""

    id = "opensearch"
    title = "OpenSearch, one node"
    group = "files and search"
    image = "opensearchproject/opensearch"
    known = Known(
        start="1000",
        own="1000:1000",
        scratch=(Scratch("/usr/share/opensearch/logs", "64M", "log files"),),
        kept=(
            Kept("/usr/share/opensearch/data", "the indices", declared=False),
            Kept("/usr/share/opensearch/config", "settings, and the keystore that it makes when it first starts", declared=False),
            UNPACKED,
        ),
        # Its port opens once it works, with TLS or without.
        health=("bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/9200"),
        pace=Pace(start=180),
        mem_limit="2G",
    )
    default_version = "3"
    port = 9200
    warnings = (
        NO_PASSWORD,
        "The host needs vm.max_map_count of 262144 or more, else it does not start. Its settings are a volume, which a new version does not renew.",
    )

    def answers(self, companion: Companion) -> Mapping[str, Any]:
        return {
            "command": ["opensearch", "-Ediscovery.type=single-node", "-Etransport.host=127.0.0.1"],
            "limits": {"memory": self.known.mem_limit, "pids": 1024, "nofile": 65536},
            "environment": {
                "DISABLE_SECURITY_PLUGIN": "true",
                "DISABLE_PERFORMANCE_ANALYZER_AGENT_CLI": "true",
                "DISABLE_INSTALL_DEMO_CONFIG": "true",
                "OPENSEARCH_JAVA_OPTS": "-Xms1g -Xmx1g",
            },
            "stop_grace": 60,
        }

    def handed(self, companion: Companion) -> Mapping[str, str]:
        return {"OPENSEARCH_URL": f"http://{companion.hostname}:9200"}

    def aliases(self, companion: Companion) -> Mapping[str, str]:
        return {"OPENSEARCH_HOSTS": f"http://{companion.hostname}:9200", "OPENSEARCH_HOST": companion.hostname, "OPENSEARCH_PORT": "9200"}
