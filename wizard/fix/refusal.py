"""Why a file is not edited: said in one line with its place, and with the lines that a person would write."""

from wizard.check.source import Place
from wizard.errors import UsageError


class NotEditable(UsageError):
    """An edit that cannot be made exactly as it was meant; `lines` are what to write by hand."""

    def __init__(self, place: Place | str, why: str, lines: tuple[str, ...] = ()) -> None:
        super().__init__(f"{place}: {why}")
        self.why = why
        self.lines = lines
