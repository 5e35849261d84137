"""What a seawall.yaml beside a Compose file asks for: the project that its answers make, and how that reads. Only where there is one."""

from functools import lru_cache
from pathlib import Path

from msgspec import Struct

from wizard.check.forms import Shaped, shaped
from wizard.check.nodes import Node
from wizard.check.project import load
from wizard.check.source import NotReadError
from wizard.check.sources import Sources
from wizard.check.waivers import FILE
from wizard.errors import UsageError
from wizard.project import Project


class Asked(Struct, frozen=True):
    """The project, the services that are rendered for it in their normalised form, and what they share."""

    project: Project
    forms: dict[str, Shaped]
    shared: dict[str, Node]


def asked(folder: Path, sources: Sources) -> Asked | None:
    """What the answers in a folder ask for; None where there are none, or where the file holds nothing but waivers.

    None as well where the program is not there (files that were written with --output): half of the answers are what its folder says.

    Raises NotReadError for answers that the wizard would refuse as well.
    """
    path = folder / FILE
    if not path.is_file() or not _describes_a_service(path, sources):
        return None
    from wizard.answers import from_file
    from wizard.detect import detect
    from wizard.resolve import resolve
    from wizard.session import Session

    name = sources.name(path)
    try:
        session = Session(folder, detect(folder), ()).said(from_file(sources.text(path), name))
        if session.workload.stack and not session.found.answers:
            return None
        return as_rendered(resolve(session.workload))
    except NotReadError:
        raise
    except UsageError as error:
        where, _, problem = str(error).partition(": ")
        raise (NotReadError(where, problem) if where.startswith(f"{name}:") else NotReadError(name, str(error))) from None


def _describes_a_service(path: Path, sources: Sources) -> bool:
    root = next(iter(sources.documents(path)), None)
    keys = root.value.keys() if root and isinstance(root.value, dict) else set()
    return "name" in keys and bool({"stack", "image"} & keys)


def as_rendered(project: Project) -> Asked:
    """What is rendered for a project. Raises UsageError for answers that must not be rendered."""
    from wizard.render import compose_file

    return Asked(project, *_read(compose_file(project, annotate=False).text))


@lru_cache(maxsize=4)
def _read(text: str) -> tuple[dict[str, Shaped], dict[str, Node]]:
    """The rendered text, read as somebody's file would be: so both sides are spelled the same."""
    path = Path("compose.yaml")
    sources = Sources(Path("/"))
    sources.given(sources.name(path), text.encode())
    compose = load((path,), sources)
    return {name: shaped(node, compose.shared) for name, node in compose.services.items()}, compose.shared
