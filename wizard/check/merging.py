"""How Compose puts an override over what was there before: mappings key by key, lists by the identity of their entries."""

from wizard.check.forms import key_of
from wizard.check.nodes import Node, plain
from wizard.check.source import NotReadError

_REPLACED = frozenset(("command", "entrypoint", "test"))
_NAMED = frozenset(("environment", "labels", "annotations", "sysctls", "extra_hosts", "args", "networks", "depends_on", "healthcheck", "logging"))
"""Mappings that may be written as lists of `NAME=VALUE`, or of names."""


def merged(base: Node, over: Node, key: str = "") -> Node:
    """`over` put over `base`. Raises NotReadError where Compose cannot merge the two either."""
    if over.tag == "!override" or over.value is None or base.value is None or key in _REPLACED:
        return base if over.value is None and over.tag != "!override" else over
    if key in _NAMED:
        base, over = _as_mapping(base), _as_mapping(over)
    if isinstance(base.value, dict) and isinstance(over.value, dict):
        found: dict[str, Node] = dict(base.value)
        for name, node in over.value.items():
            if node.tag == "!reset":
                found.pop(name, None)
            else:
                found[name] = merged(found[name], node, name) if name in found else node
        return Node(found, base.place, base.size + over.size)
    if isinstance(base.value, list) or isinstance(over.value, list):
        if isinstance(base.value, dict) or isinstance(over.value, dict):
            raise NotReadError(over.place, f"a list cannot be merged with the mapping of {base.place}")
        return Node(_lists(base, over, key), base.place, base.size + over.size)
    if isinstance(base.value, dict) != isinstance(over.value, dict):
        if key in ("build", "extends"):  # a text is the short form of these
            short = "context" if key == "build" else "service"
            return merged(_long(base, short), _long(over, short), key)
        raise NotReadError(over.place, f"cannot be merged with what stands in {base.place}")
    return over


def without_resets(node: Node) -> Node:
    """A mapping without the keys that are to be taken away, for a file that lies over no other."""
    if not isinstance(node.value, dict):
        return node
    kept = {key: without_resets(one) if one.value.__class__ is dict else one for key, one in node.value.items() if one.tag != "!reset"}
    return Node(kept, node.place, node.size, node.tag)


def _long(node: Node, name: str) -> Node:
    return node if isinstance(node.value, dict) else Node({name: node}, node.place, node.size)


def _lists(base: Node, over: Node, key: str) -> list[Node]:
    before = base.value if isinstance(base.value, list) else [base]
    after = over.value if isinstance(over.value, list) else [over]
    entries = {_key(key, node): node for node in before}
    return list((entries | {_key(key, node): node for node in after}).values())


def _key(key: str, node: Node) -> str:
    """What makes an entry the same as another: the target of a mount, all of anything else."""
    return str(key_of(key, node) if key in ("volumes", "devices") else plain(node))


def _as_mapping(node: Node) -> Node:
    if not isinstance(node.value, list):
        return node
    pairs: dict[str, Node] = {}
    for one in node.value:
        name, sign, value = str(one.value).partition("=")
        pairs[name] = Node(type(one.value)(value) if isinstance(one.value, str) and sign else None, one.place)
    return Node(pairs, node.place, node.size)
