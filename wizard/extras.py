"""What is written beside the files that run, as `extras` names it. Each is imported when it is asked for: most projects have one of them."""

from collections.abc import Callable, Iterator, Mapping

from msgspec.structs import replace

from wizard.artifact import Artifact
from wizard.compose import combined
from wizard.project import Project
from wizard.render import service_parts, shared_parts
from wizard.value_types import Extra


def extras(project: Project) -> Iterator[Artifact]:
    """The files that are asked for, in the order of the question."""
    for name, write in _WRITERS.items():
        if name in project.workload.extras:
            yield from (replace(artifact, beside=True) for artifact in write(project))


def _runbook(project: Project) -> Iterator[Artifact]:
    from wizard.runbook import runbook

    yield runbook(project, {service.name: service_parts(service) for service in project.services})


def _docker_run(project: Project) -> Iterator[Artifact]:
    from wizard.docker_run import docker_run

    yield docker_run(project, service_parts, {key: combined(key, parts) for key, parts in shared_parts(project).items()})


def _daemon(project: Project) -> Iterator[Artifact]:
    from wizard.daemon import proposal, words

    yield proposal()
    yield words(project)


def _debug(project: Project) -> Iterator[Artifact]:
    from wizard.debug_variant import debug_variant

    yield debug_variant(project)


def _ci(project: Project) -> Iterator[Artifact]:
    from wizard.workflow import workflow

    yield workflow(project)


def _signing(project: Project) -> Iterator[Artifact]:
    from wizard.signing import policies

    yield from policies(project)


_WRITERS: Mapping[Extra, Callable[[Project], Iterator[Artifact]]] = {
    "runbook": _runbook,
    "docker-run": _docker_run,
    "daemon": _daemon,
    "debug": _debug,
    "ci": _ci,
    "signing": _signing,
}
