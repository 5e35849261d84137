"""The users that the commands of a Dockerfile make, with their numbers where the commands say them. Nothing is run."""

import re
import shlex
from collections.abc import Iterator, Mapping

from msgspec import Struct
from msgspec.structs import replace

from wizard.check.dockerfiles import expanded
from wizard.foreign import Unknown

_TAKES = {
    "useradd": "ugGdsckbefpK", "groupadd": "gpK", "adduser": "uGhsgk", "addgroup": "g",
}  # fmt: skip
"""The short options with a value; of adduser and addgroup those of busybox, since Debian's have long ones."""
_LONG = frozenset((
    "--uid", "--gid", "--groups", "--home-dir", "--home", "--shell", "--comment", "--skel", "--base-dir", "--gecos", "--ingroup", "--password",
    "--expiredate", "--inactive", "--key", "--firstuid", "--lastuid", "--firstgid", "--lastgid", "--add_extra_groups",
))  # fmt: skip


class Made(Struct, frozen=True):
    """A user that a command makes; a number is None where the command leaves it to the system. `more_groups` says that it is in others as well."""

    name: str
    uid: int | None
    gid: int | None
    more_groups: bool = False
    group: str = ""
    """The name of its group, where it has another than the user."""
    home: bool = False
    """Whether a home is made that it may write to."""


def made_users(commands: Iterator[str] | tuple[str, ...], variables: Mapping[str, str]) -> dict[str, Made]:
    """The users that these commands make, by name, in their order."""
    groups: dict[str, int | None] = {}
    users: dict[str, Made] = {}
    for words in (words for command in commands for words in _steps(command)):
        tool, options, names = words[0], *_options(words)
        numbers = {key: _number(value, variables) for key, value in options.items()}
        if tool in ("groupadd", "addgroup") and len(names) == 1:
            groups[names[0]] = numbers.get("--gid", numbers.get("-g"))
        elif (tool == "addgroup" and len(names) == 2 and names[0] in users) or (tool == "adduser" and len(names) == 2 and names[0] in users):
            users[names[0]] = _in_more(users[names[0]])
        elif tool in ("useradd", "adduser") and names:
            users[names[0]] = _made(tool, options, numbers, names, groups)
        elif tool == "usermod" and names and names[-1] in users:
            users[names[-1]] = _in_more(users[names[-1]])
    return users


def _in_more(user: Made) -> Made:
    return replace(user, more_groups=True)


def _made(tool: str, options: Mapping[str, str], numbers: Mapping[str, int | None], names: list[str], groups: Mapping[str, int | None]) -> Made:
    uid = numbers.get("--uid", numbers.get("-u"))
    group = options.get("--ingroup") or options.get("-G" if tool == "adduser" else "-g") or options.get("--gid")
    of_its_own = not {"-r", "--system", "-N", "--no-user-group"} & options.keys() if tool == "useradd" else not {"-S", "--system"} & options.keys()
    if group is not None:
        gid = groups[group] if group in groups else int(group) if group.isdecimal() else 0 if group == "root" else None
    else:
        gid = uid if of_its_own else None
    if tool == "useradd":
        home = bool({"-m", "--create-home"} & options.keys())
    else:
        home = not {"-H", "--no-create-home", "-S", "--system"} & options.keys()
    more = tool == "useradd" and bool({"-G", "--groups"} & options.keys())
    return Made(names[0], uid, gid, more, group if group and not group.isdecimal() else "", home)


def _number(text: str, variables: Mapping[str, str]) -> int | None:
    value = expanded(text, variables)
    return int(value) if not isinstance(value, Unknown) and value.isdecimal() else None


def _steps(command: str) -> Iterator[list[str]]:
    """The calls of tools that make users and groups, each as words."""
    joined = re.sub(r"[\\`][ \t]*\r?\n", " ", re.sub(r"(?m)^\s*#.*$\n?", "", command))
    for step in re.split(r"&&|\|\||[;|\n]", joined):
        found = re.search(r"(?:^|\s)(?:\S*/)?(useradd|adduser|groupadd|addgroup|usermod)\s.*", step, re.S)
        if not found:
            continue
        try:
            words = shlex.split(step[found.start(1) :])
        except ValueError:
            continue
        if len(words) > 1:
            yield words


def _options(words: list[str]) -> tuple[dict[str, str], list[str]]:
    """Options with their values (nothing for those without one), and the other words."""
    options: dict[str, str] = {}
    names: list[str] = []
    takes = _TAKES.get(words[0], "")
    rest = iter(words[1:])
    for word in rest:
        if word.startswith("--"):
            key, sign, value = word.partition("=")
            options[key] = value if sign else next(rest, "") if key in _LONG else ""
        elif word.startswith("-") and len(word) > 1:
            for at, letter in enumerate(word[1:], 2):
                if letter in takes:
                    options[f"-{letter}"] = word[at:] or next(rest, "")
                    break
                options[f"-{letter}"] = ""
        elif word not in (">", "2>&1", "/dev/null") and not word.startswith((">", "<")):
            names.append(word)
    return options, names
