"""The keys that matter here, at most five, in one line; each can be clicked."""

from collections.abc import Sequence
from dataclasses import dataclass

from textual.content import Content
from textual.widgets import Static

from wizard.tui.links import link

MOST = 5


@dataclass(frozen=True)
class Key:
    """A key, what it does in one word, and the action of the screen behind it."""

    key: str
    word: str
    action: str


class KeyBar(Static):
    """Keys at the bottom of a screen."""

    def show(self, keys: Sequence[Key]) -> None:
        """Show other keys."""
        parts = [link(Content.assemble((f" {key.key} ", "bold $text-accent"), key.word), f"screen.{key.action}") for key in keys[:MOST]]
        self.update(Content("  ").join(parts))
