"""The filtering proxy through which a service reaches the names of the outside that were listed, and nothing else (decision 0012)."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from wizard.known_image import Pace
from wizard.outside_names import taken_apart
from wizard.project import Image, Service
from wizard.workload import User, make

EGRESS = "egress"
EGRESS_PORT = 3128
EGRESS_FOLDER = ".seawall/egress"
"""What its image is built from, and its configuration."""
CONTROL = "egress-allow-list"
BASE = "debian:trixie-slim"
_SQUID = "squid=6.*"
"""The line of the distribution's package: its fixes come with a new build."""
_CONF = "/etc/squid/squid.conf"
_FILES = 4096
"""Files and sockets it may have open: two for each connection."""
_USER = User(13, 13)
"""The package's own user, proxy."""
_NEVER = ("0.0.0.0/8", "127.0.0.0/8", "168.63.129.16", "169.254.0.0/16", "192.0.0.192", "224.0.0.0/4", "240.0.0.0/4",
          "::1", "64:ff9b::/96", "fe80::/10", "ff00::/8", "fd00:ec2::254")  # fmt: skip
"""This host, its link and the metadata services of clouds, whatever name stands for them."""
_PRIVATE = ("10.0.0.0/8", "100.64.0.0/10", "172.16.0.0/12", "192.0.0.0/24", "192.168.0.0/16", "fc00::/7")
"""Networks that are nobody's in particular: the engine's own, a company's. Only an address that was listed itself is reached there."""
# Something that must always be refused: where that is not so, it filters nothing and is not healthy.
_HEALTH = (
    f"exec 3<>/dev/tcp/127.0.0.1/{EGRESS_PORT}; printf 'CONNECT 127.0.0.1:1 HTTP/1.1\\r\\nHost: 127.0.0.1:1\\r\\n\\r\\n' >&3; "
    "head -n 1 <&3 | grep -q ' 403 '"
)


def handed(hosts: Sequence[str], node: bool) -> dict[str, str]:
    """The variables by which programs find the proxy; `hosts` are reached without it. curl reads http_proxy in small letters only."""
    direct = ",".join(("localhost", "127.0.0.1", "::1", *hosts))
    pairs = {"HTTP_PROXY": f"http://{EGRESS}:{EGRESS_PORT}", "HTTPS_PROXY": f"http://{EGRESS}:{EGRESS_PORT}", "NO_PROXY": direct}
    return pairs | {name.lower(): value for name, value in pairs.items()} | ({"NODE_USE_ENV_PROXY": "1"} if node else {})


@lru_cache(maxsize=8)
def egress(
    image: str, names: tuple[str, ...], restart: str, seccomp: str, profile: str | None, dns: tuple[str, ...], waived: frozenset[str]
) -> Service:
    """The proxy as a service like any other."""
    filled = make(
        {
            "name": EGRESS, "image": image, "internet": True, "egress": list(names), "dns": list(dns), "restart": restart, "seccomp": seccomp,
            "command": ["squid", "-N", "-f", _CONF],
            "writable": [{"path": "/tmp", "tmpfs": "16M"}],
            "mounts": [{"path": _CONF, "source": f"./{EGRESS_FOLDER}/squid.conf"}],
            "limits": {"memory": "128M", "pids": 50, "cpus": 0.5, "shm": "1M", "nofile": _FILES},
        },
        EGRESS,
    )  # fmt: skip
    return Service(
        workload=filled,
        role="egress",
        image=Image(image, "catalogue", _USER, "proxy", given_away=("/run/squid", "/var/log/squid", "/var/spool/squid"), ports=(EGRESS_PORT,)),
        user=None if "non-root-user" in waived else _USER,
        health=("bash", "-c", _HEALTH),
        pace=Pace(interval=5),
        inside=(EGRESS,),
        context=f"./{EGRESS_FOLDER}",
        shm="1M",
        waived=waived,
        apparmor=profile,
        profile_written=profile is not None,
    )


def dockerfile_values(image: str) -> Mapping[str, Any]:
    """What the template of its Dockerfile needs beside the controls' instructions."""
    return {"image": image, "squid": _SQUID, "conf": _CONF}


def conf_values(entries: Sequence[str], listed: bool) -> Mapping[str, Any]:
    """What the template of its configuration needs; without `listed` every name passes, since the control is waived."""
    outside = [taken_apart(entry) for entry in entries]
    return {
        "port": EGRESS_PORT, "files": _FILES, "outside": outside, "listed": listed, "never": _NEVER, "private": _PRIVATE,
        "addresses": sorted({entry.name for entry in outside if entry.address}),
    }  # fmt: skip
