"""Lessons: a mistake with choices of what is seen and of what mends it, exactly one of each right, in an order that says nothing."""

import hashlib
from collections.abc import Iterable, Iterator

from msgspec import Struct

from wizard.control import Control, Fragment
from wizard.controls import CONTROLS
from wizard.mistake import Lines, Mistake
from wizard.mistakes import TAKE_OUT, in_a_line, in_lines, stands_in

_TEMPTING: tuple[Fragment, ...] = (
    {"privileged": True}, {"user": "0:0"}, {"cap_add": ["ALL"]}, {"security_opt": ["seccomp=unconfined"]}, {"network_mode": "host"},
)  # fmt: skip
"""What people reach for. Why it is wrong is said by the control that forbids it."""
_OTHERS = 2
_TOO_NEAR = frozenset(("user",))
"""What mends much, and much in another way than was asked."""


class Choice(Struct, frozen=True):
    """One of the answers offered; `why` says what is wrong with it, or why it is right; `part` is what it writes, of a mend of another mistake."""

    text: str
    right: bool
    why: str
    part: Fragment | None = None


class Lesson(Struct, frozen=True):
    """A mistake of a control as two questions: what is seen, and what mends it."""

    control: Control
    mistake: Mistake
    symptoms: tuple[Choice, ...]
    mends: tuple[Choice, ...]

    @property
    def configuration(self) -> list[str]:
        """What is shown of it: the wrong lines, in their file."""
        wrong = self.mistake.wrong
        if isinstance(wrong, Lines):
            return [f"{'$ ' if wrong.file == 'shell' else ''}{line}" for line in in_lines(wrong)]
        return in_lines({"services": {"app": {**self.mistake.given, **wrong}}})


def lessons() -> Iterator[Lesson]:
    """One lesson a control, of its first mistake, in the order of the controls."""
    return (lesson_of(control) for control in CONTROLS if control.mistakes)


def lesson_of(control: Control, number: int = 0) -> Lesson:
    """The lesson of one mistake of a control. The same each time."""
    mistake, seed = control.mistakes[number], f"{control.id} {number}"
    return Lesson(control, mistake, _mixed(f"{seed} symptoms", _symptoms(mistake, seed)), _mixed(f"{seed} mends", _mends(mistake, seed)))


def _symptoms(mistake: Mistake, seed: str) -> Iterator[Choice]:
    yield Choice(mistake.shows, True, mistake.why)
    yield Choice(mistake.instead, False, "that is what is seen once it is mended")
    taken = [mistake.shows, mistake.instead, *mistake.also]
    found = [(other, control) for control, other in _others(mistake) if bool(other.look) == bool(mistake.look)]
    for other, control in sorted(found, key=lambda pair: _number(f"{seed} {pair[0].shows} {pair[1].id}")):
        if len(taken) >= _OTHERS + 2 + len(mistake.also):
            break
        if not any(_alike(other.shows, text) for text in taken):
            taken.append(other.shows)
            yield Choice(other.shows, False, f"that is how {control.id} shows. {other.story}")


def _mends(mistake: Mistake, seed: str) -> Iterator[Choice]:
    yield Choice(in_a_line(mistake.mend), True, mistake.why)
    touched = {key for part in (mistake.wrong, mistake.mend, mistake.given) if not isinstance(part, Lines) for key in part}
    tempting = next(one for one in _sorted(_TEMPTING, seed) if not touched & one.keys())
    yield Choice(in_a_line(tempting), False, f"{next(_refusals(tempting))}; it may make the symptom go, and the protection with it")
    left = _OTHERS
    if not isinstance(mistake.wrong, Lines) and mistake.mend != {}:
        left -= 1
        yield Choice(TAKE_OUT, False, "then nothing of the control is left")
    taken = {in_a_line(mistake.mend), TAKE_OUT}
    for control, other in sorted(_others(mistake), key=lambda pair: _number(f"{seed} {pair[0].id} {pair[1].shows}")):
        text = in_a_line(other.mend)
        # What has to be made before is no mend here, and one that speaks of the same settings may be one.
        apart = not isinstance(other.mend, Lines) and not other.before and not other.mend.keys() & (touched | _TOO_NEAR)
        if left and apart and text not in taken:
            left -= 1
            taken.add(text)
            yield Choice(text, False, f"that mends {control.id}, where one sees «{other.shows}»", _fragment(other))


def _fragment(mistake: Mistake) -> Fragment | None:
    return None if isinstance(mistake.mend, Lines) else mistake.mend


def _others(mistake: Mistake) -> list[tuple[Control, Mistake]]:
    """The mistakes of the other controls."""
    return [(control, other) for control in CONTROLS if mistake not in control.mistakes for other in control.mistakes]


def _refusals(fragment: Fragment) -> Iterator[str]:
    return (f"{message} ({control.id})" for control in CONTROLS for message in control.forbids(fragment))


def _alike(one: str, other: str) -> bool:
    """Whether one literal is part of the other, in whatever letters: who sees the one sees the other."""
    small, large = sorted((one.casefold(), other.casefold()), key=len)
    return stands_in(small, large) or stands_in(large, small)


def _sorted(fragments: Iterable[Fragment], seed: str) -> list[Fragment]:
    return sorted(fragments, key=lambda one: _number(f"{seed} {in_a_line(one)}"))


def _mixed(seed: str, choices: Iterable[Choice]) -> tuple[Choice, ...]:
    return tuple(sorted(choices, key=lambda choice: _number(f"{seed} {choice.text}")))


def _number(text: str) -> bytes:
    """What an order is made of that looks like chance and is the same each time."""
    return hashlib.sha256(text.encode()).digest()
