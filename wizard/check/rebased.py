"""Relative paths of a service that another folder's file holds, as they are from the folder of the project."""

import os
import re
from collections.abc import Callable, Mapping

from wizard.check.nodes import Node
from wizard.check.source import Place
from wizard.foreign import Unknown

_FIXED = re.compile(r"[~/\\$]|[A-Za-z]:[/\\]|[A-Za-z][A-Za-z0-9+.-]*:|git@|github\.com/")
"""Begins a path that is not relative, or no path of this disk."""


def rebased(service: Node, way: str) -> Node:
    """The service with its paths from where `way` (`../common`) leads away from."""
    if way == "." or not isinstance(service.value, dict):
        return service
    found = {key: _REBASE[key](node, way) if key in _REBASE else node for key, node in service.value.items()}
    return Node(found, service.place, service.size, service.tag)


def _path(node: Node, way: str) -> Node:
    text = node.value
    if not isinstance(text, str) or not text or _FIXED.match(text):
        return node
    moved = os.path.normpath(os.path.join(way, text)).replace(os.sep, "/")
    whole = moved if moved.startswith((".", "/")) else f"./{moved}"
    return Node(type(text)(whole) if isinstance(text, Unknown) else whole, node.place, node.size, node.tag)


def _keys(*names: str) -> Callable[[Node, str], Node]:
    """What stands under these keys of a mapping."""

    def inside(node: Node, way: str) -> Node:
        if not isinstance(node.value, dict):
            return node
        return Node({key: _path(one, way) if key in names else one for key, one in node.value.items()}, node.place, node.size, node.tag)

    return inside


def _entries(one: Callable[[Node, str], Node]) -> Callable[[Node, str], Node]:
    """Each entry of a list, or the one that stands without a list."""

    def inside(node: Node, way: str) -> Node:
        if not isinstance(node.value, list):
            return one(node, way)
        return Node([one(part, way) for part in node.value], node.place, node.size, node.tag)

    return inside


def _file(node: Node, way: str) -> Node:
    return _keys("path")(node, way) if isinstance(node.value, dict) else _path(node, way)


def _mount(node: Node, way: str) -> Node:
    if isinstance(node.value, dict):
        kind = node.value.get("type", Node("", Place(""))).value
        return _keys("source")(node, way) if kind == "bind" else node
    if not isinstance(node.value, str) or not node.value.startswith("."):
        return node  # a named volume, or a whole path
    source, colon, rest = node.value.partition(":")
    if "$" in source:
        return node
    moved = _path(Node(source, node.place), way).value
    return Node(type(node.value)(f"{moved}{colon}{rest}"), node.place, node.size, node.tag)


def _build(node: Node, way: str) -> Node:
    return _keys("context")(node, way) if isinstance(node.value, dict) else _path(node, way)


_REBASE: Mapping[str, Callable[[Node, str], Node]] = {
    "build": _build, "env_file": _entries(_file), "label_file": _entries(_file), "volumes": _entries(_mount),
}  # fmt: skip
