"""Settings of the engine itself that concern every container of a host: what each is for, what it breaks, how it is seen and undone.

A proposal (`daemon.json`) with its words (`DAEMON.md`), written on demand. Seawall never applies it: the file is the host's, not a project's.
What is said here was seen on Engine 20.10.24 with runc 1.1.5 by tests/engine/test_daemon.py, unless another engine is named.
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from msgspec import Struct

from wizard.artifact import Artifact, Line
from wizard.control import ByHand, inspected
from wizard.project import Project
from wizard.rootless import rootless
from wizard.text import visible
from wizard.workload import Logs

PATH, WORDS = "daemon.json", "DAEMON.md"
FIRST_ID, IDS = 100000, 65536
"""The host's ids that `userns-remap: default` takes where none are taken yet: inside 0 is FIRST_ID outside."""
_LOGS = Logs()


class Setting(Struct, frozen=True):
    """Keys of daemon.json that belong together, as JSON has them.

    `check` is a command on the host with what it prints where the setting holds, on containers that were started after it.
    """

    keys: Mapping[str, Any]
    why: str
    breaks: tuple[str, ...]
    check: ByHand
    back: str
    see: tuple[str, ...]
    """The ids of the controls to read on."""

    @property
    def name(self) -> str:
        """The key that it is called by."""
        return next(iter(self.keys))

    @property
    def about(self) -> str:
        """All of it in one paragraph, for `explain`."""
        shown = json.dumps(self.keys)[1:-1]
        return " ".join(
            (
                f"In the engine's /etc/docker/daemon.json: `{shown}`.",
                self.why,
                *self.breaks,
                f"To see it: `{self.check.command}` prints «{self.check.prints}».",
            )
        )


SETTINGS = (
    Setting(
        {"userns-remap": "default"},
        f"Root inside is nobody outside: uid 0 of every container is {FIRST_ID} of the host, and who breaks out owns nothing there. "
        "It is the second line behind a service's own user, for the images that start as root. `default` makes its user dockremap by itself; "
        "any other has to be in /etc/subuid and /etc/subgid first. Of two such lines in one file the last one holds.",
        (
            f"Images, containers and volumes from before are hidden, not lost: they are in the folder above ({FIRST_ID}.{FIRST_ID} is the new one). "
            f"Images are pulled again, data of volumes is copied over ({WORDS} has the commands).",
            "What asks for more of the host is refused: `privileged mode is incompatible with user namespaces`, `cannot share the host's network "
            "namespace when user namespaces are enabled`, `cannot share the host PID namespace when user namespaces are enabled`. "
            "`userns_mode: host` takes one container out of it, which is what the control no-host-access forbids.",
            "Files of the host belong to nobody inside (65534) and cannot be written (`Permission denied`); what all may read is read as before.",
        ),
        ByHand("docker info --format '{{range .SecurityOptions}}{{println .}}{{end}}' | grep '^name=userns'", "name=userns"),
        "Take the line out and restart: what was there before is there again, what was made meanwhile is hidden in turn.",
        ("non-root-user", "no-host-access"),
    ),
    Setting(
        {"icc": False},
        "Containers that somebody starts without a network all land on one bridge, where each reaches every port of the others. This closes it.",
        (
            "It is that default bridge only: the networks of a Compose file, and any other that was made, are as before. There "
            "`com.docker.network.bridge.enable_icc` does the same, to a database and its app as well.",
            "Containers that found each other on the default bridge time out. Give them a network of their own.",
        ),
        ByHand("docker network inspect --format '{{index .Options \"com.docker.network.bridge.enable_icc\"}}' bridge", "false"),
        "Take the line out and restart.",
        ("internal-networks",),
    ),
    Setting(
        {"no-new-privileges": True},
        "The default for every container that says nothing of it: no setuid program makes anybody root. Services of Seawall say it themselves.",
        (
            "sudo and su for whoever is not root inside: `sudo: effective uid is not 0`. Stepping down from root (gosu, setpriv) works. One "
            "container gets it back by `--security-opt no-new-privileges:false`.",
        ),
        ByHand("awk '/^NoNewPrivs:/ {print $2}' /proc/PID/status", "1"),
        "Take the line out and restart; containers that exist are as they were started.",
        ("no-new-privileges",),
    ),
    Setting(
        {"live-restore": True},
        "Containers go on while the engine is stopped, renewed or crashed, so that an update of the engine is no outage and nobody puts it off.",
        (
            "Not together with Swarm: `--live-restore daemon configuration is incompatible with swarm mode`.",
            "From one minor version of the engine to the next only; while it is down nothing is restarted, and a container that prints more than "
            "its pipe holds waits.",
        ),
        ByHand("docker info --format '{{.LiveRestoreEnabled}}'", "true"),
        "Take the line out; `kill -HUP` of the engine is enough for this one.",
        ("restart-policy",),
    ),
    Setting(
        {"log-driver": "json-file", "log-opts": {"max-size": _LOGS.size.lower(), "max-file": str(_LOGS.files)}},
        "Without a limit the engine keeps every line that a container prints, until the host's disk is full. This is the default for containers "
        "that name none; services of Seawall name their own.",
        ("It holds for containers that are made afterwards: one that exists keeps its own until it is made again. Older lines are gone.",),
        inspected("{{.HostConfig.LogConfig}}", f"{{json-file map[max-file:{_LOGS.files} max-size:{_LOGS.size.lower()}]}}"),
        "Take both lines out and restart.",
        ("log-rotation",),
    ),
)


def proposal() -> Artifact:
    """daemon.json: the settings and nothing else, since JSON has no comments."""
    keys = {name: value for setting in SETTINGS for name, value in setting.keys.items()}
    return Artifact(PATH, tuple(Line(text, setting=_key(text)) for text in json.dumps(keys, indent=2).splitlines()))


def _key(line: str) -> str:
    return line.split('"')[1] if line.startswith('  "') else ""


def words(project: Project) -> Artifact:
    """DAEMON.md: why, what breaks, how to check, apply and go back; and what an engine without root is worth."""
    return Artifact(WORDS, tuple(line for section in (_head(), _each(), _here(project), _apply(), rootless(project)) for line in section))


def _head() -> Iterator[Line]:
    yield Line("# Settings of the engine")
    yield Line("")
    yield Line(f"{PATH} is a proposal for /etc/docker/daemon.json of the host. It concerns every container there, not these services alone, so")
    yield Line("Seawall never applies it. Read what breaks, take out what does not fit, and apply the rest by hand (below).")


def _each() -> Iterator[Line]:
    for setting in SETTINGS:
        yield Line("")
        yield Line(f"## {', '.join(setting.keys)}")
        yield Line("")
        yield Line(setting.why)
        yield Line("")
        yield from (Line(f"- What may break: {one}") for one in setting.breaks)
        yield Line(f"- How to go back: {setting.back}")
        yield Line("")
        yield from checks((setting,))


def checks(settings: tuple[Setting, ...] = SETTINGS) -> Iterator[Line]:
    """The commands by which settings are seen, each with what it prints."""
    yield Line("```sh")
    commands = [setting.check.command for setting in settings]
    if any("CONTAINER" in command or "PID" in command for command in commands):
        yield Line("CONTAINER=  # the name of one that was made after the restart and sets no option of these itself")
        yield Line("PID=$(docker inspect --format '{{.State.Pid}}' $CONTAINER)")
    for setting in settings:
        command = setting.check.command.replace("CONTAINER", "$CONTAINER").replace("/PID/", "/$PID/")
        yield Line(f"{command}  # {setting.check.prints}")
    yield Line("```")


def _here(project: Project) -> Iterator[Line]:
    """What userns-remap means for exactly these services."""
    yield Line("")
    yield Line("## What userns-remap means for these services")
    yield Line("")
    copies = []
    for service in project.services:
        uid, gid = FIRST_ID + service.owner.uid, FIRST_ID + service.owner.gid
        yield Line(f"- {service.name} runs as {service.owner.uid} inside and as {uid} on the host.", service=service.name)
        for mount in service.workload.mounts:
            what = f"has to be readable by {uid}" if mount.read_only else f"has to belong to {uid}: chown it"
            yield Line(f"- {visible(mount.source)} of the host {what}.", service=service.name)
        for path in service.workload.writable:
            if path.volume:
                folder = f"{project.app.name}_{path.volume}/_data"
                copies.append(Line(f"sudo cp -a $NEW/../../volumes/{folder}/. $NEW/{folder}/ && sudo chown -R {uid}:{gid} $NEW/{folder}",
                                   service=service.name))  # fmt: skip
    if project.secrets:
        yield Line("- The files in secrets/ stay readable: they are open to all inside a folder that is not, which the engine opens for them.")
    if copies:
        yield Line("- Volumes begin empty. What was in them is brought along like this:")
        yield Line("")
        yield Line("```sh")
        yield Line("docker compose down  # before the engine is restarted; the volumes stay")
        yield Line("docker compose create  # after it, with images that were built or pulled again; makes the new volumes")
        yield Line("NEW=$(docker info --format '{{.DockerRootDir}}')/volumes")
        yield from copies
        yield Line("docker compose up --wait")
        yield Line("```")


_STEPS = (
    "# 1. Together with what is there already; a key of the proposal takes the place of the same key",
    "test -e /etc/docker/daemon.json || echo '{}' | sudo tee /etc/docker/daemon.json",
    "sudo cp -p /etc/docker/daemon.json /etc/docker/daemon.json.before",
    f"jq -s '.[0] * .[1]' /etc/docker/daemon.json.before {PATH} > merged.json",
    "# 2. Engine 23.0 and later read it without starting (20.10: unknown flag). That makes the user dockremap, and takes any log-opts",
    "dockerd --validate --config-file merged.json",
    "# 3. What is an option of the engine as well is refused: the following directives are specified both as a flag and in the configuration file",
    "ps -o args= -C dockerd",
    "# 4. Services stop for a moment: live-restore begins with the next restart",
    "sudo cp merged.json /etc/docker/daemon.json && sudo systemctl restart docker",
    "# Back again",
    "sudo cp -p /etc/docker/daemon.json.before /etc/docker/daemon.json && sudo systemctl restart docker",
)


def _apply() -> Iterator[Line]:
    yield Line("")
    yield Line("## Apply it by hand, and go back")
    yield Line("")
    yield Line("```sh")
    yield from (Line(step) for step in _STEPS)
    yield Line("```")
