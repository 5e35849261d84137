"""What lies around the files that are written: mounts that lead elsewhere or nowhere, other Compose files, secrets gone stale."""

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from wizard.artifact import WORKLOAD
from wizard.controls.host_access import NoHostAccess, is_sensitive
from wizard.errors import UsageError
from wizard.project import Project
from wizard.secret_files import stale

_OTHERS = ("docker-compose.yml", "docker-compose.yaml", "compose.yml")
_MERGED = ("compose.override.yaml", "compose.override.yml", "docker-compose.override.yml", "docker-compose.override.yaml")


def look_around(project: Project, folder: Path) -> Iterator[tuple[str, str, str]]:
    """Notes (control, service, message) on what is in `folder`. Raises UsageError for a mount that gives the host away."""
    app = project.app
    for mount in project.workload.mounts:
        source = folder / mount.source
        real = Path(os.path.realpath(source))
        if not os.path.lexists(source):
            yield NoHostAccess.id, app.name, f"{mount.source} is not there yet: put it there before starting, or it will not start"
        elif NoHostAccess.id not in app.waived and (_is_socket(real) or (_leaves(real, folder) and is_sensitive(str(real)))):
            raise UsageError(
                f"{app.name}: {mount.source} leads to {real} of the host ({NoHostAccess.id}); "
                f"take it out, or say why with --waive {NoHostAccess.id}=REASON"
            )
    for name in _OTHERS:
        if (folder / name).is_file():
            yield WORKLOAD, app.name, f"{name} is there as well: Compose reads compose.yaml and leaves it aside"
    for name in _MERGED:
        if (folder / name).is_file():
            yield WORKLOAD, app.name, f"{name} is merged into compose.yaml by Compose and can take hardening away: look through it"
    for message in stale(project, folder):
        yield "secrets-as-files", app.name, message


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
