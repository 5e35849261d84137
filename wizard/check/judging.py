"""The controls over services and Dockerfiles that somebody wrote: what each of them finds, with its place."""

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from msgspec import Struct, field
from msgspec.structs import replace

from wizard.check.dockerfiles import Dockerfile, Stage, assignments, dockerfile
from wizard.check.forms import Shaped, put_on_default, shaped
from wizard.check.images import built_image, known_image
from wizard.check.model import Found
from wizard.check.nodes import Node
from wizard.check.project import Compose, is_remote
from wizard.check.source import NotReadError, Place
from wizard.check.sources import Sources
from wizard.check.variables import env_file
from wizard.control import Control, Flaw, Severity
from wizard.controls import CONTROLS
from wizard.foreign import Built, Foreign, ForeignImage, Start, Unknown
from wizard.text import visible

NOT_READ = "not-judged"
"""Stands where a control does for what could not be judged, since it is not on this disk."""


_OF_SERVICES = tuple(control for control in CONTROLS if control.must or any(
    getattr(type(control), name) is not getattr(Control, name) for name in ("judge", "lacks", "refuses", "forbids")
))  # fmt: skip
"""Those that have something to say of a service that somebody wrote, and below of a Dockerfile: the others are not asked."""
_OF_IMAGES = tuple(control for control in CONTROLS if type(control).judge_image is not Control.judge_image)
_NO_JOBS = frozenset(("health-check", "restart-policy"))
"""Controls that keep a service going, which a job is not."""


class Judged(Struct):
    """Findings of a project, and the Dockerfiles that its services build."""

    findings: list[Found]
    built: dict[str, list[str]]
    """Of each Dockerfile that is built, the services that build it."""
    forms: dict[str, Shaped] = field(default_factory=dict)
    """Of each service what was judged."""


def judge(compose: Compose, sources: Sources, alone: bool = False, images: Mapping[str, Start] | None = None) -> Judged:
    """All findings of the services of a project. Raises NotReadError for what Compose would refuse. `images` are those of services that are known.

    A service without image and build is a part of another: what it says is judged, what it lacks may stand elsewhere, and that is said.
    In a file that stands `alone` (compose.yaml) it is an error, as it is for Compose.
    """
    found = [Found(NOT_READ, Severity.WARN, one.place, "", f"{one.what} is not on this disk and was not judged",
                   "check it where it comes from, or keep a copy of it here") for one in compose.unread]  # fmt: skip
    read = seen(compose, sources, images or {})
    for one in read:
        if not one.foreign.whole and alone:
            raise NotReadError(one.node.place, f"the service {visible(one.foreign.name)} has neither image nor build")
        if not one.foreign.whole:
            what = "is a part without image and build: what it lacks was not judged"
            beside = "check it with the files that it is merged with"
            found.append(Found(NOT_READ, Severity.WARN, one.node.place, one.foreign.name, what, beside))
        found += _of_service(one.foreign, one.form, one.node)
        found += _of_hooks(one, compose)
    for name, job in compose.jobs.items():
        if not isinstance(job.value, dict):
            raise NotReadError(job.place, f"the job {visible(name)} is no mapping")
        form = shaped(job, compose.shared)
        put_on_default(form, compose.shared.get("networks"))
        image, _ = _image(form, job, compose.folders[name], sources)
        found += (one for one in _of_service(Foreign(name, form.fragment, image), form, job) if one.control not in _NO_JOBS)
    built: dict[str, list[str]] = {}
    for one in read:
        if one.dockerfile:
            built.setdefault(one.dockerfile, []).append(one.foreign.name)
    return Judged(found, built, {one.foreign.name: one.form for one in read})


class Seen(Struct, frozen=True):
    """A service as it was read: what the controls judge, its normalised form with all places, and the Dockerfile that it builds, if that is here."""

    foreign: Foreign
    form: Shaped
    node: Node
    dockerfile: str = ""


def _of_hooks(one: Seen, compose: Compose) -> Iterator[Found]:
    """What is forbidden in the containers that run before a service starts: each may ask for more than the service has."""
    hooks = one.node.value.get("pre_start")
    for hook in hooks.value if hooks and isinstance(hooks.value, list) else ():
        if isinstance(hook.value, dict):
            form = shaped(hook, compose.shared)
            for found in _of_service(Foreign(one.foreign.name, form.fragment, whole=False), form, hook):
                yield replace(found, message=f"pre_start: {found.message}")


def seen(compose: Compose, sources: Sources, images: Mapping[str, Start] = {}) -> list[Seen]:
    """All services of a project as the controls judge them. Raises NotReadError for what Compose would refuse."""
    internal = {name: _is_internal(node) for name, node in _networks(compose).items()}
    forms: dict[str, tuple[Shaped, Start, str]] = {}
    for name, service in compose.services.items():
        if service.value is None:
            raise NotReadError(service.place, f"the service {visible(name)} is empty")
        form = shaped(service, compose.shared)
        put_on_default(form, compose.shared.get("networks"))
        forms[name] = form, *_image(form, service, compose.folders[name], sources)
    # An image that one service builds may be what another one runs.
    made = {form.fragment["image"]: image for form, image, _ in forms.values() if {"image", "build"} <= form.fragment.keys()}
    return [
        Seen(
            Foreign(
                name,
                form.fragment,
                images.get(name) or made.get(form.fragment.get("image"), image),
                bool({"image", "build", "provider"} & form.fragment.keys()),
                internal,
                dict(_variables(form, compose.folders[name], sources)),
            ),
            form,
            compose.services[name],
            file,
        )
        for name, (form, image, file) in forms.items()
    ]


def _variables(form: Shaped, folder: Path, sources: Sources) -> Iterator[tuple[int, tuple[str, ...]]]:
    """The variables of each env_file that is there."""
    for number, entry in enumerate(form.fragment.get("env_file", ())):
        path = folder / str(entry)
        if not isinstance(entry, Unknown) and path.is_file():
            yield number, tuple(name for name, value in env_file(sources.text(path)).items() if value)


def _networks(compose: Compose) -> Mapping[str, Node]:
    node = compose.shared.get("networks")
    return node.value if node else {}


def _is_internal(node: Node) -> bool:
    return isinstance(node.value, dict) and "internal" in node.value and node.value["internal"].value is True


def _of_service(seen: Foreign, form: Shaped, service: Node) -> Iterator[Found]:
    said: set[Place] = set()
    for control in _OF_SERVICES:
        for flaw in control.judge(seen):
            place = form.place(flaw.key, flaw.entry, service.place)
            yield _found(control, flaw, place, seen.name)
    for key, entry, text in form.unknown:
        owner = _owner(key)
        place = form.place(key, entry, service.place)
        if owner and place not in said:
            said.add(place)
            yield Found(owner.id, Severity.WARN, place, seen.name, f"{key}: {visible(text)} hangs on a variable that nothing here sets: unknown",
                        "give it a default in the file, or a value in the .env beside it")  # fmt: skip


@lru_cache(1000)
def _owner(key: str) -> Control | None:
    """The first control that the value of a key matters to."""
    return next((control for control in CONTROLS if _judges(control, key)), None)


def _judges(control: Control, key: str) -> bool:
    """Whether the value of a key matters to a control."""
    forbids = type(control).forbids is not Control.forbids
    return key in control.judged or (
        key in control.settings and (forbids or any(must.key == key and must.value is not None for must in control.must))
    )


def _found(control: Control, flaw: Flaw, place: Place, service: str) -> Found:
    return Found(control.id, flaw.severity or control.severity, place, service, flaw.message, flaw.remedy)


def _image(form: Shaped, service: Node, folder: Path, sources: Sources) -> tuple[Start, str]:
    """What the image of a service starts as, and the name of the Dockerfile that it is built from, if it is read."""
    build: Mapping[str, Any] | None = form.fragment.get("build")
    if build is None:
        return known_image(form.fragment.get("image")), ""
    context = build.get("context", ".")
    inline = build.get("dockerfile_inline")
    file, where = build.get("dockerfile", "Dockerfile"), form.place("build", "dockerfile", form.place("build", "context", service.place))
    arguments = build.get("args")
    if isinstance(arguments, list):
        arguments = dict(str(one).partition("=")[::2] for one in arguments)
    if inline is not None:
        read = dockerfile(str(inline), f"{where.file}:{where.line}", arguments)
        name = ""
    elif any(isinstance(part, Unknown) or is_remote(str(part)) for part in (context, file)):
        return Start(), ""
    else:
        path = folder / str(context) / str(file)
        if not path.is_file():
            return Start(), ""
        name = sources.name(path)
        key = (name, repr(build.get("target")), repr(arguments))
        if start := sources.starts.get(key):
            return start, name
        read = dockerfile(sources.text(path), name, arguments)
    stage = read.stage(str(build["target"]) if build.get("target") else None)
    if stage is None:
        raise NotReadError(form.place("build", "target", service.place), f"target {visible(str(build['target']))} is no stage of {read.name}")
    start = built_image(read, stage, arguments)
    if name:
        sources.starts[key] = start
    return start, name


def judge_image(read: Dockerfile, built_by: Sequence[str]) -> Iterator[Found]:
    """All findings of a Dockerfile; of user and health check only where no service here builds it."""
    last = read.stages[-1]
    seen = ForeignImage(
        built_image(read, last),
        tuple(_built(last)),
        tuple((stage.base, stage.line) for stage in read.stages if stage.parent is None and stage.base != "scratch"),
        bool(built_by),
    )
    for control in _OF_IMAGES:
        for flaw in control.judge_image(seen):
            yield _found(control, flaw, Place(read.name, flaw.line or last.line), "")


def _built(last: Stage) -> Iterator[Built]:
    for stage in reversed(list(last.lineage())):
        for one in stage.instructions:
            sets = tuple(name for name, value in assignments(one) if value)
            yield Built(one.name, one.words, one.line, one.flags, sets, stage is last)
