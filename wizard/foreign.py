"""A service that somebody else wrote, as the controls judge it: normalised Compose, and what is known of its image."""

from collections.abc import Mapping
from functools import cached_property
from typing import Any

from msgspec import Struct, field

from wizard.known_image import Pace


class Unknown(str):
    """A text with variables in it that no file here sets: what it will be is not known."""

    __slots__ = ()


class Filled(str):
    """A text in which variables were filled in with values that stand elsewhere."""

    __slots__ = ()


class Start(Struct, frozen=True):
    """How an image starts, and where that is known from; None is unknown, which is never taken for good."""

    known_from: str = ""
    """Such as `Dockerfile:12` or `the catalogue`; nothing where the image is unknown."""
    user: str | None = None
    """As USER has it; `0` where it starts as root."""
    health: bool | None = None
    """Whether it has a health check of its own."""
    suggestion: str = ""
    """The user that the image is made to run as, such as `999:999`."""
    root_capabilities: tuple[str, ...] = ()
    """What its own start script takes when it is started as root."""
    writes: tuple[str, ...] = ()
    """The folders that it is known to write."""
    memory: Mapping[str, str] = {}
    """Those of them that hold nothing worth keeping: a tmpfs each, of this size."""
    data: tuple[str, ...] = ()
    """Those of them that hold what has to stay."""
    health_test: tuple[str, ...] = ()
    """A health check that the image's own tools can make, in exec form, without the CMD."""
    pace: Pace = Pace()
    """How that check is best asked."""
    secret_files: Mapping[str, str] = {}
    """Variables that hold a secret, each with the one that names a file in its place."""
    mem_limit: str = ""
    """How much memory it is at ease with, such as `512m`."""
    own_init: bool = False
    """Whether it has to be process 1 itself: a second init would stop it from starting."""
    keeps: bool = False
    """Whether the image itself declares its folders of data as volumes, so that they can be written without a mount."""
    carried: tuple[str, ...] = ()
    """Capabilities that its program carries as a file: whoever starts it, they have to be within reach, though only root gets them."""


class Foreign(Struct, frozen=True, dict=True):
    """One service of a file, all that it extends and overrides merged.

    `whole` is false for a part that cannot run by itself (an override without its base): what it lacks may stand elsewhere.
    `internal` says of each network of the project whether it is internal; an external one is not among them.
    """

    name: str
    fragment: Mapping[str, Any]
    image: Start = Start()
    whole: bool = True
    internal: Mapping[str, bool] = field(default_factory=dict)
    from_files: Mapping[int, tuple[str, ...]] = field(default_factory=dict)
    """Of each entry of env_file that is on this disk, the variables that it sets."""

    @cached_property
    def known(self) -> Mapping[str, Any]:
        """The fragment without the keys whose whole value is not known."""
        return {key: value for key, value in self.fragment.items() if not isinstance(value, Unknown)}


class Built(Struct, frozen=True):
    """An instruction of a Dockerfile's last stage or of those that it is made from, and where it stands."""

    name: str
    words: tuple[str, ...]
    line: int
    flags: tuple[str, ...] = ()
    sets: tuple[str, ...] = ()
    """Variables that it gives a value."""
    last: bool = True
    """Whether it is in the stage that becomes the image."""


class ForeignImage(Struct, frozen=True):
    """A Dockerfile as the controls judge it. `bases` are the images it begins with, arguments filled in; None what they cannot be."""

    start: Start
    instructions: tuple[Built, ...]
    bases: tuple[tuple[str | None, int], ...]
    built_here: bool = False
    """Whether services of the same run build it: then user and health check are judged with them."""
