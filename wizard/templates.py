"""Jinja templates, from a checkout or an installed wheel; an answer can only appear through a filter that quotes it."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wizard.errors import SeawallError

if TYPE_CHECKING:
    from jinja2 import Environment

_WORD = re.compile(r"[A-Za-z0-9@%+=:,./_-]+\Z")
MARK = "\0"
"""Starts a line that names the owner of the lines after it; no answer can hold this character."""


def folder() -> Path:
    """Where the templates are: beside the package in a checkout, inside it in a wheel. Raises SeawallError."""
    package = Path(__file__).parent
    for place in (package / "_templates", package.parent / "templates"):
        if (place / "dockerfile").is_dir():
            return place
    raise SeawallError(f"the templates are missing beside {package}: install seawall again")


def word(text: str) -> str:
    """`text` if a shell reads it as one plain word. Raises ValueError otherwise: validation let something through."""
    if not _WORD.match(text):
        raise ValueError(f"{text!r} is no plain word")
    return text


def to_json(data: Any) -> str:
    """`data` in one line of JSON, as the exec form of a Dockerfile takes it."""
    return json.dumps(data, ensure_ascii=False)


@lru_cache
def _environment() -> "Environment":
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(folder()), undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True,
        keep_trailing_newline=True, autoescape=False, cache_size=32,  # noqa: S701 - no HTML
    )  # fmt: skip
    environment.filters |= {"word": word, "json": to_json, "exec_form": to_json}
    environment.globals["own"] = lambda control: MARK + control
    return environment


@lru_cache
def _template(name: str) -> Any:
    return _environment().get_template(name)


def render(name: str, values: Mapping[str, Any]) -> str:
    """The text of a template."""
    return str(_template(name).render(values))


def owned_lines(text: str, owner: str) -> Iterator[tuple[str, str]]:
    """Lines of rendered text, each with its owner: the last one marked before it."""
    blank = False
    for line in text.split("\n"):
        if line.startswith(MARK):
            owner = line[1:]
            continue
        if not line.strip():
            blank = True
            continue
        if blank and re.match(r"FROM ", line):
            yield "", owner
        blank = False
        yield line, owner


def marked(blocks: Sequence[tuple[str, str]]) -> str:
    """Blocks of text, each marked with its owner, for a template to put in its place."""
    return "\n".join(f"{MARK}{owner}\n{text}" for owner, text in blocks)
