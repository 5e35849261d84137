"""The folders that a Dockerfile shows its program to write: another user than root needs them as its own, or the image is broken.

What says so: VOLUME; variables such as DATA_DIR; folders that are made empty; and frameworks that do not start without (facts of stacks.yaml).
"""

import posixpath
import re
from collections.abc import Iterator, Mapping, Sequence

from wizard.fix.dockerfile_spans import Laid
from wizard.fix.start_command import Program, copied, exec_form

_NAMED = re.compile(r"(?:^|_)(?:DATA|UPLOADS?|LOGS?|STORAGE|STATE|DB|DATABASE|MEDIA|CACHE|PID)_?(?:DIR|PATH|FOLDER|ROOT|FILE|HOME|NAME)?\Z", re.I)
_OF_BUILDS = re.compile(r"^(?:PIP|UV|POETRY|NPM|YARN|PNPM|GO|CARGO|APT|COMPOSER|BUNDLE|HF|DENO|NUGET)_", re.I)
_SQLITE = re.compile(r"(?:sqlite3?:///|jdbc:sqlite:|file:)(/[\w./@%+-]+)")
_SQLITE_HERE = re.compile(r"sqlite3?:///([\w.][\w./@%+-]*)")
_MOST = 20
"""Folders of one mkdir that are looked up."""
_FRAMEWORKS = (
    (re.compile(r"\b(?:rails|puma|thrust)\b"), ("tmp", "log", "storage")),
    (re.compile(r"\bartisan\b"), ("storage", "bootstrap/cache")),
    (re.compile(r"\bnext\s+start\b"), (".next/cache",)),
)
"""Start commands, and the folders below the working one that these do not run without: rails/bootsnap#144, Laravel's, vercel/next.js#54870."""


def volumes(whole: Sequence[Laid]) -> Iterator[str]:
    """The folders of VOLUME, but those that a variable names."""
    for one in whole:
        if one.instruction.name == "VOLUME":
            for path in exec_form(one.instruction.rest) or one.instruction.words:
                if "$" not in path and path.startswith("/"):
                    yield path


def known_writes(whole: Sequence[Laid], start: Program, variables: Mapping[str, str]) -> Iterator[str]:
    """Absolute paths, those of VOLUME first; what is not shown is not known."""
    yield from volumes(whole)
    folder = working_folder(whole)
    for found in (*_from_variables(variables, folder), *_from_text(start.text, folder)):
        path = posixpath.dirname(found) if posixpath.splitext(found)[1] else found
        if not path.startswith(("/proc", "/sys", "/dev", "/run/secrets")):
            yield path
    yield from _made_empty(whole, {path for path in _code(whole) if path})
    for pattern, below in _FRAMEWORKS:
        if pattern.search(start.text):
            yield from (posixpath.join(folder, one) for one in below)


def _from_variables(variables: Mapping[str, str], folder: str) -> Iterator[str]:
    for name, value in variables.items():
        if _NAMED.search(name) and not _OF_BUILDS.match(name) and value.startswith("/"):
            yield value
        yield from _from_text(value, folder)


def _from_text(text: str, folder: str) -> Iterator[str]:
    """Databases that are a file: by three slashes in the working folder, by four anywhere."""
    yield from _SQLITE.findall(text)
    yield from (posixpath.join(folder, path) for path in _SQLITE_HERE.findall(text))


def working_folder(whole: Sequence[Laid]) -> str:
    """Where the program starts."""
    folder = "/"
    for one in whole:
        if one.instruction.name == "WORKDIR":
            folder = posixpath.join(folder, one.instruction.rest.strip("\"'"))
    return folder


def _code(whole: Sequence[Laid]) -> Iterator[str]:
    """Where files are put, and the working folders: they hold what the program is made of."""
    folder = "/"
    for one in whole:
        if one.instruction.name == "WORKDIR":
            folder = posixpath.join(folder, one.instruction.rest.strip("\"'"))
            yield folder.rstrip("/")
        elif one.instruction.name in ("COPY", "ADD"):
            target = copied(one, folder)[1].rstrip("/")
            yield target
            yield posixpath.dirname(target)


def _made_empty(whole: Sequence[Laid], code: set[str]) -> Iterator[str]:
    """Folders that a command makes and nothing else in the file names: nobody makes an empty one but to write to it."""
    text = "\n".join(one.code for one in whole if one.instruction.name not in ("ENV", "VOLUME"))
    folder = "/"
    for one in whole:
        if one.instruction.name == "WORKDIR":
            folder = posixpath.join(folder, one.instruction.rest.strip("\"'"))
        if one.instruction.name != "RUN":
            continue
        for found in re.finditer(r"(?:^RUN\s+|&&\s*|;\s*)mkdir((?:\s+[\w./-]+)+)(?=\s*(?:&&|;|$))", one.code.rstrip(), re.I):
            for word in found[1].split()[:_MOST]:
                path = posixpath.normpath(posixpath.join(folder, word))
                named = len(re.findall(rf"(?<![\w/.-]){re.escape(word)}(?![\w.-])", text))
                if (
                    not word.startswith("-")
                    and named == 1
                    and path not in code
                    and not path.startswith(("/etc", "/usr", "/root", "/home", "/bin", "/lib"))
                ):
                    yield path
