"""Images that services build here: their Dockerfile gets the user that the service lacks, where nothing of it is root's to write."""

import difflib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from msgspec import Struct

from wizard.check.judging import Seen
from wizard.check.source import NotReadError
from wizard.fix.applying import Agrees, Group, Made, Meant, make
from wizard.fix.build_context import Context
from wizard.fix.dockerfile_edits import run_as
from wizard.fix.edited import Texts
from wizard.fix.families import Family, families, written
from wizard.fix.generated import hands_off
from wizard.fix.mounts import keeps_root, mounts
from wizard.fix.needs_root import needs_root
from wizard.fix.planning import Choose, Live
from wizard.fix.read_image import read_image
from wizard.fix.reading import reading
from wizard.fix.refusal import NotEditable
from wizard.fix.start_command import Program
from wizard.fix.volumes import Volume, held, spelled, taking_over
from wizard.mend import Left, Mend, owned_memory

CONTROL = "non-root-user"


class Taken(Struct, frozen=True):
    """A volume whose files have to be given to a user before the service can be started as that one."""

    service: str
    folder: Path
    volume: Volume
    command: tuple[str, ...]

    @property
    def stopping(self) -> tuple[str, ...]:
        """The words for docker, to be run in the folder, that stop who writes to the volume."""
        project = ("--project-name", self.volume.project) if self.volume.project else ()
        return ("compose", *project, "stop", self.service)


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
    read = reading(texts, group.paths)
    project = agrees.project(texts, group)
    result = Rebuilt(Made(texts), [], [])
    for built in families(read.services):
        findings = {one.foreign.name: found.place(CONTROL, one.foreign.name) for one in built.services}
        meant_for = {name: finding.place for name, finding in findings.items() if finding is not None}
        if not meant_for:
            continue
        if waived := next((name for name in findings if name not in meant_for), ""):
            result.left += [(name, Left(CONTROL, f"{waived} runs the same image, and stays root by its waiver")) for name in meant_for]
            continue
        try:
            mended = _mended(built, result.made.texts, read.compose.folders, project, take_over)
        except (NotEditable, NotReadError) as refusal:
            lines = refusal.lines if isinstance(refusal, NotEditable) else ()
            result.left += [(name, Left(CONTROL, str(refusal), lines)) for name in meant_for]
            continue
        user = f"{mended.user[0]}:{mended.user[1]}"
        reason, added = "Root in a container is root for the kernel.", new_lines(result.made.texts.text(built.dockerfile), mended.text)
        meant = []
        for one in built.services:
            volumes = sum(taken.service == one.foreign.name for taken in mended.taken)
            behaviour = f"it is started as {user} and not as root{_of_volumes(one, volumes)}"
            mend = Mend(CONTROL, tuple(owned_memory(one.foreign, user)), reason, behaviour, instructions=added)
            meant.append(Meant(one.foreign.name, mend, meant_for[one.foreign.name]))
        # One answer for all of them, since they run one image.
        if why := choose(meant[0]):
            result.left += [(name, Left(CONTROL, why)) for name in meant_for]
            continue
        made = make(result.made.texts.edited(built.dockerfile, mended.text), group, meant, agrees)
        if made.refused:
            result.left += [(name, Left(CONTROL, made.refused[0][1].why)) for name in meant_for]
            continue
        result.made = Made(made.texts, (*result.made.done, *meant))
        result.taken += mended.taken
    return result


def _of_volumes(one: Seen, taken: int) -> str:
    """What becomes of the volumes of a service, here and where nothing of them can be seen from."""
    if taken:
        return f"; {taken} of its volumes become that user's"
    if any(mount.kind == "volume" for mount in written(one)):
        return "; where its volumes hold data already, on another machine, they are root's: --take-over-volumes there"
    return ""


class _Mended(Struct, frozen=True):
    """The text of a Dockerfile with a user, whom that is, and the volumes to give to them."""

    text: str
    user: tuple[int, int]
    taken: list[Taken]


def _mended(built: Family, texts: Texts, folders: Mapping[str, Path], project: Mapping[str, Any], take_over: bool) -> _Mended:
    """What becomes of the Dockerfile of services that share it. Raises NotEditable where one of them could not go on."""
    first = built.services[0]
    if not built.dockerfile:
        raise NotEditable(first.node.place, "its Dockerfile is not here")
    text = texts.text(built.dockerfile)
    hands_off(texts, built.dockerfile)
    if shared := built.shared_volume:
        raise NotEditable(first.node.place, shared)
    owned = list(dict.fromkeys(mount.target for one in built.services for mount in written(one) if mount.kind == "volume"))
    user: tuple[int, int] | None = None
    for target, (arguments, context) in built.targets(folders).items():
        read = Context(context)
        text, user = run_as(text, built.dockerfile, target, user, owned, arguments, read)
    assert user is not None  # A family has a service that is built.
    taken: list[Taken] = []
    for one in built.services:
        _refuse_alone(one, built, text, folders[one.foreign.name], user, owned)
        folder = folders[one.foreign.name]
        volumes = {mount.source: mount.target for mount in written(one) if mount.kind == "volume" and mount.source}
        for volume in held(project, volumes, folder):
            image = str(one.foreign.fragment.get("image") or f"{volume.project or 'PROJECT'}-{one.foreign.name}")
            taken.append(Taken(one.foreign.name, folder, volume, taking_over(volume, image, *user)))
    if taken and not take_over:
        names = " and ".join(f"{each.volume.name} ({each.volume.target})" for each in taken)
        steps = (
            *dict.fromkeys(spelled(("docker", *each.stopping)) for each in taken),
            *(spelled(each.command) for each in taken),
            "seawall fix --apply --take-over-volumes does both",
        )
        raise NotEditable(first.node.place, f"what is in the volume {names} belongs to root: {user[0]}:{user[1]} could not write it", steps)
    return _Mended(text, user, taken)


def _refuse_alone(one: Seen, built: Family, text: str, folder: Path, user: tuple[int, int], owned: Sequence[str]) -> None:
    """Raise NotEditable for what a service mounts, or starts in place of the image's own command, that takes root."""
    for mount in mounts(one.foreign):
        if why := keeps_root(mount, folder, *user):
            raise NotEditable(one.node.place, why)
    words = [word for key in ("entrypoint", "command") for word in _words(one.foreign.fragment.get(key))]
    if not words:
        return
    arguments, context = built.of(one, folder)
    image = read_image(text, built.dockerfile, built.target(one), arguments)
    for reason in needs_root(Program(tuple(words), 0), image.whole, Context(context), owned):
        raise NotEditable(one.node.place, f"{reason.why}: it stays root")


def _words(command: Any) -> list[str]:
    return [str(word) for word in command] if isinstance(command, (list, tuple)) else str(command or "").split()


def new_lines(before: str, after: str) -> tuple[str, ...]:
    """The lines that a text has got."""
    compared = difflib.ndiff(before.splitlines(), after.splitlines())
    return tuple(line[2:] for line in compared if line.startswith("+ "))
