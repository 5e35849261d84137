"""The parts that a run is made of: a group of Compose files, or a Dockerfile. Each is judged by itself, in any process."""

from collections.abc import Sequence
from pathlib import Path

from msgspec import Struct, field

from wizard.check.dockerfiles import Dockerfile, dockerfile
from wizard.check.finding_files import BASES, Group
from wizard.check.found import Found
from wizard.check.judging import Judged, judge, judge_image
from wizard.check.project import Compose, load
from wizard.check.source import NotReadError
from wizard.check.sources import Sources
from wizard.check.waivers import FILE as ANSWERS

RENDERED = "compose.yaml"
"""The Compose file that answers are for: any other one is somebody's own."""


class Part(Struct):
    """What one part gives to the report."""

    findings: list[Found] = field(default_factory=list)
    built: dict[str, list[str]] = field(default_factory=dict)
    """Of each Dockerfile that is built, the services that build it."""
    problems: list[str] = field(default_factory=list)
    services: int = 0
    images: int = 0
    marked: list[str] = field(default_factory=list)
    """Files with a word in them that may be a waiver."""


def judge_group(group: Group, sources: Sources) -> Part:
    """Compose files that belong together. What is not understood, or has no service, is a problem."""
    part = Part()
    try:
        _judge_group(group, sources, part)
    except NotReadError as error:
        part = Part(problems=[str(error)])
    return _done(part, sources)


def judge_dockerfile(built: tuple[Path, tuple[str, ...]], sources: Sources) -> Part:
    """A Dockerfile, and the services of the run that build it."""
    path, services = built
    name = sources.name(path)
    part = Part(images=1)
    try:
        read = dockerfile(sources.text(path), name)
        part.findings += judge_image(read, services)
        part.findings += _image_drift(path, read, part.findings, sources)
    except NotReadError as error:
        part = Part(problems=[str(error)])
    return _done(part, sources)


def _done(part: Part, sources: Sources) -> Part:
    part.marked = list(sources.marked)
    sources.forget()
    return part


def _judge_group(group: Group, sources: Sources, part: Part) -> None:
    compose = load(group.paths, sources)
    name = sources.name(group.paths[-1])
    judged = judge(compose, sources, alone=not group.extra and group.paths[0].name in BASES)
    part.built = judged.built
    if group.extra:
        part.services = len(set(_services_of(group, sources)))
        part.findings = [one for one in judged.findings if one.place.file == name]
        return
    if not compose.services and not compose.jobs and not compose.unread:
        raise NotReadError(name, "no service is understood in it; nothing was judged")
    part.services = len(compose.services) + len(compose.jobs)
    if group.paths[0].name == RENDERED and (group.paths[0].parent / ANSWERS).is_file():
        judged.findings += _drift(compose, judged, group.paths[0].parent, sources, part)
    part.findings = judged.findings


def _drift(compose: Compose, judged: Judged, folder: Path, sources: Sources, part: Part) -> list[Found]:
    """Where it is not what the answers beside it ask for."""
    from wizard.check.asked import asked
    from wizard.check.drift import strays, without_repeats

    try:
        wanted = asked(folder, sources)
    except NotReadError as error:
        part.problems.append(str(error))
        return []
    shared = {key: node.value for key, node in compose.shared.items()}
    return list(without_repeats(judged.findings, strays(wanted, judged.forms, compose.services, shared))) if wanted else []


def _image_drift(path: Path, read: Dockerfile, found: Sequence[Found], sources: Sources) -> list[Found]:
    """Where a Dockerfile is not what the answers beside it ask for. Raises NotReadError for answers that the wizard would refuse."""
    if not any((folder / ANSWERS).is_file() for folder in path.parents[:3]):
        return []
    from wizard.check.asked import asked
    from wizard.check.drift import without_repeats
    from wizard.check.drift_image import answers_folder, built_by, image_strays

    wanted = asked(answers_folder(path), sources)
    service = built_by(wanted.project, path) if wanted else None
    return list(without_repeats(found, image_strays(service, read))) if service else []


def _services_of(group: Group, sources: Sources) -> list[str]:
    """The services that the last file of a group names itself."""
    roots = sources.documents(group.paths[-1])
    services = [root.value[key].value for root in roots if isinstance(root.value, dict) for key in ("services", "jobs") if key in root.value]
    if not any(isinstance(one, dict) and one for one in services):
        raise NotReadError(sources.name(group.paths[-1]), "no service is understood in it; nothing was judged")
    return [name for one in services if isinstance(one, dict) for name in one]
