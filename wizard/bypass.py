"""Keys of Compose that go around everything else a service says: the host, its engine or other containers by another door."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

KEYS = ("use_api_socket", "post_start", "pre_stop", "volumes_from", "build", "secrets", "configs", "cgroup_parent", "provider")
"""Keys that hold such doors; of volumes, namespaces and variables other rules speak as well."""
_SHARED_WITH = ("pid", "ipc", "network_mode")
Sensitive = Callable[[str], bool]
"""Says of a path of the host whether it gives the host away."""


def bypasses(fragment: Mapping[str, Any], is_sensitive: Sensitive) -> Iterator[str]:
    """Messages for the doors that stand open in a (normalised) service. Mounts, namespaces of the host and devices are no part of it."""
    for key, doors in _DOORS.items():
        if key in fragment:
            yield from doors(key, fragment[key], is_sensitive)


def shared(fragment: Mapping[str, Any]) -> Iterator[str]:
    """Messages for the namespaces that a service has in common with another container: not the host's, and yet no wall between the two."""
    for key in _SHARED_WITH:
        if key in fragment:
            kind, _, other = str(fragment[key]).partition(":")
            if kind == "container" or (kind == "service" and key == "pid"):
                yield f"{key}: {kind}:{other} shares what is another container's"


def entries(fragment: Mapping[str, Any], key: str) -> tuple[Any, ...]:
    """The entries of a list; none of what is no list, since a file may hold anything."""
    return _entries(fragment[key]) if key in fragment else ()


def _entries(found: Any) -> tuple[Any, ...]:
    return tuple(found) if isinstance(found, (list, tuple)) else ()


def _socket(_: str, given: Any, __: Sensitive) -> Iterator[str]:
    if given:
        yield "use_api_socket hands the engine's socket and the person's registry logins to it"


def _hooks(key: str, hooks: Any, _: Sensitive) -> Iterator[str]:
    for hook in _entries(hooks):
        user = str(hook.get("user") or "").partition(":")[0] if isinstance(hook, Mapping) else ""
        if isinstance(hook, Mapping) and hook.get("privileged") not in (None, False, "false"):
            yield f"{key} runs a command with all privileges, whatever the service has"
        elif user == "root" or (user and not user.strip("+-0")):
            yield f"{key} runs a command as root, whoever the service is"


def _others(_: str, containers: Any, __: Sensitive) -> Iterator[str]:
    for entry in _entries(containers):
        if str(entry).startswith("container:"):
            yield f"volumes_from: {entry} takes all mounts of a container that nothing here describes"


def _building(_: str, build: Any, __: Sensitive) -> Iterator[str]:
    if not isinstance(build, Mapping):
        return
    for entitlement in build.get("entitlements") or ():
        yield f"build: the entitlement {entitlement} gives the build what a container is kept from"
    if build.get("privileged") not in (None, False, "false"):
        yield "build: privileged builds with all rights on the host"
    if build.get("network") == "host":
        yield "build: network: host builds in the host's network"


def _files(key: str, files: Any, is_sensitive: Sensitive) -> Iterator[str]:
    """Secrets and configurations are mounts of files: what may not be mounted may not be one of these."""
    for entry in _entries(files):
        path = str(entry.get("file", "")) if isinstance(entry, Mapping) else ""
        if (path.startswith(("/", "~")) and is_sensitive(path)) or path.rpartition("/")[2].endswith(".sock"):
            yield f"{key}: {path} of the host is mounted"


def _parent(key: str, parent: Any, _: Sensitive) -> Iterator[str]:
    if parent:
        yield f"{key}: {parent} takes it out of the limits that the engine sets"


def _provider(_: str, provider: Any, __: Sensitive) -> Iterator[str]:
    if isinstance(provider, Mapping):
        yield f"provider: Compose runs the program {provider.get('type', '')} on the host"


def _engine(_: str, environment: Any, __: Sensitive) -> Iterator[str]:
    if isinstance(environment, Mapping):
        value = str(environment.get("DOCKER_HOST") or "")
    else:
        value = next((str(entry).partition("=")[2] for entry in _entries(environment) if str(entry).startswith("DOCKER_HOST=")), "")
    if value.startswith(("tcp:", "ssh:", "unix:", "npipe:")):
        yield "DOCKER_HOST leads to an engine, which is root on its host"


def _spread(_: str, volumes: Any, __: Sensitive) -> Iterator[str]:
    for volume in _entries(volumes):
        spread = (volume.get("bind") or {}).get("propagation", "") if isinstance(volume, Mapping) else ""
        if "shared" in str(spread):
            yield f"{volume['source']} is mounted {spread}: what it mounts there the host has as well"


_DOORS: Mapping[str, Callable[[str, Any, Sensitive], Iterator[str]]] = {
    "use_api_socket": _socket, "post_start": _hooks, "pre_stop": _hooks, "volumes_from": _others, "build": _building, "secrets": _files,
    "configs": _files, "cgroup_parent": _parent, "provider": _provider, "environment": _engine, "volumes": _spread,
}  # fmt: skip
