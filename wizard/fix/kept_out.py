"""Secrets that moved into files are kept out of the images that are built from the folders around them."""

import os
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from wizard.check.judging import Seen
from wizard.check.source import NotReadError
from wizard.fix.edited import Texts

_COPIES = re.compile(r"^\s*(?:COPY|ADD)\s+(?!.*--from=)(.*)$", re.I | re.M)
_WHOLE = frozenset((".", "./", "/", "*", "./*"))
_NOTE = "# Added by seawall fix: not for the image."


def kept_out(texts: Texts, services: Iterable[tuple[Seen, Path]], secrets: Iterable[Path], copies: Iterable[Path]) -> Texts:
    """The texts with ignore files that name what a build would copy of `secrets`, and with these of `copies` of what they stood in.

    `services` are given with the folder that their paths begin at. Raises NotReadError for an ignore file that cannot be read.
    """
    secret, copied = ([Path(os.path.abspath(path)) for path in paths] for paths in (secrets, copies))
    for one, folder in services:
        if not one.dockerfile:
            continue
        context = Path(os.path.abspath(folder / str(one.foreign.fragment["build"].get("context", "."))))
        inside = any(path.is_relative_to(context) for path in secret)
        if inside and any(_takes_all(source) for source in _sources(texts.text(one.dockerfile))):
            private = (path.relative_to(context).as_posix() for path in (*secret, *copied) if path.is_relative_to(context))
            lines = [_pattern(path, one.dockerfile) for path in private]
            texts = _added(texts, _ignore_file(texts, one.dockerfile, context), lines)
    return texts


def _sources(dockerfile: str) -> Iterator[str]:
    """What is copied from the context, word by word; a target among them does no harm."""
    for found in _COPIES.finditer(dockerfile.replace("\\\n", " ")):
        yield from (word for word in re.split(r"[\s\[\]\",]+", found[1]) if word and not word.startswith("--"))


def _takes_all(source: str) -> bool:
    return source in _WHOLE or "$" in source or source.removeprefix("./").startswith("secrets")


def _pattern(path: str, name: str) -> str:
    """A path as a rule that means it and nothing else. Raises NotReadError for one that no rule can name."""
    if not path.isprintable():
        raise NotReadError(name, "its context holds a secret in a folder whose name no ignore file can say")
    return re.sub(r"([\\*?\[\]!#])", r"\\\1", path)


def _ignore_file(texts: Texts, dockerfile: str, context: Path) -> str:
    """The file that counts for a Dockerfile: one of its own name where there is one."""
    own = texts.root / f"{dockerfile}.dockerignore"
    return os.path.relpath(own if own.exists() else context / ".dockerignore", texts.root)


def _added(texts: Texts, name: str, lines: list[str]) -> Texts:
    """The rules at the end, where the last that matches wins."""
    there = name in texts.after or os.path.lexists(texts.root / name)
    text = texts.text(name) if there else ""
    lacking = [line for line in lines if line not in text.splitlines()]
    if not lacking:
        return texts
    line_break = "\r\n" if "\r\n" in text else "\n"
    head = text if not text or text.endswith("\n") else text + line_break
    whole = head + "".join(line + line_break for line in (_NOTE, *lacking))
    return texts.edited(name, whole) if there else Texts(texts.root, {**texts.after, name: whole}, {**texts.before, name: ""})
