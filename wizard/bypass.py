"""Keys of Compose that go around everything else a service says: the host, its engine or other containers by another door."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

KEYS = ("use_api_socket", "post_start", "pre_stop", "volumes_from", "build", "secrets", "configs", "cgroup_parent", "provider")
"""Keys that hold such doors; of volumes, namespaces and variables other rules speak as well."""
_SHARED_WITH = ("pid", "ipc", "network_mode")


def bypasses(fragment: Mapping[str, Any], is_sensitive: Callable[[str], bool]) -> Iterator[str]:
    """Messages for the doors that stand open in a (normalised) service. Mounts, namespaces of the host and devices are no part of it.

    `is_sensitive` says of a path of the host whether it gives the host away.
    """
    if fragment.get("use_api_socket"):
        yield "use_api_socket hands the engine's socket and the person's registry logins to it"
    yield from _hooks(fragment)
    for entry in _entries(fragment, "volumes_from"):
        if str(entry).startswith("container:"):
            yield f"volumes_from: {entry} takes all mounts of a container that nothing here describes"
    yield from _building(fragment.get("build"))
    yield from _files(fragment, is_sensitive)
    if fragment.get("cgroup_parent"):
        yield f"cgroup_parent: {fragment['cgroup_parent']} takes it out of the limits that the engine sets"
    if isinstance(provider := fragment.get("provider"), Mapping):
        yield f"provider: Compose runs the program {provider.get('type', '')} on the host"
    if _variable(fragment.get("environment"), "DOCKER_HOST").startswith(("tcp:", "ssh:", "unix:", "npipe:")):
        yield "DOCKER_HOST leads to an engine, which is root on its host"
    for volume in _entries(fragment, "volumes"):
        spread = (volume.get("bind") or {}).get("propagation", "") if isinstance(volume, Mapping) else ""
        if "shared" in str(spread):
            yield f"{volume['source']} is mounted {spread}: what it mounts there the host has as well"


def shared(fragment: Mapping[str, Any]) -> Iterator[str]:
    """Messages for the namespaces that a service has in common with another container: not the host's, and yet no wall between the two."""
    for key in _SHARED_WITH:
        kind, _, other = str(fragment.get(key, "")).partition(":")
        if kind == "container" or (kind == "service" and key == "pid"):
            yield f"{key}: {kind}:{other} shares what is another container's"


def _entries(fragment: Mapping[str, Any], key: str) -> tuple[Any, ...]:
    """The entries of a list; none of what is no list, since a file may hold anything."""
    found = fragment.get(key)
    return tuple(found) if isinstance(found, (list, tuple)) else ()


def _variable(environment: Any, name: str) -> str:
    """The value of a variable, in either form of `environment`."""
    if isinstance(environment, Mapping):
        return str(environment.get(name) or "")
    entries = environment if isinstance(environment, (list, tuple)) else ()
    return next((str(entry).partition("=")[2] for entry in entries if str(entry).startswith(f"{name}=")), "")


def _hooks(fragment: Mapping[str, Any]) -> Iterator[str]:
    for key in ("post_start", "pre_stop"):
        for hook in _entries(fragment, key):
            user = str(hook.get("user") or "").partition(":")[0] if isinstance(hook, Mapping) else ""
            if isinstance(hook, Mapping) and hook.get("privileged") not in (None, False, "false"):
                yield f"{key} runs a command with all privileges, whatever the service has"
            elif user == "root" or (user and not user.strip("+-0")):
                yield f"{key} runs a command as root, whoever the service is"


def _building(build: Any) -> Iterator[str]:
    if not isinstance(build, Mapping):
        return
    for entitlement in build.get("entitlements") or ():
        yield f"build: the entitlement {entitlement} gives the build what a container is kept from"
    if build.get("privileged") not in (None, False, "false"):
        yield "build: privileged builds with all rights on the host"
    if build.get("network") == "host":
        yield "build: network: host builds in the host's network"


def _files(fragment: Mapping[str, Any], is_sensitive: Callable[[str], bool]) -> Iterator[str]:
    """Secrets and configurations are mounts of files: what may not be mounted may not be one of these."""
    for key in ("secrets", "configs"):
        for entry in _entries(fragment, key):
            path = str(entry.get("file", "")) if isinstance(entry, Mapping) else ""
            if (path.startswith(("/", "~")) and is_sensitive(path)) or path.rpartition("/")[2].endswith(".sock"):
                yield f"{key}: {path} of the host is mounted"
