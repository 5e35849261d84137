"""Every key of a service in every shape that the schema of Compose permits: values that Compose takes, by key."""

from collections.abc import Iterator, Mapping
from typing import Any

from tests.check.compose_schema import schema

PARTS = ("service", "container_spec", "workload_spec")


def keys() -> dict[str, Any]:
    """All keys of a service, each with its part of the schema."""
    return {key: part for name in PARTS for key, part in schema()["$defs"][name]["properties"].items()}


def legal(part: Mapping[str, Any]) -> Iterator[str]:
    """The kinds of value that a part of the schema permits; of lists with the kinds of their entries."""
    while "$ref" in part:
        part = schema()["$defs"][part["$ref"].rpartition("/")[2]]
    if "oneOf" in part:
        for one in part["oneOf"]:
            yield from legal(one)
        return
    if "allOf" in part and "type" not in part:
        yield "object"
        return
    kinds = part.get("type", "object")
    for kind in [kinds] if isinstance(kinds, str) else kinds:
        yield from (f"array of {inner}" for inner in legal(part["items"])) if kind == "array" else (kind,)


def kinds(value: Any) -> Iterator[str]:
    """What a value is, in the same words."""
    if isinstance(value, list):
        yield from {f"array of {kind}" for entry in value for kind in kinds(entry)}
    elif isinstance(value, bool):
        yield "boolean"
    elif isinstance(value, int):
        yield from ("integer", "number")
    else:
        yield {float: "number", str: "string", dict: "object", type(None): "null"}[type(value)]
