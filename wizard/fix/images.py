"""Images that services build here: their Dockerfile gets the user that the service lacks, where nothing of it is root's to write."""

import difflib
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from msgspec import Struct

from wizard.check.judging import Seen, seen
from wizard.check.project import load
from wizard.check.source import NotReadError
from wizard.errors import UsageError
from wizard.existing import existing_text
from wizard.fix.applying import Agrees, Group, Made, Meant, make
from wizard.fix.dockerfile_edits import run_as
from wizard.fix.edited import Texts
from wizard.fix.generated import hands_off
from wizard.fix.mounts import keeps_root, mounts
from wizard.fix.planning import Choose, Live
from wizard.fix.refusal import NotEditable
from wizard.fix.volumes import Volume, held, named, spelled, taking_over
from wizard.mend import Left, Mend, owned_memory

CONTROL = "non-root-user"
_LARGEST = 256 * 1024


class Taken(Struct, frozen=True):
    """A volume whose files have to be given to a user before the service can be started as that one."""

    service: str
    folder: Path
    volume: Volume
    command: tuple[str, ...]


class Rebuilt(Struct):
    """What became of the Dockerfiles of a group."""

    made: Made
    left: list[tuple[str, Left]]
    taken: list[Taken]


def rebuild(texts: Texts, group: Group, found: Live, choose: Choose, agrees: Agrees, take_over: bool) -> Rebuilt:
    """Give the images that services of a group build a user, where these are found without one.

    `take_over` permits to give what these hold to the user.
    Raises NotReadError as the reader does.
    """
    sources = texts.sources()
    compose = load(group.paths, sources)
    project = agrees.project(texts, group)
    result = Rebuilt(Made(texts), [], [])
    for one in seen(compose, sources):
        finding = found.place(CONTROL, one.foreign.name)
        if finding is None or "build" not in one.foreign.fragment or one.foreign.fragment.get("user"):
            continue
        name = one.foreign.name
        try:
            text, user, taken = _mended(one, result.made.texts, compose.folders[name], project, take_over)
        except (NotEditable, NotReadError) as refusal:
            lines = refusal.lines if isinstance(refusal, NotEditable) else ()
            result.left.append((name, Left(CONTROL, str(refusal), lines)))
            continue
        behaviour = f"it is started as {user[0]}:{user[1]} and not as root" + (f"; {len(taken)} of its volumes become that user's" if taken else "")
        edits = tuple(owned_memory(one.foreign, f"{user[0]}:{user[1]}"))
        reason = "Root in a container is root for the kernel."
        added = new_lines(result.made.texts.text(one.dockerfile), text)
        meant = Meant(name, Mend(CONTROL, edits, reason, behaviour, instructions=added), finding.place)
        if why := choose(meant):
            result.left.append((name, Left(CONTROL, why)))
            continue
        made = make(result.made.texts.edited(one.dockerfile, text), group, [meant], agrees)
        if made.refused:
            result.left.append((name, Left(CONTROL, made.refused[0][1].why)))
            continue
        result.made = Made(made.texts, (*result.made.done, meant))
        result.taken += taken
    return result


def _mended(one: Seen, texts: Texts, folder: Path, project: Mapping[str, Any], take_over: bool) -> tuple[str, tuple[int, int], list[Taken]]:
    """The text of its Dockerfile with a user, whom that is, and the volumes to give to them. Raises NotEditable."""
    build = one.foreign.fragment["build"]
    if not one.dockerfile:
        raise NotEditable(one.node.place, "its Dockerfile is not here")
    hands_off(one.dockerfile, texts.text(one.dockerfile))
    arguments = build.get("args")
    if isinstance(arguments, list):
        arguments = dict(str(entry).partition("=")[::2] for entry in arguments)
    written = [mount for mount in mounts(one.foreign) if not mount.read_only and mount.kind != "tmpfs"]
    volumes = {mount.source: mount.target for mount in written if mount.kind == "volume" and mount.source}
    owned = [mount.target for mount in written if mount.kind == "volume"]
    context = folder / str(build.get("context", "."))
    target = str(build["target"]) if build.get("target") else None
    text, user = run_as(texts.text(one.dockerfile), one.dockerfile, target, None, owned, arguments, reader(context))
    for mount in mounts(one.foreign):
        if why := keeps_root(mount, folder, *user):
            raise NotEditable(one.node.place, why)
    image = str(one.foreign.fragment.get("image") or f"{project.get('name', 'PROJECT')}-{one.foreign.name}")
    taken = [Taken(one.foreign.name, folder, volume, taking_over(volume, image, *user)) for volume in held(named(project, volumes))]
    if taken and not take_over:
        names = " and ".join(f"{each.volume.name} ({each.volume.target})" for each in taken)
        steps = (
            f"docker compose stop {one.foreign.name}",
            *(spelled(each.command) for each in taken),
            "seawall fix --apply --take-over-volumes does both",
        )
        raise NotEditable(one.node.place, f"what is in the volume {names} belongs to root: {user[0]}:{user[1]} could not write it", steps)
    return text, user, taken


def new_lines(before: str, after: str) -> tuple[str, ...]:
    """The lines that a text has got."""
    compared = difflib.ndiff(before.splitlines(), after.splitlines())
    return tuple(line[2:] for line in compared if line.startswith("+ "))


def reader(context: Path) -> Callable[[str], str | None]:
    """Reads files of a build context, none outside of it."""
    root = os.path.realpath(context)

    def read(path: str) -> str | None:
        full = os.path.realpath(os.path.join(root, path.lstrip("/")))
        if os.path.commonpath((root, full)) != root:
            return None
        try:
            return existing_text(Path(full), path, _LARGEST)
        except UsageError:
            return None

    return read
