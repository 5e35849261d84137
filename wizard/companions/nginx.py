"""nginx without root, the project's own image (nginx/docker-nginx-unprivileged), and what people run more often: nginx that starts as root."""

from collections.abc import Mapping
from typing import Any

from wizard.companion import CatalogueEntry, Configuration
from wizard.known_image import Known, Scratch
from wizard.workload import Companion

ROOT = Known(
    own="101:101",
    scratch=(
        Scratch("/var/cache/nginx", "64M", "bodies of requests"),
        Scratch("/run", "1M", "its process number"),
        Scratch("/tmp", "16M", "temporary files"),
    ),
    root=("CHOWN", "SETGID", "SETUID"),
    mem_limit="256M",
)
"""The image `nginx`: the same program, whose start needs root unless the folders above are its own user's."""
_ASKED = "http://127.0.0.1:8099/"


class Nginx(CatalogueEntry):
    """Passes requests on to the app; what it answers itself is in a file beside the project."""

    id = "nginx"
    title = "nginx, in front of the app"
    group = "proxies"
    image = "nginxinc/nginx-unprivileged"
    known = Known(start="101", own="101:101", scratch=(Scratch("/tmp", "16M", "its process number, bodies of requests"),), mem_limit="128M")
    default_version = "1.30-alpine-slim"
    port = 8080
    calls = ("kernel-aio",)
    warnings = ("Nobody reaches it from outside until a port of it is published: {service: nginx, ports: [{container: 8080, publish: ...}]}.",)
    booted = "1.26"
    configuration = Configuration("/etc/nginx/conf.d/default.conf", "nginx.conf")

    def health(self, version: str) -> tuple[str, ...]:
        # The slim variant has no curl, the one on Debian no wget.
        return ("wget", "-q", "-O", "/dev/null", _ASKED) if "alpine" in version else ("curl", "-fsS", "-o", "/dev/null", _ASKED)

    def answers(self, companion: Companion) -> Mapping[str, Any]:
        return {"limits": {"memory": self.known.mem_limit, "pids": 50, "cpus": 0.5, "shm": "1M", "nofile": 16384}}
