"""Services that run one Dockerfile: a user that it gets is the user of all of them."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from msgspec import Struct

from wizard.check.judging import Seen
from wizard.controls.user import is_root
from wizard.fix.mounts import Mount, mounts


class Family(Struct, frozen=True):
    """The services that take their user from one Dockerfile; none where that is not here. The first of them builds it."""

    dockerfile: str
    services: tuple[Seen, ...]
    shared_volume: str = ""
    """Why a volume of theirs cannot change its owner; nothing for most."""

    def target(self, one: Seen) -> str | None:
        """The stage that a service runs; None for the last."""
        build = self._build(one)
        return str(build["target"]) if build.get("target") else None

    def of(self, one: Seen, folder: Path) -> tuple[Mapping[str, Any], Path]:
        """The arguments and the context that a service whose relative paths begin at `folder` is built with."""
        build = self._build(one)
        arguments = build.get("args") or {}
        if isinstance(arguments, (list, tuple)):
            arguments = dict(str(entry).partition("=")[::2] for entry in arguments)
        return arguments, folder / str(build.get("context", "."))

    def targets(self, folders: Mapping[str, Path]) -> dict[str | None, tuple[Mapping[str, Any], Path]]:
        """The stages that are run, each with the arguments and the context of the first service that is built with it."""
        found: dict[str | None, tuple[Mapping[str, Any], Path]] = {}
        for one in self.services:
            found.setdefault(self.target(one), self.of(one, folders[one.foreign.name]))
        return found

    def _build(self, one: Seen) -> Mapping[str, Any]:
        """A service that only names the image is built as the first is."""
        build: Mapping[str, Any] = one.foreign.fragment.get("build") or self.services[0].foreign.fragment["build"]
        return build


def families(read: Sequence[Seen]) -> Iterator[Family]:
    """Those of a project. Services that have a user of their own, or whose stage has one, keep it and belong to none."""
    own = [one for one in read if not one.foreign.fragment.get("user") and (one.foreign.image.user is None or is_root(one.foreign.image.user))]
    writers = _writers(read)
    built: dict[tuple[str, str], list[Seen]] = {}
    for one in own:
        if "build" in one.foreign.fragment:
            built.setdefault((one.dockerfile, "" if one.dockerfile else one.foreign.name), []).append(one)
    for (dockerfile, _), several in built.items():
        names = {one.foreign.fragment["image"] for one in several if "image" in one.foreign.fragment}
        several += [one for one in own if "build" not in one.foreign.fragment and one.foreign.fragment.get("image") in names]
        yield Family(dockerfile, tuple(several), _shared(several, writers))


def written(one: Seen) -> Iterator[Mount]:
    """The mounts that a service may write."""
    return (mount for mount in mounts(one.foreign) if not mount.read_only and mount.kind not in ("tmpfs", "memory"))


_Writers = Mapping[str, Sequence[tuple[int, str]]]
"""Of each volume, the number and name of every service that writes it."""


def _writers(read: Sequence[Seen]) -> _Writers:
    found: dict[str, list[tuple[int, str]]] = {}
    for number, one in enumerate(read):
        for mount in written(one):
            if mount.kind == "volume" and mount.source:
                found.setdefault(mount.source, []).append((number, one.foreign.name))
    return found


def _shared(several: Sequence[Seen], writers: _Writers) -> str:
    """A volume that services outside of the family write as well: whose files are in it then nobody knows."""
    names = {one.foreign.name for one in several}
    theirs = {mount.source for one in several for mount in written(one) if mount.kind == "volume" and mount.source}
    others = [(number, name, source) for source in theirs for number, name in writers[source] if name not in names]
    if not others:
        return ""
    _, name, source = min(others)
    return f"the volume {source} is written by {name} as well, which may be somebody else"
