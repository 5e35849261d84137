"""A Textual app that does nothing: a line of text and an input. `python -m tests.bench.bare`."""

from textual.app import App, ComposeResult
from textual.widgets import Input, Static

FIRST = "What is it?"


class Bare(App[None]):
    """The least that asks a question."""

    def compose(self) -> ComposeResult:
        yield Static(FIRST)
        yield Input()


if __name__ == "__main__":
    Bare().run()
