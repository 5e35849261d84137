"""What build and Compose say in a proof: plain lines that wrap, the newest in sight until somebody scrolls back."""

from collections.abc import Sequence

from rich.text import Text
from textual.events import Resize
from textual.widgets import RichLog

from wizard.prove.progress import Progress
from wizard.text import visible_all


class ProofLog(RichLog):
    """The log of a progress."""

    DEFAULT_CSS = """
    ProofLog { background: $background; color: $foreground; scrollbar-size-vertical: 1; overflow-x: hidden; }
    """

    def __init__(self, id: str, classes: str) -> None:
        super().__init__(id=id, classes=classes, markup=False, highlight=False, wrap=True, min_width=1)
        self.border_title = " Build and Compose "
        self._kept: Sequence[str] = ()
        self._said = 0

    def show(self, progress: Progress) -> None:
        """Write what is new; all anew where another proof has begun."""
        if progress.said < self._said:
            self.clear()
            self._said = 0
        new = progress.said - self._said
        self._kept, self._said = progress.log, progress.said
        self._write(self._kept[-new:] if new else ())

    def on_resize(self, event: Resize) -> None:
        """Break all lines anew; before the first width they wait for it."""
        if self.lines:
            self.clear()
            self._write(self._kept)

    def _write(self, lines: Sequence[str]) -> None:
        for line in lines:
            self.write(Text(visible_all(line)), expand=False)
