"""HAProxy, the official image (docker-library/haproxy)."""

from collections.abc import Mapping
from typing import Any

from wizard.companion import CatalogueEntry, Configuration
from wizard.known_image import Known, Scratch
from wizard.workload import Companion, WritablePath

_HTTP = "exec 3<>/dev/tcp/127.0.0.1/8404 && printf 'GET /healthz HTTP/1.0\\r\\n\\r\\n' >&3 && grep -q ' 200 ' <&3"


class HaProxy(CatalogueEntry):
    """The image has no settings at all, so that it always gets a file of them."""

    id = "haproxy"
    title = "HAProxy, in front of the app"
    group = "proxies"
    image = "haproxy"
    known = Known(
        start="99",
        own="99:99",
        scratch=(Scratch("/var/lib/haproxy", "16M", "sockets, where its settings name some"), Scratch("/tmp", "16M", "temporary files")),
        mem_limit="256M",
    )
    default_version = "3.2"
    port = 8080
    warnings = ("Nobody reaches it from outside until a port of it is published: {service: haproxy, ports: [{container: 8080, publish: ...}]}.",)
    booted = "3.0 on Debian"
    configuration = Configuration("/usr/local/etc/haproxy/haproxy.cfg", "haproxy.cfg")

    def writable(self, companion: Companion, version: str) -> tuple[WritablePath, ...]:
        # Its settings here name no socket and no state file.
        return ()

    def health(self, version: str) -> tuple[str, ...]:
        return ("wget", "-q", "-O", "/dev/null", "http://127.0.0.1:8404/healthz") if "alpine" in version else ("bash", "-c", _HTTP)

    def answers(self, companion: Companion) -> Mapping[str, Any]:
        return {"limits": {"memory": self.known.mem_limit, "pids": 50, "cpus": 0.5, "shm": "1M", "nofile": 16384}}
