"""How an image gets a user of its own: the commands that make it, by what the image has to make it with."""

from collections.abc import Sequence
from enum import StrEnum

NAME = "app"
"""What the user and its group are called, where nobody else is called so."""


class Tools(StrEnum):
    """What an image makes users with."""

    SHADOW = "shadow"
    """groupadd and useradd: Debian, Ubuntu, Red Hat and their like."""
    BUSYBOX = "busybox"
    """addgroup and adduser: Alpine."""
    NONE = "none"
    """No shell: a number is a user there without being made one."""


def making(tools: Tools, uid: int, gid: int, name: str = NAME) -> tuple[str, ...]:
    """The commands that make a user and its group, to be run as root one after the other; none without a shell.

    A line break in one is where it goes on in the next line.
    """
    if tools is Tools.SHADOW:
        unique = "" if min(uid, gid) > 1000 else " --non-unique"
        return (
            f"groupadd{unique} --gid {gid} {name}",
            f"useradd{unique} --no-log-init --uid {uid} --gid {gid}\n--no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin {name}",
        )
    if tools is Tools.BUSYBOX:
        return (
            f"addgroup -g {gid} {name}",
            f"adduser -D -H -h /nonexistent -s /sbin/nologin -u {uid} -G {name} {name}",
        )
    return ()


def as_run(commands: Sequence[str], escape: str = "\\") -> str:
    """One RUN of several commands, each in a line of its own."""
    return "RUN " + f" {escape}\n    && ".join(command.replace("\n", f" {escape}\n        ") for command in commands)
