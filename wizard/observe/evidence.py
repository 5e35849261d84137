"""What an observation gives: what was seen, what is proposed and whether it was enough, what nobody knows yet."""

from collections.abc import Mapping
from typing import Any, Literal

from msgspec import Struct, field

from wizard.observe.proposal import Item
from wizard.observe.seen import Seen
from wizard.spelling import Data

Verdict = Literal["needed", "not needed", "kept"]
"""Left out, and it broke; left out, and all still worked; not left out."""


class Judged(Struct, frozen=True):
    """An item, and what came of leaving it out: `without` is what then went wrong."""

    item: Item
    verdict: Verdict
    without: str = ""


class Observation(Struct):
    """All of one observation. Times are seconds."""

    subject: str
    service: str
    exercise: str = ""
    seen: Seen = field(default_factory=Seen)
    judged: list[Judged] = field(default_factory=list)
    answers: Mapping[str, Data] = field(default_factory=dict)
    """The changes to the answers that were shown to be enough."""
    fragment: Mapping[str, Any] = field(default_factory=dict)
    """The same as keys of Compose, for a file that somebody wrote."""
    left: list[str] = field(default_factory=list)
    """What a person has to decide."""
    not_exercised: list[str] = field(default_factory=list)
    trouble: str = ""
    """Why it does not work as it is proposed; nothing where it does."""
    said: list[str] = field(default_factory=list)
    """Its last lines where it does not work."""
    notes: list[str] = field(default_factory=list)
    runs: int = 0
    seconds: dict[str, float] = field(default_factory=dict)
    calls_that_can_go: tuple[str, ...] = ()

    @property
    def passed(self) -> bool:
        """Whether what is proposed works hardened."""
        return not self.trouble

    def data(self) -> dict[str, Any]:
        """The observation as JSON has it."""
        from msgspec import to_builtins

        found: dict[str, Any] = to_builtins(self)
        found["seen"]["calls"] = sorted(self.seen.calls)
        return {**found, "passed": self.passed}
