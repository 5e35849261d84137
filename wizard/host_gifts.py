"""What of the host a Compose service is given: each with what somebody who breaks in has by it, and what does instead.

The policy (seeds/000) calls these a reason to stop. The ways are those of OWASP's Docker rule 1 and CIS Docker 5.5, 5.6 and 5.32;
that a request is sent through a socket that is mounted read-only was tried on Engine 20.10.
"""

import posixpath
import re
from collections.abc import Iterator, Mapping
from typing import Any, Literal

from msgspec import Struct

from wizard.bypass import bypasses, entries

_SOCKETS = ("/var/run/docker.sock", "/run/docker.sock", "/run/containerd/containerd.sock", "/run/podman/podman.sock")
_SENSITIVE = (
    "/bin", "/boot", "/dev", "/etc", "/home", "/lib", "/lib64", "/proc", "/root", "/run", "/sbin", "/sys", "/usr",
    "/var/lib/containerd", "/var/lib/containers", "/var/lib/docker", "/var/lib/kubelet", "/var/run",
)  # fmt: skip
_HARMLESS = frozenset(("/etc/localtime", "/etc/timezone", "/usr/share/zoneinfo"))
"""Files of the host that say its time zone, and nothing else: they may be read."""
ENGINES = re.compile(
    r"(?<![\w-])(?:(?:docker|docker\.raw|containerd|podman|crio|cri-dockerd|dockershim|buildkitd|balena-engine)\.sock|docker_engine)(?![\w.-])"
)
"""How the sockets of engines are called, wherever they are."""
_NAMESPACES: Mapping[str, tuple[str, str]] = {
    "network_mode": ("every port and service of the host", "publish the ports that it has"),
    "pid": ("every process of the host, with its variables", "pid: service:NAME, that of one other service"),
    "ipc": ("shared memory of the host's programs", "ipc: service:NAME, that of one other service"),
    "uts": ("the host's name", "hostname: a name of its own"),
    "userns_mode": ("root's own number on the host where users are mapped", "the mapping that the engine has"),
    "cgroup": ("the limits and names of all containers", "its own part of the tree, which is the default"),
}
_DEVICES = (
    "/dev/block", "/dev/disk", "/dev/dm-", "/dev/fd", "/dev/kmem", "/dev/kmsg", "/dev/kvm", "/dev/loop", "/dev/mapper", "/dev/md", "/dev/mem",
    "/dev/mmcblk", "/dev/mtd", "/dev/nvme", "/dev/port", "/dev/raw", "/dev/root", "/dev/sd", "/dev/sg", "/dev/vd", "/dev/xvd", "/dev/zd",
)  # fmt: skip
_TOO_MUCH = r"a\b|b |c \*:|c 1:(\*|1|2|4|11)( |$)|c 10:(\*|232)( |$)"
"""Every device, disks, all of the kernel's own kinds; memory, ports and kernel log (major 1); virtual machines (10:232)."""


PLAIN = ("privileged", "use_api_socket", *_NAMESPACES)
"""The settings of these that are one word."""


class Gift(Struct, frozen=True):
    """One thing that is given away; `key` is the question whose answer gives it, empty where no answer can."""

    message: str
    key: str = ""
    means: str = ""
    """What somebody who breaks in has by it."""
    instead: str = ""
    """What serves the same purpose for less, with its own limits."""
    own: Literal["", "read", "written"] = ""
    """What may be done to the project's own folder, where that is what is given: bad, but not the host (decision 0017)."""


_SOCKET = (
    "the engine and with it the host, also where it is mounted read-only: one request starts a container that has the host's disk",
    "a proxy that passes on only the calls it needs (docker-socket-proxy; whoever may list containers still reads their variables), "
    "or builds outside, such as with rootless BuildKit",
)
_FOLDER = ("programs, keys or settings of the host, to read or to replace", "a copy in the project of the one file that it reads")
_PROJECT = ("the project's own settings and secrets, to read or to replace for the next start", "the one folder or file in it that it reads")
_OWN = (
    _PROJECT[0],
    "code that is copied into the image; while developing, one folder of it (./src:/app/src:ro), or what develop: watch: copies in",
)
_DEVICE = ("memory or whole disks of the host, past all owners and modes", "the one device that it needs, r where reading is enough")
_DOOR = ("what the rest of its settings keeps from it, by another way in", "what it needs of this, said by the settings that are looked at")
_PRIVILEGED = ("every device, every capability and no filter of system calls", "the one device, or the one capability, that it needs")


def gifts(fragment: Mapping[str, Any]) -> Iterator[Gift]:
    """What a Compose service, its lists in long or short form, gives away of the host."""
    if "privileged" in fragment and _yes(fragment["privileged"]):
        yield Gift("privileged mode gives the host away", "", *_PRIVILEGED)
    for key, (means, instead) in _NAMESPACES.items():
        if key in fragment and str(fragment[key]).partition(":")[0] == "host":
            yield Gift(f"{key}: host shares the host's namespace", "", means, instead)
    for message in bypasses(fragment, is_sensitive):
        yield Gift(message, "", *(_SOCKET if "engine" in message or ".sock" in message else _DOOR))
    for volume in entries(fragment, "volumes"):
        if gift := _mounted(volume):
            yield gift
    for device in entries(fragment, "devices"):
        path = str(device.get("source", "") if isinstance(device, Mapping) else device).partition(":")[0]
        whole = posixpath.normpath(path)
        if whole.startswith(_DEVICES) or any(one.startswith(f"{whole.rstrip('/')}/") for one in _DEVICES):
            yield Gift(f"{path} is a way to the host's memory or disks", "devices", *_DEVICE)
    for rule in entries(fragment, "device_cgroup_rules"):
        if re.match(_TOO_MUCH, str(rule)):
            yield Gift(f"device_cgroup_rules: {rule} is a way to the host's memory or disks", "device_rules", *_DEVICE)


def _mounted(volume: Any) -> Gift | None:
    long = isinstance(volume, Mapping)
    source = str(volume.get("source", "") if long else str(volume).partition(":")[0])
    if long and (volume.get("type", "bind") not in ("bind", "npipe") or (volume.get("read_only") is True and source in _HARMLESS)):
        return None
    named = not long and ":" in str(volume) and re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_.-]*", source)
    if source.startswith(("/", "~")) and is_sensitive(source):
        return Gift(f"{source} of the host is mounted", "mounts", *_of_folder(source))
    if found := ENGINES.search(source if long or source.startswith(("/", ".", "~")) else str(volume)):
        return Gift(f"{source if found[0] in source else found[0]} is named like the socket of an engine", "mounts", *_SOCKET)
    if source.startswith("/") or named:
        return None
    parts = [part for part in source.split("/") if part not in ("", ".")]
    if not parts:
        return _own_folder(volume, source)
    if all(part == ".." for part in parts):
        return Gift(f"{source} is a folder around the project, with all that lies beside it", "mounts", *_PROJECT)
    return Gift(f"{source} is where the project's secrets are: mount only what is read", "mounts", *_PROJECT) if parts[0] == "secrets" else None


def _own_folder(volume: Any, source: str) -> Gift:
    """A mount of the project's own folder, as many have it while they develop."""
    if isinstance(volume, Mapping):
        reads = volume.get("read_only") is True
    else:
        reads = "ro" in str(volume).rpartition(":")[2].split(",")
    can = (
        "its settings and secrets (.env, seawall.yaml, .git) can be read from inside"
        if reads
        else "its code and its Compose file, which are what starts next time, can be changed from inside"
    )
    return Gift(f"{source} is the project itself: {can}", "mounts", *_OWN, "read" if reads else "written")


def is_sensitive(source: str) -> bool:
    """Whether a path of the host gives the host away: the engine's socket, a system folder, or a parent of one."""
    if source.startswith("~"):
        return True  # somebody's home: keys, tokens, the shell's start files
    path = posixpath.normpath("/" + source.lstrip("/"))
    inside = any(path == s or path.startswith(s + "/") for s in (*_SENSITIVE, *_SOCKETS))
    return inside or any(s.startswith(path.rstrip("/") + "/") for s in (*_SENSITIVE, *_SOCKETS))


def linked(source: str, to: str, socket: bool) -> Gift:
    """A mount that is a link to something of the host, or a socket."""
    return Gift(f"{source} leads to {to} of the host", "mounts", *(_SOCKET if socket else _of_folder(to)))


def _of_folder(path: str) -> tuple[str, str]:
    """What a path of the host means, and what does instead: of a folder with a socket in it the one, of a folder the other."""
    path = posixpath.normpath(path)
    if ENGINES.search(path):
        return _SOCKET
    return (_SOCKET if any(s.startswith(path.rstrip("/") + "/") for s in _SOCKETS) else _FOLDER)[0], _FOLDER[1]


def _yes(value: Any) -> bool:
    return value is True or str(value).lower() in ("true", "yes", "on", "1")
