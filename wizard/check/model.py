"""What a run of `check` says: findings with their places, those that were waived or are known, what was not understood."""

from msgspec import Struct, field

from wizard.check.source import Place
from wizard.control import Severity

ORDER = tuple(Severity)
"""From the worst on."""


class Found(Struct, frozen=True):
    """A finding in a file that somebody wrote."""

    control: str
    severity: Severity
    place: Place
    service: str
    message: str
    remedy: str

    @property
    def rank(self) -> tuple[object, ...]:
        """The order of reports: by file and line, the worst first."""
        return (self.place.file, self.place.line, ORDER.index(self.severity), self.place.column, self.control, self.message)


class Waived(Struct, frozen=True):
    """A finding that somebody waived, and why."""

    finding: Found
    why: str
    said_at: str


class Report(Struct):
    """All of a run. `problems` are files, or parts of them, that were not understood, each in one line."""

    findings: list[Found] = field(default_factory=list)
    waived: list[Waived] = field(default_factory=list)
    known: int = 0
    """Findings that the baseline knows."""
    problems: list[str] = field(default_factory=list)
    services: int = 0
    images: int = 0

    def fails(self, at: Severity) -> bool:
        """Whether a finding is at least as bad as `at`."""
        return any(ORDER.index(one.severity) <= ORDER.index(at) for one in self.findings)
