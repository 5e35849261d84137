"""`seawall check`: from the options to the report and the exit code."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from msgspec import Struct

from wizard.check.model import Report
from wizard.check.running import check
from wizard.check.sources import Sources
from wizard.control import Severity

FORMATS = ("text", "json", "sarif", "github")


class Options(Struct, frozen=True):
    """What was asked for."""

    fail_on: Severity = Severity.INVALID
    form: str = "text"
    baseline: Path | None = None
    write_baseline: Path | None = None


class Result(Struct, frozen=True):
    """The report piece by piece, what was not understood, and the exit code: 2 before 1, since what was not judged is not clean."""

    pieces: Iterator[str]
    problems: tuple[str, ...]
    code: int


def run(paths: Sequence[Path], options: Options) -> Result:
    """Judge the files. Raises UsageError where nothing can be judged."""
    report, sources = check(paths, options.baseline)
    if options.write_baseline:
        from wizard.check.baseline import write

        write(options.write_baseline, report.findings)
        return Result(iter([f"{options.write_baseline}: {len(report.findings)} findings\n"]), tuple(report.problems), 2 if report.problems else 0)
    code = 2 if report.problems else int(report.fails(options.fail_on))
    return Result(shown(report, sources, options.form), tuple(report.problems), code)


def shown(report: Report, sources: Sources, form: str) -> Iterator[str]:
    """The report in a format, piece by piece: that of many files is larger than all that is kept of them."""
    if form == "json":
        from wizard.check.machine import as_json

        return as_json(report)
    if form == "github":
        from wizard.check.machine import annotations

        return annotations(report)
    if form == "sarif":
        from wizard.check.sarif import sarif

        return iter([sarif(report, sources)])
    from wizard.check.text_report import shown as text

    return text(report, sources)
