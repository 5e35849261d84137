"""Text that is painted again only when it is another, and laid out again only when it takes other rows."""

from typing import Any

from textual import widgets
from textual.content import Content
from textual.visual import VisualType

from wizard.tui.blank import Settled


class Static(widgets.Static, Settled):
    """Textual's own lays out the whole screen for every text that it is given, which takes longer than all else that a key does."""

    def update(self, content: VisualType = "", *, layout: bool = True) -> None:
        """Show another text."""
        if _same(self.content, content):
            return
        width = self.content_size.width
        height = self._rows(width) if layout else 0
        super().update(content, layout=False)
        if layout and (not width or self.styles.is_auto_width or self._rows(width) != height):
            self.refresh(layout=True)

    def _rows(self, width: int) -> int:
        return self.visual.get_height(self.styles, width) if width else 0  # type: ignore[arg-type] # as Textual does


def _same(before: Any, after: Any) -> bool:
    # Contents compare by their text alone.
    return type(before) is type(after) and before == after and (not isinstance(after, Content) or before.spans == after.spans)
