"""A proof in words: the rows of its list, what was seen for one of them, and its sum. Nothing here knows a widget."""

from collections.abc import Iterator, Sequence

from textual.content import Content

from wizard.artifact import WORKLOAD
from wizard.controls import CONTROLS
from wizard.prove.evidence import DRIFT, RUNS, Evidence, NotProvable, Trouble, Waived
from wizard.prove.progress import NAMES, WORDS, Look, Progress, Row
from wizard.text import visible_all
from wizard.tui.listing import Row as Listed

_TITLES = {DRIFT: "The engine took what the file says", RUNS: "It starts, is healthy, and is so again after a restart"}
_WHEN = {"started": "after the start", "restarted": "after a restart", "": "once"}
_TROUBLE = "trouble "
_LONGEST = 2000
"""Characters of one thing seen that are shown; the report has all of them."""

Found = Row | Trouble


def listed(progress: Progress) -> list[Listed]:
    """Why something does not run, then each service with its controls, both rounds before each."""
    rows = []
    if progress.troubles:
        rows.append(Listed("", "Why it does not run", heading=True))
        rows += [Listed(f"{_TROUBLE}{n}", visible_all(one.service or "the project"), "WHY") for n, one in enumerate(progress.troubles)]
    for service in progress.services:
        counted = progress.counted(service)
        total = ", ".join(f"{counted[mark]} {NAMES[mark]}" for mark in NAMES if mark in counted)
        rows.append(Listed("", f"{visible_all(service or 'the project')}: {total}", heading=True))
        rows += [Listed(row_id(row), visible_all(row.control), label=_label(row)) for row in progress.rows if row.service == service]
    return rows


def row_id(row: Row) -> str:
    """What names a row of the list: no service has a space in its name."""
    return f"{row.service} {row.control}"


def found_in(progress: Progress, id: str) -> Found | None:
    """What a row of the list stands for."""
    if id.startswith(_TROUBLE) and id.removeprefix(_TROUBLE).isdecimal():
        return progress.troubles[int(id.removeprefix(_TROUBLE))]
    return next((row for row in progress.rows if row_id(row) == id), None)


def first_wrong(progress: Progress) -> str:
    """The row to look at first once it is over: why something does not run, else what failed; nothing where all is well."""
    return f"{_TROUBLE}0" if progress.troubles else next((row_id(row) for row in progress.rows if row.mark == "FAIL"), "")


def told(found: Found | None) -> Content:
    """All that was seen for a row: what was expected, what was observed, how, and how long that took."""
    if found is None:
        return Content("What is seen of each control stands here, as it comes.")
    if isinstance(found, Trouble):
        return Content("\n").join(_why(found))
    title = _TITLES.get(found.control) or next((one.title for one in CONTROLS if one.id == found.control), found.control)
    parts = [Content.assemble((visible_all(title), "bold"), (f"  {found.service}", "$text-secondary"))]
    if not found.looks:
        parts.append(Content("Nothing was seen of it." if found.mark == "unseen" else "It is still to come."))
    parts += [Content("\n").join(_look(one)) for one in found.looks]
    return Content("\n\n").join(parts)


def summed(progress: Progress) -> tuple[str, str]:
    """How it ended, in words with a sign, and the colour of that; nothing while it goes on."""
    report = progress.report
    if report is None:
        return "", ""
    right, all_ = len(report.evidence) - len(report.failures), len(report.evidence)
    unprovable = f", {len(report.unprovable)} not provable here" if report.unprovable else ""
    said = [f"{right} of {all_} looks as expected{unprovable}", *(visible_all(note) for note in report.notes)]
    return f"{'✓ Proven' if report.passed else '✗ Not proven'}: {'. '.join(said)}.", "$success" if report.passed else "$error"


def _label(row: Row) -> str:
    if "waived" in row.marks:
        return f"{'waived':9} "
    first, second = (WORDS[mark] for mark in row.marks)
    return f"{first:4} {second:4} "


def _look(one: Look) -> Iterator[Content]:
    if isinstance(one, NotProvable):
        yield Content.assemble(("? ", "bold $warning"), _cut(one.what))
        yield _line("not provable", one.why)
    elif isinstance(one, Waived):
        yield _line("waived", one.why or "no reason is given")
    else:
        sign = ("✓ ", "bold $success") if one.passed else ("✗ FAIL ", "bold $error")
        yield Content.assemble(sign, _cut(one.what))
        yield _line("expected", one.expected)
        yield _line("observed", one.observed)
        if one.how:
            yield _line("how", one.how)
        if one.place:
            yield _line("line", one.place)
        yield _line("when", f"{_WHEN[one.round]}, {one.seconds:g} s")


def _why(one: Trouble) -> Sequence[Content]:
    unsure = "" if one.confirmed or one.control == WORKLOAD else " This is by what it said: it was not tried, or did not help."
    said = [_line("it says", one.seen), _line("why", one.why + "." + unsure), _line("control", one.control)]
    lines = [_line("line", one.place)] if one.place else []
    return [Content.styled(f"{visible_all(one.service or 'the project')} does not run", "bold"), *said, *lines, _line("change", one.change)]


def _line(name: str, text: str) -> Content:
    return Content.assemble((f"{name}: ", "$text-secondary"), _cut(text))


def _cut(text: str) -> str:
    shown = visible_all(text)
    return shown if len(shown) <= _LONGEST else f"{shown[:_LONGEST]} (cut; a saved report has all of it)"


def leading(found: Found | None) -> Evidence | Trouble | None:
    """What of a row can be mended by an answer: a trouble, or what failed."""
    if isinstance(found, Row):
        return next((look for look in found.looks if isinstance(look, Evidence) and not look.passed), None)
    return found
