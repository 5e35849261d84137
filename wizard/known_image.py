"""What is known of a well-known image by its name and tag: plain data, which `check`, `fix` and the wizard read alike."""

import re
from collections.abc import Mapping
from typing import Any

from msgspec import Struct
from msgspec.structs import replace


class Scratch(Struct, frozen=True):
    """A folder that an image writes and that may be empty again after a stop: a tmpfs of `size`."""

    path: str
    size: str
    why: str


class Kept(Struct, frozen=True):
    """A folder whose content has to stay: a volume. `declared` says whether the image declares it as one itself."""

    path: str
    why: str
    declared: bool = True


class Pace(Struct, frozen=True):
    """How a health check is asked, in seconds: how often, how long it may take, and how long a first start may take until failures count."""

    interval: int = 10
    timeout: int = 6
    start: int = 30

    def times(self) -> dict[str, Any]:
        """As Compose spells it."""
        return {"interval": f"{self.interval}s", "timeout": f"{self.timeout}s", "retries": 3, "start_period": f"{self.start}s"}


class Variant(Struct, frozen=True):
    """What differs (`changes` are fields of `Known`) where `word` is in the tag, and its version at least `since` and below `before`.

    A tag without a version is neither old nor new.
    """

    changes: Mapping[str, Any]
    word: str = ""
    since: tuple[int, ...] = ()
    before: tuple[int, ...] = ()

    def covers(self, tag: str) -> bool:
        """Whether an image with this tag is one of them."""
        said = re.match(r"[0-9]+(\.[0-9]+)*", tag.removeprefix("v"))
        version = tuple(map(int, said[0].split("."))) if said else None
        if (self.since or self.before) and version is None:
            return False
        return self.word in tag and (version or ()) >= self.since and (not self.before or (version or ()) < self.before)


class Known(Struct, frozen=True):
    """Facts of one image, as read in its Dockerfile and start script. Empty is unknown, or nothing: see each field."""

    start: str = "0"
    """Its USER."""
    own: str = ""
    """Whom it is made to run as, as `UID:GID`; or, where it makes no user, whom it was seen to run as. Empty: unknown."""
    scratch: tuple[Scratch, ...] = ()
    """What it writes and need not keep. It and `kept` are empty together where what it writes is unknown."""
    kept: tuple[Kept, ...] = ()
    root: tuple[str, ...] = ()
    """Capabilities that its own start script takes as root. Empty: it takes none, or they are unknown (then `own` is empty too)."""
    carried: tuple[str, ...] = ()
    """File capabilities of its program, which nobody can start where they are not within reach."""
    health: tuple[str, ...] = ()
    """A check with its own tools, in exec form, that holds whatever the service is configured to do; empty where no such check is known."""
    pace: Pace = Pace()
    """How any check of it is best asked."""
    secrets: Mapping[str, str] = {}
    """Variables that hold a secret, each with the one that names a file in its place."""
    mem_limit: str = ""
    """How much memory it is at ease with as it is configured by itself."""
    own_init: bool = False
    """Whether it has to be process 1 itself."""
    checked: bool | None = None
    """Whether the image has a health check of its own; None is unknown."""
    variants: tuple[Variant, ...] = ()

    def at(self, tag: str) -> "Known":
        """The facts of the variant that a tag names; those of the plain image where it names none."""
        found = self
        for variant in self.variants:
            if variant.covers(tag):
                found = replace(found, **variant.changes)
        return found


STEPS_DOWN = ("CHOWN", "DAC_OVERRIDE", "SETGID", "SETUID")
"""What a start script takes that gives a closed data folder away and becomes another user (facts: containers, T15)."""
TMP = Scratch("/tmp", "64M", "temporary files")
UNPACKED = Kept("/tmp", "libraries that it unpacks and runs, which a tmpfs would not let it", declared=False)


def files_for(*names: str) -> Mapping[str, str]:
    """Secrets that the image also reads from the file that NAME_FILE names."""
    return {name: f"{name}_FILE" for name in names}
