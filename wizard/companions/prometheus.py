"""Prometheus, the project's own image (prometheus/prometheus)."""

from collections.abc import Mapping
from typing import Any

from wizard.companion import CatalogueEntry, Configuration
from wizard.known_image import Kept, Known, Variant
from wizard.workload import Companion


class Prometheus(CatalogueEntry):
    """It asks the app for its figures, under /metrics."""

    id = "prometheus"
    title = "Prometheus, which asks the app for figures"
    group = "watching"
    image = "prom/prometheus"
    names = ("quay.io/prometheus/prometheus",)
    known = Known(
        start="nobody",
        own="65534:65534",
        kept=(Kept("/prometheus", "what was measured"),),
        health=("wget", "-q", "-O", "/dev/null", "http://127.0.0.1:9090/-/healthy"),
        mem_limit="1G",
        # Without a shell, and with nothing that could ask.
        variants=(Variant({"start": "65532", "own": "65532:65532", "health": ()}, "distroless"),),
    )
    default_version = "3.5.0"
    port = 9090
    booted = "2.53"
    configuration = Configuration("/etc/prometheus/prometheus.yml", "prometheus.yml")

    def tag(self, version: str) -> str:
        return f"v{version}"

    def answers(self, companion: Companion) -> Mapping[str, Any]:
        return {"limits": {"memory": self.known.mem_limit, "pids": 200, "nofile": 16384}}

    def handed(self, companion: Companion) -> Mapping[str, str]:
        return {"PROMETHEUS_URL": f"http://{companion.hostname}:9090"}
