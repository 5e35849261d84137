"""Compose files that somebody else wrote, beside ours: what they give away of the host, as `check` reads them. Read, never run."""

from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from wizard.controls.host_access import NoHostAccess
from wizard.flaw import Severity
from wizard.host_gifts import Gift
from wizard.text import visible_all


class Given(Struct, frozen=True):
    """What a service in somebody's file is given, and where that stands."""

    file: str
    line: int
    service: str
    gift: Gift

    @property
    def place(self) -> str:
        """As editors take it."""
        return f"{self.file}:{self.line}"


def given_in(folder: Path, name: str) -> Iterator[Given]:
    """What the Compose file gives away. One that is not there, or that Compose would not read either, says nothing."""
    if not (folder / name).is_file():
        return
    from wizard.check.judging import Seen, seen
    from wizard.check.project import load
    from wizard.check.source import NotReadError
    from wizard.check.sources import Sources

    def line(one: Seen, key: str, entry: int | str | None) -> int:
        """That of the path where a mount is written over several lines."""
        value = one.node.value[key].value if key in one.node.value else None
        long = value[entry].value if isinstance(value, list) and isinstance(entry, int) and entry < len(value) else None
        place = long["source"].place if isinstance(long, dict) and "source" in long else one.form.place(key, entry, one.node.place)
        return place.line

    control, sources = NoHostAccess(), Sources(folder)
    try:
        services = seen(load((folder / name,), sources), sources)
    except NotReadError:
        return
    for one in services:
        known = {gift.message: gift for gift in control.gifts(one.foreign.known)}
        for flaw in control.refuses(one.foreign):
            gift = known.get(flaw.message)
            if gift and (flaw.severity or control.severity) is Severity.STOP:
                yield Given(name, line(one, flaw.key, flaw.entry), one.foreign.name, _safe(gift))


def _safe(gift: Gift) -> Gift:
    """With nothing in it that a terminal obeys: the words are somebody else's."""
    return replace(gift, message=visible_all(gift.message))
