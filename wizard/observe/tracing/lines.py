"""The lines that strace prints, as calls: halves put together again, arguments taken apart, strings decoded.

What is asked of strace is `-f -y`: the number of the thread before each line, a path behind each descriptor and behind AT_FDCWD. In such a path
`<` and `>` are escaped, in strings `"` and what is no ASCII. A string that is cut off ends in `"...`.
"""

import os
import re
from collections.abc import Iterator

from msgspec import Struct

_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|(?<=[\w\])])<[^<>]*>|/\*.*?\*/|[()\[\]{},]|[^"<()\[\]{},/]+|.', re.S)
_ESCAPE = re.compile(r"\\(?:([0-7]{1,3})|x([0-9a-fA-F]{2})|(.))", re.S)
_LETTERS = {"n": 10, "t": 9, "r": 13, "v": 11, "f": 12, "a": 7, "b": 8, "e": 27}
_UNFINISHED = " <unfinished ...>"
_RESUMED = re.compile(r"<\.\.\. (\S+) resumed>")
_SUPERSEDED = re.compile(r"\+\+\+ superseded by execve in pid (\d+)")
_PLACE = re.compile(r"(?:\d+|AT_FDCWD)<([^<>]*)>")


class Call(Struct, frozen=True):
    """A call that came back: the thread, the arguments as strace spells them, and what came back."""

    thread: int
    name: str
    arguments: tuple[str, ...]
    result: str

    @property
    def went_well(self) -> bool:
        """Whether the kernel did it; what is not known (`?`) counts as not done."""
        return not self.result.startswith(("-1", "?")) and self.result != ""

    @property
    def error(self) -> str:
        """The errno's name; nothing where it went well."""
        said = self.result.split(" ")
        return said[1] if len(said) > 1 and said[0] == "-1" else ""

    @property
    def text(self) -> str:
        """The call as strace prints it."""
        return f"{self.name}({', '.join(self.arguments)}) = {self.result}"


class Reader:
    """Puts lines together to calls: `read` gives the thread, the call's name and the rest of the line, or None where it is half a call."""

    def __init__(self) -> None:
        self._halves: dict[int, str] = {}

    def read(self, line: str) -> tuple[int, str, str] | None:
        """A line without its newline. Ends of threads are called `+`, with what strace says of them."""
        number, _, rest = line.partition(" ")
        if not number.isdigit():
            return None
        thread, rest = int(number), rest.lstrip()
        if rest.startswith("+++"):
            half = self._halves.pop(thread, None)
            if other := _SUPERSEDED.match(rest):
                # A thread that is not the first becomes another program under the number of the first.
                self._halves[thread] = self._halves.pop(int(other[1]), half or "")
                return None
            return thread, "+", rest
        if rest.endswith(_UNFINISHED):
            self._halves[thread] = rest.removesuffix(_UNFINISHED)
            return None
        if resumed := _RESUMED.match(rest):
            half = self._halves.pop(thread, "")
            if not half.startswith(f"{resumed[1]}("):
                return None  # the first half was before our time
            rest = half + rest[resumed.end() :]
        name, opened, body = rest.partition("(")
        return (thread, name, body) if opened else None

    def unfinished(self, names: frozenset[str]) -> Iterator[int]:
        """The threads that are in the middle of one of these calls, the latest last."""
        return (thread for thread, half in self._halves.items() if half.partition("(")[0] in names)


def call(thread: int, name: str, body: str) -> Call:
    """A call whose arguments are wanted; `body` is the line behind its `(`."""
    arguments: list[str] = []
    current, depth = "", 0
    for token in _TOKEN.finditer(body):
        word = token[0]
        if word in (")", "]", "}"):
            if depth == 0:
                if current.strip():
                    arguments.append(current.strip())
                return Call(thread, name, tuple(arguments), _result(body[token.end() :]))
            depth -= 1
        elif word in ("(", "[", "{"):
            depth += 1
        elif word == "," and depth == 0:
            arguments.append(current.strip())
            current = ""
            continue
        current += word
    return Call(thread, name, (*arguments, current.strip()), "?")


def _result(rest: str) -> str:
    return rest.lstrip().removeprefix("= ").strip()


def decoded(quoted: str) -> bytes:
    """The bytes of a string that strace prints in quotes; nothing for what is none, such as NULL."""
    if not quoted.startswith('"'):
        return b""
    inner = quoted.removesuffix("...")[1:-1]
    done = bytearray()
    at = 0
    for found in _ESCAPE.finditer(inner):
        done += inner[at : found.start()].encode("utf-8", "surrogateescape")
        at = found.end()
        octal, hexadecimal, letter = found.groups()
        if octal:
            done.append(int(octal, 8) & 0xFF)
        elif hexadecimal:
            done.append(int(hexadecimal, 16))
        else:
            done += bytes([_LETTERS[letter]]) if letter in _LETTERS else letter.encode("utf-8", "surrogateescape")
    done += inner[at:].encode("utf-8", "surrogateescape")
    return bytes(done)


def path(quoted: str) -> str:
    """A path that strace prints in quotes; nothing for NULL."""
    return os.fsdecode(decoded(quoted))


def place(argument: str) -> str:
    """The path or `socket:[NUMBER]` that strace prints behind a descriptor or AT_FDCWD; nothing where there is none."""
    found = _PLACE.match(argument)
    return path(f'"{found[1]}"') if found else ""
