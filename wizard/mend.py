"""How what a control finds in a service that somebody wrote is mended: edits that belong together, or what is left to a person."""

from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Any

from msgspec import Struct, field

from wizard.foreign import Foreign, Unknown
from wizard.tmpfs import addition


class How(StrEnum):
    """What an edit does to the place that its path names."""

    PUT = "put"
    """The value stands there: in place of what was there, or as a new key."""
    ADD = "add"
    """The values are further entries of the list there."""
    PREFIX = "prefix"
    """The text there has the value before it."""
    SUFFIX = "suffix"
    """The text there has the value after it."""
    RENAME = "rename"
    """The entry (of a mapping, or of a list of NAME=VALUE) has another name and value, which are given as a pair."""


class Edit(Struct, frozen=True):
    """One change of a Compose file, in plain data as Compose spells it; `path` begins below the service, or at the top of the file.

    Numbers in it are those of the normalised list. `long` are the keys to put where the entry is in its long form.
    """

    path: tuple[str | int, ...]
    value: Any
    how: How = How.PUT
    long: Mapping[str, Any] = field(default_factory=dict)
    top: bool = False
    was: str = ""
    """The text that gets something before or after it, so that a person sees the whole."""


class Mend(Struct, frozen=True):
    """Edits that are made together or not at all. `behaviour` says what changes for those who use the service; nothing for most."""

    control: str
    edits: tuple[Edit, ...]
    why: str
    behaviour: str = ""
    files: Mapping[str, str] = field(default_factory=dict)
    """Secrets that move into files of their own, by name."""
    instructions: tuple[str, ...] = ()
    """The lines that it adds to a Dockerfile."""


class Left(Struct, frozen=True):
    """What only a person can decide: why it was not done, and the lines to write once it is decided."""

    control: str
    why: str
    lines: tuple[str, ...] = ()


class Aim(Struct, frozen=True):
    """What a service runs as and writes once it is mended: resolved once, before any control is asked.

    None is unknown: then nothing is written that would depend on it, and `unknown` says why.
    """

    user: str | None = None
    """As `UID:GID`; `0` where it stays root."""
    user_left: str = ""
    """Why it keeps the user that it has, although it is root or unknown."""
    user_lines: tuple[str, ...] = ()
    """What to do about that by hand."""
    capabilities: tuple[str, ...] | None = None
    """What it keeps of them."""
    memory: Mapping[str, str] | None = None
    """Folders that need a tmpfs each, of this size, beside what is mounted already, before its root can be read-only."""
    job: bool = False
    """Whether it ends by itself, and others wait for that."""
    serves: bool = False
    """Whether it is known to run until it is stopped."""
    public: bool = False
    """Whether it is there to be reached by everybody, as a proxy for the web is."""
    reasons: Mapping[str, str] = field(default_factory=dict)
    """Why something is not known: of `capabilities` and of `memory`."""

    def tmpfs(self, path: str, size: str = "64m") -> str:
        """A tmpfs that belongs to its user; root needs no owner."""
        uid, _, gid = (self.user or "0").partition(":")
        owner = "" if uid == "0" else f"uid={uid},gid={gid or uid},"
        return (
            f"{path}:rw,nosuid,nodev,noexec,{owner}mode={'1777' if path == '/tmp' and uid == '0' else '0700' if uid != '0' else '0755'},size={size}"
        )


def owned_memory(seen: Foreign, user: str) -> Iterator[Edit]:
    """What each tmpfs of a service lacks to be writable for `user`, after a restart as well."""
    for number, entry in enumerate(seen.fragment.get("tmpfs", ())):
        if not isinstance(entry, Unknown) and (added := addition(str(entry), user)):
            yield Edit(("tmpfs", number), added, How.SUFFIX, was=str(entry))
