"""STOP: what breaks a control of that severity holds everything up until it is taken out, or a reason is given for it.

The front ends get a `Stopped` in place of files. It is one line for those who cannot be asked; to the others its `stops` say what to put.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from msgspec import Struct

from wizard.control import Control, Severity
from wizard.errors import UsageError
from wizard.host_gifts import Gift


class Stop(Struct, frozen=True):
    """One thing that is given away by a service, and the control that forbids it."""

    control: str
    service: str
    gift: Gift

    @property
    def line(self) -> str:
        """What it is, what it means, what does instead, and both ways on."""
        return f"STOP {self.service}: {self.words}. {self._taken_out}, or say why it has to be with --waive {self.control}=REASON"

    @property
    def words(self) -> str:
        """What is given away, what somebody who breaks in has by it, and what does instead."""
        gift = self.gift
        return given(gift) + (f". Cheaper: {gift.instead}" if gift.instead else "")

    @property
    def _taken_out(self) -> str:
        return f"Take it out of {self.gift.key}" if self.gift.key else "Take it out"


class Stopped(UsageError):
    """Answers, or files beside them, that give something away; nothing is written."""

    def __init__(self, stops: tuple[Stop, ...]) -> None:
        more = f" (and {len(stops) - 1} more like it)" if len(stops) > 1 else ""
        super().__init__(stops[0].line + more)
        self.stops = stops


def stops_of(service: str, controls: Iterator[Control], fragment: Mapping[str, Any]) -> Iterator[Stop]:
    """What the controls that stop say to a Compose service."""
    for control in controls:
        if control.severity is Severity.STOP:
            yield from (Stop(control.id, service, gift) for gift in control.gifts(fragment))


def waived_away(controls: Iterator[Control], fragment: Mapping[str, Any]) -> tuple[str, ...]:
    """What is given away since such a control is waived, for the notes that go with the files."""
    stopping = (control for control in controls if control.severity is Severity.STOP)
    return tuple(given(gift) for control in stopping for gift in control.gifts(fragment))


def given(gift: Gift) -> str:
    """What is given away, and what somebody who breaks in has by it."""
    return gift.message + (f", which gives an intruder {gift.means}" if gift.means else "")
