"""Reports for programs: JSON with the keys of the contract, and GitHub's annotations."""

import json
from collections.abc import Iterator

import msgspec

from wizard.check.model import Found, Report
from wizard.control import Severity
from wizard.text import visible_all

_LEVELS = {Severity.STOP: "error", Severity.INVALID: "error", Severity.WARN: "warning", Severity.INFO: "notice"}


def as_json(report: Report) -> Iterator[str]:
    """`findings`, `services` and `waived` as the contract has them; `problems` are what was not understood. Written finding by finding."""
    rest = {
        "services": report.services,
        "waived": [{**row(one.finding), "why": one.why, "said_at": one.said_at} for one in report.waived],
        "images": report.images,
        "known": report.known,
        "problems": report.problems,
    }
    yield '{\n  "findings": ['
    between = ""
    for one in report.findings:
        yield f"{between}\n    " + _json(row(one)).replace("\n", "\n    ")
        between = ","
    yield ("\n  " if between else "") + "]," + _json(rest).removeprefix("{") + "\n"


def _json(data: object) -> str:
    """ASCII in indented lines. `json` itself indents forty times slower, and leaves garbage in circles behind."""
    return msgspec.json.format(json.dumps(data, ensure_ascii=True), indent=2)


def row(one: Found) -> dict[str, object]:
    """A finding with the keys of the contract."""
    from wizard.check.sarif import references

    return {
        "control": one.control, "severity": one.severity.value, "file": one.place.file, "line": one.place.line, "column": one.place.column,
        "service": one.service, "message": one.message, "remedy": one.remedy, "references": references(one.control),
    }  # fmt: skip


def annotations(report: Report) -> Iterator[str]:
    """One workflow command a finding; what was not understood is an error, too."""
    for one in report.findings:
        where = f"file={_property(one.place.file)},line={one.place.line},col={one.place.column}"
        title = _property(f"{one.control} ({one.severity.value})")
        said = _data(f"{one.service + ': ' if one.service else ''}{one.message}; {one.remedy}")
        yield f"::{_LEVELS[one.severity]} {where},title={title}::{said}\n"
    yield from (f"::error title=not judged::{_data(problem)}\n" for problem in report.problems)
    for waived in report.waived:
        one = waived.finding
        yield f"::notice file={_property(one.place.file)},line={one.place.line},title=waived {one.control}::{_data(waived.why)}\n"


def _data(text: str) -> str:
    """Text in which nothing ends the command: what is no plain character is escaped before, so that a log shows it, too."""
    return visible_all(text).replace("%", "%25")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
