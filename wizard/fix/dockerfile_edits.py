"""A Dockerfile whose program runs as a user that exists and is not root: decided from the whole text, written between its lines."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from wizard.check.dockerfile_lines import escape_character
from wizard.check.dockerfiles import expanded
from wizard.check.source import Place
from wizard.controls.user import is_root
from wizard.fix.dockerfile_spans import Change, edited
from wizard.fix.empty_folders import from_another_stage
from wizard.fix.known_writes import known_writes
from wizard.fix.owned_folders import folders_to_make, own_command
from wizard.fix.read_image import ReadImage, read_image
from wizard.fix.root_only import numbers
from wizard.fix.start_command import Read
from wizard.fix.would_break import refuse_what_breaks
from wizard.image_users import NAME, Tools, as_run, making

User = tuple[int, int]
"""The numbers of a user and of its group."""

DEFAULT: User = (10001, 10001)
_TAIL = frozenset(("CMD", "ENTRYPOINT", "ENV", "EXPOSE", "HEALTHCHECK", "LABEL", "MAINTAINER", "SHELL", "STOPSIGNAL", "VOLUME", "ARG"))
"""Instructions that do nothing as a user while the image is built."""
_STARTS = frozenset(("CMD", "ENTRYPOINT", "HEALTHCHECK"))


def run_as(
    text: str, name: str, target: str | None, user: User | None, owned: Sequence[str] = (),
    arguments: Mapping[str, Any] | None = None, read: Read | None = None,
) -> tuple[str, User]:  # fmt: skip
    """The Dockerfile with its last stage (or `target`) running as a numeric user that exists, and the uid and gid that it then runs as.

    `user` None: whom the Dockerfile makes or gives its files to, else whom its base image is made to run as, else 10001:10001. A user
    that is not root already stays: its name becomes the number that the Dockerfile gives it, and a number that nobody made is made.
    `owned` are absolute paths of folders that the program keeps data in: they are made and belong to it, as those that the Dockerfile
    itself shows it to write. `read` gives the text of a file of the build context, for start scripts; without it those are not known.

    Raises NotEditable with the line and the reason where the image would be broken or what it does cannot be known, NotReadError for
    what is no Dockerfile.
    """
    image = read_image(text, name, target, arguments)
    said = image.user_in_force()
    if said is not None and not is_root(said):
        found = _named(image, said, user)
        changes = [*_number_changes(image, said, found), *_folder_changes(image, found, owned)]
    else:
        found = _chosen(image, user)
        owned = (*owned, *known_writes(image.whole, image.start, image.variables))
        refuse_what_breaks(image, found, owned, read)
        changes = _rooted_changes(image, found, owned)
    return (edited(text, name, changes) if changes else text), found


def _named(image: ReadImage, said: str, asked: User | None) -> User:
    """The numbers of a user that is not root. Raises NotEditable where they are not known, or others than those asked for."""
    found = numbers(said, image.users, image.family.own)
    if found is None and said.isdecimal() and _is_to_be_made(image, int(said)):
        found = (int(said), int(said))
    elif found is None and said.isdecimal() and image.family.tools is Tools.NONE:
        found = (int(said), 0)  # The group of a number that no list of users has.
    line = last.line if (last := image.stage.last("USER")) else 0
    if found is None and said.isdecimal():
        raise image.refusal(line, f"the group of the user {said} is not said here", f"USER {said}:{said}")
    if found is None:
        raise image.refusal(line, f"the number of the user {said} is not said here: make it with --uid and --gid", "USER 10001:10001")
    if asked and asked != found:
        raise image.refusal(line, f"it runs as {found[0]}:{found[1]} and not as {asked[0]}:{asked[1]}", f"USER {asked[0]}:{asked[1]}")
    return found


def _is_made(image: ReadImage, user: User) -> bool:
    return user in image.family.own.values() or any(one.uid == user[0] for one in image.users.values())


def _is_to_be_made(image: ReadImage, uid: int) -> bool:
    """Whether a number in USER is one that nobody made, where its stage is root before and can make it."""
    known = [pair[0] for pair in image.family.own.values()] + [one.uid for one in image.users.values()]
    first = next((one for one in image.here if one.instruction.name == "USER"), None)
    if first is None or not image.has_shell or not image.family.start_is_known or uid <= 1000 or uid in known:
        return False
    return is_root(image.user_before(first.number))


def _number_changes(image: ReadImage, said: str, user: User) -> list[Change]:
    """The number for a name, and the user made where its number is named and nobody made it."""
    last = image.last_user
    if last is None or not last.is_one_line:
        return []
    made = image.users.get(said.partition(":")[0])
    written = f"USER {user[0]}:{user[1]}"
    replaced = Change(last.number, (_cased(image, written),), replace=True)
    uid = said.partition(":")[0]
    if not uid.isdecimal():
        return [] if made and made.more_groups else [replaced]
    if expanded(last.instruction.rest, image.variables) != said or not _is_to_be_made(image, int(uid)) or user != (int(uid), int(uid)):
        return []
    first = next(one for one in image.here if one.instruction.name == "USER")
    return [Change(first.number, _run(image, making(image.tools, *user, _free_name(image)))), *([] if ":" in said else [replaced])]


def _free_name(image: ReadImage) -> str:
    """A name that no command of the Dockerfile gives to a user or group, and no user of the base image has."""
    commands = "\n".join(one.code for one in image.whole if re.search(r"useradd|adduser|groupadd|addgroup", one.code))
    taken = {*re.findall(r"[\w-]+", commands), *image.family.own}
    return next(name for name in (NAME, "service", "program", *(f"app{number}" for number in range(len(taken) + 1))) if name not in taken)


def _run(image: ReadImage, commands: Sequence[str]) -> tuple[str, ...]:
    return tuple(_cased(image, as_run(commands, escape_character(image.text))).split("\n")) if commands else ()


def _cased(image: ReadImage, instruction: str) -> str:
    """The instruction in small letters where the stage's own FROM is."""
    if not image.here[0].raw.lstrip("\ufeff \t").startswith("from"):
        return instruction
    word, space, rest = instruction.partition(" ")
    return word.lower() + space + rest


def _chosen(image: ReadImage, asked: User | None) -> User:
    """Whom it shall run as. Raises NotEditable where the Dockerfile means somebody whose number it does not say."""
    if asked:
        if 0 in asked:
            raise image.refusal(0, f"{asked[0]}:{asked[1]} is root, or its group")
        return asked
    made = list(image.users.values())
    if len(made) == 1:
        uid, gid = made[0].uid, made[0].gid
        if not uid or not gid:
            raise image.refusal(
                0, f"it makes the user {made[0].name} and leaves its number to the system: name it with --uid and --gid", "USER 10001:10001"
            )
        return uid, gid
    given = {owner for one in image.here for flag in one.instruction.flags if (owner := flag.removeprefix("--chown=")) != flag}
    if len(given) == 1 and (found := numbers(expanded(given.pop(), image.variables), image.users, image.family.own)) and 0 not in found:
        return found
    return image.family.preferred or DEFAULT


def _has_home(image: ReadImage, user: User) -> bool:
    if "HOME" in image.variables or not image.has_shell:
        return True
    made = next((one for one in image.users.values() if one.uid == user[0]), None)
    return made.home if made else image.family.home and user == image.family.preferred


def _rooted_changes(image: ReadImage, user: User, owned: Sequence[str]) -> list[Change]:
    """USER behind all that needs root, with the user made and its folders; before what starts the program."""
    last = max(index for index, one in enumerate(image.here) if one.instruction.name not in _TAIL)
    at = next((one.number for one in image.here[last + 1 :] if one.instruction.name in _STARTS), image.end)
    create = () if _is_made(image, user) else making(image.tools, *user, _free_name(image))
    folders = _folders(image, user, owned)
    # Go's and Python's caches, and much else, have no place where the home cannot be written.
    home = () if _has_home(image, user) else (_cased(image, "ENV HOME=/tmp"),)
    lines = (*home, _cased(image, f"USER {user[0]}:{user[1]}"))
    if folders and not image.has_shell:
        return [*from_another_stage(image, folders, user), Change(at, lines)]
    run = _run(image, (*create, *((own_command(folders, user),) if folders else ())))
    volumes = [one.number for one in image.here if one.instruction.name == "VOLUME" and one.number < at]
    if folders and volumes:
        for one in image.here:
            if one.number > volumes[0] and one.instruction.name in ("ADD", "COPY", "RUN") and any(folder in one.code for folder in folders):
                raise image.refusal(one.instruction.line, "it fills a folder behind its VOLUME: move VOLUME below it", lines[-1])
        # What is changed in a folder behind its VOLUME is thrown away by the classic builder.
        return [*_as_root(image, volumes[0], run), Change(at, lines)]
    root = image.here[last]
    if root.instruction.name == "USER" and root.is_one_line and is_root(image.user_before(root.number)):
        return [Change(root.number, (*run, *lines), replace=True)]
    return [Change(at, (*run, *lines))]


def _folders(image: ReadImage, user: User, owned: Sequence[str]) -> tuple[str, ...]:
    names = {
        str(user[0]),
        *(name for name, pair in image.family.own.items() if pair == user),
        *(one.name for one in image.users.values() if one.uid == user[0]),
    }
    return folders_to_make(image.whole, owned, names, Place(image.name, image.stage.line))


def _as_root(image: ReadImage, number: int, run: tuple[str, ...]) -> list[Change]:
    """A RUN before an instruction, as root whoever it is there; the one who was it goes on."""
    before = image.user_before(number)
    if is_root(before):
        return [Change(number, run)]
    made = image.users.get(before)
    pair = None if made and made.more_groups else numbers(before, image.users, image.family.own)
    again = f"{pair[0]}:{pair[1]}" if pair else before
    return [Change(number, (_cased(image, "USER 0:0"), *run, _cased(image, f"USER {again}")))]


def _folder_changes(image: ReadImage, user: User, owned: Sequence[str]) -> list[Change]:
    """Folders made for a user that it has already."""
    folders = _folders(image, user, owned)
    if not folders:
        return []
    if image.family.tools is None:
        raise image.refusal(
            0, f"{folders[0]} has to belong to {user[0]}:{user[1]}, and what makes folders here is not known", f"RUN {own_command(folders, user)}"
        )
    if not image.has_shell:
        return list(from_another_stage(image, folders, user))
    first = next((one.number for one in image.here if one.instruction.name in ("USER", "VOLUME")), None)
    if first is None:
        last = max(index for index, one in enumerate(image.here) if one.instruction.name not in _TAIL)
        first = next((one.number for one in image.here[last + 1 :] if one.instruction.name in _STARTS), image.end)
    return _as_root(image, first, _run(image, (own_command(folders, user),)))
