"""The files of the preview as tabs: all of their names are there, on as many lines as they take."""

from collections.abc import Sequence
from dataclasses import dataclass

from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from wizard.tui.links import link
from wizard.wording import shown


class FileBar(Static):
    """Names of files; the open one stands in brackets."""

    @dataclass
    class Opened(Message):
        """A name was clicked."""

        path: str

    def show(self, paths: Sequence[str], here: str) -> None:
        """Show other names."""
        self._paths = tuple(paths)
        parts = [
            link(Content.styled(f"[{shown(path)}]" if path == here else f" {shown(path)} ", "bold" if path == here else ""), f"open_file({number})")
            for number, path in enumerate(paths)
        ]
        self.update(Content(" ").join(parts))

    def action_open_file(self, number: int) -> None:
        """Open one."""
        if number < len(self._paths):
            self.post_message(self.Opened(self._paths[number]))
