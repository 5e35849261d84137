"""The files of the preview as tabs: all of their names are there, on as many lines as they take."""

from collections.abc import Sequence

from textual.content import Content
from textual.message import Message

from wizard.tui.links import link
from wizard.tui.steps import Links
from wizard.wording import shown


class FileBar(Links):
    """Names of files, without their folders where that is not ambiguous; the open one stands in brackets."""

    DEFAULT_CSS = "FileBar { height: auto; padding: 0 1; background: $panel; }"
    GAP = 2
    _paths: tuple[str, ...] = ()
    _here = ""

    class Opened(Message):
        """A name was clicked."""

        def __init__(self, path: str) -> None:
            super().__init__()
            self.path = path

    def show(self, paths: Sequence[str], here: str) -> None:
        """Show other names."""
        if (tuple(paths), here) == (self._paths, self._here):
            return
        self._paths, self._here = tuple(paths), here
        self.show_links([link(self._tab(path, here), f"open_file({number})") for number, path in enumerate(paths)])

    def _tab(self, path: str, here: str) -> Content:
        name = path.rpartition("/")[2]
        alone = sum(other.rpartition("/")[2] == name for other in self._paths) == 1
        text = shown(name if alone else path)
        return Content.styled(f"[{text}]", "bold $text-accent") if path == here else Content.styled(text, "$text-secondary")

    def action_open_file(self, number: int) -> None:
        """Open one."""
        if number < len(self._paths):
            self.post_message(self.Opened(self._paths[number]))
