"""Laws over the mistakes of all controls: each page's words are shown by one of them, and its mends are no mistakes themselves."""

import pytest

from tests.test_laws import each_control
from wizard.control import Control
from wizard.controls import CONTROLS
from wizard.mistake import Lines, Mistake
from wizard.mistakes import quoted_of, said_of, service_of, stands_in
from wizard.wording import shown

MISTAKES = [pytest.param(control, mistake, id=f"{control.id}-{number}") for control in CONTROLS for number, mistake in enumerate(control.mistakes)]
each_mistake = pytest.mark.parametrize(("control", "mistake"), MISTAKES)
COMMANDS = tuple(text for control in CONTROLS for mistake in control.mistakes for text in (mistake.look, mistake.program)) + tuple(
    excuse.command for control in CONTROLS for excuse in control.unshown
)


@each_control
def test_everything_that_a_page_quotes_is_shown_by_a_mistake_or_excused_with_a_reason(control: Control) -> None:
    seen = [text for mistake in control.mistakes for text in said_of(mistake)]
    excused = [literal for unshown in control.unshown for literal in unshown.literals]
    quoted = quoted_of(control)
    lacking = [q for q in quoted if q not in excused and not any(stands_in(q, text) for text in (*seen, *COMMANDS))]
    assert control.mistakes
    assert lacking == []
    assert set(excused) <= set(quoted), "an excuse for what is not said any more"


@each_mistake
def test_what_is_seen_stands_on_the_page(control: Control, mistake: Mistake) -> None:
    assert mistake.shows in quoted_of(control)
    assert set(mistake.also) <= set(quoted_of(control))


@each_mistake
def test_wrong_and_mended_are_told_apart(control: Control, mistake: Mistake) -> None:
    assert mistake.wrong != mistake.mend
    assert not stands_in(mistake.shows, mistake.instead)
    assert not stands_in(mistake.instead, mistake.shows)
    assert mistake.story.endswith(".") and mistake.why.endswith(".")
    assert shown(mistake.story + mistake.why) == mistake.story + mistake.why


@each_mistake
def test_a_mend_breaks_no_control(control: Control, mistake: Mistake) -> None:
    if not isinstance(mistake.mend, Lines):
        service = {**mistake.given, **mistake.mend}
        assert [message for other in CONTROLS for message in other.forbids(service)] == []


def test_a_literal_is_found_with_other_blanks_masked_or_by_its_number() -> None:
    assert stands_in("NoNewPrivs: 1", "NoNewPrivs:\t1\n")
    assert stands_in("0.0.0.0:...->80/tcp", "0.0.0.0:32768->80/tcp")
    assert stands_in("EROFS", "OSError: [Errno 30] nothing")
    assert stands_in("EAGAIN", "Resource temporarily unavailable")
    assert not stands_in("a...b", "a\nb")
    assert not stands_in("EROFS", "Permission denied")
    assert not stands_in("exit code 13", "exit code 137")


@each_mistake
def test_only_what_is_said_differs_between_wrong_and_mended(control: Control, mistake: Mistake) -> None:
    wrong, mended = service_of(mistake, False), service_of(mistake, True)
    assert {key: wrong[key] for key in mistake.given} == {key: mended[key] for key in mistake.given} == dict(mistake.given)
