"""One run of `check`: which files, what the controls say of them, what was waived, what is known already."""

from collections.abc import Sequence
from pathlib import Path

from wizard.check.baseline import unknown_to
from wizard.check.dockerfiles import dockerfile
from wizard.check.finding_files import BASES, Files, Group, find
from wizard.check.judging import judge, judge_image
from wizard.check.model import Found, Report
from wizard.check.project import load
from wizard.check.source import NotReadError
from wizard.check.sources import Sources
from wizard.check.waivers import sorted_out
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
    found: list[Found] = []
    built: dict[str, list[str]] = {}
    for group in files.groups:
        try:
            own, made = _group(group, sources, report)
        except NotReadError as error:
            report.problems.append(str(error))
            continue
        finally:
            sources.forget()
        found += own
        for name, services in made.items():
            built.setdefault(name, []).extend(services)
    for path in files.dockerfiles:
        name = sources.name(path)
        try:
            found += judge_image(dockerfile(sources.text(path), name), built.get(name, ()))
            report.images += 1
        except NotReadError as error:
            report.problems.append(str(error))
    kept, report.waived = sorted_out(sorted(set(found), key=lambda one: one.rank), sources, built, report.problems)
    report.findings, report.known = unknown_to(baseline, kept, sources) if baseline else (kept, 0)
    report.problems = list(dict.fromkeys(report.problems))
    return report, sources


def _group(group: Group, sources: Sources, report: Report) -> tuple[list[Found], dict[str, list[str]]]:
    """Findings of Compose files that belong together. Raises NotReadError where no service is understood in them."""
    compose = load(group.paths, sources)
    name = sources.name(group.paths[-1])
    judged = judge(compose, sources, alone=not group.extra and group.paths[0].name in BASES)
    if group.extra:
        own = {key for key, node in _services_of(group, sources)}
        report.services += len(own)
        return [one for one in judged.findings if one.place.file == name], judged.built
    if not compose.services and not compose.unread:
        raise NotReadError(name, "no service is understood in it; nothing was judged")
    report.services += len(compose.services)
    return judged.findings, judged.built


def _services_of(group: Group, sources: Sources) -> list[tuple[str, object]]:
    roots = sources.documents(group.paths[-1])
    services = [root.value["services"].value for root in roots if isinstance(root.value, dict) and "services" in root.value]
    if not any(isinstance(one, dict) and one for one in services):
        raise NotReadError(sources.name(group.paths[-1]), "no service is understood in it; nothing was judged")
    return [item for one in services if isinstance(one, dict) for item in one.items()]
