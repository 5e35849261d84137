"""Projects as people have them: they work, and nothing in them is hardened. What each keeps is kept through the service itself."""

import json
import re
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.engine.running import Engine, Running, free_port, new_name, until

HERE = Path(__file__).parent
_PORT = re.compile(r"\b2\d{4}\b")
_PATIENCE = 180.0
"""Seconds; a database that is made on a busy machine takes more than a minute."""
_QUICKLY = {"up": ("--timeout", "2"), "restart": ("--timeout", "2"), "down": ("--timeout", "2")}
"""What is not hardened yet ignores the signal to stop for ten seconds."""


@dataclass
class Insecure(Running):
    """A project of somebody else: the Compose files are those that Compose finds by itself, and the folder's name is the project's."""

    stack: str = ""

    def compose(self, *arguments: str, timeout: float = 300, check: bool = True, build: bool = False) -> str:
        """The output of a docker compose command for this project."""
        command, *rest = arguments
        return self.engine.run("compose", "--progress", "quiet", command, *_QUICKLY.get(command, ()), *rest,
                               cwd=self.folder, timeout=timeout, check=check, build=build)  # fmt: skip

    @property
    def definition(self) -> dict[str, Any]:
        """What Compose makes of its files, as data."""
        data: dict[str, Any] = json.loads(self.compose("config", "--format", "json"))
        return data

    def keep(self, note: str) -> None:
        """Have the service keep a note, as soon as it does."""
        until(lambda: KEPT[self.stack].keep(self, note), lambda kept: kept, _PATIENCE)

    def kept(self) -> object:
        """All that the service gives back, as soon as it answers."""
        return until(lambda: KEPT[self.stack].kept(self), lambda seen: seen is not None, _PATIENCE)


@dataclass(frozen=True)
class Kept:
    """How a note gets into a service, if it does, and how all of them get out; None where it does not answer yet."""

    keep: Callable[[Insecure, str], bool]
    kept: Callable[[Insecure], object]


def _web(path: str = "/") -> Kept:
    def kept(project: Insecure) -> object:
        status, body = project.ask(path)
        return json.loads(body) if status == 200 else None

    return Kept(lambda project, note: project.ask(path, note.encode())[0] == 201, kept)


def _sql(project: Insecure, words: str) -> str:
    """Over the network and with the password, so that both are what they were."""
    address = "postgresql://postgres:example@postgres/archive"
    return project.compose("exec", "-T", "postgres", "psql", "-At", "-v", "ON_ERROR_STOP=1", address, "-c", words, check=False)


def _redis(project: Insecure, *words: str) -> str:
    client = ("redis-cli", "-h", "redis", "-a", "hunter2", "--no-auth-warning")
    return project.compose("exec", "-T", "redis", *client, *words, check=False)


KEPT: Mapping[str, Kept] = {
    **dict.fromkeys(("shop", "blog", "odd", "layered", "gopher", "steps"), _web()),
    "site": _web("/notes"),
    "archive": Kept(
        lambda project, note: (
            "INSERT 0 1" in _sql(project, f"CREATE TABLE IF NOT EXISTS notes (text text); INSERT INTO notes VALUES ('{note}')").splitlines()
        ),
        lambda project: _sql(project, "SELECT text FROM notes").split() or None,
    ),
    "queue": Kept(
        lambda project, note: _redis(project, "rpush", "notes", note).strip().isdecimal(),
        lambda project: _redis(project, "lrange", "notes", "0", "-1").split() or None,
    ),
}
"""By the name of the stack."""


def copied(engine: Engine, stack: str, parent: Path) -> Insecure:
    """A project in a folder of its own, with free ports in place of those that its author took."""
    name = new_name(stack)
    folder = parent / name
    shutil.copytree(HERE / stack, folder)
    for dockerfile in folder.rglob("Dockerfile"):
        if "app.py" in dockerfile.read_text():
            shutil.copy(HERE / "notes.py", dockerfile.parent / "app.py")
    port = 0
    for file in folder.glob("*compose*"):
        text = file.read_bytes().decode()
        for taken in _PORT.findall(text):
            free = free_port()
            port = port or free
            text = text.replace(taken, str(free))
        file.write_bytes(text.encode())
    return Insecure(engine, folder, name, port, stack=stack)
