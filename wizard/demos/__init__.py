"""The attacks and mistakes that controls stop, as data: a module a control, named like the control's own, with its `DEMOS`.

They are read when they are asked for. `wizard.engine.demo` plays them, and recorded.json holds what they said when they were played.
"""

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any

from msgspec import Struct

SERVICE = "service"
"""The container that is shown: with the control, or without it. Every other one has all controls."""
OWN = "own"
"""The network that the service is rendered with; any other name is an ordinary network, «none» is none."""


class Run(Struct, frozen=True):
    """A container that runs a Python program to its end, and what it says is shown.

    In the background it goes on while the next steps are taken; its first line says that it is ready. `toward` names a container before
    it that publishes a port: the address of the host and the port are the program's arguments. `tag` is that of an image built before.
    """

    program: str
    name: str = SERVICE
    background: bool = False
    network: str = "none"
    publishes: int = 0
    toward: str = ""
    tag: str = ""


class Ask(Struct, frozen=True):
    """A docker command, shown with its answer, in which containers have their short names. `read` makes words of an answer that is long.

    `until` repeats it, for some seconds, until it says what is expected.
    """

    words: tuple[str, ...]
    read: Callable[[str], str] | None = None
    until: bool = False


class Build(Struct, frozen=True):
    """An image with these lines of a Dockerfile after FROM."""

    lines: tuple[str, ...]
    tag: str


Step = Run | Ask | Build


class Demo(Struct, frozen=True, kw_only=True):
    """An attack, or a mistake, that a control stops: tried with a container without the control and with one that has it.

    What is said holds `without` where nothing stops it, and `held` where the control does: the mechanism's own words. `also` are other
    controls that would stop it as well, left out of both. `facts` are answers of the service; `hurried` are flags that are shorter than
    rendered so that nobody waits. `hardened` are the steps with the control where its effect is in an image rather than in flags.
    """

    name: str
    story: str
    steps: tuple[Step, ...]
    without: str
    held: str
    hardened: tuple[Step, ...] = ()
    also: tuple[str, ...] = ()
    facts: Mapping[str, Any] = {}
    hurried: Mapping[str, str] = {}

    def steps_of(self, hardened: bool) -> tuple[Step, ...]:
        """What is done in one of the two scenes."""
        return self.hardened if hardened and self.hardened else self.steps


class Scene(Struct, frozen=True):
    """One of the two as it was played: what was set, what was said, what was expected, and how long it took in seconds.

    `flags` are those of docker run, `others` the options of its network, the lines of its image and the image's name.
    """

    demo: str
    hardened: bool
    flags: tuple[str, ...]
    others: tuple[str, ...]
    said: str
    expected: str
    seconds: float

    @property
    def held(self) -> bool:
        """Whether it went as expected."""
        return self.expected in self.said


def demos_of(module: str) -> tuple[Demo, ...]:
    """The demonstrations that belong to a control, by its module."""
    package, _, own = module.rpartition(".")
    if package != "wizard.controls":
        return ()  # A catalog's: its module may be called like one of these.
    name = f"{__name__}.{own}"
    try:
        found: tuple[Demo, ...] = import_module(name).DEMOS
    except ModuleNotFoundError as error:
        if error.name != name:
            raise
        return ()
    return found
