"""Variables in Compose files: `${NAME:-default}` from the .env beside the file; what nothing sets is unknown, not empty."""

import re
from collections.abc import Mapping

from wizard.check.source import NotReadError, Place
from wizard.foreign import Filled, Unknown

_NAME = re.compile(r"[_a-zA-Z][_a-zA-Z0-9]*")
_MODES = (":-", ":?", ":+", "-", "?", "+")
DEEPEST = 20
GROWTH = 4096
"""Characters by which variables may make a text longer: each line of a .env could double what the one before it says."""
MOST = 1024 * 1024
"""Characters of all values of a .env file, or of a Dockerfile's variables."""


def filled(text: str, known: Mapping[str, str], place: Place, depth: int = 0) -> str:
    """A text with its variables filled in, Filled where a value came from elsewhere; an Unknown, as it was written, where one has no value here.

    Raises NotReadError for a form that Compose refuses.
    """
    if "$" not in text:
        return text
    if depth > DEEPEST:
        raise NotReadError(place, "variables nested too deeply")
    out: list[str] = []
    unknown = elsewhere = False
    at, room = 0, len(text) + GROWTH
    while (dollar := text.find("$", at)) >= 0:
        out.append(text[at:dollar])
        following = text[dollar + 1 : dollar + 2]
        if following == "$":
            out.append("$")
            at = dollar + 2
            continue
        if following == "{":
            end = _closing(text, dollar + 2, place)
            value = _braced(text[dollar + 2 : end], known, place, depth)
            at = end + 1
        elif match := _NAME.match(text, dollar + 1):
            value = _from(known, match[0])
            at = match.end()
        else:
            out.append("$")  # Compose leaves it as it is
            at = dollar + 1
            continue
        if value is None:
            unknown = True
        else:
            unknown = unknown or isinstance(value, Unknown)
            elsewhere = elsewhere or isinstance(value, Filled)
            out.append(value)
            room -= len(value)
            if room < 0:
                raise NotReadError(place, f"more than {GROWTH} characters longer once its variables are filled in")
    if unknown:
        return Unknown(text)
    done = "".join((*out, text[at:]))
    return Filled(done) if elsewhere else done


def _from(known: Mapping[str, str], name: str) -> str | None:
    value = known.get(name)
    return None if value is None else Filled(value)


def _closing(text: str, start: int, place: Place) -> int:
    """Where the brace that was opened before `start` is closed."""
    depth, at = 1, start
    while at < len(text):
        if text.startswith("${", at):
            depth += 1
            at += 1
        elif text[at] == "}":
            depth -= 1
            if not depth:
                return at
        at += 1
    raise NotReadError(place, "${ is not closed")


def _braced(inside: str, known: Mapping[str, str], place: Place, depth: int) -> str | None:
    match = _NAME.match(inside)
    if not match:
        raise NotReadError(place, "${ } holds no name of a variable")
    rest = inside[match.end() :]
    mode = next((mode for mode in _MODES if rest.startswith(mode)), None)
    if rest and mode is None:
        raise NotReadError(place, "${ } holds more than a name, and nothing that Compose knows")
    value = _from(known, match[0])
    there = value is not None and (value != "" or mode is None or not mode.startswith(":"))
    if mode is None or mode.endswith("?"):
        return value if there else None
    word = filled(rest[len(mode) :], known, place, depth + 1)
    if mode.endswith("+"):
        return word if there else ""
    return value if there else word


def env_file(text: str) -> dict[str, str]:
    """What a .env file sets; its lines may begin with `export`, its values stand in quotes."""
    found: dict[str, str] = {}
    room = MOST
    for line in text.splitlines():
        match = re.match(r"\s*(?:export\s+)?([A-Za-z_][A-Za-z0-9_.-]*)\s*[=:]\s?(.*)", line)
        if not match:
            continue
        name, value = match[1], match[2].strip()
        quote = value[:1]
        if quote in ("'", '"') and (end := value.find(quote, 1)) > 0:
            value = value[1:end]
        else:
            value = re.split(r"\s+#", value, maxsplit=1)[0].strip()
        if quote != "'" and "$" in value:
            try:
                value = filled(value, found, Place(".env"))
            except NotReadError:
                continue
        room -= len(value)
        if not isinstance(value, Unknown) and room > 0:
            found[name] = value
    return found
