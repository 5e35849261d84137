"""A finding with its place, and the order of findings in reports."""

from msgspec import Struct

from wizard.check.source import Place
from wizard.flaw import Severity

ORDER = tuple(Severity)
"""From the worst on."""
_RANK = {severity: number for number, severity in enumerate(ORDER)}


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
        return (self.place.file, self.place.line, _RANK[self.severity], self.place.column, self.control, self.message)
