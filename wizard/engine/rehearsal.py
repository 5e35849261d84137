"""A mistake on the engine, wrong or mended: what a person then sees. Everything that it makes is taken away again."""

import itertools
import os
import subprocess
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

from msgspec import Struct

from wizard.docker_run import flags, quoted
from wizard.engine.demo import IMAGE
from wizard.mistake import Mistake, Unshown
from wizard.mistakes import filled_in, lines_of, service_of, stands_in

SECONDS = 20
NAME, LABEL = "seawall-learn", "org.seawall.learn=yes"
"""How what it makes is named and marked."""
_COUNT = itertools.count()
_PAUSE = 0.2
_REMOVE = "docker rm --force --volumes $(docker ps --all --quiet --filter name=CONTAINER)"


class Seen(Struct, frozen=True):
    """What was said, and whether it was what was expected."""

    said: str
    expected: str

    @property
    def passed(self) -> bool:
        """Whether it was."""
        return stands_in(self.expected, self.said)


def rehearse(mistake: Mistake, mended: bool) -> Seen:
    """Run a mistake, or its mend, on an engine that answered before and has the image. Never raises for what goes wrong: that is what is seen."""
    with tempfile.TemporaryDirectory(prefix="seawall-") as folder:
        stage = _Stage(folder, _names(folder))
        try:
            said = _said(stage, mistake, mended)
        finally:
            _cleared(stage, mistake, mended)
    return Seen(said, mistake.instead if mended else mistake.shows)


def answer_of(excuse: Unshown) -> str:
    """What the command of an excuse prints now."""
    with tempfile.TemporaryDirectory(prefix="seawall-") as folder:
        stage = _Stage(folder, _names(folder))
        try:
            return stage.shell(excuse.command)
        finally:
            stage.shell(_REMOVE)


def _names(folder: str) -> Mapping[str, str]:
    return {"CONTAINER": f"{NAME}-{os.getpid()}-{next(_COUNT)}", "IMAGE": IMAGE, "FOLDER": folder, "DISK": _disk()}


def _said(stage: "_Stage", mistake: Mistake, mended: bool) -> str:
    said = stage.shell(f"{mistake.before}\n{lines_of(mistake, mended, 'shell')}")
    image = IMAGE
    if dockerfile := lines_of(mistake, mended, "Dockerfile"):
        image = stage.names["CONTAINER"]
        Path(stage.folder, "Dockerfile").write_text(filled_in(f"FROM IMAGE\n{dockerfile}\n", stage.names), encoding="utf-8")
        said += stage.shell("docker build --quiet --network none --tag CONTAINER - <Dockerfile >/dev/null 2>failed || cat failed")
    said += stage.shell(_start(stage, mistake, mended, image))
    if not mistake.look:
        return said
    end, wanted = time.monotonic() + SECONDS, mistake.instead if mended else mistake.shows
    while not stands_in(wanted, said + (seen := stage.shell(mistake.look))) and time.monotonic() < end:
        time.sleep(_PAUSE)
    return said + seen


def _start(stage: "_Stage", mistake: Mistake, mended: bool, image: str) -> str:
    """The command that starts it; where nobody looks from outside, it ends by itself and its exit code is said."""
    name, service = stage.names["CONTAINER"], service_of(mistake, mended)
    image = filled_in(service.pop("image", image), stage.names)
    apart = [] if {"networks", "network_mode", "ports"} & service.keys() else [("--network", "none")]
    given = (flag for key, value in service.items() for flag in flags(key, value, name, "app"))
    # Each flag is quoted before the words that stand for names are filled in: those are plain ones of ours.
    words = " ".join(filled_in(quoted(flag), stage.names) for flag in (*apart, *given))
    program = quoted((filled_in(mistake.program, stage.names),))
    started = f"docker run --pull never --name {name} --label {LABEL}"
    if mistake.look:
        return f"{started} --detach {words} {image} sh -c {program} 2>&1 >/dev/null"
    return f'{started} {words} {image} sh -c {program}; echo "exit code $?"'


def _cleared(stage: "_Stage", mistake: Mistake, mended: bool) -> None:
    commands = "docker rm --force --volumes CONTAINER"
    if "docker" in mistake.before:
        commands = f"{_REMOVE}; docker network rm $(docker network ls --quiet --filter name=CONTAINER)"
    if "volumes" in service_of(mistake, mended):
        commands += "; docker volume rm $(docker volume ls --quiet --filter name=CONTAINER)"
    if "docker" in mistake.before or lines_of(mistake, mended, "Dockerfile"):
        commands += "; docker image rm $(docker images --format '{{.Repository}}:{{.Tag}}' | grep CONTAINER)"
    stage.shell(commands)


class _Stage(Struct, frozen=True):
    """The folder that commands run in, and what the words in them stand for."""

    folder: str
    names: Mapping[str, str]

    def shell(self, commands: str) -> str:
        """What commands of ours say, errors included. Nothing of a person's is in them."""
        if not commands.strip():
            return ""
        try:
            done = subprocess.run(
                ["sh", "-c", filled_in(commands, self.names)], cwd=self.folder, encoding="utf-8", errors="replace", stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=SECONDS * 2, check=False,
            )  # fmt: skip
        except subprocess.TimeoutExpired:
            return f"it did not end within {SECONDS * 2} s\n"
        return done.stdout


def _disk() -> str:
    """A disk of this host whose rates can be limited, or the name of none."""
    disks = sorted(Path("/sys/block").glob("[!lrz]*")) if Path("/sys/block").is_dir() else []
    return next((f"/dev/{disk.name}" for disk in disks if Path("/dev", disk.name).is_block_device()), "/dev/sda")
