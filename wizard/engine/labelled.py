"""What is made on the engine for a while carries a label with its owner, so that the next run removes what a killed one left.

The label names this machine and process. Nothing without it is ever touched, and nothing whose owner still runs.
"""

import os
import platform
import shutil
import tempfile
from pathlib import Path

from wizard.engine.docker import Docker
from wizard.errors import SeawallError

SECONDS = 60
_KINDS = {"container": ("ls", "--all"), "network": ("ls",), "volume": ("ls",), "image": ("ls",)}
"""In the order of removal: what is in use by what comes before it."""


def owner() -> str:
    """The value of the label for what this process makes."""
    return f"{platform.node()}/{os.getpid()}"


def sweep(docker: Docker, label: str) -> None:
    """Remove what killed runs of this machine left under a label. Raises NoEngineError."""
    for kind, listing in _KINDS.items():
        for found, whose in _listed(docker, kind, listing, label):
            if is_gone(whose):
                _remove(docker, kind, found)


def remove(docker: Docker, label: str, whose: str) -> tuple[str, ...]:
    """Remove everything of one owner; what is left, as `container NAME`, since the engine would not."""
    left = []
    for kind, listing in _KINDS.items():
        for found, _ in _listed(docker, kind, listing, f"{label}={whose}"):
            if not _remove(docker, kind, found):
                left.append(f"{kind} {found}")
    return tuple(left)


def folder(prefix: str) -> str:
    """A folder of this process for a while, which only this user may enter: its path."""
    return tempfile.mkdtemp(prefix=f"{prefix}{os.getpid()}-")


def sweep_folders(prefix: str) -> None:
    """Remove the folders that killed runs of this machine left."""
    for path in Path(tempfile.gettempdir()).glob(f"{prefix}*-*"):
        if is_gone(f"{platform.node()}/{path.name.removeprefix(prefix).partition('-')[0]}"):
            shutil.rmtree(path, ignore_errors=True)


def is_gone(whose: str) -> bool:
    """Whether the label names a process of this machine that has ended."""
    node, _, pid = whose.rpartition("/")
    if node != platform.node() or not pid.isdigit():
        return False
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except OSError:
        pass
    return False


def _listed(docker: Docker, kind: str, listing: tuple[str, ...], label: str) -> list[tuple[str, str]]:
    """Names or ids of a kind with a label, each with the label's value."""
    name = "{{.Name}}" if kind == "volume" else "{{.ID}}"
    key = label.partition("=")[0]
    form = name if kind == "image" else f'{name} {{{{.Label "{key}"}}}}'
    _, said = docker.do((kind, *listing, "--filter", f"label={label}", "--format", form), SECONDS)
    found = [(line.partition(" ")[0], line.partition(" ")[2]) for line in said.splitlines()]
    return list(dict.fromkeys((one, _of_image(docker, one, key) if kind == "image" else whose) for one, whose in found))


def _of_image(docker: Docker, image: str, key: str) -> str:
    try:
        return str((docker.inspect("image", image)["Config"].get("Labels") or {}).get(key, ""))
    except SeawallError:
        return ""  # somebody else was faster


def _remove(docker: Docker, kind: str, name: str) -> bool:
    options = {"container": ("--force", "--volumes"), "network": ()}.get(kind, ("--force",))
    code, said = docker.do((kind, "rm", *options, name), SECONDS)
    return code == 0 or "No such" in said or "not found" in said
