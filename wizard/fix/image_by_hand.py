"""The lines that a person writes into a Dockerfile for a finding that is theirs to decide. Names in capitals are for them to fill in."""

import re

from wizard.check.images import split
from wizard.check.model import Found
from wizard.controls.health import as_instruction
from wizard.controls.secrets import MOUNTED, is_named_like_a_secret
from wizard.fix.dockerfile_spans import Laid
from wizard.fix.read_image import ReadImage
from wizard.text import visible_all


def by_hand(found: Found, image: ReadImage, at: Laid | None) -> tuple[str, ...]:
    """The lines, as they can be shown on a terminal; `at` is the instruction that it is about. None where nothing can be said that would fit."""
    return tuple(visible_all(line) for line in _lines(found, image, at))


def _lines(found: Found, image: ReadImage, at: Laid | None) -> tuple[str, ...]:
    if found.control == "health-check":
        return _health(image)
    if at is None:
        return ()
    if found.control == "files-owned-by-root":
        return _without(at, r"--chown=\S+\s+")
    if found.control == "no-host-access":
        return _without(at, r"--(?:security=insecure|network=host)\s+")
    if found.control == "secrets-as-files":
        names = [word.partition("=")[0] for word in at.instruction.words if is_named_like_a_secret(word.partition("=")[0])]
        return tuple(f'RUN --mount=type=secret,id={key.lower()} {key}="$(cat {MOUNTED}/{key.lower()})" COMMAND' for key in names)
    if found.control == "pinned-base-image" and at.instruction.words and "$" not in at.instruction.words[0]:
        return (" ".join(("FROM", *at.instruction.flags, f"{split(at.instruction.words[0])[0]}:VERSION", *at.instruction.words[1:])),)
    return ()


def _without(at: Laid, flag: str) -> tuple[str, ...]:
    return tuple(line.rstrip("\r") for line in re.sub(flag, "", at.code).rstrip().split("\n"))


def _health(image: ReadImage) -> tuple[str, ...]:
    """Of a stack whose runtime can ask by itself, where one port says which."""
    from wizard.stacks import STACKS

    *_, first = image.stage.lineage()
    language = split(first.base)[0] if first.base else ""
    stack = next((stack for stack in STACKS if stack.id == language and (stack.runtimes[0].shell if stack.runtimes else stack.shell)), None)
    ports = {
        word.partition("/")[0]
        for one in image.whole
        if one.instruction.name == "EXPOSE"
        for word in one.instruction.words
        if not word.endswith("/udp")
    }
    if stack is None or len(ports) != 1 or not (port := ports.pop()).isdecimal():
        return ()
    return tuple(as_instruction(stack.health(None, int(port))).split("\n"))
