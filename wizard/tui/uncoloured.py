"""NO_COLOR taken by its word: no colour is sent, not even a shade of grey (no-color.org)."""

from functools import lru_cache

from rich.segment import Segment
from rich.style import Style
from textual.color import Color
from textual.filter import LineFilter, Monochrome, NoColor

_REVERSED = Style(reverse=True)
_DIFFERENT = 0.4
"""Difference in brightness (0 to 1) from which on a background is meant to be seen, as that of the cursor is."""


class Uncoloured(LineFilter):
    """Takes the colours away; what only its background shows is reversed."""

    def apply(self, segments: list[Segment], background: Color) -> list[Segment]:
        """The segments without colours."""
        return [Segment(text, style and _plain(style, background), control) for text, style, control in segments]


@lru_cache(1024)
def _plain(style: Style, background: Color) -> Style:
    bare = style + NoColor.DEFAULT_COLORS
    if style.bgcolor is None or style.bgcolor.is_default:
        return bare
    seen = Color.from_rich_color(style.bgcolor)
    return bare + _REVERSED if abs(seen.brightness - background.brightness) > _DIFFERENT else bare


def without_greys(filters: list[LineFilter]) -> list[LineFilter]:
    """Textual's own filters, of which the one for NO_COLOR makes greys of colours."""
    return [Uncoloured() if isinstance(one, Monochrome) else one for one in filters]
