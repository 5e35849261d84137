"""Volumes that may hold data of another user: asked of the engine, by the names that Compose gives them."""

import shlex
from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct

from wizard.engine.docker import Docker
from wizard.errors import SeawallError

_SECONDS = 20.0


class Volume(Struct, frozen=True):
    """A volume of a service: what the engine calls it, and where it is mounted."""

    name: str
    target: str


def held(volumes: Sequence[Volume]) -> tuple[Volume, ...]:
    """Those that the engine has, or may have where there is no engine to ask."""
    if not volumes:
        return ()
    try:
        code, said = Docker().do(("volume", "ls", "--quiet"), _SECONDS)
    except (SeawallError, OSError):
        return tuple(volumes)
    there = set(said.split())
    return tuple(volume for volume in volumes if code or volume.name in there)


def named(project: Mapping[str, Any], mounts: Mapping[str, str]) -> tuple[Volume, ...]:
    """The volumes of `mounts` (targets by the names that the file has for them) as Compose calls them in a project that it put together."""
    known = project.get("volumes") or {}
    return tuple(Volume(str((known.get(name) or {}).get("name") or f"{project.get('name')}_{name}"), target) for name, target in mounts.items())


def taking_over(volume: Volume, image: str, uid: int, gid: int) -> tuple[str, ...]:
    """The command that gives what is in a volume to a user, once: in a container that may do that and nothing else."""
    return ("docker", "run", "--rm", "--network", "none", "--user", "0:0", "--cap-drop", "ALL", "--cap-add", "CHOWN", "--cap-add", "DAC_READ_SEARCH",
            "--volume", f"{volume.name}:{volume.target}", "--entrypoint", "chown", image, "-R", f"{uid}:{gid}", volume.target)  # fmt: skip


def spelled(words: Sequence[str]) -> str:
    """A command as a shell takes it."""
    return shlex.join(words)
