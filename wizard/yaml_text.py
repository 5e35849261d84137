"""YAML text of plain data in block style: quoted wherever any YAML would read something else, every text in one line.

A text in double quotes is written as JSON, which YAML reads alike for all characters that an answer may hold.
"""

import json
import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

_PLAIN = re.compile(r"(?:\./|[A-Za-z_/])[A-Za-z0-9_./-]*\Z")
_YAML_1_1_WORDS = frozenset(["y", "n", "yes", "no", "on", "off", "true", "false", "null"])
_FLOW = frozenset(("command", "entrypoint", "test"))
"""Lists of words, which stay in one line."""


def lines(data: Mapping[str, Any], indent: int = 0, compose: bool = True) -> list[str]:
    """The lines of a mapping in block style, indented. In Compose text `$` is doubled, so that it stays one."""
    return list(_block(data, " " * indent, compose))


def _block(data: Any, indent: str, compose: bool) -> Iterator[str]:
    if isinstance(data, Mapping):
        for key, value in data.items():
            head = f"{indent}{_scalar(key)}:"
            if _is_block(value) and (key not in _FLOW or isinstance(value, Mapping)):
                yield head
                yield from _block(value, f"{indent}  ", compose)
            else:
                yield head if value is None else f"{head} {_inline(value, compose)}"
    else:
        for entry in data:
            if _is_block(entry):
                first, *rest = _block(entry, f"{indent}  ", compose)
                yield f"{indent}- {first.lstrip(' ')}"
                yield from rest
            else:
                yield f"{indent}- {_inline(entry, compose)}"


def _is_block(value: Any) -> bool:
    return isinstance(value, (Mapping, list, tuple)) and bool(value)


def _inline(value: Any, compose: bool) -> str:
    if isinstance(value, (list, tuple)):
        return json.dumps([_escaped(entry, compose) for entry in value], ensure_ascii=False)
    value = _escaped(value, compose)
    return _scalar(value) if isinstance(value, str) else json.dumps(value)


def _escaped(value: Any, compose: bool) -> Any:
    return value.replace("$", "$$") if compose and isinstance(value, str) else value


def is_plain(text: str) -> bool:
    """Whether every YAML reads this text as itself without quotes, in block and in flow style."""
    return bool(_PLAIN.match(text)) and text.lower() not in _YAML_1_1_WORDS


def in_one_line(key: object) -> bool:
    """Whether the list under this key is one of words, which stays in one line."""
    return key in _FLOW


@lru_cache(maxsize=4096)
def _scalar(text: str) -> str:
    return text if is_plain(text) else json.dumps(text, ensure_ascii=False)
