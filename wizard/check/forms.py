"""A service of a Compose file in its normalised form: one shape a key, each entry with its place."""

from collections.abc import Callable, Mapping
from typing import Any

from msgspec import Struct, field

from wizard.check.entries import SHAPES, entry
from wizard.check.nodes import Node, plain
from wizard.check.source import NotReadError, Place
from wizard.compose import identity
from wizard.foreign import Unknown

_YES, _NO = frozenset(("true", "y", "yes", "on")), frozenset(("false", "n", "no", "off"))
_SWITCHES = frozenset(("privileged", "read_only", "init", "use_api_socket", "oom_kill_disable", "tty", "stdin_open"))
_TEXTS = frozenset(("user", "image", "network_mode", "pid", "ipc", "uts", "userns_mode", "cgroup", "restart", "runtime", "cgroup_parent"))
_LISTS = frozenset(("security_opt", "cap_add", "cap_drop", "devices", "ports", "volumes", "device_cgroup_rules", "group_add", "secrets", "configs",
                    "pre_start", "post_start", "pre_stop", "volumes_from"))  # fmt: skip
_ONE_OR_MORE = frozenset(("tmpfs", "dns", "env_file"))
_MAPPINGS = frozenset(("environment", "labels", "annotations", "sysctls", "healthcheck", "logging", "deploy", "provider"))
_DEPLOY = (("memory", "mem_limit"), ("cpus", "cpus"), ("pids", "pids_limit"))


_INNER: Mapping[str, Mapping[str, type]] = {
    "logging": {"options": dict}, "build": {"entitlements": list}, "volumes": {"bind": dict, "tmpfs": dict, "volume": dict},
}  # fmt: skip
"""What stands inside of others and is judged: its kind."""


class Shaped(Struct):
    """A normalised service: plain data, and the place of each key and of each entry under it."""

    fragment: dict[str, Any] = field(default_factory=dict)
    places: dict[tuple[str, int | str | None], Place] = field(default_factory=dict)
    unknown: list[tuple[str, int | str | None, str]] = field(default_factory=list)
    """Keys and entries whose value hangs on a variable that nothing here sets, with the text as it was written."""

    def place(self, key: str, entry: int | str | None, otherwise: Place) -> Place:
        """Where an entry stands, else its key, else `otherwise`."""
        return self.places.get((key, entry)) or self.places.get((key, None)) or otherwise


def shaped(service: Node, shared: Mapping[str, Node]) -> Shaped:
    """The normalised form of a service; `shared` are the file's other parts (volumes, networks, secrets, configs).

    Raises NotReadError with the line for a shape that Compose refuses.
    """
    out = Shaped()
    for key, node in service.value.items():
        if node.value is None:
            continue
        out.places[key, None] = node.place
        if key in _SWITCHES:
            out.fragment[key] = _switch(key, node)
            _note(out, key, None, node.value)
        elif key in _TEXTS:
            out.fragment[key] = _text(key, node)
            _note(out, key, None, out.fragment[key])
        elif key in _LISTS or key in _ONE_OR_MORE:
            _list(out, key, node, shared)
        elif key in _MAPPINGS:
            _mapping(out, key, node)
        elif key == "networks":
            out.fragment[key] = list(_names(node))
            if any(_is_hosts(shared.get("networks"), name) for name in out.fragment[key]):
                out.fragment["network_mode"], out.places["network_mode", None] = "host", node.place
        else:
            out.fragment[key] = plain(node)
            _note(out, key, None, out.fragment[key])
    for key, inner in _INNER.items():
        if key in out.fragment:
            _check_inner(out, key, inner)
    _from_deploy(out)
    if "build" in out.fragment:
        _build(out, service.value["build"])
    return out


def put_on_default(form: Shaped, networks: Node | None) -> None:
    """A service that names no network is on the one called default: where that is the engine's own one named host, it has the host's network."""
    if not {"networks", "network_mode"} & form.fragment.keys() and networks and _is_hosts(networks, "default"):
        form.fragment["network_mode"], form.places["network_mode", None] = "host", networks.value["default"].place


def _check_inner(out: Shaped, key: str, inner: Mapping[str, type]) -> None:
    whole = out.fragment[key]
    for number, part in enumerate(whole) if isinstance(whole, list) else [(None, whole)]:
        values: Mapping[str, Any] = part if isinstance(part, dict) else {}
        for name, kind in inner.items() if values else ():
            if not isinstance(values.get(name), (kind, type(None))):
                place = out.places.get((key, number)) or out.places[key, None]
                raise NotReadError(place, f"{key}: {name} takes a {'mapping' if kind is dict else 'list'}")


def _note(out: Shaped, key: str, entry: int | str | None, value: Any) -> None:
    """Remember the first text in a value that hangs on a variable without one."""
    left = [value]
    while left:
        one = left.pop()
        if isinstance(one, Unknown):
            out.unknown.append((key, entry, str(one)))
            return
        if isinstance(one, (dict, list)):
            left += one.values() if isinstance(one, dict) else one


def _switch(key: str, node: Node) -> Any:
    value = node.value
    if isinstance(value, (bool, Unknown)):
        return value
    if isinstance(value, str) and value.lower() in _YES | _NO:
        return value.lower() in _YES
    raise NotReadError(node.place, f"{key} takes true or false")


def _text(key: str, node: Node) -> Any:
    if isinstance(node.value, (dict, list)):
        raise NotReadError(node.place, f"{key} takes a text")
    if key == "image" and isinstance(node.value, Unknown) and "$" not in node.value.rpartition("/")[2]:
        return str(node.value)  # only the registry is unknown: its version is there
    return node.value if isinstance(node.value, str) else str(node.value).lower()


def _names(node: Node) -> list[str]:
    """The names in a list, or the keys of a mapping."""
    if isinstance(node.value, dict):
        return list(node.value)
    if isinstance(node.value, list):
        return [str(one.value) for one in node.value]
    raise NotReadError(node.place, "takes a list or a mapping")


def _is_hosts(networks: Node | None, name: str) -> bool:
    """Whether a network is the engine's own one named host: a service that is on it has the host's network."""
    network = networks.value.get(name) if networks else None
    options = plain(network) if network and isinstance(network.value, dict) else {}
    return bool(options.get("external")) and options.get("name", name) == "host"


def _list(out: Shaped, key: str, node: Node, shared: Mapping[str, Node]) -> None:
    if not isinstance(node.value, list):
        if key not in _ONE_OR_MORE or (isinstance(node.value, dict) and key != "env_file"):
            raise NotReadError(node.place, f"{key} takes a list")
        entries = [node]
    else:
        entries = node.value
    shape: Callable[[Node, Mapping[str, Node]], Any] = SHAPES.get(key, entry)
    values = out.fragment.setdefault(key, [])
    for one in entries:
        value = shape(one, shared)
        if value is None:
            continue
        number = len(values)
        values.append(value)
        out.places[key, number] = one.place
        mounted = isinstance(value, Mapping) and key == "volumes"
        _note(out, key, number, [value.get("source"), value.get("bind")] if mounted else value)


def _mapping(out: Shaped, key: str, node: Node) -> None:
    """A mapping; a list of NAME=VALUE is one as well."""
    if isinstance(node.value, list):
        pairs = {}
        for one in node.value:
            name, sign, value = str(one.value).partition("=")
            pairs[name] = Node(type(one.value)(value) if isinstance(one.value, str) and sign else None, one.place)
    elif isinstance(node.value, dict):
        pairs = node.value
    else:
        raise NotReadError(node.place, f"{key} takes a mapping")
    out.fragment[key] = {name: plain(one) for name, one in pairs.items()}
    for name, one in pairs.items():
        out.places[key, name] = one.place


def _from_deploy(out: Shaped) -> None:
    """Limits under `deploy` are the service's own; a restart policy there is one, too."""
    deploy = out.fragment.get("deploy")
    if not isinstance(deploy, Mapping):
        return
    place = out.places["deploy", None]
    resources = deploy.get("resources")
    limits = resources.get("limits") if isinstance(resources, Mapping) else None
    for name, key in _DEPLOY if isinstance(limits, Mapping) else ():
        if limits.get(name) is not None and key not in out.fragment:  # type: ignore[union-attr]
            out.fragment[key], out.places[key, None] = limits[name], place  # type: ignore[index]
    if deploy.get("restart_policy") and "restart" not in out.fragment:
        out.fragment["restart"], out.places["restart", None] = "on-failure", place


def _build(out: Shaped, node: Node) -> None:
    """Where it is built, in the long form."""
    if isinstance(node.value, dict):
        for name, one in node.value.items():
            out.places["build", name] = one.place
    else:
        out.fragment["build"] = {"context": str(node.value)}


def key_of(key: str, node: Node) -> Any:
    """What makes an entry of the list `key` the same as another when files are merged."""
    value = plain(node)
    return value if isinstance(value, Unknown) else identity(key, value)
