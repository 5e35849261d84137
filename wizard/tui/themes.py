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


def wear(app: App[Any]) -> None:
    """Give an app these themes and no others; TEXTUAL_THEME may name one of them."""
    for name in list(app.available_themes):
        app.unregister_theme(name)
    for theme in THEMES:
        app.register_theme(theme)
    names = [theme.name for theme in THEMES]
    app.theme = DEFAULT_THEME if DEFAULT_THEME in names else names[0]
    # Before the style sheet is read, so that it is read once.
    app.stylesheet.set_variables(app.get_css_variables())


class Dressed(App[None]):
    """An app in these themes. It reads its style sheet again where the colours changed, and only then: at the start they did not."""

    def __init__(self) -> None:
        super().__init__()
        wear(self)
        self._filters = without_greys(self._filters)
        self._colours = self.get_css_variables()

    def refresh_css(self, animate: bool = True) -> None:
        """Take other colours, if they are others."""
        colours = self.get_css_variables()
        if colours != self._colours:
            self._colours = colours
            super().refresh_css(animate)
