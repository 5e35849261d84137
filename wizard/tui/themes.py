"""Three themes whose every text has a contrast of at least 4.5:1: dark, light, and one of high contrast."""

from typing import Any

from textual.app import App
from textual.constants import DEFAULT_THEME
from textual.theme import Theme

from wizard.tui.uncoloured import without_greys


def _lines(line: str, background: str) -> dict[str, str]:
    """Borders and the thumbs of scroll bars: seen (3:1), but fainter than any text. A scroll bar's track is not seen at all."""
    track = dict.fromkeys(("scrollbar-background", "scrollbar-background-hover", "scrollbar-background-active", "scrollbar-corner-color"), background)
    return {"line": line, "scrollbar": line, "scrollbar-hover": line, **track}


DARK = Theme(
    "seawall-dark", primary="#7cb7ff", secondary="#a9b8c9", accent="#5fd7c4", warning="#ffcf6b", error="#ff9d9d", success="#8ee08e",
    foreground="#e6edf3", background="#0f1720", surface="#15202b", panel="#1e2c3a", dark=True,
    variables={"text-muted": "#a9b8c9", "text-secondary": "#a9b8c9", "text-accent": "#5fd7c4", "input-selection-background": "#2f5f8f",
               **_lines("#61748a", "#0f1720")},
)  # fmt: skip
LIGHT = Theme(
    "seawall-light", primary="#0b57a4", secondary="#45515e", accent="#00695c", warning="#7a4f00", error="#a61b1b", success="#1b6e1b",
    foreground="#17202a", background="#f4f6f8", surface="#ffffff", panel="#e3e9ef", dark=False,
    variables={"text-muted": "#45515e", "text-secondary": "#45515e", "text-accent": "#00695c", "input-selection-background": "#b9d6f2",
               **_lines("#76838f", "#f4f6f8")},
)  # fmt: skip
CONTRAST = Theme(
    "seawall-contrast", primary="#ffff00", secondary="#ffffff", accent="#00ffff", warning="#ffff00", error="#ff9999", success="#00ff00",
    foreground="#ffffff", background="#000000", surface="#000000", panel="#000000", dark=True,
    variables={"text-muted": "#ffffff", "text-secondary": "#ffffff", "text-accent": "#00ffff", "input-selection-background": "#0000c0",
               **_lines("#ffffff", "#000000")},
)  # fmt: skip
THEMES = (DARK, LIGHT, CONTRAST)


class Dressed(App[Any]):
    """An app in these themes and no others; TEXTUAL_THEME may name one of them.

    What a theme means for the style sheet is worked out once, and the sheet is read again only where that changed: at the start
    Textual would do so four times.
    """

    _colours: tuple[str, dict[str, str]] = ("", {})
    """Of which theme, and what."""

    def __init__(self) -> None:
        super().__init__()
        for name in list(self.available_themes):
            self.unregister_theme(name)
        for theme in THEMES:
            self.register_theme(theme)
        names = [theme.name for theme in THEMES]
        self.theme = DEFAULT_THEME if DEFAULT_THEME in names else names[0]
        self._filters = without_greys(self._filters)
        # Before the style sheet is read, so that it is read once.
        self._read = self.get_css_variables()
        self.stylesheet.set_variables(self._read)

    def get_css_variables(self) -> dict[str, str]:
        """The colours of the theme; none before there is one of ours."""
        theme = self.theme
        if theme != self._colours[0] and theme in [one.name for one in THEMES]:
            self._colours = (theme, super().get_css_variables())
        return self._colours[1]

    def refresh_css(self, animate: bool = True) -> None:
        """Take other colours, if they are others."""
        colours = self.get_css_variables()
        if colours != self._read:
            self._read = colours
            super().refresh_css(animate)
