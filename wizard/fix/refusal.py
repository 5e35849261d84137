"""What is not edited, since the result would be broken or cannot be known: the reason, and what a person adds by hand."""

from collections.abc import Iterable

from wizard.check.source import Place
from wizard.errors import UsageError
from wizard.text import visible_all


class NotEditable(UsageError):
    """A file, or a part of it, that is left as it is: said in one line with its place. `lines` are those to write by hand."""

    def __init__(self, place: Place | str, why: str, lines: Iterable[str] = ()) -> None:
        super().__init__(f"{place}: {why}")
        self.place = place
        # Both may hold words of the file, and are shown on a terminal.
        self.why = visible_all(why)
        self.lines = tuple(visible_all(line) for line in lines)
