"""A container's files as the engine hands them out, also of a remote one and of an image without any program: owner, mode, what lies right in it."""

import contextlib
import subprocess
import tarfile

from msgspec import Struct

from wizard.engine.docker import Docker

_MOST = 3


class Entry(Struct, frozen=True):
    """A file or folder. `holds` are the names of some things in it, at most three."""

    uid: int
    gid: int
    mode: int
    folder: bool
    size: int
    holds: tuple[str, ...] = ()


def entry(docker: Docker, container: str, path: str) -> Entry | None:
    """What is at a path, links not followed; None where there is nothing, or the engine does not say. The container need not run."""
    command = [docker.command, "cp", f"{container}:{path}", "-"]
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, start_new_session=True) as process:
        try:
            return _first(process)
        finally:
            # Only its beginning is of interest, whatever the size.
            process.kill()
            with contextlib.suppress(OSError, ValueError):
                if process.stdout:
                    process.stdout.close()


def _first(process: "subprocess.Popen[bytes]") -> Entry | None:
    try:
        with tarfile.open(fileobj=process.stdout, mode="r|") as archive:
            first = archive.next()
            holds: list[str] = []
            if first is None:
                return None
            while first.isdir() and len(holds) < _MOST and (member := archive.next()) is not None:
                holds.append(member.name.partition("/")[2].rstrip("/"))
    except (tarfile.TarError, OSError):
        return None
    return Entry(first.uid, first.gid, first.mode & 0o7777, first.isdir(), first.size, tuple(holds))
