"""Volumes that may hold data of another user: asked of the engine, by the names that Compose gives them."""

import os
import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from msgspec import Struct

from wizard.engine.docker import Docker
from wizard.errors import SeawallError

_SECONDS = 20.0


class Volume(Struct, frozen=True):
    """A volume of a service: what the engine calls it, where it is mounted, and the project that it belongs to."""

    name: str
    target: str
    project: str = ""


def held(project: Mapping[str, Any], mounts: Mapping[str, str], folder: Path) -> tuple[Volume, ...]:
    """Those of `mounts` (targets by the names that the file has for them) that the engine has, or may have where there is none to ask.

    `project` is what Compose makes of the files, or nothing where it does not say; then every volume that may be meant counts. So do
    those of projects that were started from `folder` under another name (`docker compose -p`).
    """
    if not mounts:
        return ()
    own, known = str(project.get("name", "")), project.get("volumes") or {}
    names = {key: str((known.get(key) or {}).get("name") or f"{own}_{key}") for key in mounts}
    try:
        there = _asked("volume", "ls", "--format", f"{{{{.Name}}}}\t{_label('project')}\t{_label('volume')}")
        started = _asked("ps", "--all", "--format", f"{_label('project.working_dir')}\t{_label('project')}")
    except (SeawallError, OSError):
        return tuple(Volume(names[key], target, own) for key, target in mounts.items())
    here = {name for where, name in started if where and os.path.realpath(where) == os.path.realpath(folder)}
    return tuple(
        Volume(name, mounts[key], owner)
        for key in mounts
        for name, owner, volume in there
        if name == names[key] or (volume == key and (owner in here or not own))
    )


def _asked(*words: str) -> list[list[str]]:
    """What the engine lists, by columns. Raises SeawallError where it does not."""
    code, said = Docker().do(words, _SECONDS)
    if code:
        raise SeawallError(f"docker {words[0]} failed")
    return [line.split("\t") for line in said.splitlines()]


def _label(name: str) -> str:
    return f'{{{{.Label "com.docker.compose.{name}"}}}}'


def taking_over(volume: Volume, image: str, uid: int, gid: int) -> tuple[str, ...]:
    """The command that gives what is in a volume to a user, once: in a container that may do that and nothing else."""
    return ("docker", "run", "--rm", "--network", "none", "--user", "0:0", "--cap-drop", "ALL", "--cap-add", "CHOWN", "--cap-add", "DAC_READ_SEARCH",
            "--volume", f"{volume.name}:{volume.target}", "--entrypoint", "chown", image, "-R", f"{uid}:{gid}", volume.target)  # fmt: skip


def spelled(words: Sequence[str]) -> str:
    """A command as a shell takes it."""
    return shlex.join(words)
