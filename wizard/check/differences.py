"""How a value of a Compose file differs from the one that was asked for, entry by entry, in words."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from wizard.check.nodes import scalar
from wizard.compose import identity
from wizard.foreign import Unknown
from wizard.text import visible_all

ASKING = "seawall.yaml"
_LONGEST = 50
_WHOLE = frozenset(("command", "entrypoint", "test"))
"""Lists of words, in which the order counts and no entry stands for itself."""
_PLAIN = re.compile(r"[A-Za-z0-9./][\w./:@+=-]*")
"""Texts that YAML reads as they are, in a list or mapping of one line, too."""
_UNITS = {"b": 1, "k": 1024, "m": 1024**2, "g": 1024**3}


class Difference(Struct, frozen=True):
    """What is not as it was asked for; `name` is what makes the entry the same as another, None the key as a whole."""

    name: Any
    message: str
    mend: str = ""
    """What to write, where that fits in a line."""
    changed: bool = False
    """Whether something else stands in its place."""
    beyond: bool = False
    """Whether nobody asked for it."""


def differences(key: str, wanted: Any, found: Any, more: bool) -> Iterator[Difference]:
    """Each difference; with `more` also entries that nobody asked for. What hangs on a variable is unknown, and said elsewhere."""
    if _is_unknown(found):
        return
    if found is None:
        yield Difference(None, f"no {key}, and {ASKING} asks for {spelled(wanted) or 'it'}", _line(key, wanted))
    elif isinstance(wanted, Mapping) and isinstance(found, Mapping):
        yield from _of_mappings(key, wanted, found, more)
    elif isinstance(wanted, list) and isinstance(found, list) and key.rpartition(": ")[2] not in _WHOLE:
        yield from _of_lists(key, wanted, found, more)
    elif not same(wanted, found):
        yield Difference(None, _other(key, wanted, found), _line(key.rpartition(": ")[2], wanted), changed=True)


def _of_mappings(key: str, wanted: Mapping[str, Any], found: Mapping[str, Any], more: bool) -> Iterator[Difference]:
    for name, value in wanted.items():
        if found.get(name) is None:
            yield Difference(name, f"{key} lacks {name}, and {ASKING} asks for {spelled(value) or 'it'}", _line(name, value))
        elif not same(value, found[name]):
            yield from _inside(f"{key}: {name}", name, value, found[name], more)
    for name in found if more else ():
        if name not in wanted:
            yield Difference(name, f"{key} has {_clipped(name)}, for which {ASKING} does not ask", beyond=True)


def _of_lists(key: str, wanted: list[Any], found: list[Any], more: bool) -> Iterator[Difference]:
    asked = {identity(key, entry): entry for entry in wanted}
    there = {identity(key, entry): entry for entry in found}
    for name, entry in asked.items():
        if name not in there:
            yield Difference(name, f"{key} lacks {_clipped(name)}, for which {ASKING} asks", f"- {spelled(entry)}" if spelled(entry) else "")
        elif not same(entry, there[name]):
            yield from _inside(f"{key}: {_clipped(name)}", name, entry, there[name], more)
    for name in there if more else ():
        if name not in asked:
            yield Difference(name, f"{key} has {_clipped(name)}, for which {ASKING} does not ask", beyond=True)


def _inside(key: str, name: Any, wanted: Any, found: Any, more: bool) -> Iterator[Difference]:
    """What differs in an entry: what is said of its parts is said of it."""
    return (replace(one, name=name) for one in differences(key, wanted, found, more))


def same(one: Any, other: Any) -> bool:
    """Whether two values mean the same to Compose: `1g` and `1024m`, `30s` and `0m30s`, `5` and `"5"`."""
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return one.keys() == other.keys() and all(same(value, other[name]) for name, value in one.items())
    if isinstance(one, (list, tuple)) and isinstance(other, (list, tuple)):
        return len(one) == len(other) and all(map(same, one, other))
    return one == other or _bare(one) == _bare(other)


def _bare(value: Any) -> object:
    text = str(value).lower()
    if match := re.fullmatch(r"(\d+(?:\.\d+)?)([bkmg]?)b?", text):
        return float(match[1]) * _UNITS.get(match[2], 1)
    if match := re.fullmatch(r"(?:(\d+)h)?(?:(\d+)m)?(\d+(?:\.\d+)?)s", text):
        return "time", 3600 * int(match[1] or 0) + 60 * int(match[2] or 0) + float(match[3])
    return text


def spelled(value: Any) -> str:
    """A value as Compose spells it in one line; nothing where it is too long for one."""
    text = _spelled(value)
    return text if len(text) <= _LONGEST else ""


def _spelled(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{name}: {_spelled(one)}" for name, one in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(map(_spelled, value))}]"
    if isinstance(value, str) and (scalar(value) != value or not _PLAIN.fullmatch(value)):
        return f'"{visible_all(value)}"'
    return str(value).lower() if isinstance(value, bool) else visible_all(str(value))


def _line(key: str, value: Any) -> str:
    return f"{key}: {spelled(value)}" if spelled(value) else ""


def _other(what: str, wanted: Any, found: Any) -> str:
    asks = f"asks for {spelled(wanted)}" if spelled(wanted) else "asks for something else"
    return f"{what} is {_clipped(found)}, and {ASKING} {asks}"


def _clipped(value: Any) -> str:
    text = _spelled(value)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def _is_unknown(value: Any) -> bool:
    return isinstance(value, Unknown) or (isinstance(value, list) and any(isinstance(entry, Unknown) for entry in value))
