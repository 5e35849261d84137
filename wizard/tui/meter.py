"""Docker's defaults beside this service, in words and in shape."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual.content import Content

from wizard.tui.static import Static

if TYPE_CHECKING:
    from wizard.posture import Row

_BAR = 5
_SHAPES = str.maketrans("█░", "■□")  # with air between the rows: full blocks would run into one


class Meter(Static):
    """One line a row: what it is about, a bar that says how much is closed, before and after, each in its column."""

    DEFAULT_CSS = "Meter { height: auto; margin-top: 1; }"

    def show(self, rows: Sequence["Row"]) -> None:
        """Show the rows of a posture."""
        from wizard.posture import bar

        label, before = (max((len(text) for text in column), default=0) for column in ([r.label for r in rows], [r.before for r in rows]))
        lines = [
            Content.assemble(
                (f"{row.label:{label}} ", "$text-secondary"), (bar(row.share, _BAR).translate(_SHAPES), "$text-accent"),
                (f" {row.before:>{before}} → ", "$text-secondary"), (row.after, "bold"),
            )
            for row in rows
        ]  # fmt: skip
        self.update(Content("\n").join([Content.styled("Docker's default → this service\n", "bold"), *lines]) if rows else "")


def brief(rows: Sequence["Row"]) -> str:
    """The same in a few words, for a narrow terminal."""
    after = {row.label: row.after for row in rows}
    return f"user {after['user']} · caps {after['capabilities']}" if rows else ""
