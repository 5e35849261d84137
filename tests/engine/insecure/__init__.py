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


@dataclass
class Insecure(Running):
    """A project of somebody else: its Compose files are those that Compose finds by itself."""

    def compose(self, *arguments: str, timeout: float = 300, check: bool = True, build: bool = False) -> str:
        """The output of a docker compose command for this project."""
        return self.engine.run("compose", "--progress", "quiet", "-p", self.name, *arguments,
                               cwd=self.folder, timeout=timeout, check=check, build=build)  # fmt: skip

    @property
    def definition(self) -> dict[str, Any]:
        """What Compose makes of its files, as data."""
        data: dict[str, Any] = json.loads(self.compose("config", "--format", "json"))
        return data

    def keep(self, note: str) -> None:
        """Have the service keep a note."""
        KEPT[self.folder.name].keep(self, note)

    def kept(self) -> object:
        """All that the service gives back, as soon as it answers."""
        return until(lambda: KEPT[self.folder.name].kept(self), lambda seen: seen is not None)


@dataclass(frozen=True)
class Kept:
    """How a note gets into a service and out of it; None where it does not answer yet."""

    keep: Callable[[Insecure, str], None]
    kept: Callable[[Insecure], object]


def _web(path: str = "/") -> Kept:
    def keep(project: Insecure, note: str) -> None:
        status, body = project.ask(path, note.encode())
        assert status == 201, f"{status} {body}\n{project.logs()}"

    def kept(project: Insecure) -> object:
        status, body = project.ask(path)
        return json.loads(body) if status == 200 else None

    return Kept(keep, kept)


def _told(service: str, *client: str) -> Callable[[Insecure, str], str]:
    """Ask a server by its own client, over the network and with its password."""
    return lambda project, words: project.compose("exec", "-T", service, *client, words, check=False)


def _rows() -> Kept:
    sql = _told("postgres", "psql", "-At", "-v", "ON_ERROR_STOP=1", "postgresql://postgres:example@postgres/archive", "-c")

    def keep(project: Insecure, note: str) -> None:
        assert sql(project, f"CREATE TABLE IF NOT EXISTS notes (text text); INSERT INTO notes VALUES ('{note}')").endswith("INSERT 0 1\n")

    return Kept(keep, lambda project: sql(project, "SELECT text FROM notes").split() or None)


def _keys() -> Kept:
    script = _told("redis", "redis-cli", "-h", "redis", "-a", "hunter2", "--no-auth-warning", "eval")

    def keep(project: Insecure, note: str) -> None:
        said = project.compose("exec", "-T", "redis", "redis-cli", "-h", "redis", "-a", "hunter2", "--no-auth-warning", "rpush", "notes", note)
        assert said.strip().isdecimal(), said

    del script
    return Kept(keep, lambda project: _list(project))


def _list(project: Insecure) -> object:
    words = ("redis-cli", "-h", "redis", "-a", "hunter2", "--no-auth-warning", "lrange", "notes", "0", "-1")
    return project.compose("exec", "-T", "redis", *words, check=False).split() or None


KEPT: Mapping[str, Kept] = {
    "shop": _web(), "site": _web("/notes"), "blog": _web(), "odd": _web(), "layered": _web(), "gopher": _web(), "archive": _rows(),
    "steps": _web(), "queue": _keys(),
}  # fmt: skip
"""By the name of the folder."""


def copied(engine: Engine, name: str, folder: Path) -> Insecure:
    """A project in a folder of its own, with free ports in place of its own ones."""
    shutil.copytree(HERE / name, folder / name)
    for dockerfile in (folder / name).rglob("Dockerfile"):
        if "app.py" in (text := dockerfile.read_text()) or "COPY . ." in text and "python" in text:
            shutil.copy(HERE / "notes.py", dockerfile.parent / "app.py")
    port = 0
    for file in (folder / name).glob("*compose*"):
        text = file.read_bytes().decode()
        for taken in _PORT.findall(text):
            free = free_port()
            text = text.replace(taken, str(free))
            port = port or free
        file.write_bytes(text.encode())
    return Insecure(engine, folder / name, new_name(name), port)
