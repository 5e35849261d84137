"""The folders that a program keeps data in: which of them a Dockerfile has yet to make for its user, and how."""

import re
from collections.abc import Iterator, Sequence

from wizard.check.source import Place
from wizard.fix.dockerfile_spans import Laid
from wizard.fix.needs_root import exec_form
from wizard.fix.refusal import NotEditable

_PLAIN = re.compile(r"/[A-Za-z0-9_.@%+,=-]+(?:/[A-Za-z0-9_.@%+,=-]+)*")
_SYSTEM = frozenset((
    "/bin", "/boot", "/dev", "/etc", "/home", "/lib", "/lib32", "/lib64", "/media", "/mnt", "/opt", "/proc", "/root", "/run", "/sbin", "/srv", "/sys",
    "/usr", "/usr/bin", "/usr/lib", "/usr/local", "/usr/sbin", "/usr/share", "/var", "/var/lib", "/var/log", "/var/run",
))  # fmt: skip
_OPEN_TO_ALL = frozenset(("/tmp", "/var/tmp", "/dev/shm"))


def folders_to_make(whole: Sequence[Laid], here: Sequence[Laid], owned: Sequence[str], user: tuple[int, int], name: str) -> tuple[str, ...]:
    """Those of `owned`, and of VOLUME, that no instruction gives to somebody yet. Raises NotEditable for one that is a part of the system."""
    line = here[0].instruction.line if here else 1
    wanted = dict.fromkeys((*(path.rstrip("/") or "/" for path in owned), *_volumes(whole)))
    found = []
    for path in wanted:
        if path in _OPEN_TO_ALL or any(_gives(one, path, user) for one in whole):
            continue
        if path == "/" or path in _SYSTEM or ".." in path.split("/") or not _PLAIN.fullmatch(path):
            raise NotEditable(Place(name, line), f"the folder {path} is not given to a user here: it is a part of the system, or oddly named")
        found.append(path)
    return tuple(found)


def own_command(folders: Sequence[str], user: tuple[int, int]) -> str:
    """Makes the folders, and gives them to the user with what is in them."""
    paths = " ".join(folders)
    return f"mkdir -p {paths} && chown -R {user[0]}:{user[1]} {paths}"


def _volumes(whole: Sequence[Laid]) -> Iterator[str]:
    for one in whole:
        if one.instruction.name == "VOLUME":
            for path in exec_form(one.instruction.rest) or one.instruction.words:
                if "$" not in path and path.startswith("/"):
                    yield path.rstrip("/") or "/"


def _gives(one: Laid, path: str, user: tuple[int, int]) -> bool:
    """Whether an instruction gives a folder to somebody, as far as its text says: then it is left to that."""
    instruction = one.instruction
    if instruction.name == "RUN":
        return bool(re.search(rf"(?<![\w/.-]){re.escape(path)}(?![\w.-])", one.raw)) and bool(
            re.search(r"\bchown\b|\binstall\s[^&|;]*-o|\bchmod\s+(?:-\S+\s+)*[0-7]?[0-7]?77[0-7]?\b", one.raw)
        )
    owner = next((flag.partition("=")[2] for flag in instruction.flags if flag.startswith("--chown=")), "")
    target = instruction.words[-1].rstrip("/") if instruction.words else ""
    return instruction.name in ("COPY", "ADD") and bool(owner) and target == path
