"""Compose documents as data: what makes two list entries the same, merging of fragments, what is missing."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from msgspec import Struct

from wizard.errors import SeawallError


class Part(Struct, frozen=True):
    """The share that one control has in a key."""

    control: str
    value: Any


def identity(key: str, entry: Any) -> Any:
    """What makes an entry of the list `key` the same as another: a mount's target, an option's name, ..."""
    if isinstance(entry, Mapping):
        return str(entry.get("target", entry.get("source", sorted(entry.items(), key=str))))
    text = str(entry)
    match key:
        case "tmpfs":
            return text.partition(":")[0]
        case "security_opt":
            return text.replace("=", ":", 1).partition(":")[0]
        case "volumes":
            return text.split(":")[1] if ":" in text else text
        case "ports":
            return text.rpartition(":")[2]
        case "environment":
            return text.partition("=")[0]
    return text


def merge(fragments: Iterable[tuple[str, Mapping[str, Any]]]) -> dict[str, tuple[Part, ...]]:
    """All fragments of one mapping, each key with the share of every control, in the order given.

    Raises SeawallError when two controls set one scalar, or one entry, to different values.
    """
    merged: dict[str, tuple[Part, ...]] = {}
    for control, fragment in fragments:
        for key, value in fragment.items():
            parts = merged.get(key, ())
            _refuse_conflict(key, parts, control, value)
            if not parts or not isinstance(value, (str, int, float, bool)):
                merged[key] = (*parts, Part(control, value))
    return merged


def _refuse_conflict(key: str, parts: Sequence[Part], control: str, value: Any) -> None:
    for part in parts:
        if isinstance(value, Mapping) and isinstance(part.value, Mapping):
            clash = any(part.value[name] != value[name] for name in part.value.keys() & value.keys())
        elif isinstance(value, (list, tuple)) and isinstance(part.value, (list, tuple)):
            before = {identity(key, entry): entry for entry in part.value}
            clash = any(before.get(identity(key, entry), entry) != entry for entry in value)
        else:
            clash = part.value != value
        if clash:
            raise SeawallError(f"the controls {part.control} and {control} disagree on {key}: {part.value} and {value}")


def combined(key: str, parts: Sequence[Part]) -> Any:
    """The value that all parts of a key make together."""
    first = parts[0].value
    if isinstance(first, Mapping):
        return {name: value for part in parts for name, value in part.value.items()}
    if isinstance(first, (list, tuple)):
        return list({identity(key, entry): entry for part in parts for entry in part.value}.values())
    return first


def missing(key: str, wanted: Any, found: Any) -> str:
    """What of `wanted` is not in `found`, in words; nothing when all is there."""
    if isinstance(wanted, Mapping):
        there = found if isinstance(found, Mapping) else {}
        return ", ".join(str(name) for name, value in wanted.items() if there.get(name) != value)
    if isinstance(wanted, (list, tuple)):
        present = list(found) if isinstance(found, (list, tuple)) else []
        return ", ".join(str(entry) for entry in wanted if entry not in present)
    return "" if found == wanted else str(wanted)
