"""YAML text of plain data in block style: quoted wherever any YAML would read something else, every text in one line.

A text in double quotes is written as JSON, which YAML reads alike for all characters that an answer may hold.
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from wizard.compose import Interpolated

_PLAIN = re.compile(r"[A-Za-z_./][A-Za-z0-9_./-]*\Z")
_YAML_1_1_WORDS = frozenset(["y", "n", "yes", "no", "on", "off", "true", "false", "null", "~", ".", "..", ".nan", ".inf"])
_FLOW = frozenset(("command", "entrypoint", "test"))
"""Lists of words, which stay in one line."""


def lines(data: Mapping[str, Any], indent: int = 0, compose: bool = True) -> list[str]:
    """The lines of a mapping in block style, indented. In Compose text `$` is doubled, so that it stays one."""
    return [" " * indent + line for line in _block(data, compose)]


def _block(data: Any, compose: bool) -> Iterator[str]:
    if isinstance(data, Mapping):
        for key, value in data.items():
            head = f"{_scalar(key)}:"
            if _is_block(value) and (key not in _FLOW or isinstance(value, Mapping)):
                yield head
                yield from (f"  {line}" for line in _block(value, compose))
            else:
                yield head if value is None else f"{head} {_inline(value, compose)}"
    else:
        for entry in data:
            first, *rest = _block(entry, compose) if _is_block(entry) else (_inline(entry, compose),)
            yield f"- {first}"
            yield from (f"  {line}" for line in rest)


def _is_block(value: Any) -> bool:
    return isinstance(value, (Mapping, list, tuple)) and bool(value)


def _inline(value: Any, compose: bool) -> str:
    if isinstance(value, (list, tuple)):
        return json.dumps([_escaped(entry, compose) for entry in value], ensure_ascii=False)
    value = _escaped(value, compose)
    return _scalar(value) if isinstance(value, str) else json.dumps(value)


def _escaped(value: Any, compose: bool) -> Any:
    doubled = compose and isinstance(value, str) and not isinstance(value, Interpolated)
    return value.replace("$", "$$") if doubled else value


def _scalar(text: str) -> str:
    plain = _PLAIN.match(text) and text.lower() not in _YAML_1_1_WORDS
    return str(text) if plain else json.dumps(text, ensure_ascii=False)
