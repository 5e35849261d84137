"""Manifests as plain data: JSON with and without comments, TOML, and what version files of all languages say. Never an error."""

import json
import re
import tomllib
from typing import Any

from wizard.folder import Folder, Match

_NOISE = re.compile(r'("(?:[^"\\\n]|\\.)*")|//[^\n]*|/\*[\s\S]*?\*/')
_DANGLING = re.compile(r'("(?:[^"\\\n]|\\.)*")|,(?=\s*[}\]])')


def read_json(folder: Folder, name: str) -> dict[str, Any]:
    """A JSON object, comments and trailing commas allowed; empty for anything else."""
    text = folder.text(name)
    if not text:
        return {}
    try:
        data = json.loads(text)
    except ValueError:
        try:
            data = json.loads(_DANGLING.sub(lambda m: m[1] or "", _NOISE.sub(lambda m: m[1] or " ", text)))
        except (ValueError, RecursionError):
            return {}
    except RecursionError:
        return {}
    return data if isinstance(data, dict) else {}


def read_toml(folder: Folder, name: str) -> dict[str, Any]:
    """A TOML document; empty for anything else."""
    try:
        return tomllib.loads(folder.text(name))
    except (ValueError, RecursionError):
        return {}


def table(data: Any, *keys: str) -> dict[str, Any]:
    """The object below `keys`, or an empty one."""
    for key in keys:
        data = data.get(key) if isinstance(data, dict) else None
    return data if isinstance(data, dict) else {}


def text_at(data: Any, *keys: str) -> str:
    """The text below `keys`, or nothing."""
    value = table(data, *keys[:-1]).get(keys[-1])
    return value if isinstance(value, str) else ""


def texts_at(data: Any, *keys: str) -> tuple[str, ...]:
    """The texts of the list below `keys`, or none."""
    value = table(data, *keys[:-1]).get(keys[-1])
    return tuple(row for row in value if isinstance(row, str)) if isinstance(value, list) else ()


def key_line(folder: Folder, file: str, key: str) -> int:
    """The line of a key in a JSON or TOML file; 1 where it cannot be told."""
    match = folder.search(rf"""^[ \t]*["']?({re.escape(key)})["']?\s*[:=]""", file) or folder.search(rf"""["']({re.escape(key)})["']\s*:""", file)
    return match.line if match else 1


def tool_version(folder: Folder, *tools: str) -> Match | None:
    """What .tool-versions or mise.toml say of a tool, beginning with a digit."""
    named = "|".join(map(re.escape, tools))
    return folder.search(rf"^(?:{named})[ \t]+v?(\d[\w.+-]*)", ".tool-versions") or folder.search(
        rf"""^["']?(?:{named})["']?\s*=\s*(?:\{{\s*version\s*=\s*)?["']v?(\d[\w.+-]*)["']""", "mise.toml", ".mise.toml"
    )


def short(version: str, parts: int = 2) -> str:
    """The first parts of a version: `3.12.4` is `3.12`."""
    return ".".join(version.split(".")[:parts])
