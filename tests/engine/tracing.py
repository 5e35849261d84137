"""Runs one image as `seawall observe` does, loosely and traced."""

import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from tests.engine.running import new_name
from wizard.engine.docker import Docker
from wizard.observe.seen import Seen, Watcher

Use = Callable[[str], bool]
"""Uses a container by its name: whether it did what was asked of it."""


@contextmanager
def running(words: Sequence[str], before: Callable[[str], None] = lambda _: None) -> Iterator[str]:
    """A container made by `docker create` and started; `before` is called between."""
    name = new_name("traced")
    subprocess.run(["docker", "create", "--name", name, *words], check=True, capture_output=True, text=True, timeout=60)
    try:
        before(name)
        subprocess.run(["docker", "start", name], check=True, capture_output=True, text=True, timeout=60)
        yield name
    finally:
        subprocess.run(["docker", "rm", "--force", "--volumes", name], capture_output=True, timeout=60)


def within(seconds: float, question: Callable[[], bool]) -> bool:
    """Whether something comes true in time."""
    end = time.monotonic() + seconds
    while not (true := question()) and time.monotonic() < end:
        time.sleep(0.1)
    return true


def traced(watcher: Watcher, image: str, use: Use, service: dict[str, Any] | None = None, options: Sequence[str] = (), seconds: float = 30) -> Seen:
    """What a watcher sees of an image until it was used, or ended by itself, and then stopped."""
    docker = Docker()
    with watcher:
        made = watcher.prepared(service or {}, docker.inspect("image", image))
        mounts = [f"type=bind,src={one['source']},dst={one['target']},readonly" for one in made.get("volumes", ())]
        entry, command = made.get("entrypoint"), [word.replace("$$", "$") for word in made.get("command", ())]
        words = [
            *options,
            *(part for mount in mounts for part in ("--mount", mount)),
            *(["--entrypoint", entry[0]] if entry else []),
            image,
            *command,
        ]
        with running(words, lambda name: watcher.created(docker.inspect("container", name)["Id"])) as name:
            watcher.started(name)
            used = within(seconds, lambda: use(name) or not docker.inspect("container", name)["State"]["Running"])
            watcher.stopping()
            subprocess.run(["docker", "stop", "--time", "10", name], check=True, capture_output=True, timeout=60)
            assert used, subprocess.run(["docker", "logs", name], capture_output=True, text=True).stderr[-2000:]
            return watcher.seen()


def inside(*command: str) -> Use:
    """A command in the container that has to succeed."""
    return lambda name: subprocess.run(["docker", "exec", name, *command], capture_output=True, timeout=60).returncode == 0
