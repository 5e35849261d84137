"""`seawall learn`: each lesson has one right answer, the order gives nothing away, and a person may leave at any time."""

import json
import os
import sys
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pexpect
import pytest

from tests.test_laws import each_control
from tests.tools import ROOT, hear_interrupts, seawall
from wizard.control import Control
from wizard.controls import CONTROLS
from wizard.learn import Course
from wizard.lessons import Lesson, lesson_of, lessons
from wizard.mistakes import TAKE_OUT, stands_in
from wizard.prompts.asker import Option, Prompt
from wizard.run import run

ALL = [lesson_of(control, number) for control in CONTROLS for number in range(len(control.mistakes))]
each_lesson = pytest.mark.parametrize("lesson", ALL, ids=lambda lesson: f"{lesson.control.id}: {lesson.mistake.story}")


@each_lesson
def test_one_answer_is_right_and_the_others_are_not_the_same_in_other_words(lesson: Lesson) -> None:
    for choices in (lesson.symptoms, lesson.mends):
        assert [choice.right for choice in choices].count(True) == 1
        assert len({choice.text.casefold() for choice in choices}) == len(choices) in (3, 4)
        assert all(choice.why for choice in choices)
    wrong = [choice.text for choice in lesson.symptoms if not choice.right]
    seen = (lesson.mistake.shows, *lesson.mistake.also)
    assert [text for text in wrong for literal in seen if stands_in(text, literal) or stands_in(literal, text)] == []


@each_lesson
def test_a_wrong_mend_is_refused_by_a_control_or_is_about_something_else(lesson: Lesson) -> None:
    whys = [choice.why for choice in lesson.mends if not choice.right and choice.text != TAKE_OUT]
    assert sum("may make the symptom go" in why for why in whys) == 1
    assert all(lesson.control.id not in why for why in whys if "that mends" in why)


def test_where_the_right_answer_stands_says_nothing() -> None:
    for kind in ("symptoms", "mends"):
        places = Counter([choice.right for choice in getattr(lesson, kind)].index(True) for lesson in ALL)
        assert set(places) == {0, 1, 2, 3}
        assert max(places.values()) < len(ALL) / 2, places


def test_lessons_are_the_same_each_time_and_one_a_control() -> None:
    assert [lesson.control for lesson in lessons()] == list(CONTROLS)
    assert [[c.text for c in lesson.mends] for lesson in lessons()] == [[c.text for c in lesson.mends] for lesson in lessons()]


class First:
    """A front end that always takes the first answer and keeps what was shown."""

    def __init__(self) -> None:
        self.shown: list[str] = []

    def say(self, text: str) -> None:
        self.shown.append(text)

    def one(self, prompt: Prompt, options: list[Option], default: str | None) -> str:
        assert default is None, "nothing is offered"
        return options[0].value


def test_all_lessons_fit_a_terminal_of_80_columns_and_are_scored() -> None:
    front = First()
    course = Course(front, len(ALL), live=False)
    with ThreadPoolExecutor(1) as pool:
        for number, lesson in enumerate(ALL, 1):
            course.give(number, lesson, pool)
    course.end()
    lines = "\n".join(front.shown).splitlines()
    assert [line for line in lines if len(line) > 80 or not line.isprintable()] == []
    right = sum(choices[0].right for lesson in ALL for choices in (lesson.symptoms, lesson.mends))
    assert lines[-1] == f"{right} of {2 * len(ALL)} right."
    assert [line.split()[-1] for line in lines if "read: seawall explain" in line] == [
        control.id for control in CONTROLS if not all(course.score[control.id])
    ]
    assert not any(word in line for line in lines for word in ("CONTAINER", "IMAGE", "FOLDER", "seawall-learn"))


@each_control
def test_a_control_has_its_lessons_as_data(control: Control, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["learn", control.id.upper(), "--format", "json"]) == 0
    listed = json.loads(capsys.readouterr().out)
    assert [row["story"] for row in listed] == [mistake.story for mistake in control.mistakes]
    assert all("CONTAINER" not in json.dumps(row) and "IMAGE" not in json.dumps(row) for row in listed)


@pytest.mark.parametrize(("arguments", "said"), [
    (["learn"], "no terminal"), (["learn", "read-only-rootfs"], "no terminal"), (["learn", "nothing"], "accepted: pinned-base-image"), (["learn", "\x1b[31m"], "is no control"),
])  # fmt: skip
def test_without_a_terminal_or_a_control_it_is_one_line(arguments: list[str], said: str) -> None:
    done = seawall(*arguments)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1)
    assert said in done.stderr
    assert "\x1b" not in done.stderr


@pytest.fixture(params=["dumb", "xterm"])
def lesson(request: pytest.FixtureRequest) -> Iterator["pexpect.spawn[str]"]:
    """A lesson on a terminal of 80 columns, without an engine."""
    environment = {"PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT), "HOME": "/nonexistent", "LANG": "C.UTF-8", "TERM": request.param,
                   "DOCKER_HOST": "unix:///nowhere/docker.sock", "PROMPT_TOOLKIT_NO_CPR": "1"}  # fmt: skip
    child = pexpect.spawn(
        sys.executable, ["-m", "wizard", "learn", "log-rotation"], env=environment, cwd=str(ROOT), encoding="utf-8", dimensions=(24, 80), timeout=30,
        preexec_fn=hear_interrupts,
    )  # fmt: skip
    child.expect("What will you see")
    child.expect("Exited")
    yield child
    child.close(force=True)


def test_a_lesson_without_an_engine_says_that_its_answers_are_recordings(lesson: "pexpect.spawn[str]") -> None:
    dumb = os.fsdecode(lesson.env["TERM"]) == "dumb"
    for answer, down in (("3", 2), ("4", 3)):
        if dumb:
            lesson.expect_exact("\n> ")
        lesson.send(f"{answer}\r" if dumb else "\x1b[B" * down + "\r")
        lesson.expect("Right\\.")
        lesson.expect("max-size" if answer == "3" else "Recorded")
    lesson.expect(", as it is: line 00001")
    lesson.expect("2 of 2 right")
    lesson.expect(pexpect.EOF)
    lesson.wait()
    assert lesson.exitstatus == 0


def test_a_person_may_leave_at_any_time(lesson: "pexpect.spawn[str]") -> None:
    lesson.sendcontrol("c")
    lesson.expect("interrupted")
    lesson.expect(pexpect.EOF)
    lesson.wait()
    assert lesson.exitstatus == 130
    assert "Traceback" not in lesson.before
