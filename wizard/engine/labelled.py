"""What is made on the engine for a while carries a label with its owner, so that the next run removes what a killed one left.

The label names this machine and process. Nothing without it is ever touched, and nothing whose owner still runs.
"""

import contextlib
import os
import platform
import re
import shutil
import signal
import tempfile
import time
from pathlib import Path

from wizard.engine.docker import Docker
from wizard.errors import NoEngineError, SeawallError

SECONDS = 60
_TRIES, _PAUSE = 5, 0.5
_KINDS = {"container": ("ls", "--all"), "network": ("ls",), "volume": ("ls",), "image": ("ls",)}
"""In the order of removal: what is in use by what comes before it."""


def owner(pid: int | None = None) -> str:
    """The value of the label for what this process, or another one that runs, makes: the machine, the process, when it began."""
    pid = pid or os.getpid()
    return f"{platform.node()}/{pid}/{_began(pid)}"


def sweep(docker: Docker, label: str) -> None:
    """Remove what killed runs of this machine left under a label. Raises NoEngineError."""
    for kind, listing in _KINDS.items():
        for found, whose in _listed(docker, kind, listing, label):
            if is_gone(whose):
                _remove(docker, kind, found)


def remove(docker: Docker, label: str, whose: str) -> tuple[str, ...]:
    """Remove everything of one owner; what is left, as `container NAME`, since the engine would not. Raises NoEngineError."""
    left: list[str] = []
    for _ in range(_TRIES):
        left = []
        for kind, listing in _KINDS.items():
            found = [one for one, _ in _listed(docker, kind, listing, f"{label}={whose}")]
            left += [f"{kind} {one}" for one in found] if found and not _remove(docker, kind, *found) else []
        if not left:
            break
        # What a command that was broken off asked for may still come to be.
        time.sleep(_PAUSE)
    return tuple(left)


def folder(prefix: str) -> str:
    """A folder of this process for a while, which only this user may enter: its path."""
    return tempfile.mkdtemp(prefix=f"{prefix}{os.getpid()}-")


def sweep_folders(prefix: str) -> None:
    """Remove the folders that killed runs of this machine left."""
    for path in Path(tempfile.gettempdir()).glob(f"{prefix}*-*"):
        if is_gone(f"{platform.node()}/{path.name.removeprefix(prefix).partition('-')[0]}"):
            shutil.rmtree(path, ignore_errors=True)


def sweep_commands(prefix: str) -> None:
    """End commands of killed runs of this machine that go on without them, told by a word of theirs: the prefix and that run's number."""
    name = re.compile(re.escape(prefix.encode()) + rb"(\d+)-")
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = path.read_bytes().split(b"\0")
        except OSError:
            continue
        runs = {found[1].decode() for word in words if (found := name.match(word))}
        if b"--project-name" in words and any(is_gone(f"{platform.node()}/{run}") for run in runs):
            with contextlib.suppress(OSError):
                os.kill(int(path.parent.name), signal.SIGKILL)


def is_gone(whose: str) -> bool:
    """Whether the label names a process of this machine that has ended: its number may be another one's by now."""
    node, _, process = whose.partition("/")
    pid, _, began = process.partition("/")
    if node != platform.node() or not pid.isdigit():
        return False
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except OSError:
        pass
    return bool(began) and began != _began(int(pid))


def _began(pid: int) -> str:
    """When a process began, in ticks since the machine did; nothing where that is not to be known."""
    try:
        return Path(f"/proc/{pid}/stat").read_text("utf-8", "replace").rpartition(")")[2].split()[19]
    except (OSError, IndexError):
        return ""


def _listed(docker: Docker, kind: str, listing: tuple[str, ...], label: str) -> list[tuple[str, str]]:
    """Names or ids of a kind with a label, each with the label's value."""
    name = "{{.Name}}" if kind == "volume" else "{{.ID}}"
    key = label.partition("=")[0]
    form = name if kind == "image" else f'{name} {{{{.Label "{key}"}}}}'
    code, said = docker.demand((kind, *listing, "--filter", f"label={label}", "--format", form), SECONDS)
    if code:
        raise NoEngineError(f"the container engine does not list what it has: {' '.join(said.split())[-200:]}")
    found = [(line.partition(" ")[0], line.partition(" ")[2]) for line in said.splitlines()]
    return list(dict.fromkeys((one, _of_image(docker, one, key) if kind == "image" else whose) for one, whose in found))


def _of_image(docker: Docker, image: str, key: str) -> str:
    try:
        return str((docker.inspect("image", image)["Config"].get("Labels") or {}).get(key, ""))
    except NoEngineError:
        raise
    except SeawallError:
        return ""  # somebody else was faster


def _remove(docker: Docker, kind: str, *names: str) -> bool:
    """Whether all of them are gone."""
    options = {"container": ("--force", "--volumes"), "network": ()}.get(kind, ("--force",))
    try:
        code, said = docker.demand((kind, "rm", *options, *names), SECONDS)
    except NoEngineError:
        raise
    except SeawallError:
        return False  # not in time
    return code == 0 or all("No such" in line or "not found" in line for line in said.splitlines() if line not in names)
