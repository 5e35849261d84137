"""The report for people: by file and service, each finding with its line, what it is and how to mend it; 80 columns."""

import re
import textwrap
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from wizard.check.model import ORDER, Found, Report
from wizard.check.sources import Sources
from wizard.control import Severity
from wizard.text import visible_all

_WIDTH = 80
SECRETS = "secrets-as-files"
"""The control whose findings stand in lines that are not repeated whole."""
_NEAR = 500
"""Characters before and after a place that may be shown."""


def shown(report: Report, sources: Sources) -> Iterator[str]:
    """The whole report, file by file; nothing where nothing was judged, which is an error rather than a report."""
    if not report.services and not report.images and not report.findings:
        return
    for number, file in enumerate(report.findings.files()):
        yield _text(("",) * bool(number), _of_file(report.findings.of(file), sources))
    yield _text(_waived(report), _sum(report))


def _text(*parts: Iterable[str]) -> str:
    return "".join(f"{line}\n" for lines in parts for line in lines)


def _of_file(findings: Sequence[Found], sources: Sources) -> Iterator[str]:
    first: dict[str, int] = {}
    secrets = {one.place.line for one in findings if one.control == SECRETS}
    for one in findings:
        first[one.service] = min(first.get(one.service, one.place.line), one.place.line)
    service, place = "", None
    yield visible_all(findings[0].place.file)
    for one in sorted(findings, key=lambda one: (one.service != "", first[one.service], one.service, one.place, one.rank)):
        if one.service != service:
            service, place = one.service, None
            yield f"  {visible_all(service)}"
        if one.place != place:
            place = one.place
            yield from _line(one, sources, place.line in secrets)
        yield from _said(one.severity, one.message, one.control, one.remedy)


def _line(one: Found, sources: Sources, secret: bool) -> Iterator[str]:
    """Where a finding stands, as terminals and editors open it, and the line itself, as much of it as fits.

    Of a line with a secret only what goes before its value: a report lands in logs.
    """
    head = f"    {visible_all(str(one.place))}:{one.place.column}"
    text = sources.line(one.place)
    if secret:
        text = hidden(text)
    # Of a line of a megabyte only what is near is looked at: there may be ten thousand findings in it.
    begin = max(0, min(one.place.column, len(text)) - _NEAR)
    text, column = text[begin : begin + 2 * _NEAR], one.place.column - begin
    shown = visible_all(" ".join(text.split()))
    room = _WIDTH - len(head) - 3
    if room < 20:
        yield head
        head, room = "     ", _WIDTH - 8
    if len(shown) > room:
        start = max(0, min(len(visible_all(" ".join(text[: column - 1].split()))) - 10, len(shown) - room + 1))
        shown = ("…" if start else "") + shown[start : start + room - 1 - bool(start)] + "…" * (start + room - 1 < len(shown))
    yield f"{head} | {shown}"


def hidden(line: str) -> str:
    """A line with a secret, without what may be its value."""
    return line[: found.start() if (found := re.search(r"[=:{\[]", line)) else None].rstrip() + " …"


def _waived(report: Report) -> Iterator[str]:
    if not report.waived:
        return
    yield ""
    yield "waived"
    for one in report.waived:
        yield from filled(f"{one.finding.place}  {one.finding.control}  {visible_all(one.why)}  ({one.said_at})", 2, 6)


def _sum(report: Report) -> Iterator[str]:
    if report.findings or report.waived:
        yield ""
    counts = report.findings.counts()
    said = (
        ", ".join(f"{counts[severity]} {severity.value}" for severity in ORDER if counts[severity])
        or f"nothing found{' in what was understood' if report.problems else ''}"
    )
    judged = f"{number(report.services, 'service')}, {number(report.images, 'Dockerfile')}"
    extra = f"; {len(report.waived)} waived" if report.waived else ""
    extra += f"; {report.known} known from the baseline" if report.known else ""
    extra += f"; {number(len(report.problems), 'file')} not understood" if report.problems else ""
    yield f"{judged}: {said}{extra}"
    if counts.keys() - {Severity.INFO}:
        yield "seawall explain CONTROL says why each of them matters, and what may break."


def number(count: int, what: str) -> str:
    """A number of things, in words of one or several."""
    return f"{count} {what}{'' if count == 1 else 's'}"


@lru_cache(1000)  # what is said of one service is mostly said of others as well
def _said(severity: Severity, message: str, control: str, remedy: str) -> tuple[str, ...]:
    """The lines of what is found and of how it is mended."""
    found = filled(f"{severity.value:<7}  {visible_all(message)}  [{control}]", 6, 15)
    return (*found, *filled(f"mend: {visible_all(remedy)}", 15, 21))


def filled(text: str, first: int, rest: int) -> list[str]:
    """A paragraph in lines of 80 columns, the first and the others indented."""
    return textwrap.wrap(text, _WIDTH, initial_indent=" " * first, subsequent_indent=" " * rest, break_on_hyphens=False)
