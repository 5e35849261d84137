"""A watcher that traces: see `wizard.observe.seen.Watcher` for what is called when."""

import contextlib
import os
import shutil
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self, get_args

from msgspec.structs import replace

from wizard.engine import labelled
from wizard.engine.docker import Docker
from wizard.engine.process import Process
from wizard.errors import SeawallError
from wizard.observe.seen import NotLearned, Seen, What
from wizard.observe.tracing import launcher
from wizard.observe.tracing.account import Account
from wizard.observe.tracing.base_calls import BASE
from wizard.observe.tracing.capabilities import Capabilities
from wizard.observe.tracing.following import Following
from wizard.observe.tracing.here import why_not
from wizard.observe.tracing.threads import Place, Thread

FOLDER = "seawall-trace-"
"""What folders of launchers are called; `labelled.sweep_folders` removes those that killed runs left."""
_WAIT, _PAUSE = 10.0, 0.005


class Tracing:
    """Traces one container, or says in `not_learned` why it does not; the container runs in either case."""

    def __init__(self, docker: Docker) -> None:
        self._docker = docker
        self._account = Account()
        self._capabilities = Capabilities()
        self._following: Following | None = None
        self._is_followed = False
        self._folder: Path | None = None
        self._why_not = ""

    def __enter__(self) -> Self:
        self._why_not = why_not(self._docker)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._folder:
            # Whoever still waits for us goes on.
            with contextlib.suppress(SeawallError):
                launcher.release(self._folder, 0, lambda: True)
        if self._following:
            self._following.end()
        self._capabilities.finish()
        if self._folder:
            shutil.rmtree(self._folder, ignore_errors=True)

    def prepared(self, service: Mapping[str, Any], image: Mapping[str, Any]) -> dict[str, Any]:
        """The service with a launcher before its program; the words of the program, its user, folder and variables stay."""
        program = program_of(service, image["Config"])
        if self._why_not or not program:
            self._why_not = self._why_not or "neither the image nor the service names a program"
            return dict(service)
        self._folder = Path(labelled.folder(FOLDER))
        launcher.lay_out(self._folder)
        first, *rest = launcher.words(program, _environment(service, image["Config"]))
        mount = {"type": "bind", "source": str(self._folder), "target": launcher.INSIDE, "read_only": True}
        escaped = [word.replace("$", "$$") for word in rest]
        return {**service, "entrypoint": [first], "command": escaped, "volumes": [*(service.get("volumes") or ()), mount]}

    def created(self, container: str) -> None:
        """Nothing is to be done yet."""

    def started(self, container: str) -> None:
        """Follow the launcher, and let it go on."""
        if not self._folder:
            return
        process = self._waiting(container)
        try:
            self._account.begin(process.pid, _thread(process))
            self._capabilities.start(process)
            self._following = Following(process, self._account.take)
            self._following.start()
            self._is_followed = True
        except SeawallError as error:
            self._why_not = str(error)
        launcher.release(self._folder, _WAIT, lambda: Path(f"/proc/{process.pid}").exists())

    def stopping(self) -> None:
        """What happens while it stops is of interest, too."""

    def seen(self) -> Seen:
        """What the trace says; all of it unknown where there was none."""
        granted = self._capabilities.finish()
        if not self._following or not self._is_followed:
            return _only(granted, self._why_not)
        complete = self._following.wait()
        traced = self._account.seen()
        if not self._account.has_begun:
            return _only(Seen(), "its program did not start")
        cut = () if complete else (NotLearned("writes", "processes of the container went on after it had stopped"),)
        return replace(
            traced,
            capabilities=granted.capabilities or (self._account.guessed_capabilities() if granted.not_learned else ()),
            calls=traced.calls | BASE,
            not_learned=(*traced.not_learned, *granted.not_learned, *cut),
        )

    def _waiting(self, container: str) -> Process:
        """The launcher in its container. Raises SeawallError where it is not there in time."""
        end = time.monotonic() + _WAIT
        while time.monotonic() < end:
            state = self._docker.inspect("container", container)["State"]
            if not state["Running"] or not state["Pid"]:
                raise SeawallError(f"it did not start: {state.get('Error') or state['Status']} (exit code {state['ExitCode']})")
            with contextlib.suppress(SeawallError):  # an init has no child yet
                process = Process(state["Pid"]).first_of_service()
                if process.arguments()[:1] == (f"{launcher.INSIDE}/{launcher.PROGRAM}",):
                    return process
            time.sleep(_PAUSE)
        raise SeawallError("the launcher did not begin in its container")


def program_of(service: Mapping[str, Any], config: Mapping[str, Any]) -> tuple[str, ...]:
    """The words that a service begins with, put together as the engine does; none where nobody names any."""
    entrypoint, command = service.get("entrypoint"), _words(service.get("command"))
    if not entrypoint:
        # An entry point of the service's own takes the image's command away; an empty one only its entry point.
        command = command or tuple(config.get("Cmd") or ())
        own = tuple(config.get("Entrypoint") or ()) if entrypoint is None else ()
        return (*own, *command)
    return (*_words(entrypoint), *command)


def _words(said: object) -> tuple[str, ...]:
    """Words as Compose prints them, with each `$` twice, as the engine gets them."""
    return tuple(str(word).replace("$$", "$") for word in said) if isinstance(said, (list, tuple)) else ()


def _environment(service: Mapping[str, Any], config: Mapping[str, Any]) -> dict[str, str]:
    found = {name: value for name, _, value in (entry.partition("=") for entry in config.get("Env") or ())}
    said = service.get("environment") or {}
    return found | {name: str(value).replace("$$", "$") for name, value in said.items() if value is not None}


def _thread(process: Process) -> Thread:
    uid, gid = (int(process.status(field).split()[1]) for field in ("Uid", "Gid"))
    try:
        folder = os.readlink(process.proc / str(process.pid) / "cwd")
    except OSError as error:
        raise SeawallError(f"the launcher's folder cannot be read ({error.strerror})") from None
    return Thread(launcher.PROGRAM, Place(folder), uid, gid)


def _only(granted: Seen, why: str) -> Seen:
    """What the kernel says of capabilities, where that is all; everything else is unknown."""
    known = {"capabilities"} if granted.capabilities or not granted.not_learned else set()
    return replace(granted, not_learned=tuple(NotLearned(what, why) for what in get_args(What) if what not in known))
