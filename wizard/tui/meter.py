"""Docker's defaults beside this service, in words and in shape."""

from collections.abc import Sequence

from textual.content import Content
from textual.widgets import Static

from wizard.posture import Row, bar

_LABEL, _BAR = 13, 5


class Meter(Static):
    """One line a row: what it is about, a bar that says how much is closed, before and after."""

    def show(self, rows: Sequence[Row]) -> None:
        """Show the rows of a posture."""
        lines = [
            Content.assemble((f"{row.label:{_LABEL}}", ""), (bar(row.share, _BAR), "$text-accent"), f" {row.before} → {row.after}") for row in rows
        ]
        self.update(Content("\n").join([Content.styled("Docker's default → this service", "bold"), *lines]) if rows else "")


def brief(rows: Sequence[Row]) -> str:
    """The same in a few words, for a narrow terminal."""
    after = {row.label: row.after for row in rows}
    return f"user {after['user']} · caps {after['capabilities']}" if rows else ""
