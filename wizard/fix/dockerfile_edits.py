"""A Dockerfile whose program runs as a user that exists and is not root: decided from the whole text, written between its lines."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct

from wizard.check.dockerfiles import Dockerfile, Stage, dockerfile, escape_character, expanded, variables
from wizard.check.images import built_image
from wizard.check.source import Place
from wizard.controls.user import is_root
from wizard.fix.dockerfile_spans import Change, Laid, edited, laid_out
from wizard.fix.image_family import Family, family
from wizard.fix.made_users import Made, made_users
from wizard.fix.needs_root import Program, Read, needs_root, program
from wizard.fix.owned_folders import folders_to_make, own_command
from wizard.fix.refusal import NotEditable
from wizard.fix.root_only import numbers, root_only
from wizard.foreign import Unknown
from wizard.image_users import NAME, Tools, as_run, making

DEFAULT = (10001, 10001)
_TAIL = frozenset(("CMD", "ENTRYPOINT", "ENV", "EXPOSE", "HEALTHCHECK", "LABEL", "MAINTAINER", "SHELL", "STOPSIGNAL", "VOLUME", "ARG"))
"""Instructions that do nothing as a user while the image is built."""
_STARTS = frozenset(("CMD", "ENTRYPOINT", "HEALTHCHECK"))


class _Image(Struct):
    """What a stage is made of, worked out once."""

    name: str
    text: str
    file: Dockerfile
    stage: Stage
    laid: tuple[Laid, ...]
    """All instructions of the file."""
    here: tuple[Laid, ...]
    """Those of the stage."""
    whole: tuple[Laid, ...]
    """Those of the stages that it begins with, and its own."""
    variables: Mapping[str, str]
    family: Family
    users: Mapping[str, Made]
    start: Program

    def refusal(self, line: int, why: str, *lines: str) -> NotEditable:
        return NotEditable(Place(self.name, line or self.stage.line), why, lines)

    @property
    def end(self) -> int:
        """The number of the instruction that the stage ends before."""
        return self.here[-1].number + 1


def run_as(
    text: str, name: str, target: str | None, user: tuple[int, int] | None, owned: Sequence[str] = (),
    arguments: Mapping[str, Any] | None = None, read: Read | None = None,
) -> tuple[str, tuple[int, int]]:  # fmt: skip
    """The Dockerfile with its last stage (or `target`) running as a numeric user that exists, and the uid and gid that it then runs as.

    `user` None: whom the Dockerfile makes or gives its files to, else whom its base image is made to run as, else 10001:10001. A user
    that is not root already stays: its name becomes the number that the Dockerfile gives it, and a number that nobody made is made.
    `owned` are absolute paths of folders that the program keeps data in: they are made and belong to it, as those of VOLUME do.
    `read` gives the text of a file of the build context, for start scripts; without it those are not known.

    Raises NotEditable with the line and the reason where the image would be broken or what it does cannot be known, NotReadError for
    what is no Dockerfile.
    """
    image = _image(text, name, target, arguments)
    said = _user_in_force(image)
    if said is not None and not is_root(said):
        found = _named(image, said, user)
        changes = [*_named_changes(image, said, found), *_owned_changes(image, found, owned)]
        return (edited(text, name, changes) if changes else text), found
    chosen = _chosen(image, user)
    _refuse_what_breaks(image, chosen, owned, read)
    return edited(text, name, _rooted_changes(image, chosen, owned)), chosen


def _image(text: str, name: str, target: str | None, arguments: Mapping[str, Any] | None) -> _Image:
    file = dockerfile(text, name, arguments)
    stage = file.stage(target)
    if stage is None:
        raise NotEditable(name, f"has no stage {target}")
    laid = laid_out(text, name)
    numbers = [next(index for index, one in enumerate(file.stages) if one is part) for part in reversed(list(stage.lineage()))]
    whole = tuple(one for number in numbers for one in laid if one.stage == number)
    here = tuple(one for one in laid if one.stage == numbers[-1])
    *_, first = stage.lineage()
    in_force = variables(stage, file.known, arguments)
    commands = tuple(one.raw for one in whole if one.instruction.name == "RUN")
    parts = [(last.rest, last.line) for key in ("ENTRYPOINT", "CMD") if (last := stage.last(key))]
    return _Image(
        name, text, file, stage, laid, here, whole, in_force, family(first.base, commands), made_users(commands, in_force), program(parts)
    )  # fmt: skip


def _user_in_force(image: _Image) -> str | None:
    """Whom the stage ends as; None where that is not known, and it may be root."""
    said = image.stage.last("USER")
    if said is None:
        return built_image(image.file, image.stage).user
    user = expanded(said.rest, image.variables)
    if isinstance(user, Unknown) or not user:
        raise image.refusal(said.line, "USER hangs on an argument without a value: who it is, is not known", "USER 10001:10001")
    return user


def _named(image: _Image, said: str, asked: tuple[int, int] | None) -> tuple[int, int]:
    """The numbers of a user that is not root. Raises NotEditable where they are not known, or others than those asked for."""
    found = numbers(said, image.users, image.family.own)
    if found is None and said.isdecimal():
        found = (int(said), int(said) if _can_make(image) else 0)
    line = last.line if (last := image.stage.last("USER")) else 0
    if found is None:
        raise image.refusal(line, f"the number of the user {said} is not said here", f"USER {said}  # made with --uid and --gid")
    if asked and asked != found:
        raise image.refusal(line, f"it runs as {found[0]}:{found[1]} and not as {asked[0]}:{asked[1]}", f"USER {asked[0]}:{asked[1]}")
    return found


def _can_make(image: _Image) -> bool:
    return image.family.tools in (Tools.SHADOW, Tools.BUSYBOX)


def _is_made(image: _Image, user: tuple[int, int]) -> bool:
    return user in image.family.own.values() or any(one.uid == user[0] for one in image.users.values())


def _named_changes(image: _Image, said: str, user: tuple[int, int]) -> list[Change]:
    """The user's number for its name, and the user made where it is named and nobody made it."""
    last = next((one for one in reversed(image.here) if one.instruction.name == "USER"), None)
    if last is None:
        return []
    made = image.users.get(said.partition(":")[0])
    number = f"{user[0]}:{user[1]}"
    written = last.raw.rstrip().count("\n") == 0 and last.instruction.rest == said
    changes = []
    if written and not said.partition(":")[0].isdecimal() and not (made and made.more_groups):
        changes.append(Change(last.number, (_cased(image, f"USER {number}"),), replace=True))
    if said.isdecimal() and not _is_made(image, user) and _can_make(image) and image.family.own:
        first = next(one for one in image.here if one.instruction.name == "USER" and one.instruction.rest == said)
        if is_root(_user_before(image, first)):
            if written:
                changes.append(Change(last.number, (_cased(image, f"USER {number}"),), replace=True))
            changes.append(Change(first.number, _run(image, making(_tools(image), *user, _free_name(image)))))
    return changes


def _user_before(image: _Image, here: Laid) -> str:
    """Whom an instruction runs as while it is built; the base image's user where no USER stands before it."""
    for one in reversed(image.whole[: image.whole.index(here)]):
        if one.instruction.name == "USER":
            return expanded(one.instruction.rest, image.variables)
    *_, first = image.stage.lineage()
    return built_image(image.file, Stage("", first.base, 0)).user or "0"


def _tools(image: _Image) -> Tools:
    return image.family.tools or Tools.NONE


def _free_name(image: _Image) -> str:
    """A name that no command of the Dockerfile gives to a user or group, and no user of the base image has."""
    commands = "\n".join(one.raw for one in image.whole if re.search(r"useradd|adduser|groupadd|addgroup", one.raw))
    taken = {*re.findall(r"[\w-]+", commands), *image.family.own}
    return next(name for name in (NAME, "service", "nonroot", "runner", "app10001") if name not in taken)


def _run(image: _Image, commands: Sequence[str]) -> tuple[str, ...]:
    return tuple(_cased(image, as_run(commands, escape_character(image.text))).split("\n")) if commands else ()


def _cased(image: _Image, instruction: str) -> str:
    """The instruction in small letters where the file's own FROM is."""
    if not image.here[0].raw.lstrip().startswith("from"):
        return instruction
    word, space, rest = instruction.partition(" ")
    return word.lower() + space + rest


def _chosen(image: _Image, asked: tuple[int, int] | None) -> tuple[int, int]:
    """Whom it shall run as. Raises NotEditable where the Dockerfile means somebody whose number it does not say."""
    if asked:
        if 0 in asked:
            raise image.refusal(0, f"{asked[0]}:{asked[1]} is root, or its group")
        return asked
    made = list(image.users.values())
    if len(made) == 1:
        if made[0].uid is None or made[0].gid is None:
            why = f"it makes the user {made[0].name} and leaves its number to the system: name it with --uid and --gid"
            raise image.refusal(0, why, "USER 10001:10001")
        return made[0].uid, made[0].gid
    given = {owner for one in image.here for flag in one.instruction.flags if (owner := flag.removeprefix("--chown=")) != flag}
    if len(given) == 1 and (found := numbers(expanded(given.pop(), image.variables), image.users, image.family.own)) and 0 not in found:
        return found
    return image.family.preferred or DEFAULT


def _refuse_what_breaks(image: _Image, user: tuple[int, int], owned: Sequence[str], read: Read | None) -> None:
    by_hand = f"USER {user[0]}:{user[1]}"
    if image.family.stays_root:
        raise image.refusal(0, image.family.stays_root)
    if image.family.tools is None:
        why = "nothing says what its base image has to make a user with: make one as root, and end with it"
        raise image.refusal(0, why, by_hand)
    if not image.family.start_is_known and not image.stage.last("ENTRYPOINT"):
        raise image.refusal(0, "what its base image starts with is not known; it may take root", by_hand)
    child = next((one for one in image.file.stages if one.parent is image.stage), None)
    if child:
        raise image.refusal(child.line, "this stage begins with the one that is run, and would get its user", by_hand)
    for one in image.here:
        if one.instruction.name == "ONBUILD":
            raise image.refusal(one.instruction.line, "ONBUILD would run as that user in images that begin with this one", by_hand)
        if one.instruction.name == "SHELL" and not re.search(r'"(?:/(?:usr/)?bin/)?(?:ba|da|a)?sh"', one.instruction.rest):
            raise image.refusal(one.instruction.line, "commands for this shell are not known here", by_hand)
    for reason in needs_root(image.start, image.whole, read, owned):
        raise image.refusal(reason.line, f"{reason.why}: it stays root", by_hand)
    for reason in root_only(image.whole, image.start.text, image.variables, user, image.users, image.family.own):
        raise image.refusal(reason.line, reason.why, by_hand)


def _rooted_changes(image: _Image, user: tuple[int, int], owned: Sequence[str]) -> list[Change]:
    """USER behind all that needs root, with the user made and its folders; before what starts the program."""
    last = max((index for index, one in enumerate(image.here) if one.instruction.name not in _TAIL), default=0)
    starts = [one.number for one in image.here[last + 1 :] if one.instruction.name in _STARTS]
    at = starts[0] if starts else image.end
    create = () if _is_made(image, user) else making(_tools(image), *user, _free_name(image))
    homeless = bool(create) and "HOME" not in image.variables
    lines = [_cased(image, "ENV HOME=/tmp")] if homeless else []
    lines.append(_cased(image, f"USER {user[0]}:{user[1]}"))
    folders = folders_to_make(image.whole, image.here, owned, user, image.name)
    commands = (*create, *((own_command(folders, user),) if folders else ()))
    if folders and not _can_make(image):
        raise image.refusal(0, f"it has no shell to make {folders[0]} with: copy an empty folder there", *_copied(folders, user))
    if commands and is_root(_user_before_end(image)) is False:
        raise image.refusal(0, "nobody is root at its end")
    ends_as_root = image.here[last]
    if ends_as_root.instruction.name == "USER" and "\n" not in ends_as_root.raw.rstrip() and is_root(_user_before(image, ends_as_root)) and not any(
        one.instruction.name == "VOLUME" for one in image.here
    ):  # fmt: skip
        return [Change(ends_as_root.number, (*_run(image, commands), *lines), replace=True)]
    volumes = [one.number for one in image.here if one.instruction.name == "VOLUME" and one.number < at]
    if folders and volumes:
        # What is changed in a folder after its VOLUME is thrown away by the classic builder.
        return [Change(volumes[0], _run(image, commands)), Change(at, tuple(lines))]
    return [Change(at, (*_run(image, commands), *lines))]


def _user_before_end(image: _Image) -> str:
    said = image.stage.last("USER")
    return expanded(said.rest, image.variables) if said else "0"


def _copied(folders: Sequence[str], user: tuple[int, int]) -> tuple[str, ...]:
    return tuple(f"COPY --from=STAGE --chown={user[0]}:{user[1]} /EMPTY {folder}" for folder in folders)


def _owned_changes(image: _Image, user: tuple[int, int], owned: Sequence[str]) -> list[Change]:
    """Folders made for the user that it has already, before it is that user."""
    folders = folders_to_make(image.whole, image.here, owned, user, image.name) if owned else ()
    if not folders:
        return []
    first = next((one for one in image.here if one.instruction.name == "USER"), None)
    line = first.instruction.line if first else 0
    command = own_command(folders, user)
    if first is None or not _can_make(image) or not is_root(_user_before(image, first)):
        raise image.refusal(line, f"{folders[0]} has to belong to {user[0]}:{user[1]}, and nobody is root there to make it", f"RUN {command}")
    return [Change(first.number, _run(image, (command,)))]
