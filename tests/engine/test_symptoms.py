"""What a page says that is seen is seen: each mistake is made on the engine, then mended; each excuse is as true as it was."""

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from msgspec.structs import replace

from tests.engine.running import Engine
from tests.test_mistakes import MISTAKES
from tests.thorough import thorough
from wizard.control import Control
from wizard.controls import CONTROLS
from wizard.engine.rehearsal import NAME, answer_of, rehearse
from wizard.lessons import Lesson, lesson_of, lessons
from wizard.mistake import Fragment, Lines, Mistake, Unshown
from wizard.mistakes import stands_in

pytestmark = pytest.mark.engine
EXCUSES = [
    pytest.param(excuse, id=f"{control.id}-{number}")
    for control in CONTROLS
    for number, excuse in enumerate((*control.unshown, *filter(None, [control.undemonstrated])))
]


def wrongly(lesson: Lesson) -> Iterator[Fragment]:
    """Answers to a lesson that mend something else."""
    return (choice.part for choice in lesson.mends if choice.part is not None)


@pytest.mark.parametrize(("control", "mistake"), thorough(MISTAKES, [case for case in MISTAKES if str(case.id).endswith("-0")]))
def test_a_mistake_shows_what_its_page_says_and_its_mend_does_not(engine: Engine, control: Control, mistake: Mistake) -> None:
    with ThreadPoolExecutor(2) as pool:
        wrong, mended = pool.map(rehearse, (mistake, mistake), (False, True))
    assert stands_in(mistake.shows, wrong.said), wrong.said
    assert [literal for literal in mistake.also if not stands_in(literal, wrong.said)] == [], wrong.said
    assert not stands_in(mistake.instead, wrong.said), wrong.said
    assert stands_in(mistake.instead, mended.said), mended.said
    assert not stands_in(mistake.shows, mended.said), mended.said
    lesson = lesson_of(control, control.mistakes.index(mistake))
    assert [choice.text for choice in lesson.symptoms if stands_in(choice.text, wrong.said) and not choice.right] == [], wrong.said
    assert not engine.run("ps", "--all", "--quiet", "--filter", f"name={NAME}-{os.getpid()}-").split()


@pytest.mark.parametrize("lesson", [lesson for lesson in lessons() if wrongly(lesson)], ids=lambda lesson: lesson.control.id)
def test_what_mends_something_else_does_not_mend_it(lesson: Lesson) -> None:
    mend = {**lesson.mistake.wrong, **next(wrongly(lesson))} if not isinstance(lesson.mistake.wrong, Lines) else next(wrongly(lesson))
    said = rehearse(replace(lesson.mistake, mend=mend, instead=lesson.mistake.shows), True).said
    assert stands_in(lesson.mistake.shows, said), said


@pytest.mark.parametrize("excuse", EXCUSES)
def test_what_cannot_be_shown_still_cannot(excuse: Unshown) -> None:
    """Where this fails it can be shown now: make a mistake of it."""
    said = answer_of(excuse)
    if excuse.elsewhere and stands_in(excuse.elsewhere, said):
        return
    assert stands_in(excuse.prints, said), said
    assert [literal for literal in excuse.literals if stands_in(literal, said)] == []
