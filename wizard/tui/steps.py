"""Where one is: the pages with the keys that open them."""

from collections.abc import Sequence

from textual.content import Content
from textual.widgets import Static

from wizard.scaffold import Session
from wizard.tui.links import link
from wizard.tui.pages import REVIEW, Page, pages


def _link(page: Page, here: str) -> Content:
    mark, bold = ("▸", "bold") if page.title == here else (" ", "")
    return link(Content.assemble((mark, "bold"), (page.key, "bold $text-accent"), (f" {page.title}", bold)), f"app.open({page.title!r})")


class PageLinks(Static):
    """Pages beside each other, as many in a line as there is room for."""

    _pages: tuple[Page, ...] = ()

    def show(self, shown: Sequence[Page]) -> None:
        """Show other pages."""
        self._pages = tuple(shown)
        self._draw()

    def on_resize(self) -> None:
        """Break the lines anew, between the titles."""
        self._draw()

    def _draw(self) -> None:
        lines: list[Content] = []
        for page in self._pages:
            part = _link(page, "")
            if lines and lines[-1].cell_length + 2 + part.cell_length <= self.content_size.width:
                lines[-1] = Content("  ").join([lines[-1], part])
            else:
                lines.append(part)
        self.update(Content("\n").join(lines))


class Steps(Static):
    """All pages, one a line."""

    def show(self, session: Session, here: str) -> None:
        """Mark the page that is open."""
        shown = pages(session)
        passed = [page for page in shown if not page.on_demand and page.title != REVIEW]
        groups = (passed, [page for page in shown if page.on_demand], [page for page in shown if page.title == REVIEW])
        self.update(Content("\n\n").join(Content("\n").join(_link(page, here) for page in group) for group in groups if group))
