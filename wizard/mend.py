"""How what a control finds in a service that somebody wrote is mended: edits that belong together, or what is left to a person."""

from collections.abc import Mapping
from typing import Any

from msgspec import Struct, field


class Edit(Struct, frozen=True):
    """A key of a service as it shall be, in plain data as Compose spells it.

    Without `entry` a scalar or mapping is put in place of what was there, and the entries of a list are added to those that are
    there. With it, the entry of that number (of a list) or name (of a mapping, or of a list of NAME=VALUE) becomes `value`;
    a name may change with it: then `value` is a pair of name and value.
    """

    key: str
    value: Any
    entry: int | str | None = None


class Mend(Struct, frozen=True):
    """Edits that are made together or not at all. `behaviour` says what changes for those who use the service; nothing for most."""

    control: str
    edits: tuple[Edit, ...]
    why: str
    behaviour: str = ""


class Left(Struct, frozen=True):
    """What only a person can decide: why it was not done, and the lines to write once it is decided."""

    control: str
    why: str
    lines: tuple[str, ...] = ()


class Aim(Struct, frozen=True):
    """What a service runs as and writes once it is mended: resolved once, before any control is asked.

    None is unknown: then nothing is written that would depend on it.
    """

    user: str | None = None
    """As `UID:GID`; `0` where it stays root."""
    user_left: str = ""
    """Why it does not get a user of its own."""
    capabilities: tuple[str, ...] | None = None
    """What it keeps of them."""
    memory: tuple[str, ...] | None = None
    """The tmpfs, in Compose's short form, that it needs beside what is mounted already before its root can be read-only."""
    unknown: Mapping[str, str] = field(default_factory=dict)
    """Why something is not known, by what it is: `user`, `capabilities`, `memory`."""
