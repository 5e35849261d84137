"""Compose projects and Dockerfiles as people write them: each by hand in the folder `corpus`, some again in other bytes and styles.

`dot.env` in a folder, and `NAME.env` beside a file, stand for the `.env` of that project.
"""

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import yaml
from msgspec import Struct

from wizard.check.nodes import Spans, documents, plain

FOLDER = Path(__file__).parent / "corpus"


class Project(Struct, frozen=True):
    """The files of a project, and the folder in which Compose is run."""

    files: Mapping[str, bytes]
    start: str = "."


def _single() -> Iterator[tuple[str, Project]]:
    for path in sorted((FOLDER / "compose").glob("*.yaml")):
        variables = path.with_suffix(".env")
        env = {".env": variables.read_bytes()} if variables.exists() else {}
        yield path.stem, Project({"compose.yaml": path.read_bytes(), **env})


def _folders() -> Iterator[tuple[str, Project]]:
    for folder in sorted((FOLDER / "projects").iterdir()):
        files = {str(path.relative_to(folder)).replace("dot.env", ".env"): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}
        yield folder.name, Project(files, ".devcontainer" if ".devcontainer/docker-compose.yml" in files else ".")


def _lines_with_room(text: str) -> Iterator[int]:
    """The lines behind which a comment can stand: none in the middle of a text, and none of comments or nothing."""
    spans: Spans = []
    list(documents(text, "", spans))
    taken = {line for first, _, last, column in spans if last > first for line in range(first, last + bool(column))}
    for number, line in enumerate(text.split("\n")):
        bare = line.strip()
        if bare and not bare.startswith(("#", "---", "...")) and number not in taken:
            yield number


def _commented(text: str) -> str:
    """A comment behind and before every line that has room for one, in changing columns."""
    room = set(_lines_with_room(text))
    out = []
    for number, line in enumerate(text.split("\n")):
        if number in room:
            out.append(" " * (number % 7) + f"# before {number}")
            line += " " * (1 + number % 3) + f"# behind {number}"
        out.append(line)
    return "\n".join((*out[:-1], "# the end", ""))


def _again(text: str, **options: object) -> str:
    """The same data, written out by PyYAML: no comments and no merge keys are left, what was shared is an alias."""
    (root,) = documents(text, "")
    return str(yaml.dump(plain(root), sort_keys=False, allow_unicode=True, **options))


STYLES: Mapping[str, Callable[[str], bytes]] = {
    "CRLF": lambda text: text.replace("\n", "\r\n").encode(),
    "a byte order mark": lambda text: b"\xef\xbb\xbf" + text.encode(),
    "no final newline": lambda text: text.rstrip("\n").encode(),
    "a comment at every line": lambda text: _commented(text).encode(),
    "lists at the column of their key": lambda text: _again(text, default_flow_style=False).encode(),
    "eight blanks": lambda text: _again(text, default_flow_style=False, indent=8).encode(),
    "flow style": lambda text: _again(text, default_flow_style=True, width=120).encode(),
    "all quoted": lambda text: _again(text, default_style='"').encode(),
    "JSON": lambda text: json.dumps(plain(next(documents(text, ""))), indent=1).encode(),
    "all of it": lambda text: b"\xef\xbb\xbf" + _commented(text).replace("\n", "\r\n").rstrip().encode(),
}
"""Ways to write a Compose file; each is taken for some of those that stand alone."""

DOCKERFILE_STYLES: Mapping[str, Callable[[str], bytes]] = {
    "CRLF": lambda text: text.replace("\n", "\r\n").encode(),
    "a byte order mark": lambda text: b"\xef\xbb\xbf" + text.encode(),
    "no final newline": lambda text: text.rstrip("\n").encode(),
    "all of it": lambda text: b"\xef\xbb\xbf" + text.replace("\n", "\r\n").rstrip().encode(),
}


def _styled(files: Mapping[str, str], styles: Mapping[str, Callable[[str], bytes]], apart: int) -> Iterator[tuple[str, str, bytes]]:
    """Every file in one style more, and none of them in the same one as its neighbour."""
    names = tuple(styles)
    for number, (name, text) in enumerate(files.items()):
        style = names[number * apart % len(names)]
        yield name, f"{name}, {style}", styles[style](text)


def _projects() -> Iterator[tuple[str, Project]]:
    single = dict(_single())
    yield from single.items()
    yield from _folders()
    texts = {name: single[name].files["compose.yaml"].decode() for name in tuple(single)[::3]}
    for name, styled, raw in _styled(texts, STYLES, 3):
        yield styled, Project({**single[name].files, "compose.yaml": raw})


def _dockerfiles() -> Iterator[tuple[str, bytes]]:
    own = {path.stem: path.read_text("utf-8") for path in sorted((FOLDER / "dockerfiles").glob("*.Dockerfile"))}
    for name, text in own.items():
        yield name, text.encode()
    for _, styled, raw in _styled(dict(tuple(own.items())[:40]), DOCKERFILE_STYLES, 1):
        yield styled, raw


PROJECTS: Mapping[str, Project] = dict(_projects())
DOCKERFILES: Mapping[str, bytes] = dict(_dockerfiles())
