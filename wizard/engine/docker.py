"""The docker command of this machine. Which engine it speaks to is the environment's matter (DOCKER_HOST, contexts)."""

import json
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from wizard.engine.running import Hear, Stop, run
from wizard.errors import NoEngineError, SeawallError

_NO_ENGINE = ("Cannot connect to the Docker daemon", "failed to connect to the docker API", "error during connect", "permission denied while trying")
_UNKNOWN = ("No such", "not found")


@dataclass(frozen=True)
class Docker:
    """Asks the engine by way of the command line; every question has a time-out, in seconds."""

    command: str = "docker"
    timeout: float = 30
    stop: Stop = field(default_factory=Stop, compare=False)
    """Breaks off whatever it asks, from another thread."""

    def unstopped(self) -> "Docker":
        """The same engine, for what has to be done also after somebody broke off."""
        return replace(self, stop=Stop())

    def version(self) -> str:
        """The engine's version. Raises NoEngineError when there is none that answers."""
        version = self._ask("version", "--format", "{{.Server.Version}}").strip()
        if not version:
            raise NoEngineError("the container engine does not say its version; is it running?")
        return version

    def inspect(self, kind: str, name: str) -> Mapping[str, Any]:
        """What the engine knows of a `container`, an `image` or a `network`. Raises SeawallError when there is none of that name."""
        try:
            found = json.loads(self._ask(kind, "inspect", "--", name))
        except json.JSONDecodeError:
            raise SeawallError(f"{self.command} {kind} inspect {name}: the answer is no JSON") from None
        if not isinstance(found, list) or len(found) != 1 or not isinstance(found[0], dict):
            raise SeawallError(f"{name}: there is no one {kind} of that name")
        return found[0]

    def info(self) -> Mapping[str, Any]:
        """What the engine says of itself and its machine. Raises SeawallError."""
        try:
            found = json.loads(self._ask("info", "--format", "{{json .}}"))
        except json.JSONDecodeError:
            raise SeawallError(f"{self.command} info: the answer is no JSON") from None
        if not isinstance(found, dict):
            raise SeawallError(f"{self.command} info: the answer is no mapping")
        return found

    def compose_version(self) -> str:
        """The version of Compose as a part of the docker command. Raises SeawallError where there is none."""
        return self._ask("compose", "version", "--short").strip()

    def do(self, words: Sequence[str], seconds: float, text: str = "", folder: str | None = None, hear: Hear | None = None) -> tuple[int, str]:
        """Run a docker command on an engine that answered before: its exit code and all that it said. Raises SeawallError after `seconds`.

        `text` is what it reads, `folder` where it is run, `hear` is told each line as it comes. Ctrl-C reaches the caller alone, who has to
        clean up by another command.
        """
        return run((self.command, *words), seconds, text, folder, hear, self.stop)

    def demand(self, words: Sequence[str], seconds: float, folder: str | None = None, hear: Hear | None = None) -> tuple[int, str]:
        """The same as `do`; raises NoEngineError as well where the engine went away meanwhile."""
        code, said = self.do(words, seconds, folder=folder, hear=hear)
        if code and any(sign in said for sign in _NO_ENGINE):
            raise NoEngineError(f"no container engine answers: {' '.join(said.split())[-200:]}")
        return code, said

    def _ask(self, *arguments: str) -> str:
        self.stop.check()
        try:
            done = subprocess.run([self.command, *arguments], capture_output=True, encoding="utf-8", errors="replace",
                                  stdin=subprocess.DEVNULL, timeout=self.timeout, check=False)  # fmt: skip
        except (FileNotFoundError, PermissionError):
            raise NoEngineError(f"no {self.command} command here; install Docker, or start where it is") from None
        except subprocess.TimeoutExpired:
            raise NoEngineError(f"the container engine did not answer within {self.timeout:g} s ({self.command} {arguments[0]})") from None
        if done.returncode == 0:
            return done.stdout
        said = next((line for line in reversed(done.stderr.splitlines()) if line.strip()), f"exit {done.returncode}").strip()
        if any(sign in done.stderr for sign in _NO_ENGINE):
            raise NoEngineError(f"no container engine answers: {said}")
        if any(sign in said for sign in _UNKNOWN):
            raise SeawallError(f"{arguments[-1]}: there is no such {arguments[0]}")
        raise SeawallError(f"{self.command} {' '.join(arguments[:2])}: {said}")
