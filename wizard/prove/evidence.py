"""What a proof gives: each look with what was expected and what was seen, what cannot be shown here, and what did not start."""

from typing import Any, Literal

from msgspec import Struct, field

DRIFT = "drift"
"""Stands where a control does for «the engine took what the file says»."""
RUNS = "runs"
"""The same for «it starts, is healthy, and is so again after a restart»."""
Round = Literal["", "started", "restarted"]


class Evidence(Struct, frozen=True):
    """One look at one service. `observed` is the literal output; `place` the line of the file that is responsible, where one is."""

    service: str
    control: str
    what: str
    expected: str
    observed: str
    passed: bool
    seconds: float
    how: str = ""
    place: str = ""
    round: Round = ""


class NotProvable(Struct, frozen=True):
    """A look that this engine or kernel cannot have, and why: neither passed nor failed."""

    service: str
    control: str
    what: str
    why: str


class Waived(Struct, frozen=True):
    """A control that somebody left out, with the reason."""

    service: str
    control: str
    why: str


class Trouble(Struct, frozen=True):
    """Why a service does not run: the line that says so, the control behind it, and what to change.

    `confirmed` says that it ran without that part; else it is what its output points to.
    """

    service: str
    seen: str
    control: str
    place: str
    change: str
    why: str
    confirmed: bool


class Report(Struct):
    """All of one proof. Times are seconds."""

    subject: str
    evidence: list[Evidence] = field(default_factory=list)
    unprovable: list[NotProvable] = field(default_factory=list)
    waived: list[Waived] = field(default_factory=list)
    troubles: list[Trouble] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)
    """How long it took to build, to start, to probe, to start again."""
    before_and_after: list[tuple[str, str, str, float]] = field(default_factory=list)
    """Of a project with answers: what Docker's default leaves open, and what is left of it if all is as asked: label, before, after, share."""

    @property
    def passed(self) -> bool:
        """Whether something was seen, all of it as expected, and everything ran."""
        return bool(self.evidence) and all(one.passed for one in self.evidence) and not self.troubles

    @property
    def failures(self) -> list[Evidence]:
        """What was not as expected."""
        return [one for one in self.evidence if not one.passed]

    def data(self) -> dict[str, Any]:
        """The report as JSON has it."""
        from msgspec import to_builtins

        found: dict[str, Any] = to_builtins(self)
        return {**found, "passed": self.passed}
