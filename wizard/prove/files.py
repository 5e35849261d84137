"""What the files of a project say: its services with the place of each line, and what its answers ask for, where it has some."""

from collections.abc import Mapping
from pathlib import Path

from msgspec import Struct

from wizard.check.asked import Asked, asked
from wizard.check.drift import strays
from wizard.check.finding_files import BASES, OVERRIDES, Group
from wizard.check.finding_files import Files as Judged
from wizard.check.forms import Shaped
from wizard.check.found import Found
from wizard.check.judging import Seen, seen
from wizard.check.parts import RENDERED
from wizard.check.project import Compose, load
from wizard.check.running import judged
from wizard.check.sources import Sources
from wizard.control import Control
from wizard.controls import CONTROLS
from wizard.controls.no_new_privileges import NoNewPrivileges
from wizard.controls.profiles import ConfinementProfiles
from wizard.errors import UsageError
from wizard.project import Service


class Files(Struct, frozen=True):
    """A project as its files have it."""

    paths: tuple[Path, ...]
    compose: Compose
    services: Mapping[str, Seen]
    asked: Asked | None
    strays: tuple[Found, ...]
    """Where the files are not what the answers ask for."""
    waived: Mapping[tuple[str, str], str]
    """Of a service and a control, why somebody left that out, where no answers say so."""

    def expected(self, name: str) -> Service | None:
        """What the answers ask of a service, if there are answers and they know it."""
        services = self.asked.project.services if self.asked else ()
        return next((service for service in services if service.name == name), None)

    def place(self, service: str, key: str, entry: int | str | None = None) -> str:
        """Where a key of a service stands, else the service."""
        one = self.services.get(service)
        return str(one.form.place(key, entry, one.node.place)) if one else ""

    def place_of_control(self, service: str, control: Control) -> str:
        """Where in a service the first of a control's settings stands, else the service."""
        there = self.form(service).fragment
        return self.place(service, next((key for key in control.settings if key in there), ""))

    def form(self, service: str) -> Shaped:
        """A service in its normalised form."""
        return self.services[service].form if service in self.services else Shaped()


def read(path: Path) -> Files:
    """The Compose project of a folder, or of a file that was named. Raises UsageError for none, and for what would have to be fetched."""
    paths = _paths(path)
    sources = Sources(Path.cwd())
    compose = load(paths, sources)
    if compose.unread:
        one = compose.unread[0]
        raise UsageError(f"{one.place}: {one.what} is not on this disk, and nothing is fetched unasked; keep a copy of it here")
    services = {one.foreign.name: one for one in seen(compose, sources)}
    wanted = asked(paths[0].parent, sources) if paths[0].name == RENDERED else None
    found: tuple[Found, ...] = ()
    waived = {}
    if wanted:
        shared = {key: node.value for key, node in compose.shared.items()}
        found = tuple(strays(wanted, {name: one.form for name, one in services.items()}, compose.services, shared))
    else:
        report, _ = judged(Judged((Group(paths),), ()), Sources(Path.cwd()))
        waived = {(one.finding.service, one.finding.control): one.why for one in report.waived}
    return Files(paths, compose, services, wanted, found, waived)


def _paths(path: Path) -> tuple[Path, ...]:
    if path.is_file():
        return (path,)
    if not path.is_dir():
        raise UsageError(f"{path}: no such folder")
    base = next((path / name for name in BASES if (path / name).is_file()), None)
    if base is None:
        raise UsageError(f"{path}: no Compose file here, so there is nothing to start; seawall new {path} makes one")
    override = next((path / name for name in OVERRIDES if (path / name).is_file()), None)
    return (base, override) if override else (base,)


def owner_of(key: str, entry: object = "") -> str:
    """The control that a key, or an entry of it, belongs to: the first that sets it, else that judges it; nothing for none."""
    if key == "security_opt":
        # Two controls share this list.
        return (NoNewPrivileges if str(entry).startswith("no-new-privileges") else ConfinementProfiles).id
    found = next((control.id for control in CONTROLS if key in control.settings), "")
    return found or next((control.id for control in CONTROLS if key in control.judged), "")
