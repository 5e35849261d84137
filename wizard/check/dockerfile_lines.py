"""The instructions of a Dockerfile, taken apart as BuildKit's own parser does it: continuations, comments in them, heredocs.

BuildKit goes line by line, with no grammar; one that has a grammar refuses valid files (an empty line within ENV, a quoted name)
and takes a line that belongs to the instruction before for one of its own.
"""

import re
import shlex
from collections.abc import Iterator

from msgspec import Struct

from wizard.check.source import NotReadError, Place
from wizard.text import visible

_DIRECTIVE = re.compile(r"#\s*([A-Za-z][A-Za-z0-9]*)\s*=\s*(.+?)\s*\Z")
_HEREDOC = re.compile(r"\d*<<(-?)([^<]+)\Z")
NAMES = frozenset(("ADD", "ARG", "CMD", "COPY", "ENTRYPOINT", "ENV", "EXPOSE", "FROM", "HEALTHCHECK", "LABEL", "MAINTAINER", "ONBUILD", "RUN",
                   "SHELL", "STOPSIGNAL", "USER", "VOLUME", "WORKDIR"))  # fmt: skip
_BLANK = "".join(chr(code) for code in range(0x3001) if chr(code).isspace() and not 0x1C <= code <= 0x1F)
"""What Go takes for blanks, as BuildKit does: four separators that Python counts among them are none."""
_WITH_HEREDOCS = ("ADD", "COPY", "RUN")


class Logical(Struct, frozen=True):
    """An instruction on its lines, the first and the last counted from 1: its name in capitals, and the rest as one text without continuations."""

    name: str
    rest: str
    line: int
    last: int


def logical_lines(text: str, name: str) -> Iterator[Logical]:
    """The instructions in the order of the file. Raises NotReadError with the line for what is none, and for a heredoc without an end."""
    lines = lines_of(text)
    continued = _continuation(escape_character(text))
    at = 0
    while at < len(lines):
        first = at + 1
        said = lines[at].lstrip(_BLANK)
        at += 1
        if not said or said.startswith("#"):
            continue
        whole, open_ended = _cut(said, continued)
        while open_ended and at < len(lines):
            following = lines[at]
            at += 1
            if following.strip(_BLANK) and not following.lstrip(_BLANK).startswith("#"):
                part, open_ended = _cut(following, continued)
                whole += part
        word, rest = (*whole.split(None, 1), "", "")[:2]
        if word.upper() not in NAMES:
            raise NotReadError(Place(name, first), f"is no instruction of a Dockerfile: {visible(said[:40])[1:-1]}")
        for dashed, end in _heredocs(word.upper(), rest):
            at = _after(lines, at, end, bool(dashed), Place(name, first))
        yield Logical(word.upper(), rest.strip(), first, at)


def lines_of(text: str) -> list[str]:
    """The lines as BuildKit counts them: they end at no other character than the line feed."""
    return [line.rstrip("\r") for line in text.removeprefix("\ufeff").split("\n")]


def escape_character(text: str) -> str:
    """The character that continues a line: a backslash, unless the first lines say something else."""
    for line in text.removeprefix("\ufeff").splitlines():
        match = _DIRECTIVE.match(line.strip())
        if not match:
            return "\\"
        if match[1].lower() == "escape":
            return match[2] if match[2] in ("\\", "`") else "\\"
    return "\\"


def _continuation(escape: str) -> re.Pattern[str]:
    """The end of a line that goes on: one escape, not two."""
    sign = re.escape(escape)
    return re.compile(rf"(?<!{sign}){sign}[ \t]*\Z")


def _cut(line: str, continued: re.Pattern[str]) -> tuple[str, bool]:
    match = continued.search(line)
    return (line[: match.start()], True) if match else (line, False)


def _heredocs(name: str, rest: str) -> Iterator[tuple[str, str]]:
    """The heredocs that an instruction begins: whether leading tabs do not count, and the line that ends it."""
    if "<<" not in rest:
        return
    if name == "ONBUILD":
        inner, _, rest = rest.partition(" ")
        name = inner.upper()
    if name not in _WITH_HEREDOCS or rest.lstrip().startswith("["):
        return
    for word in _words(rest):
        if match := _HEREDOC.match(word):
            try:
                end = shlex.split(match[2])
            except ValueError:
                continue
            if len(end) == 1:
                yield match[1], end[0]


def _words(text: str) -> list[str]:
    """The words of a shell command with their quotes; none where a quote is not closed, since BuildKit looks no further then."""
    words, word, inside, at = [], "", "", 0
    while at < len(text):
        sign = text[at]
        part = text[at : at + 2] if sign == "\\" and inside != "'" else sign
        at += len(part)
        if part in "'\"" and inside in ("", part):
            inside = "" if inside else part
        if inside or part not in _BLANK:
            word += part
        elif word:
            words.append(word)
            word = ""
    return [] if inside else [*words, word]


def _after(lines: list[str], at: int, end: str, dashed: bool, place: Place) -> int:
    """The number of lines up to the end of a heredoc."""
    for number in range(at, len(lines)):
        if (lines[number].lstrip("\t") if dashed else lines[number]) == end:
            return number + 1
    raise NotReadError(place, f"a heredoc without its end, the line {visible(end)}")
