"""Dockerfiles as lines of text: new instructions between the old ones, whose bytes stay as they are. What comes out is read again."""

import re
from collections.abc import Sequence

from msgspec import Struct

from wizard.check.dockerfile_lines import escape_character
from wizard.check.dockerfiles import Instruction, instructions
from wizard.check.source import NotReadError, Place
from wizard.fix.refusal import NotEditable

_COMMENT = re.compile(r"\s*#")


class Laid(Struct, frozen=True):
    """An instruction with its place in the file: the number of the instruction, of its stage (-1 before any), its text as it is written."""

    number: int
    stage: int
    instruction: Instruction
    raw: str

    @property
    def code(self) -> str:
        """The text without the comments in it and below it."""
        return re.sub(r"(?m)^[ \t]*#.*\n?", "", self.raw)

    @property
    def is_one_line(self) -> bool:
        return "\n" not in self.code.rstrip()


class Change(Struct, frozen=True):
    """Lines that stand before instruction `number` (the end of the file: one more than there are), or in its place if they `replace` it."""

    number: int
    lines: tuple[str, ...]
    replace: bool = False


def laid_out(text: str, name: str) -> tuple[Laid, ...]:
    """The instructions of a file, heredocs and continuations in `raw`. Raises NotReadError for what is none."""
    lines, found = text.split("\n"), list(instructions(text, name))
    ends = [one.line - 1 for one in found[1:]] + [len(lines)]
    stage, laid = -1, []
    for number, (one, end) in enumerate(zip(found, ends, strict=True)):
        stage += one.name == "FROM"
        laid.append(Laid(number, stage, one, "\n".join(lines[one.line - 1 : end])))
    return tuple(laid)


def edited(text: str, name: str, changes: Sequence[Change]) -> str:
    """The text with the changes; several before the same instruction keep their order.

    Raises NotEditable where it would not be read as the old instructions and the new ones (a last line that is continued, say).
    """
    before = laid_out(text, name)
    lines = text.split("\n")
    for number in sorted({change.number for change in changes}, reverse=True):
        here = [change for change in changes if change.number == number]
        for change in here:
            if change.replace:
                at = before[number].instruction.line - 1
                lines[at : at + 1] = _ending_like(lines, at, change.lines)
        if new := [line for change in here if not change.replace for line in change.lines]:
            _put(lines, before, number, new)
    after = "\n".join(lines)
    try:
        found = list(instructions(after, name))
    except NotReadError:
        found = []
    if [_said(one) for one in found] != _expected(text, before, changes):
        line = before[-1].instruction.line if before else 1
        raise NotEditable(
            Place(name, line), "a line put after this would not be read as one of its own", [line for one in changes for line in one.lines]
        )
    return after


def _put(lines: list[str], before: Sequence[Laid], number: int, new: Sequence[str]) -> None:
    """Above an instruction and the comment that belongs to it, or below everything."""
    if number < len(before):
        following = before[number].instruction
        at = following.line - 1
        while at and _COMMENT.match(lines[at - 1]):
            at -= 1
        if following.name == "FROM":  # What is added belongs to the stage before, not below the empty line that parts them.
            while at and not lines[at - 1].strip():
                at -= 1
        lines[at:at] = _ending_like(lines, at, (*new, ""))[:-1]
        return
    if lines[-1] == "":
        lines[-1:] = [*_ending_like(lines, len(lines) - 2, new), ""]
        return
    # The last line has no end of its own: it gets one, and the new last line has none.
    crlf = len(lines) > 1 and lines[-2].endswith("\r")
    if crlf:
        lines[-1] += "\r"
    lines += [f"{line}\r" if crlf and line is not new[-1] else line for line in new]


def _ending_like(lines: Sequence[str], at: int, new: Sequence[str]) -> list[str]:
    """Lines in the place of line `at`: with its end, and with that of the one before where it is the last one and has none."""
    last = at == len(lines) - 1
    crlf = lines[max(at - 1, 0) if last else at].endswith("\r")
    open_end = len(new) - 1 if last else len(new)
    return [f"{line}\r" if crlf and number != open_end else line for number, line in enumerate(new)]


def _said(one: Instruction) -> tuple[str, tuple[str, ...], tuple[str, ...]]:
    return one.name, one.flags, one.words


def _expected(text: str, before: Sequence[Laid], changes: Sequence[Change]) -> list[tuple[str, tuple[str, ...], tuple[str, ...]]]:
    directive = f"# escape={escape_character(text)}\n"
    found = []
    for number in range(len(before) + 1):
        here = sorted((change for change in changes if change.number == number), key=lambda change: change.replace)
        for change in here:
            found += [_said(one) for one in instructions(directive + "\n".join(change.lines), "")]
        if number < len(before) and not any(change.replace for change in here):
            found.append(_said(before[number].instruction))
    return found
