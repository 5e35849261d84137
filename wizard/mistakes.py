"""The mistakes of all controls: what their pages quote, whether it stands in an output, how a fragment reads, what mends what."""

import errno
import json
import os
import re
from collections.abc import Mapping
from typing import Any

from wizard import yaml_text
from wizard.control import Control, Fragment
from wizard.mistake import Lines, Mistake

_QUOTED = re.compile(r"`([^`]+)`|\b(E[A-Z]{3,})\b|\b([Ee]xit code \d+)")
_SHOWN = {"CONTAINER": "app", "IMAGE": "python:3.13-slim", "FOLDER": ".", "DISK": "/dev/sda"}
"""What stands for the placeholders where a person reads them."""

TAKE_OUT = "take these lines out"


def quoted_of(control: Control) -> tuple[str, ...]:
    """What the page says that is seen, word for word: what is in backticks, names of errors, exit codes."""
    found = _QUOTED.findall(control.page.sections["How it shows"])
    return tuple(dict.fromkeys("".join(groups).replace("Exit code", "exit code") for groups in found))


def stands_in(literal: str, said: str) -> bool:
    """Whether a literal is there: blanks alike, `...` for anything in its line, the name of an error by its number or its words."""
    if number := getattr(errno, literal, None):
        return f"[Errno {number}]" in said or os.strerror(number).casefold() in said.casefold()
    pieces = (r"\s+".join(map(re.escape, piece.split())) for piece in literal.split("..."))
    whole = ".*?".join(pieces)
    return re.search(whole + (r"(?!\d)" if literal[-1:].isdigit() else ""), said) is not None


def said_of(mistake: Mistake) -> tuple[str, ...]:
    """All that is seen of a mistake, and what is configured: the texts that a page may quote from it."""
    return (mistake.shows, *mistake.also, mistake.instead, *(in_a_line(part) for part in (mistake.wrong, mistake.mend)))


def service_of(mistake: Mistake, mended: bool) -> dict[str, Any]:
    """The Compose service of the mistake, wrong or mended; lines of other files are no part of it."""
    return {**mistake.given, **next((part for part in _parts(mistake, mended) if not isinstance(part, Lines)), {})}


def lines_of(mistake: Mistake, mended: bool, file: str) -> str:
    """The lines of a `Dockerfile`, or the commands in a `shell`, that belong to the mistake, wrong or mended."""
    lines = next((part for part in _parts(mistake, mended) if isinstance(part, Lines)), None)
    return lines.text if lines and lines.file == file else ""


def _parts(mistake: Mistake, mended: bool) -> tuple[Fragment | Lines, ...]:
    return (mistake.mend, mistake.wrong) if mended else (mistake.wrong,)


def in_a_line(part: Fragment | Lines) -> str:
    """A fragment as it is written in one line, or the lines themselves behind one another."""
    if isinstance(part, Lines):
        return " ".join(filled_in(part.text).replace("\\\n", " ").replace("\n", "; ").split())
    return "; ".join(f"{key}: {_flow(value)}" for key, value in _filled(part).items()) or TAKE_OUT


def in_lines(part: Fragment | Lines) -> list[str]:
    """The same as it stands in its file."""
    return filled_in(part.text).splitlines() if isinstance(part, Lines) else yaml_text.lines(_filled(part))


def filled_in(text: str, names: Mapping[str, str] = _SHOWN) -> str:
    """A text with the names of things in place of the words that stand for them."""
    return re.sub("|".join(names), lambda found: names[found[0]], text)


def _filled(part: Fragment) -> dict[str, Any]:
    filled: dict[str, Any] = json.loads(filled_in(json.dumps(dict(part))))
    return filled


def _flow(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
