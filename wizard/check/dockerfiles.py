"""Dockerfiles as BuildKit reads them: stages, the instructions of each with their lines, words without continuations and comments."""

import re
from collections.abc import Iterator, Mapping
from itertools import takewhile
from typing import Any

from msgspec import Struct, field

from wizard.check.dockerfile_lines import logical_lines
from wizard.check.source import NotReadError, Place
from wizard.check.variables import MOST, filled
from wizard.foreign import Unknown


class Instruction(Struct, frozen=True):
    """One instruction: its name in capitals, its flags (`--chown=1:1`), the rest of its words, its first line."""

    name: str
    flags: tuple[str, ...]
    words: tuple[str, ...]
    line: int

    @property
    def rest(self) -> str:
        """The words as one text."""
        return " ".join(self.words)


class Stage(Struct):
    """A FROM and what follows it. `base` is the image or the stage that it begins with, None where an argument of it is not known."""

    name: str
    base: str | None
    line: int
    instructions: list[Instruction] = field(default_factory=list)
    parent: "Stage | None" = None
    """The earlier stage that it begins with, if it is none of an image."""

    def lineage(self) -> Iterator["Stage"]:
        """This stage, the one that it begins with, and so on."""
        stage: Stage | None = self
        while stage:
            yield stage
            stage = stage.parent

    def last(self, name: str) -> Instruction | None:
        """The last instruction of this name that is in force here, those of the stages that it begins with included."""
        for stage in self.lineage():
            for one in reversed(stage.instructions):
                if one.name == name:
                    return one
            for one in reversed(stage.parent.instructions if stage.parent else []):
                if one.name == "ONBUILD" and one.words[:1] and one.words[0].upper() == name:
                    return Instruction(name, (), one.words[1:], one.line)
        return None


class Dockerfile(Struct):
    """A Dockerfile that was read, with all its stages; `known` are the arguments before the first FROM."""

    name: str
    stages: list[Stage]
    known: dict[str, str]

    def stage(self, target: str | None) -> Stage | None:
        """The stage that becomes the image: the last one, or the one named (or numbered) so."""
        if not target:
            return self.stages[-1]
        named = next((stage for stage in self.stages if stage.name == target.lower()), None)
        return named or (self.stages[int(target)] if target.isdecimal() and int(target) < len(self.stages) else None)


def dockerfile(text: str, name: str, arguments: Mapping[str, Any] | None = None) -> Dockerfile:
    """A Dockerfile with these build arguments. Raises NotReadError with the line for what BuildKit would refuse."""
    known: dict[str, str] = {}
    stages: list[Stage] = []
    named: dict[str, Stage] = {}
    room = MOST
    given = {key: str(value) for key, value in (arguments or {}).items() if value is not None}
    for one in instructions(text, name):
        if one.name == "ARG" and not stages:
            for word in one.words:
                key, sign, value = word.partition("=")
                if (key in given or sign) and room > 0:
                    known[key] = given.get(key, expanded(value, known))
                    room -= len(known[key])
        elif one.name == "FROM":
            stages.append(stage := _stage(one, named, known, name))
            if stage.name:
                named[stage.name] = stage
        elif not stages:
            raise NotReadError(Place(name, one.line), f"{one.name} stands before any FROM")
        else:
            stages[-1].instructions.append(one)
    if not stages:
        raise NotReadError(name, "has no FROM, so it is no Dockerfile")
    return Dockerfile(name, stages, known)


def _stage(one: Instruction, named: Mapping[str, Stage], known: Mapping[str, str], name: str) -> Stage:
    if not one.words:
        raise NotReadError(Place(name, one.line), "FROM names no image")
    base = expanded(one.words[0], known)
    alias = one.words[2].lower() if len(one.words) > 2 and one.words[1].upper() == "AS" else ""
    parent = named.get(base.lower())
    return Stage(alias, None if isinstance(base, Unknown) else base, one.line, parent=parent)


def expanded(text: str, known: Mapping[str, str]) -> str:
    """A word with its variables filled in; an Unknown where one has no value, or in a form that is not known here."""
    try:
        return filled(text.strip("\"'"), known, Place(""))
    except NotReadError:
        return Unknown(text)


def instructions(text: str, name: str) -> Iterator[Instruction]:
    """The instructions in the order of the file. Raises NotReadError with the line for what is none."""
    for one in logical_lines(text, name):
        words = one.rest.split()
        flags = tuple(takewhile(lambda word: word.startswith("--") and len(word) > 2, words))
        if not words:
            raise NotReadError(Place(name, one.line), f"{one.name} has nothing after it")
        yield Instruction(one.name, flags, tuple(words[len(flags) :]), one.line)


def variables(stage: Stage, known: Mapping[str, str], arguments: Mapping[str, Any] | None = None) -> dict[str, str]:
    """The arguments and variables that are in force at the end of a stage; values that are not known are left out."""
    found: dict[str, str] = {}
    given = {key: str(value) for key, value in (arguments or {}).items() if value is not None}
    room = MOST
    for one in reversed(list(stage.lineage())):
        for instruction in one.instructions:
            for key, value in assignments(instruction):
                if instruction.name == "ARG":
                    value = given.get(key, value if value is not None else known.get(key))
                if value is not None and room > 0 and not isinstance(filled_in := expanded(value, found), Unknown):
                    found[key] = filled_in
                    room -= len(filled_in)
                else:
                    found.pop(key, None)
    return found


def assignments(instruction: Instruction) -> Iterator[tuple[str, str | None]]:
    """The variables that an ENV or ARG sets, each with its value if there is one."""
    if instruction.name not in ("ENV", "ARG"):
        return
    if instruction.name == "ENV" and instruction.words and "=" not in instruction.words[0]:
        yield instruction.words[0], " ".join(instruction.words[1:])
        return
    for name, sign, quoted, bare in re.findall(r"""([A-Za-z_]\w*)(=?)(?:("[^"]*"|'[^']*')|(\S*))""", instruction.rest):
        yield name, ((quoted[1:-1] if quoted else bare) if sign else None)
