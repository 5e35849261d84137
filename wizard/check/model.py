"""What a run of `check` says: findings with their places, those that were waived or are known, what was not understood."""

from msgspec import Struct, field

from wizard.check.findings import Findings
from wizard.check.found import ORDER as ORDER
from wizard.check.found import Found as Found
from wizard.flaw import Severity


class Waived(Struct, frozen=True):
    """A finding that somebody waived, and why."""

    finding: Found
    why: str
    said_at: str


class Report(Struct):
    """All of a run. `problems` are files, or parts of them, that were not understood, each in one line."""

    findings: Findings = field(default_factory=Findings)
    waived: list[Waived] = field(default_factory=list)
    known: int = 0
    """Findings that the baseline knows."""
    problems: list[str] = field(default_factory=list)
    services: int = 0
    images: int = 0

    def fails(self, at: Severity) -> bool:
        """Whether a finding is at least as bad as `at`."""
        return any(ORDER.index(severity) <= ORDER.index(at) for severity in self.findings.counts())
