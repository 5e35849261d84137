"""What a container starts: the words of ENTRYPOINT and CMD, and the scripts of the build context that they name. They are read, never run."""

import json
import posixpath
import re
from collections.abc import Callable, Iterator, Sequence

from msgspec import Struct

from wizard.fix.dockerfile_spans import Laid

Read = Callable[[str], str | None]
"""The text of a file of the build context by its path there; None where there is none, or no text."""

_LARGEST = 256 * 1024
_MOST_WORDS = 100


class Program(Struct, frozen=True):
    """The words of ENTRYPOINT and CMD, whether in exec form or for a shell, and the line of the last of them."""

    words: tuple[str, ...]
    line: int

    @property
    def text(self) -> str:
        return " ".join(self.words)


class Script(Struct, frozen=True):
    """A script that is started: the line that puts it into the image, and its text, None where that cannot be read here."""

    name: str
    line: int
    text: str | None


def program(said: Sequence[tuple[str, int]]) -> Program:
    """What ENTRYPOINT and CMD say together, each given as its text and its line."""
    words: list[str] = []
    for rest, _ in said:
        words += exec_form(rest) or re.findall(r"[^\s\"']+", rest)
    return Program(tuple(words), said[-1][1] if said else 0)


def exec_form(rest: str) -> list[str]:
    """The words of a JSON list; nothing for what is none."""
    try:
        words = json.loads(rest) if rest.startswith("[") else None
    except (ValueError, RecursionError):
        words = None
    return words if isinstance(words, list) and all(isinstance(word, str) for word in words) else []


def scripts(start: Program, stage: Sequence[Laid], read: Read | None) -> Iterator[Script]:
    """The scripts that it names, and those that they name; `stage` are the instructions that the image is made of."""
    seen: set[str] = set()
    todo = [part for word in start.words for part in re.findall(r"[\w./@+-]+", word)]
    while todo and len(seen) < _MOST_WORDS:
        word = todo.pop(0)
        if word in seen or word.startswith("-"):
            continue
        seen.add(word)
        found = _script(word, stage, read)
        if found:
            yield found
            todo += re.findall(r"[\w./-]+\.(?:sh|bash)\b", found.text or "")
    if {"npm", "yarn", "pnpm"} & set(start.words) and read and (package := read("package.json")):
        yield from _package_scripts(package, start)


def _package_scripts(package: str, start: Program) -> Iterator[Script]:
    """The scripts of package.json that npm and its like are asked for."""
    try:
        named = json.loads(package)["scripts"]
    except (ValueError, RecursionError, KeyError, TypeError):
        return
    for word in start.words:
        for name in (f"pre{word}", word, f"post{word}"):
            if isinstance(named, dict) and isinstance(named.get(name), str):
                yield Script(f"{name} of package.json", start.line, named[name])


def _is_named_like_one(word: str) -> bool:
    return word.endswith((".sh", ".bash")) or "entrypoint" in posixpath.basename(word)


def _script(word: str, stage: Sequence[Laid], read: Read | None) -> Script | None:
    folder = "/"
    places: list[tuple[str, Laid]] = []
    for one in stage:
        if one.instruction.name == "WORKDIR":
            folder = posixpath.join(folder, one.instruction.rest.strip("\"'"))
        elif one.instruction.name in ("COPY", "ADD"):
            places.append((folder, one))
    path = posixpath.normpath(posixpath.join(folder, word))
    for workdir, one in reversed(places):
        sources, target = copied(one, workdir)
        for source in sources:
            inside = _inside(source, target, path, word, many=len(sources) > 1)
            if inside is None:
                continue
            line = one.instruction.line
            if "<<" in one.instruction.rest:
                return Script(word, line, one.raw)
            if read is None or any(flag.startswith("--from=") for flag in one.instruction.flags):
                if _is_named_like_one(word):
                    return Script(word, line, None)
                continue
            text = None if inside.startswith(("..", "/")) else read(inside)
            if text is not None and (_is_named_like_one(word) or re.match(r"#!.*\b(?:ba|da|a|z|k)?sh\b", text)):
                return Script(word, line, text[:_LARGEST])
    for one in reversed(stage):
        if one.instruction.name == "RUN" and "/" in word and path in one.raw and re.search(r">|<<|\btee\b", one.raw):
            return Script(word, one.instruction.line, one.raw)
    if _is_named_like_one(word) and "/" in word:
        # Named by its path and put there by nothing that is understood here, such as a download or a COPY of more than one name (*.sh).
        line = stage[-1].instruction.line if stage else 0
        return Script(word, line, None)
    return None


def copied(one: Laid, workdir: str) -> tuple[list[str], str]:
    """The sources of a COPY or ADD and its absolute target, which ends with a slash where it is said to be a folder."""
    words = exec_form(one.instruction.rest) or [word.strip("\"'") for word in one.instruction.words]
    if len(words) < 2:
        return [], ""
    target = words[-1]
    ends = "/" if target.endswith("/") or posixpath.basename(target) == "." else ""
    path = posixpath.normpath(posixpath.join(workdir, target))
    return words[:-1], path if path.endswith("/") else path + ends


def _inside(source: str, target: str, path: str, word: str, many: bool) -> str | None:
    """The path in the build context of what lies at `path` after this COPY; None where it does not come from there."""
    bare = source.lstrip("/").removeprefix("./").rstrip("/")
    into = target.endswith("/") or many
    place = target.rstrip("/")
    if path == place or (not into and "/" not in word and posixpath.basename(place) == word):
        return bare
    if not path.startswith(f"{place}/"):
        # A bare name is looked up on the PATH.
        return bare if into and "/" not in word and posixpath.basename(bare) == word else None
    under = path[len(place) + 1 :]
    if into and posixpath.basename(bare) == under:
        return bare
    is_folder = bare in (".", "") or not posixpath.splitext(bare)[1]
    return posixpath.normpath(posixpath.join(bare or ".", under)) if is_folder else None
