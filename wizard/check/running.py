"""One run of `check`: which files, what the controls say of them, what was waived, what is known already."""

from collections.abc import Sequence
from pathlib import Path

from wizard.check.dockerfiles import Dockerfile, dockerfile
from wizard.check.finding_files import BASES, Files, Group, find
from wizard.check.judging import Judged, judge, judge_image
from wizard.check.model import Found, Report
from wizard.check.project import Compose, load
from wizard.check.source import NotReadError
from wizard.check.sources import Sources
from wizard.check.waivers import FILE as ANSWERS
from wizard.check.waivers import sorted_out
from wizard.errors import UsageError

RENDERED = "compose.yaml"
"""The Compose file that answers are for: any other one is somebody's own."""


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
            read = dockerfile(sources.text(path), name)
            found += judge_image(read, built.get(name, ()))
            report.images += 1
            found += _image_drift(path, read, found, sources)
        except NotReadError as error:
            report.problems.append(str(error))
    kept, report.waived = sorted_out(sorted(set(found), key=lambda one: one.rank), sources, built, report.problems)
    report.findings = kept
    if baseline:
        from wizard.check.baseline import unknown_to

        report.findings, report.known = unknown_to(baseline, kept, sources)
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
    if not compose.services and not compose.jobs and not compose.unread:
        raise NotReadError(name, "no service is understood in it; nothing was judged")
    report.services += len(compose.services) + len(compose.jobs)
    if group.paths[0].name == RENDERED and (group.paths[0].parent / ANSWERS).is_file():
        judged.findings += _drift(compose, judged, group.paths[0].parent, sources, report)
    return judged.findings, judged.built


def _image_drift(path: Path, read: Dockerfile, found: Sequence[Found], sources: Sources) -> list[Found]:
    """Where a Dockerfile is not what the answers beside it ask for. Raises NotReadError for answers that the wizard would refuse."""
    if not any((folder / ANSWERS).is_file() for folder in path.parents[:3]):
        return []
    from wizard.check.asked import asked
    from wizard.check.drift import without_repeats
    from wizard.check.drift_image import answers_folder, built_by, image_strays

    wanted = asked(answers_folder(path), sources)
    service = built_by(wanted.project, path) if wanted else None
    own = [one for one in found if one.place.file == read.name]
    return list(without_repeats(own, image_strays(service, read))) if service else []


def _drift(compose: Compose, judged: Judged, folder: Path, sources: Sources, report: Report) -> list[Found]:
    """Where it is not what the answers beside it ask for."""
    from wizard.check.asked import asked
    from wizard.check.drift import strays, without_repeats

    try:
        wanted = asked(folder, sources)
    except NotReadError as error:
        report.problems.append(str(error))
        return []
    shared = {key: node.value for key, node in compose.shared.items()}
    return list(without_repeats(judged.findings, strays(wanted, judged.forms, compose.services, shared))) if wanted else []


def _services_of(group: Group, sources: Sources) -> list[tuple[str, object]]:
    roots = sources.documents(group.paths[-1])
    services = [root.value[key].value for root in roots if isinstance(root.value, dict) for key in ("services", "jobs") if key in root.value]
    if not any(isinstance(one, dict) and one for one in services):
        raise NotReadError(sources.name(group.paths[-1]), "no service is understood in it; nothing was judged")
    return [item for one in services if isinstance(one, dict) for item in one.items()]
