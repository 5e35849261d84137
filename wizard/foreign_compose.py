"""Compose files that somebody else wrote, beside ours: what they give away of the host. Read, never run, never followed."""

from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from wizard.errors import UsageError
from wizard.existing import existing_text
from wizard.host_gifts import ENGINES, PLAIN, Gift, gifts

_LARGEST = 256 * 1024


class Foreign(Struct, frozen=True):
    """What a service in somebody's file is given, and where that stands."""

    file: str
    line: int
    service: str
    gift: Gift

    @property
    def place(self) -> str:
        """As editors take it."""
        return f"{self.file}:{self.line}"


def given_in(folder: Path, name: str) -> Iterator[Foreign]:
    """What the Compose file gives away. One that is not there says nothing; in one that is not understood the words are looked for."""
    from wizard.yaml_read import line_of, load_mapping

    try:
        text = (existing_text(folder / name, name, _LARGEST) or "") if (folder / name).is_file() else ""
    except UsageError:
        return
    try:
        services = load_mapping(text, name).get("services")
    except UsageError:  # Anchors, say: they have a place in Compose files, if not in answers.
        yield from _looked_for(text, name)
        return
    for service, fragment in services.items() if isinstance(services, dict) else ():
        if isinstance(fragment, dict):
            for gift in gifts(fragment):
                yield Foreign(name, _line(text, line_of(text, f"services.{service}"), gift), str(service), _safe(gift))


def _safe(gift: Gift) -> Gift:
    """With nothing in it that a terminal obeys: the words are somebody else's."""
    return replace(gift, message="".join(c if c.isprintable() else ascii(c)[1:-1] for c in gift.message))


def _line(text: str, start: int, gift: Gift) -> int:
    """The first line from the service's own on that has what the message begins with: a setting, or a path."""
    word = gift.message.split()[0].rstrip(":") if not gift.message.startswith("device_cgroup_rules") else "device_cgroup_rules"
    return next((number for number, line in enumerate(text.splitlines()[start - 1 :], start) if word in line), start)


def _looked_for(text: str, name: str) -> Iterator[Foreign]:
    for number, line in enumerate(text.splitlines(), 1):
        words = line.split("#")[0].strip().lstrip("- ").strip("\"'")
        key, colon, value = words.partition(":")
        fragment: dict[str, object] = {"volumes": [words]} if ENGINES.search(words) else {key: value.strip()} if colon and key in PLAIN else {}
        yield from (Foreign(name, number, "", _safe(gift)) for gift in gifts(fragment))
