"""Entries of lists in Compose files, each from its short or long form to the one that is judged."""

import re
from collections.abc import Callable, Mapping
from typing import Any

from wizard.check.nodes import Node, plain
from wizard.foreign import Unknown


def entry(node: Node, _: Mapping[str, Node]) -> Any:
    return plain(node) if isinstance(node.value, (dict, Unknown)) else str(node.value)


def _option(node: Node, _: Mapping[str, Node]) -> Any:
    text = entry(node, {})
    if not isinstance(text, str) or isinstance(text, Unknown):
        return text
    name, sign, value = (
        text.replace("=", ":", 1).partition(":") if not text.startswith("no-new-privileges") else text.replace("=", ":").partition(":")
    )
    if name == "no-new-privileges" and (not sign or value.lower() in ("1", "t", "true")):
        return "no-new-privileges:true"
    if name == "no-new-privileges" and value.strip().lower() in ("0", "f", "false"):
        return "no-new-privileges:false"
    return f"{name}:{value}" if sign else name


def _capability(node: Node, _: Mapping[str, Node]) -> Any:
    text = entry(node, {})
    return text if isinstance(text, Unknown) or not isinstance(text, str) else text.upper().removeprefix("CAP_")


def _device(node: Node, _: Mapping[str, Node]) -> Any:
    if isinstance(node.value, dict):
        one = plain(node)
        source = one.get("source", "")
        text = f"{source}:{one.get('target', source)}:{one.get('permissions', 'rwm')}"
        return Unknown(text) if isinstance(source, Unknown) else text
    return entry(node, {})


def _path(node: Node, _: Mapping[str, Node]) -> Any:
    """A file of variables, of which the long form has only the path."""
    return entry(node.value["path"] if isinstance(node.value, dict) and "path" in node.value else node, {})


def _port(node: Node, _: Mapping[str, Node]) -> Any:
    if not isinstance(node.value, dict):
        text = entry(node, {})
        named = isinstance(text, Unknown) and len(_parts(text)) > 2 and "$" not in _parts(text)[0]
        return str(text) if named else text  # the number may be unknown, where it is published is not
    one = plain(node)
    protocol = "/udp" if one.get("protocol") == "udp" else ""
    address, published, target = str(one.get("host_ip") or ""), str(one.get("published") or ""), str(one.get("target", ""))
    where = f"[{address}]" if ":" in address else address
    kind = Unknown if isinstance(one.get("host_ip"), Unknown) else str
    return kind(f"{where}:{published}:{target}{protocol}") if where else f"{published}:{target}{protocol}" if published else f"{target}{protocol}"


def _parts(text: str) -> list[str]:
    """A text at its colons, those within `${...}` and of a Windows drive left alone."""
    found = re.findall(r"((?:\$\{(?:[^{}]|\{[^{}]*\})*\}|[^:])*)(?::|\Z)", text)[:-1] or [text]
    if len(found) > 1 and len(found[0]) == 1 and found[0].isalpha() and found[1][:1] in ("/", "\\"):
        found[:2] = [f"{found[0]}:{found[1]}"]
    return found


def _volume(node: Node, shared: Mapping[str, Node]) -> Any:
    """A mount in its long form; one of a named volume that stands for a folder of the host is a mount of that folder."""
    if isinstance(node.value, dict):
        one = plain(node)
        one.setdefault("type", "volume")
        if isinstance(one.get("read_only"), str) and not isinstance(one["read_only"], Unknown):
            one["read_only"] = one["read_only"].lower() in ("true", "yes", "on", "y")
    else:
        source, *rest = _parts(str(node.value))
        if not rest:
            return {"type": "volume", "target": source}
        kind = "bind" if re.match(r"[./~\\$]|[A-Za-z]:[/\\]", source) else "volume"
        options = rest[1].split(",") if len(rest) > 1 else []
        one = {"type": kind, "source": Unknown(source) if isinstance(node.value, Unknown) and "$" in source else source, "target": rest[0]}
        if "ro" in options:
            one["read_only"] = True
        if shown := [option for option in options if "shared" in option or "slave" in option]:
            one["bind"] = {"propagation": shown[0]}
    if isinstance(target := one.get("target"), str) and len(target) > 1:
        one["target"] = type(target)(target.rstrip("/")) if isinstance(target, Unknown) else target.rstrip("/")
    if one["type"] == "volume" and (device := _device_of(shared.get("volumes"), str(one.get("source", "")))) is not None:
        one |= {"type": "bind", "source": device}
    return one


def _device_of(volumes: Node | None, name: str) -> Any:
    """The folder of the host that a named volume stands for (`type: none, o: bind`), if it does."""
    volume = volumes.value.get(name) if volumes and isinstance(volumes.value, dict) else None
    options = plain(volume).get("driver_opts") if volume and isinstance(volume.value, dict) else None
    if not isinstance(options, Mapping):
        return None
    device = options.get("device")
    bound = {"bind", "rbind"} & set(str(options.get("o", "")).split(","))
    return device if bound or str(device).startswith("/dev/") else None


def _file(kind: str) -> Callable[[Node, Mapping[str, Node]], Any]:
    def shape(node: Node, shared: Mapping[str, Node]) -> Any:
        """A secret or configuration: a file of the host is mounted, so its path is given along."""
        one = plain(node) if isinstance(node.value, dict) else {"source": str(node.value)}
        known = shared.get(kind)
        found = known.value.get(str(one.get("source"))) if known and isinstance(known.value, dict) else None
        path = found.value.get("file") if found and isinstance(found.value, dict) else None
        return one | ({"file": path.value} if path else {})

    return shape


SHAPES: Mapping[str, Callable[[Node, Mapping[str, Node]], Any]] = {
    "security_opt": _option, "cap_add": _capability, "cap_drop": _capability, "devices": _device, "ports": _port,
    "env_file": _path, "volumes": _volume,
    "secrets": _file("secrets"), "configs": _file("configs"),
}  # fmt: skip
