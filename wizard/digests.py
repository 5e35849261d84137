"""Images by digest: the exact program, whatever its tag comes to mean.

A digest is an answer (`digests`), so that rendering stays pure: the engine is asked for it only when a person says `--pin-digests`,
and what it said is saved. Each is kept with the name and tag that it was found under; when a version changes, it no longer fits and is not used.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from wizard.errors import SeawallError, UsageError

if TYPE_CHECKING:
    from wizard.engine.docker import Docker
    from wizard.project import Project
    from wizard.workload import Workload

CONTROL = "pinned-base-image"


def pinned(reference: str, workload: "Workload") -> str:
    """The image with its digest, where a person gave one for this very name and tag."""
    return next((known for known in workload.digests if known.partition("@")[0] == reference), reference)


def tagged(reference: str) -> str:
    """The image by name and tag alone."""
    return reference.partition("@")[0]


def images(project: "Project") -> tuple[str, ...]:
    """Every image that the project starts from, by name and tag: those of its services, and those that only build; `scratch` is none."""
    from wizard.stacks import stack_of

    stack = project.workload.stack
    building = (stack_of(stack.language).build_image(project.workload),) if stack else ()
    return tuple(dict.fromkeys(tagged(name) for name in (*building, *(service.image.reference for service in project.services)) if name != "scratch"))


def notes(project: "Project") -> Iterator[str]:
    """What a person should know of the digests that were given."""
    there = images(project)
    for known in project.workload.digests:
        if tagged(known) not in there:
            yield f"digests: {tagged(known)} is no image of this project (any more); it has {', '.join(there)}"
    if any(tagged(known) in there for known in project.workload.digests):
        yield "named by digest: fixes come only with a newer one; let Dependabot or Renovate propose it, or say --pin-digests again after a pull"


def local(project: "Project", docker: "Docker") -> tuple[str, ...]:
    """Every image of a project with the digest under which this engine pulled or pushed it; of all platforms, as the registry has it.

    Raises UsageError for one that has none, with how to get it; NoEngineError where no engine answers.
    """
    return tuple(_local(reference, docker) for reference in images(project))


def _local(reference: str, docker: "Docker") -> str:
    name, colon, tag = reference.rpartition(":")
    if not colon or "/" in tag:
        raise UsageError(f"--pin-digests: {reference} has no tag; name a version, such as {reference}:1.4")
    try:
        known = docker.inspect("image", reference).get("RepoDigests") or ()
    except SeawallError as error:
        if type(error) is not SeawallError:
            raise
        known = ()
    found = next((text for text in known if text.partition("@")[0] == name), None)
    if found is None:
        raise UsageError(
            f"--pin-digests: this engine has no digest of {reference}: it was not pulled from a registry, or built here; "
            f"docker pull {reference} first, or ask with «docker buildx imagetools inspect {reference}» and say --set digests+=NAME:TAG@sha256:..."
        )
    return f"{reference}@{found.partition('@')[2]}"
