"""What the interview needs of a front end: five ways to put something before a person, and a way back."""

from collections.abc import Callable, Collection, Sequence
from typing import Protocol

from msgspec import Struct

Check = Callable[[str], str | None]
"""What is wrong with a text, in words; None if nothing is."""


class Back(Exception):
    """The person asked for the previous question."""


class Prompt(Struct, frozen=True):
    """A question as it is put: `note` says where the offered answer comes from, `why` is told on request, `nothing` is meant by no answer."""

    message: str
    note: str = ""
    why: str = ""
    nothing: str = "none"


class Option(Struct, frozen=True):
    """One of the answers offered."""

    value: str
    title: str
    help: str = ""


class Asker(Protocol):
    """A front end. Every question may raise Back; an interruption (^C) or the end of input ends as KeyboardInterrupt."""

    keys: str
    """How it is used, in one line."""

    def say(self, text: str) -> None:
        """Show lines of plain text."""

    def text(self, prompt: Prompt, default: str, check: Check) -> str:
        """A text that `check` finds nothing wrong with."""

    def confirm(self, prompt: Prompt, default: bool) -> bool:
        """Yes or no."""

    def one(self, prompt: Prompt, options: Sequence[Option], default: str | None) -> str:
        """The value of one option; None as default means that there is none to accept."""

    def many(self, prompt: Prompt, options: Sequence[Option], chosen: Collection[str]) -> tuple[str, ...]:
        """The values of any number of options, in the order of the options."""
