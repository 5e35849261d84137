"""Plain data into facts, with refusals a person can act on: the key, the value and what is accepted."""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, TypeVar

import msgspec

from wizard.errors import AnswerError
from wizard.text import visible

T = TypeVar("T")
_STEP = re.compile(r"\.([A-Za-z_][A-Za-z0-9_]*)|\[(\d+|\.\.\.)\]")


def convert(data: Any, kind: type[T], where: str) -> T:
    """`data` as a `kind`; `where` names its source (a file, `--set`). Raises AnswerError with one line."""
    try:
        return msgspec.convert(data, kind)
    except msgspec.ValidationError as error:
        key, problem = _explain(str(error), data, kind)
        raise AnswerError(where, key, problem) from None
    except UnicodeEncodeError as error:
        # msgspec compares one of a few words by its bytes, which half a character has none of.
        raise AnswerError(where, "", f"{visible(error.object)} is not accepted; accepted: text of whole characters") from None


def _explain(message: str, data: Any, kind: type) -> tuple[str, str]:
    """The key and the problem that a message of msgspec speaks of, with the value and what is accepted."""
    text, _, path = message.partition(" - at ")
    path = path.replace("`", "")
    in_key = path.startswith("key in ")
    steps = [name or index for name, index in _STEP.findall(path.removeprefix("key in "))]
    root = schema(kind)
    value, node = data, root
    for step in steps:
        value, node = _value_at(value, step), _schema_at(node, step, root)
    key = re.sub(r"\.(\d+)", r"[\1]", ".".join(step for step in steps if step != "..."))
    if in_key:
        pattern = _resolve(node, root).get("propertyNames", {}).get("pattern", "")
        value = (
            next((name for name in value if not isinstance(name, str) or not re.search(pattern, name)), value)
            if isinstance(value, Mapping)
            else value
        )
    if unknown := re.match(r"Object contains unknown field `(.*)`", text, re.S):
        known = sorted(_resolve(node, root).get("properties", {}))
        inner = ".".join(part for part in (key, visible(unknown[1])[1:-1]) if part)
        return inner, f"unknown key{_guess(unknown[1], known)}; accepted: {', '.join(known)}"
    if missing := re.match(r"Object missing required field `(.*)`", text):
        return key, f"{missing[1]} is missing"
    if text.startswith(("Expected", "Invalid")):
        return key, f"{_shown(value)} is not accepted; accepted: {_accepted(node, root, in_key)}"
    return key, text


def _shown(value: Any) -> str:
    if isinstance(value, str):
        return visible(value)
    if isinstance(value, Mapping):
        return "a mapping"
    return "a list" if isinstance(value, (list, tuple)) else visible(str(value))


def _guess(word: str, known: list[str]) -> str:
    import difflib

    close = difflib.get_close_matches(word, known, 1)
    return f" (did you mean {close[0]}?)" if close else ""


def _value_at(value: Any, step: str) -> Any:
    if isinstance(value, Mapping):
        return value.get(step, value)
    return value[int(step)] if step.isdigit() and isinstance(value, (list, tuple)) else value


@lru_cache
def schema(kind: type) -> dict[str, Any]:
    """The JSON Schema of a kind of facts."""
    return msgspec.json.schema(kind)


def _resolve(node: dict[str, Any], root: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in node or "anyOf" in node:
        if "$ref" in node:
            node = root["$defs"][node["$ref"].rpartition("/")[2]]
        else:
            node = next((n for n in node["anyOf"] if n.get("type") != "null"), {})
    return node


def _schema_at(node: dict[str, Any], step: str, root: dict[str, Any]) -> dict[str, Any]:
    node = _resolve(node, root)
    if step.isdigit() or step == "...":
        items: dict[str, Any] = node.get("items", node.get("additionalProperties", {}))
        return items
    found: dict[str, Any] = node.get("properties", {}).get(step, {})
    return found


def _accepted(node: dict[str, Any], root: dict[str, Any], in_key: bool = False) -> str:
    node = _resolve(node, root)
    if in_key:
        node = node.get("propertyNames", node)
    if "enum" in node:
        return ", ".join(str(v) for v in node["enum"])
    if "description" in node and node.get("type") not in ("object", "array"):
        return str(node["description"])
    if "pattern" in node:
        return f"text matching {node['pattern']}"
    low, high = node.get("minimum"), node.get("maximum")
    if low is not None and high is not None:
        return f"a number from {low} to {high}"
    names = {"boolean": "true or false", "array": "a list", "object": "a mapping", "string": "text", "integer": "a whole number"}
    named = names.get(str(node.get("type")), str(node.get("type", "another kind of value")))
    return f"{named} of at least {node['minLength']} characters" if "minLength" in node else named
