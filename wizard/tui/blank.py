"""Containers that show nothing of their own."""

from textual.containers import Vertical, VerticalScroll
from textual.geometry import Region, Size
from textual.reactive import Reactive
from textual.strip import Strip
from textual.widget import Widget


class Settled(Widget):
    """Takes the size that a layout gives it; with Textual's own every new size calls for another layout of the whole screen.

    It stands behind the other bases of a class: styles are inherited from the first one.
    """

    virtual_size: Reactive[Size] = Reactive(Size(0, 0), repaint=False)


class Blank(Settled):
    """Draws one row and takes it for all: drawing each was a third of the first paint. For what has no border above or below."""

    def render_lines(self, crop: Region) -> list[Strip]:
        """The rows of a region, all alike."""
        return super().render_lines(Region(crop.x, crop.y, crop.width, min(1, crop.height))) * crop.height


class Pane(Vertical, Blank):
    """Widgets below each other."""


class Roll(VerticalScroll, Blank):
    """Widgets below each other, as many as there are."""
