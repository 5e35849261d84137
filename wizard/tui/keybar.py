"""The keys that matter here, at most five, in one line; each can be clicked."""

from collections.abc import Sequence

from msgspec import Struct
from textual.content import Content
from textual.reactive import reactive

from wizard.tui.links import link
from wizard.tui.static import Static

MOST = 5


class Key(Struct, frozen=True):
    """A key, what it does in one word, and the action behind it with whose it is: `screen.leave`, `app.back`."""

    key: str
    word: str
    action: str


class KeyBar(Static):
    """Keys at the bottom of a screen."""

    auto_links = reactive(False)  # links have one colour: here a key is in the accent, its word is not

    def show(self, keys: Sequence[Key]) -> None:
        """Show other keys."""
        parts = [link(Content.assemble((f" {key.key} ", "bold $text-accent"), (key.word, "$text-secondary")), key.action) for key in keys[:MOST]]
        self.update(Content("  ").join(parts))


def keys_on(page: str, narrow: bool) -> Sequence[Key]:
    """The keys of a page; a narrow terminal shows one pane at a time."""
    match page:
        case "Summary":
            enter = Key("Enter", "review", "screen.accept")
        case "Review":
            enter = Key("Enter", "do it", "screen.accept")
        case "Done":
            return (Key("Enter", "do it", "screen.accept"),)
        case _:
            enter = Key("Enter", "next", "screen.accept")
    last = Key("F2", "files", "screen.turn_over") if narrow else Key("^P", "more", "app.command_palette")
    second = Key("Space", "change", "screen.press") if page == "Summary" else Key("^B", "back", "app.back")
    return (enter, second, Key("^Z", "undo", "screen.undo"), Key("F1", "why", "screen.why"), last)
