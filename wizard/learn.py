"""`seawall learn`: a wrong configuration, two questions about it, and the answer from the engine where there is one."""

import json
import re
import sys
import textwrap
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from wizard.controls import CONTROLS
from wizard.errors import SeawallError, UsageError
from wizard.lessons import Choice, Lesson, lesson_of, lessons
from wizard.mistakes import filled_in, stands_in
from wizard.text import visible

_ROOM = 72
"""Columns of a line that was said."""


def learn(name: str | None, form: str) -> int:
    """Go through the lessons of a control, or one of each. Raises UsageError for no such control, and where nobody can answer."""
    chosen = _chosen(name)
    if form == "json":
        sys.stdout.write(json.dumps([_data(lesson) for lesson in chosen], ensure_ascii=False, indent=2) + "\n")
        return 0
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise UsageError("there is no terminal to learn on; seawall learn --format json lists the lessons")
    from wizard.prompts import asker

    front = asker()
    front.say(_wrapped("Each lesson is a wrong configuration: say what is seen, and what mends it. ? says why the control is there, ^C leaves."))
    why_not = _why_no_engine()
    if why_not:
        front.say(_wrapped(f"Answers are recordings here: {why_not}"))
    course = Course(front, len(chosen), live=not why_not)
    with ThreadPoolExecutor(2) as pool:
        for number, lesson in enumerate(chosen, 1):
            course.give(number, lesson, pool)
    course.end()
    return 0


def _chosen(name: str | None) -> list[Lesson]:
    if name is None:
        return list(lessons())
    control = next((control for control in CONTROLS if control.id == name.casefold().replace("_", "-")), None)
    if control is None:
        raise UsageError(f"{visible(name)} is no control; accepted: {', '.join(control.id for control in CONTROLS)}")
    if not control.mistakes:
        raise UsageError(f"{control.id} has no lesson; seawall explain {control.id} says why it is there")
    return [lesson_of(control, number) for number in range(len(control.mistakes))]


def _data(lesson: Lesson) -> dict[str, Any]:
    """A lesson for programs, answers included."""
    mistake = lesson.mistake
    return {
        "control": lesson.control.id, "story": mistake.story, "configuration": lesson.configuration,
        "program": filled_in(mistake.program), "look": filled_in(mistake.look), "shows": mistake.shows, "instead": mistake.instead,
        "symptoms": [{"text": choice.text, "right": choice.right, "why": choice.why} for choice in lesson.symptoms],
        "mends": [{"text": choice.text, "right": choice.right, "why": choice.why} for choice in lesson.mends],
    }  # fmt: skip


def _why_no_engine() -> str:
    """Why nothing can be shown live; nothing where it can."""
    from wizard.engine.demo import IMAGE
    from wizard.engine.docker import Docker

    docker = Docker()
    try:
        docker.version()
        docker.inspect("image", IMAGE)
    except SeawallError as error:
        return str(error)
    return ""


def _wrapped(text: str, margin: str = "") -> str:
    from wizard.prompts.words import wrapped

    return wrapped(text, margin)


@dataclass
class Course:
    """A run of lessons with its score."""

    front: Any
    total: int
    live: bool

    def __post_init__(self) -> None:
        self.score: dict[str, list[bool]] = {}

    def give(self, number: int, lesson: Lesson, pool: ThreadPoolExecutor) -> None:
        """One lesson; while the person thinks, the engine runs it."""
        from wizard.engine.rehearsal import Seen, rehearse

        running: list[Future[Seen]] = [pool.submit(rehearse, lesson.mistake, mended) for mended in (False, True)] if self.live else []
        try:
            self._open(number, lesson)
            right = [self._ask("What will you see?", lesson, lesson.symptoms)]
            right.append(self._ask("What mends it, and leaves the protection on?", lesson, lesson.mends))
        except KeyboardInterrupt:
            for future in running:
                future.cancel()
            raise
        self.score.setdefault(lesson.control.id, []).extend(right)
        self._prove(lesson, [future.result().said for future in running])

    def _open(self, number: int, lesson: Lesson) -> None:
        mistake = lesson.mistake
        self.front.say("\n" + _wrapped(f"{number}/{self.total}  {lesson.control.id}: {lesson.control.title}"))
        self.front.say(_wrapped(mistake.story, "  "))
        self.front.say("\n" + "\n".join(_folded(f"    {line}") for line in lesson.configuration))
        # How an answer is looked up would only distract where it takes more than a line.
        for what, text in (("it runs", mistake.program), ("you look with", mistake.look)):
            if text and text != "true" and "\n" not in text.strip():
                self.front.say("\n" + _wrapped(f"{what}: {filled_in(text.strip())}", "  "))
        self.front.say("")

    def _ask(self, question: str, lesson: Lesson, choices: tuple[Choice, ...]) -> bool:
        from wizard.prompts.asker import Back, Option, Prompt

        # A value that is no number: what is typed is the number of the line.
        offered = {f"={place}": choice for place, choice in enumerate(choices)}
        options = [Option(value, choice.text) for value, choice in offered.items()]
        while True:
            try:
                choice = offered[self.front.one(Prompt(question, why=_wrapped(lesson.control.page.sections["Why"], "  ")), options, None)]
                break
            except Back:
                self.front.say("There is no way back in a lesson.")
        right = next(one for one in choices if one.right)
        if choice.right:
            self.front.say(_wrapped("Right.", "  "))
        else:
            self.front.say(_wrapped(f"No: {choice.why.rstrip('.')}. Right is: {right.text}", "  "))
        return choice.right

    def _prove(self, lesson: Lesson, said: list[str]) -> None:
        """What the engine said to both, or what it said when it was recorded."""
        mistake = lesson.mistake
        expected = (mistake.shows, mistake.instead)
        seen = [_line_of(literal, text) for literal, text in zip(expected, said, strict=False)] or list(expected)
        where = "On this engine" if said else "Recorded"
        for what, line in zip(("as it is", "mended"), seen, strict=True):
            self.front.say(_cut(f"  {where}, {what}: {_unnamed(line)}"))
        self.front.say(_wrapped(mistake.why[0].upper() + mistake.why[1:], "  "))

    def end(self) -> None:
        """The score, and what to read again."""
        self.front.say("")
        for control, answers in self.score.items():
            read = "" if all(answers) else f"  read: seawall explain {control}"
            self.front.say(f"  {sum(answers)}/{len(answers)}  {control:22}{read}".rstrip())
        points = [answer for answers in self.score.values() for answer in answers]
        self.front.say(_wrapped(f"{sum(points)} of {len(points)} right."))


def _line_of(literal: str, said: str) -> str:
    """The line in which a literal was said; else that it was not, and what was."""
    lines = [" ".join(line.split()) for line in said.splitlines() if line.strip()]
    found = next((line for line in lines if stands_in(literal, line)), None)
    if found is None:
        return f"not «{literal}» but «{lines[-1] if lines else 'nothing'}»"
    # A long line is shown from a little before what is meant in it.
    start = found.find(literal.split("...")[0])
    return found if len(found) <= _ROOM - 20 else f"…{found[max(0, min(start - 8, len(found) - _ROOM + 24)) :]}"


def _unnamed(line: str) -> str:
    """A line without the number of the container, which says nothing."""
    from wizard.engine.rehearsal import NAME

    return re.sub(rf"{NAME}-[\d-]+", "app", line)


def _folded(line: str) -> str:
    """A line of a file, all of it, in lines that fit."""
    indent = " " * (len(line) - len(line.lstrip()))
    return textwrap.fill(line.strip(), 78, initial_indent=indent, subsequent_indent=f"{indent}    ", break_on_hyphens=False)


def _cut(line: str) -> str:
    shown = "".join(c if c.isprintable() else ascii(c)[1:-1] for c in line)
    return shown if len(shown) < 80 else f"{shown[:78]}…"
