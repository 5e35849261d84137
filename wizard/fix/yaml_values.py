"""How a value is spelled in YAML text that somebody else wrote: in their indentation, quoted wherever any YAML would read something else."""

import json
import math
from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from wizard.text import visible_all
from wizard.yaml_text import in_one_line, is_plain


class Style(Struct, frozen=True):
    """Columns by which what stands under a key is indented: mappings, and the dashes of lists."""

    mapping: int = 2
    dash: int = 2


def scalar(value: Any) -> str:
    """A scalar as it stands in a line. Raises ValueError for what YAML has no scalar for."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return _number(value)
    if not isinstance(value, str):
        raise ValueError(f"{type(value).__name__} is no plain data")
    return value if is_plain(value) else quoted(value)


def quoted(text: str) -> str:
    """A text in double quotes, in one line; what is not seen, or turns the order of reading around, is escaped."""
    return "".join(c if c.isprintable() and visible_all(c) == c else _escaped(c) for c in json.dumps(text, ensure_ascii=False))


def _escaped(char: str) -> str:
    code = ord(char)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _number(value: float) -> str:
    if not math.isfinite(value):
        raise ValueError(f"{value} is no number that Compose takes")
    text = repr(value)
    return text.replace("e", ".0e") if "e" in text and "." not in text else text  # YAML 1.1 knows no exponent without a point


def is_block(value: Any, key: object = None) -> bool:
    """Whether a value takes lines of its own in block style."""
    return bool(value) and (isinstance(value, Mapping) or (isinstance(value, (list, tuple)) and not (in_one_line(key) and _are_words(value))))


def _are_words(entries: Any) -> bool:
    return not any(isinstance(entry, (Mapping, list, tuple)) for entry in entries)


def inline(value: Any) -> str:
    """A value in one line, in flow style where it is a collection. Raises ValueError for what is no plain data."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{scalar(str(key))}: {inline(one)}" for key, one in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(inline(one) for one in value) + "]"
    return scalar(value)


def pair(key: str, value: Any, column: int, style: Style) -> list[str]:
    """The lines of a key and its value in block style, the first without its indentation."""
    head = f"{scalar(key)}:"
    if is_block(value, key):
        return [head, *block(value, column + (style.mapping if isinstance(value, Mapping) else style.dash), style)]
    return [head if value is None else f"{head} {inline(value)}"]


def entry(value: Any, column: int, style: Style, space: str = " ") -> list[str]:
    """The lines of an entry of a list in block style, whose dash stands in this column; the first without its indentation."""
    if is_block(value):
        first, *rest = block(value, column + 1 + len(space), style)
        return [f"-{space}{first.lstrip(' ')}", *rest]
    return [f"-{space}{inline(value)}"]


def block(value: Any, column: int, style: Style) -> list[str]:
    """The lines of a collection that is not empty, in block style, all indented."""
    rows = (
        [pair(str(key), one, column, style) for key, one in value.items()]
        if isinstance(value, Mapping)
        else [entry(one, column, style) for one in value]
    )
    return [line for first, *rest in rows for line in (" " * column + first, *rest)]
