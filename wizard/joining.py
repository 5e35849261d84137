"""The services of a project put into a Compose file that somebody wrote: added by edits of its text; all that is in it stays as it is."""

from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from wizard import state_folder
from wizard.answers import FILE as ANSWERS
from wizard.check.finding_files import BASES
from wizard.check.nodes import documents, plain
from wizard.check.source import LARGEST
from wizard.errors import UsageError
from wizard.existing import existing_text
from wizard.text import visible

if TYPE_CHECKING:
    from wizard.project import Project

_KIND = "joined"
_SHARED = ("networks", "volumes", "secrets")


class Step(Struct, frozen=True):
    """An edit: a value at a path, or further entries of the list there."""

    path: tuple[str, ...]
    value: Any
    more: bool = False


def base_of(folder: Path) -> str | None:
    """The name of the Compose file of a folder, the one that Compose would take; None where there is none."""
    return next((name for name in BASES if (folder / name).is_file()), None)


def services_of(folder: Path, name: str) -> tuple[str, ...]:
    """The services of a Compose file; none where it is not understood, which is for others to say."""
    try:
        return tuple(_data(_text(folder, name), name).get("services") or {})
    except UsageError:
        return ()


def offered(folder: Path) -> tuple[str, tuple[str, ...]] | None:
    """A Compose file of somebody's that a project could be added to, and its services; None where there is none, or it is Seawall's own."""
    name = base_of(folder)
    services = services_of(folder, name) if name else ()
    if not name or not services or ((folder / ANSWERS).is_file() and not added_before(folder)):
        return None
    written = state_folder.find("written", folder)
    digest = written.get(name) if isinstance(written, dict) else None
    return None if digest == sha256((folder / name).read_bytes()).hexdigest() and not added_before(folder) else (name, services)


def app_in(folder: Path, name: str) -> str | None:
    """The service of a Compose file that is built from the folder itself: the app, under the name that it has there."""
    try:
        services = _data(_text(folder, name), name)["services"]
    except UsageError:
        return None
    return next((str(key) for key, one in services.items() if isinstance(one, Mapping) and _context(one.get("build")) in (".", "./")), None)


def _context(build: Any) -> Any:
    return build.get("context", ".") if isinstance(build, Mapping) else build


def added_before(folder: Path) -> frozenset[str]:
    """The services that Seawall put into the Compose file of a folder."""
    found = state_folder.find(_KIND, folder)
    return frozenset(str(one) for one in found) if isinstance(found, list) else frozenset()


def remember(folder: Path, names: frozenset[str]) -> None:
    """Keep which services of the Compose file are Seawall's, after it was written."""
    state_folder.keep(_KIND, folder, sorted(names | added_before(folder)))


def added_to(folder: Path, name: str, project: "Project") -> frozenset[str]:
    """The services that Seawall adds to a Compose file as it is, or has added: all but an app that was there before."""
    kept = project.app.name in services_of(folder, name) and project.app.name not in added_before(folder)
    return frozenset(service.name for service in project.services if not (kept and service.role != "companion"))


def joined(folder: Path, name: str, rendered: str, project: "Project", ours: frozenset[str]) -> str:
    """The text of the Compose file `name` with the services of `rendered`, the text that Seawall would write by itself.

    A service of the same name is written anew where it is among `ours`. Otherwise, if it is the app, it stays and is connected to its
    companions: their networks, variables and secrets. Raises UsageError for other names that are taken, and where an edit cannot be made.
    """
    text = _text(folder, name)
    there, new = _data(text, name), _data(rendered, "compose.yaml")
    taken = there.get("services") or {}
    app = project.app.name
    kept = app in taken and app not in ours
    added = {key: value for key, value in new["services"].items() if not (kept and key in _of_the_app(project))}
    if kept and not added:
        raise UsageError(f"{name} has the service {visible(app)} already; give another name (--set name=...), or harden it: seawall fix {name}")
    for other in added:
        if other in taken and other not in ours:
            raise UsageError(f"{name} has a service {visible(other)} already, which is not Seawall's; give the companion a name of its own")
    from wizard.fix.yaml_edits import add, put

    edits = [Step(("services", key), value) for key, value in added.items()]
    edits += list(_connected(project, new["services"][app], taken[app], set(added))) if kept else []
    edits += list(_shared(there, new, _used(edits), name, ours))
    for edit in edits:
        text = add(text, name, edit.path, edit.value) if edit.more else put(text, name, edit.path, edit.value)
    return text


def _text(folder: Path, name: str) -> str:
    return existing_text(folder / name, name, LARGEST) or ""


def _data(text: str, name: str) -> dict[str, Any]:
    found = [plain(one) for one in documents(text, name)]
    if len(found) != 1 or not isinstance(found[0], dict) or not isinstance(found[0].get("services"), dict):
        raise UsageError(f"{name}: is no Compose file with services in one document; nothing can be added to it")
    return found[0]


def _of_the_app(project: "Project") -> set[str]:
    """The app, and the proxies that are there for it alone."""
    return {service.name for service in project.services if service.role != "companion"}


def _connected(project: "Project", rendered: Mapping[str, Any], there: Mapping[str, Any], added: set[str]) -> Iterator[Step]:
    """What connects an app that is there to the companions that are added."""
    from wizard.companions import COMPANIONS

    app = project.app.name
    inside = {name for service in project.services if service.name in added for name in service.inside}
    if "network_mode" not in there:
        names = [name for name in rendered.get("networks") or () if name in inside]
        yield from _more(app, "networks", there, dict.fromkeys(names), names, start=["default"])
    handed = {name for one in project.workload.companions for entry in COMPANIONS if entry.id == one.service for name in entry.handed(one)}
    variables = {name: value for name, value in (rendered.get("environment") or {}).items() if name in handed}
    yield from _more(app, "environment", there, variables, [f"{name}={value}" for name, value in variables.items()])
    secrets = list(rendered.get("secrets") or ())
    yield from _more(app, "secrets", there, dict.fromkeys(secrets), secrets)
    waits = {name: one for name, one in (rendered.get("depends_on") or {}).items() if name in added}
    yield from _more(app, "depends_on", there, waits, list(waits))


def _more(
    app: str, key: str, there: Mapping[str, Any], named: Mapping[str, Any], entries: Sequence[str], start: Sequence[str] = ()
) -> Iterator[Step]:
    """Further entries of a list or mapping of the app, in the form that it has; `start` is what counts where it says nothing."""
    path, before = ("services", app, key), there.get(key)
    if isinstance(before, list):
        if lacking := [entry for entry in entries if entry not in before]:
            yield Step(path, lacking, more=True)
    elif isinstance(before, Mapping):
        yield from (Step((*path, name), value) for name, value in named.items() if name not in before)
    elif entries:
        yield Step(path, dict(named) if any(value is not None for value in named.values()) else [*start, *entries])


def _used(edits: Sequence[Step]) -> dict[str, set[str]]:
    """The networks, volumes and secrets that the services that are added speak of; an app that is connected speaks of no others."""
    used: dict[str, set[str]] = {key: set() for key in _SHARED}
    for edit in edits:
        parts = edit.value if len(edit.path) == 2 else {edit.path[2]: edit.value}
        for key in ("networks", "secrets"):
            used[key] |= {str(one) for one in parts.get(key) or ()}
        used["volumes"] |= {str(one["source"]) for one in parts.get("volumes") or () if isinstance(one, Mapping) and one.get("type") == "volume"}
    return used


def _shared(there: Mapping[str, Any], new: Mapping[str, Any], used: Mapping[str, set[str]], name: str,
            ours: frozenset[str]) -> Iterator[Step]:  # fmt: skip
    for key in _SHARED:
        before = there.get(key) or {}
        for one, value in (new.get(key) or {}).items():
            if one not in used[key] or (one in before and before[one] == value):
                continue
            if one in before and not ours:
                raise UsageError(f"{name} has {key}: {visible(one)} already, with other settings; give the companion a name of its own")
            yield Step((key, one), value)
