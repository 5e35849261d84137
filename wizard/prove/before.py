"""Before and after, control by control: what a container said that lacks only this control, as it was recorded, beside what was seen here."""

from collections.abc import Iterator

from msgspec import Struct

from wizard.controls import control_of
from wizard.demos.recorded import recording
from wizard.prove.evidence import Evidence, Report

_SHORT = 160
"""Characters up to which all is quoted that was said; of more it is the line that tells."""


class Contrast(Struct, frozen=True):
    """A control: what can be done without it, in the words of the container that it was tried in, and how each service answered here."""

    control: str
    title: str
    before: str
    looks: tuple[Evidence, ...]

    @property
    def passed(self) -> bool:
        """Whether all that was seen of it here is right."""
        return all(look.passed for look in self.looks)

    @property
    def services(self) -> tuple[str, ...]:
        """Where it was looked at; where it fails, only those."""
        return tuple(dict.fromkeys(look.service for look in self.looks if look.passed == self.passed))

    @property
    def after(self) -> Evidence:
        """The look that tells most: the first that is wrong, else the first."""
        return next((look for look in self.looks if not look.passed), self.looks[0])


def contrasts(report: Report) -> Iterator[Contrast]:
    """One for each control that was looked at and has a recorded demonstration, in the order of the report."""
    scenes = recording().controls
    for control in dict.fromkeys(one.control for one in report.evidence):
        without = next((scene for scene in scenes.get(control, ()) if not scene.hardened and scene.held), None)
        if without:
            lines = without.said.split("\n")
            last = without.expected.strip().splitlines()[-1]
            line = next((line for line in reversed(lines) if last in line), last)
            before = "; ".join(filter(None, lines)) if len(without.said) <= _SHORT else line
            looks = tuple(one for one in report.evidence if one.control == control)
            yield Contrast(control, control_of(control).title, before, looks)


def recorded_on() -> str:
    """The engine on which it was tried without."""
    return f"Docker {recording().engine}"
