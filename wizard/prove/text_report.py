"""The proof for people, line by line as it comes, and its end; 80 columns, no colour needed."""

import textwrap
from collections.abc import Callable, Iterator

from wizard.artifact import WORKLOAD
from wizard.prove.evidence import Evidence, NotProvable, Report, Trouble
from wizard.prove.progress import Began, Event
from wizard.text import visible_all

_WIDTH = 80
_LONGEST = 400
"""Characters of what was seen that are shown; JSON has all of them."""


class Teller:
    """Turns what is told into lines, each service under its name; of the second time round only what went wrong then alone."""

    def __init__(self, say: Callable[[str], None], doing: Callable[[str], None]) -> None:
        self._say, self._doing, self._service = say, doing, ""
        self._failed: set[tuple[str, str, str]] = set()

    def __call__(self, told: Event) -> None:
        """Take the next thing."""
        if isinstance(told, Began):
            self._doing(f"{told.step} {told.words}".rstrip())
        if not isinstance(told, Evidence | NotProvable | Trouble):
            return
        if isinstance(told, Evidence):
            key = told.service, told.control, told.what
            if told.round == "restarted" and (told.passed or key in self._failed):
                return
            self._failed |= set() if told.passed else {key}
        if told.service != self._service:
            self._service = told.service
            self._say(visible_all(told.service or "the project"))
        for line in _lines(told):
            self._say(line)


def _lines(told: Evidence | NotProvable | Trouble) -> Iterator[str]:
    if isinstance(told, NotProvable):
        yield from filled("?", f"{told.what}: not provable here: {told.why} [{told.control}]")
    elif isinstance(told, Trouble):
        yield from trouble_lines(told)
    elif told.passed:
        yield from filled("ok", f"{told.what}: {told.observed} [{told.control}]")
    else:
        when = ", after a restart" if told.round == "restarted" else ""
        yield from filled("FAIL", f"{told.what}{when}: {told.observed} [{told.control}]")
        yield from filled("", f"expected: {told.expected}")
        if told.place:
            yield from filled("", told.place)


def trouble_lines(told: Trouble) -> Iterator[str]:
    """Why a service does not run."""
    yield from filled("WHY", f"{told.seen} [{told.control}]")
    if told.place:
        yield from filled("", f"{told.place}: {told.change}")
    unsure = not told.confirmed and told.control != WORKLOAD
    yield from filled("", f"{told.why}{' (by what it said; that was not tried, or did not help)' if unsure else ''}")


def ending(report: Report) -> Iterator[str]:
    """What stands below everything: what was waived, what to know, the sum."""
    yield ""
    for one in report.waived:
        yield from filled("", f"waived: {one.control} of {one.service}: {one.why or 'no reason is given'}", 2)
    for note in report.notes:
        yield from filled("", note, 2)
    right, all_ = len(report.evidence) - len(report.failures), len(report.evidence)
    yield f"{right} of {all_} looks as expected" + (f", {len(report.unprovable)} not provable here" if report.unprovable else "")
    if report.seconds:
        yield from textwrap.wrap(f"seconds: {', '.join(f'{what} {took:g}' for what, took in report.seconds.items())}", _WIDTH)
    if report.failures:
        yield "seawall explain CONTROL says why each of them matters, and what may break."


def filled(head: str, text: str, indent: int = 2) -> list[str]:
    """A paragraph with a word before it."""
    begin = " " * indent + (f"{head:<6}" if indent == 2 and head else " " * (6 if indent == 2 and not head else 0))
    text = visible_all(text)
    text = text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"
    return textwrap.wrap(text, _WIDTH, initial_indent=begin, subsequent_indent=" " * (len(begin) + 2), break_on_hyphens=False) or [begin]
