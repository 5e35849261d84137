"""What lies around the files that are written: mounts that lead elsewhere or nowhere, other Compose files, secrets gone stale."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from msgspec.structs import replace

from wizard.artifact import WORKLOAD
from wizard.controls.host_access import NoHostAccess
from wizard.errors import UsageError
from wizard.foreign_compose import given_in
from wizard.host_gifts import is_sensitive, linked
from wizard.project import Project
from wizard.secret_files import stale
from wizard.stops import Stop, Stopped, given

OTHERS = ("docker-compose.yml", "docker-compose.yaml", "compose.yml")
MERGED = ("compose.override.yaml", "compose.override.yml", "docker-compose.override.yml", "docker-compose.override.yaml")


def look_around(project: Project, folder: Path, join: str = "") -> Iterator[tuple[str, str, str]]:
    """Notes (control, service, message) on what is in `folder`. Raises Stopped for what there gives the host away.

    `join` is the Compose file there that the services are added to.
    """
    app = project.app
    stops = (*_links(project, folder), *_merged(project, folder))
    if stops:
        raise Stopped(stops)
    for mount in project.workload.mounts:
        if not os.path.lexists(folder / mount.source):
            yield NoHostAccess.id, app.name, f"{mount.source} is not there yet: put it there before starting, or it will not start"
    if join:
        yield WORKLOAD, app.name, f"{join} keeps what is in it; seawall fix {join} hardens its other services"
    for name in OTHERS:
        if not join and (folder / name).is_file():
            yield WORKLOAD, app.name, f"{name} is there as well: Compose reads compose.yaml and leaves it aside"
    for name in MERGED:
        if (folder / name).is_file():
            yield WORKLOAD, app.name, f"{name} is merged into compose.yaml by Compose and can take hardening away: look through it"
    if NoHostAccess.id not in app.waived:
        for found in (found for name in ("compose.yaml", *OTHERS) for found in given_in(folder, name)):
            yield NoHostAccess.id, app.name, f"STOP in {found.place}, which is not taken over: {given(found.gift)}. Instead: {found.gift.instead}"
    for message in stale(project, folder):
        yield "secrets-as-files", app.name, message


def _links(project: Project, folder: Path) -> Iterator[Stop]:
    """Mounts that lead out of the project to something of the host, and those that are sockets."""
    app = project.app
    for mount in project.workload.mounts if NoHostAccess.id not in app.waived else ():
        real = Path(os.path.realpath(folder / mount.source))
        if _is_socket(real) or (_leaves(real, folder) and is_sensitive(str(real))):
            yield Stop(NoHostAccess.id, app.name, linked(mount.source, str(real), _is_socket(real)))


def _merged(project: Project, folder: Path) -> Iterator[Stop]:
    """What an override file, which Compose takes without being asked, adds to the services."""
    waived = {service.name for service in project.services if NoHostAccess.id in service.waived}
    for found in (found for name in MERGED for found in given_in(folder, name)):
        if (found.service or project.app.name) not in waived:
            gift = replace(found.gift, message=f"{found.place}, which Compose merges into compose.yaml: {found.gift.message}", key="")
            yield Stop(NoHostAccess.id, found.service or project.app.name, gift)


def _is_socket(path: Path) -> bool:
    try:
        return stat.S_ISSOCK(path.stat().st_mode)
    except OSError:
        return False


def _leaves(path: Path, folder: Path) -> bool:
    return not path.is_relative_to(os.path.realpath(folder))


def let_others_read(folder: Path, paths: tuple[str, ...]) -> None:
    """Give back the right to read to files that a container mounts; a checkout under umask 077 takes it away.

    Links are not followed. Raises UsageError when that is not allowed.
    """
    for path in paths:
        try:
            descriptor = os.open(folder / path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
        except FileNotFoundError:
            continue
        except OSError as error:
            raise UsageError(f"{path}: cannot be read: {error.strerror}") from None
        try:
            mode = stat.S_IMODE(os.fstat(descriptor).st_mode)
            if mode & 0o044 != 0o044:
                os.fchmod(descriptor, mode | 0o044)
        except OSError as error:
            raise UsageError(f"{path}: the service has to read it; chmod 0644 {path} ({error.strerror})") from None
        finally:
            os.close(descriptor)
