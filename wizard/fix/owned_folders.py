"""The folders that a program keeps data in: which of them a Dockerfile has yet to make for its user, and how."""

import re
from collections.abc import Collection, Sequence

from wizard.check.source import Place
from wizard.fix.dockerfile_spans import Laid
from wizard.fix.known_writes import working_folder
from wizard.fix.refusal import NotEditable

_PLAIN = re.compile(r"/[A-Za-z0-9_.@%+,=-]+(?:/[A-Za-z0-9_.@%+,=-]+)*")
_SYSTEM = frozenset((
    "/bin", "/boot", "/dev", "/etc", "/home", "/lib", "/lib32", "/lib64", "/media", "/mnt", "/opt", "/proc", "/root", "/run", "/sbin", "/srv", "/sys",
    "/usr", "/usr/bin", "/usr/lib", "/usr/local", "/usr/sbin", "/usr/share", "/var", "/var/lib", "/var/log", "/var/run",
))  # fmt: skip
_OPEN_TO_ALL = frozenset(("/tmp", "/var/tmp", "/dev/shm"))


def folders_to_make(whole: Sequence[Laid], owned: Sequence[str], names: Collection[str], place: Place) -> tuple[str, ...]:
    """Those of `owned` that no instruction gives to the user yet, who is called by these names and numbers.

    Raises NotEditable for one that is a part of the system, or holds the code.
    """
    found = []
    working = working_folder(whole)
    for path in dict.fromkeys(path.rstrip("/") or "/" for path in owned):
        if path in _OPEN_TO_ALL or path.startswith("/tmp/") or any(_gives(one, path, names) for one in whole):
            continue
        if path == "/" or path in _SYSTEM or ".." in path.split("/") or not _PLAIN.fullmatch(path):
            raise NotEditable(place, f"the folder {path} is given to no user here: it is a part of the system, or oddly named")
        if f"{working}/".startswith(f"{path}/"):
            raise NotEditable(place, f"it writes to {path}, where its code is, which it could change then: have it write to a folder of its own")
        found.append(path)
    return tuple(found)


def own_command(folders: Sequence[str], user: tuple[int, int]) -> str:
    """Makes the folders, and gives them to the user with what is in them."""
    paths = " ".join(folders)
    return f"mkdir -p {paths} && chown -R {user[0]}:{user[1]} {paths}"


def _gives(one: Laid, path: str, names: Collection[str]) -> bool:
    """Whether an instruction gives a folder to the user, as far as its text says: then it is left to that."""
    instruction = one.instruction
    if instruction.name == "RUN":
        if not re.search(rf"(?<![\w/.-]){re.escape(path)}(?![\w.-])", one.code):
            return False
        owners = re.findall(r"\bchown\s+(?:-\S+\s+)*([\w.:-]+)|\binstall\s[^&|;]*?(?:-o|--owner)[\s=]*([\w-]+)", one.code)
        given = any((owner or other).partition(":")[0] in names for owner, other in owners)
        return given or bool(re.search(r"\bchmod\s+(?:-\S+\s+)*[0-7]?[0-7]?77[0-7]?\b", one.code))
    owner = next((flag.partition("=")[2] for flag in instruction.flags if flag.startswith("--chown=")), "")
    target = instruction.words[-1].rstrip("/") if instruction.words else ""
    return instruction.name in ("COPY", "ADD") and owner.partition(":")[0] in names and target == path
