"""What an edit of a YAML text means for its data: the very thing that the edited text has to say when it is read again."""

from collections.abc import Mapping, Sequence
from typing import Any

from wizard.check.nodes import Node
from wizard.check.source import Place
from wizard.fix.yaml_values import scalar

Path = tuple[str | int, ...]
_NOWHERE = Place("")


def as_node(value: Any) -> Node:
    """Plain data as what is read of it."""
    if isinstance(value, Mapping):
        return Node({str(key): as_node(one) for key, one in value.items()}, _NOWHERE)
    if isinstance(value, (list, tuple)):
        return Node([as_node(one) for one in value], _NOWHERE)
    return Node(value, _NOWHERE)


def name_of(node: Node) -> str:
    """The name of an entry such as NAME=VALUE."""
    return node.value.partition("=")[0] if isinstance(node.value, str) else ""


def named(entries: Node, name: str) -> int:
    """The number of the entry of this name, or the one after the last."""
    return next((number for number, one in enumerate(entries.value) if name_of(one) == name), len(entries.value))


def assigned(name: str, value: Any) -> str:
    """An entry such as NAME=VALUE; without a value it is only a name."""
    return name if value is None else f"{name}={value if isinstance(value, str) else scalar(value)}"


def child(node: Node, part: str | int) -> Node | None:
    """What stands under a key or number, if anything does."""
    if isinstance(node.value, dict):
        return node.value.get(part)
    if isinstance(node.value, list) and isinstance(part, int) and 0 <= part < len(node.value):
        found: Node = node.value[part]
        return found
    return None


def at(node: Node, path: Path) -> Node | None:
    """What stands at a path, if anything does."""
    found: Node | None = node
    for part in path:
        found = child(found, part) if found else None
    return found


def misfit(node: Node, path: Path) -> tuple[Node, str | int] | None:
    """The first part of a path that has no place in what stands there, and what that is; nothing where all have, or are to be made."""
    inner: Node | None = node
    for part in path:
        if not _takes(inner.value if inner else None, part):
            return inner or node, part
        inner = child(inner, part) if inner else None
    return None


def _takes(value: Any, part: str | int) -> bool:
    if isinstance(part, str):
        return isinstance(value, (dict, type(None))) and part != "<<"
    return 0 <= part <= len(value) if isinstance(value, list) else part == 0 and value is None


def depth(node: Node, path: Path) -> int:
    """How many parts of a path are there."""
    count = 0
    for part in path:
        found = child(node, part)
        if found is None:
            return count
        node, count = found, count + 1
    return count


def changed(node: Node, path: Path, value: Node | None, name: str | None = None) -> Node:
    """The data with another value at a path, under another name where one is given; without it where the value is None."""
    if not path:
        assert value is not None
        return Node(value.value, node.place, tag=_kept(node))
    part, rest = path[0], path[1:]
    inner = child(node, part) or Node(None, _NOWHERE)
    # What is made where nothing was is not what a tag such as !reset was about
    tag = node.tag if node.value is not None else _kept(node)
    new = changed(inner, rest, value, name) if rest or value is not None else None
    if isinstance(part, int):
        entries = list(node.value or ())
        entries[part : part + 1] = [] if new is None else [new]
        return Node(entries, node.place, tag=tag)
    pairs = dict(node.value or {})
    if new is None or (name is not None and not rest):
        del pairs[part]
    if new is not None:
        pairs[part if name is None or rest else name] = new
    return Node(pairs, node.place, tag=tag)


def is_tagged(node: Node) -> bool:
    """Whether something in it has a tag of Compose's own, which plain data does not say."""
    inner = node.value.values() if isinstance(node.value, dict) else node.value if isinstance(node.value, list) else ()
    return any(one.tag or is_tagged(one) for one in inner)


def _kept(node: Node) -> str:
    """The tag that another value in its place has, too."""
    return node.tag if node.tag == "!override" else ""


def same(one: Node, other: Node) -> bool:
    """Whether two documents say the same, tags of Compose's own included."""
    a, b = one.value, other.value
    if type(a) is not type(b) or one.tag != other.tag:
        return False
    if isinstance(a, dict):
        return a.keys() == b.keys() and all(same(node, b[key]) for key, node in a.items())
    if isinstance(a, list):
        return len(a) == len(b) and all(map(same, a, b))
    return bool(a == b)


def all_same(before: Sequence[Node], after: Sequence[Node]) -> bool:
    """Whether two texts say the same."""
    return len(before) == len(after) and all(map(same, before, after))
