"""Reports for programs: JSON with the keys of the contract, and GitHub's annotations."""

import json

from wizard.check.model import Found, Report
from wizard.control import Severity
from wizard.text import visible_all

_LEVELS = {Severity.STOP: "error", Severity.INVALID: "error", Severity.WARN: "warning", Severity.INFO: "notice"}


def as_json(report: Report) -> str:
    """`findings`, `services` and `waived` as the contract has them; `problems` are what was not understood."""
    data = {
        "findings": [row(one) for one in report.findings],
        "services": report.services,
        "waived": [{**row(one.finding), "why": one.why, "said_at": one.said_at} for one in report.waived],
        "images": report.images,
        "known": report.known,
        "problems": report.problems,
    }
    return json.dumps(data, ensure_ascii=True, indent=2) + "\n"


def row(one: Found) -> dict[str, object]:
    """A finding with the keys of the contract."""
    from wizard.check.sarif import references

    return {
        "control": one.control, "severity": one.severity.value, "file": one.place.file, "line": one.place.line, "column": one.place.column,
        "service": one.service, "message": one.message, "remedy": one.remedy, "references": references(one.control),
    }  # fmt: skip


def annotations(report: Report) -> str:
    """One workflow command a finding; what was not understood is an error, too."""
    lines = [
        f"::{_LEVELS[one.severity]} file={_property(one.place.file)},line={one.place.line},col={one.place.column},"
        f"title={_property(f'{one.control} ({one.severity.value})')}::"
        + _data(f"{one.service + ': ' if one.service else ''}{one.message}; {one.remedy}")
        for one in report.findings
    ]
    lines += [f"::error title=not judged::{_data(problem)}" for problem in report.problems]
    lines += [f"::notice file={_property(one.finding.place.file)},line={one.finding.place.line},title=waived {one.finding.control}::{_data(one.why)}"
              for one in report.waived]  # fmt: skip
    return "".join(f"{line}\n" for line in lines)


def _data(text: str) -> str:
    """Text in which nothing ends the command: what is no plain character is escaped before, so that a log shows it, too."""
    return visible_all(text).replace("%", "%25")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
