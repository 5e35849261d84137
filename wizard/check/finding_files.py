"""Which files a run judges: Compose files and Dockerfiles of the folders that are given, less what .gitignore leaves out."""

import os
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from msgspec import Struct

from wizard.errors import UsageError

BASES = ("compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml")
"""In the order in which Compose looks for them: only the first that there is counts."""
OVERRIDES = ("compose.override.yml", "compose.override.yaml", "docker-compose.override.yml", "docker-compose.override.yaml")
_COMPOSE = re.compile(r"(docker-)?compose([._-][\w.-]+)?\.ya?ml\Z")
_DOCKERFILE = re.compile(r"(.*[._-])?(dockerfile|containerfile)([._-].*)?\Z", re.I)
_NO_DOCKERFILE = re.compile(r"\.(dockerignore|md|txt|py|js|ts|go|ya?ml|json|sh|html|orig|bak|j2)\Z", re.I)
_PASSED_OVER = frozenset((".git", ".hg", ".svn", "node_modules", "__pycache__", ".venv", ".tox", "vendor"))
_LONGEST = 262_144
"""Bytes of a .gitignore, or of a file without a name that says what it is, that are looked at."""
_STARS = 3
"""Stars in one part of a pattern."""
MOST = 100_000
"""Folders of one run; more are an error rather than an endless search."""


class Group(Struct, frozen=True):
    """Compose files that are judged together, later ones over earlier ones.

    Of an `extra` one (compose.prod.yaml) only its own lines are reported: what stands in the base is reported there.
    """

    paths: tuple[Path, ...]
    extra: bool = False


class Files(Struct, frozen=True):
    """What a run judges, in a fixed order."""

    groups: tuple[Group, ...]
    dockerfiles: tuple[Path, ...]


def is_dockerfile(name: str) -> bool:
    """Whether a file is named like a Dockerfile."""
    return bool(_DOCKERFILE.match(name)) and not _NO_DOCKERFILE.search(name)


def _begins_like_one(path: Path) -> bool:
    """Whether a file that was named, and has no name that says what it is, has the first instruction of a Dockerfile."""
    if path.suffix in (".yaml", ".yml", ".json") or not path.is_file():
        return False
    with open(path, "rb") as file:
        return bool(re.search(rb"^\s*FROM\s+\S", file.read(_LONGEST), re.M | re.I))


def find(paths: Sequence[Path]) -> Files:
    """The files among `paths`, and those in the folders among them. Raises UsageError for a path that there is not."""
    compose: dict[Path, None] = {}
    dockerfiles: dict[Path, None] = {}
    for path in paths:
        if path.is_dir():
            for file in _in_folder(path):
                (dockerfiles if is_dockerfile(file.name) else compose)[file] = None
        elif path.exists():
            (dockerfiles if is_dockerfile(path.name) or _begins_like_one(path) else compose)[path] = None
        else:
            raise UsageError(f"{path}: no such file or folder")
    return Files(tuple(_groups(compose)), tuple(dockerfiles))


def _groups(files: Iterable[Path]) -> Iterator[Group]:
    """Each base with its override, as Compose merges them by itself; every other file over the base beside it."""
    done: set[tuple[Path, ...]] = set()
    for file in files:
        folder = file.parent
        base = next((folder / name for name in BASES if (folder / name).is_file()), None)
        if file.name in (*BASES, *OVERRIDES) and base and (file == base or file.name in OVERRIDES):
            override = next((folder / name for name in OVERRIDES if (folder / name).is_file()), None)
            group = Group((base, override) if override else (base,))
        elif file.name in BASES or not _COMPOSE.match(file.name) or base is None:
            group = Group((file,))
        else:
            group = Group((base, file), extra=True)
        if group.paths not in done:
            done.add(group.paths)
            yield group


def _in_folder(root: Path) -> Iterator[Path]:
    """The files of a folder that are judged, in order. Links to folders are not followed, so there is no loop."""
    ignored = _Ignored()
    for above in _above(root):
        ignored.enter(above)
    for seen, (here, folders, files) in enumerate(os.walk(root, followlinks=False)):
        if seen > MOST:
            raise UsageError(f"{root}: more than {MOST} folders; give the ones to judge")
        folder = Path(here)
        ignored.enter(folder)
        folders[:] = sorted(name for name in folders if name not in _PASSED_OVER and not ignored.has(folder / name, True))
        for name in sorted(files):
            if (_COMPOSE.match(name) or is_dockerfile(name)) and not ignored.has(folder / name, False):
                yield folder / name


def _above(root: Path) -> Sequence[Path]:
    """The folders around one, from its repository's own on, whose .gitignore counts for it as well; none outside of a repository."""
    here = Path(os.path.abspath(root))
    around = [here, *here.parents]
    top = next((number for number, folder in enumerate(around) if (folder / ".git").exists()), 0)
    return around[top:0:-1]


class _Ignored:
    """The .gitignore files of a folder and of those inside it, as git reads them: the nearest that says something decides."""

    def __init__(self) -> None:
        self.specs: list[tuple[Path, Any]] = []

    def enter(self, folder: Path) -> None:
        """Read the .gitignore of a folder; what it says is for that folder alone."""
        try:
            text = (folder / ".gitignore").read_bytes()[:_LONGEST].decode("utf-8", "replace")
        except OSError:
            return
        self.specs.append((Path(os.path.abspath(folder)), _patterns(text.splitlines())))

    def has(self, path: Path, folder: bool) -> bool:
        """Whether a path is left out."""
        path = Path(os.path.abspath(path)) if self.specs else path
        for where, spec in reversed(self.specs):
            if path.is_relative_to(where):
                said = spec.check_file(path.relative_to(where).as_posix() + "/" * folder).include
                if said is not None:
                    return bool(said)
        return False


def _patterns(lines: Sequence[str]) -> Any:
    """The lines of a .gitignore as one rule, without those that are no pattern (`!` alone, `[a-Z]`): git passes over them, too."""
    from pathspec import GitIgnoreSpec

    # Three stars in a row say no more than one. Many stars in one name could take for ever to match: what they leave out is judged.
    kept = [line for line in (re.sub(r"\*{3,}", "*", line) for line in lines) if all(part.count("*") <= _STARS for part in line.split("/"))]
    try:
        return GitIgnoreSpec.from_lines(kept)
    except (ValueError, re.error):
        return GitIgnoreSpec.from_lines(line for line in kept if _is_pattern(line))


def _is_pattern(line: str) -> bool:
    from pathspec import GitIgnoreSpec

    try:
        GitIgnoreSpec.from_lines([line])
    except (ValueError, re.error):
        return False
    return True
