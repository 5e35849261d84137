"""Text that does something when it is clicked."""

from textual.content import Content
from textual.style import Style


def link(content: Content, action: str) -> Content:
    """`content` that runs an action on a click."""
    return content.stylize(Style.from_meta({"@click": action}))
