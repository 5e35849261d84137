"""One run of `check`: which files, what the controls say of them, what was waived, what is known already."""

from collections.abc import Sequence
from pathlib import Path

from wizard.check.finding_files import Files, find
from wizard.check.model import Report
from wizard.check.parts import Part, judge_dockerfile, judge_group
from wizard.check.sources import Sources
from wizard.check.waivers import sorted_out
from wizard.check.workers import in_order
from wizard.errors import UsageError


def check(paths: Sequence[Path], baseline: Path | None = None) -> tuple[Report, Sources]:
    """What the controls say of the files among `paths`, and the files that were read.

    Raises UsageError where there is nothing to judge; a file that is not understood is among the report's problems.
    """
    files = find(paths)
    if not files.groups and not files.dockerfiles:
        shown = ", ".join(str(path) for path in paths)
        raise UsageError(f"{shown}: no Compose file and no Dockerfile here; nothing was judged")
    return judged(files, Sources(Path.cwd()), baseline)


def judged(files: Files, sources: Sources, baseline: Path | None = None) -> tuple[Report, Sources]:
    """The same of files that were found."""
    report = Report()
    built: dict[str, list[str]] = {}
    for part in in_order(judge_group, files.groups, sources):
        _add(part, report, sources)
        for name, services in part.built.items():
            built.setdefault(name, []).extend(services)
    sources.dockerfiles.update(built)
    for part in in_order(judge_dockerfile, [(path, tuple(built.get(sources.name(path), ()))) for path in files.dockerfiles], sources):
        _add(part, report, sources)
    sources.dockerfiles.update(sources.name(path) for path in files.dockerfiles)
    report.waived = sorted_out(report.findings, sources, built, report.problems)
    if baseline:
        from wizard.check.baseline import unknown_to

        report.known = unknown_to(baseline, report.findings, sources)
    report.problems = list(dict.fromkeys(report.problems))
    return report, sources


def _add(part: Part, report: Report, sources: Sources) -> None:
    report.findings.add(part.findings)
    report.problems += part.problems
    report.services += part.services
    report.images += part.images
    sources.marked.update(dict.fromkeys(part.marked))
