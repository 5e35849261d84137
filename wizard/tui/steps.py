"""Where one is: the pages with the keys that open them."""

from collections.abc import Sequence
from typing import ClassVar

from textual.content import Content
from textual.geometry import Size
from textual.reactive import reactive

from wizard.scaffold import Session
from wizard.tui.links import link
from wizard.tui.pages import REVIEW, Page, pages, walk
from wizard.tui.static import Static


def _link(page: Page, here: str) -> Content:
    bold = "bold" if page.title == here else ""
    return link(Content.assemble((page.key, "bold $text-accent"), (f" {page.title}", bold)), f"app.go({page.title!r})")


def _marked(page: Page, here: str) -> Content:
    return Content.styled("▸ " if page.title == here else "  ", "bold $text-accent") + _link(page, here)


class Links(Static):
    """Links beside each other, as many in a line as there is room for; none is broken."""

    auto_links = reactive(False)  # links have one colour: here a part is in the accent
    GAP: ClassVar[int] = 3
    _links: tuple[Content, ...] = ()

    def show_links(self, links: Sequence[Content]) -> None:
        """Show other links."""
        self._links = tuple(links)
        self.update(self._in_lines(self.content_size.width))

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """As many lines as it takes in a width, whatever it was before."""
        return self._in_lines(width).plain.count("\n") + 1

    def on_resize(self) -> None:
        """Break the lines anew."""
        self.update(self._in_lines(self.content_size.width), layout=False)

    def _in_lines(self, width: int) -> Content:
        lines: list[Content] = []
        for part in self._links:
            if lines and lines[-1].cell_length + self.GAP + part.cell_length <= width:
                lines[-1] = Content.assemble(lines[-1], " " * self.GAP, part)
            else:
                lines.append(part)
        return Content("\n").join(lines)


class PageLinks(Links):
    """Pages beside each other."""

    def show(self, shown: Sequence[Page]) -> None:
        """Show other pages."""
        self.show_links([_link(page, "") for page in shown])


class Steps(Static):
    """All pages, one a line."""

    auto_links = reactive(False)
    _here: tuple[tuple[Page, ...], str] = ((), "")

    def show(self, session: Session, here: str) -> None:
        """Mark the page that is open."""
        shown = tuple(pages(session))
        if (shown, here) == self._here:
            return
        self._here = (shown, here)
        passed = [page for page in shown if not page.on_demand and page.title != REVIEW]
        groups = (passed, [page for page in shown if page.on_demand], [page for page in shown if page.title == REVIEW])
        self.update(Content("\n\n").join(Content("\n").join(_marked(page, here) for page in group) for group in groups if group))


class Title(Static):
    """What is made, which page is open, and in a few words how closed the service is."""

    def show(self, session: Session, page: str, short: str) -> None:
        """Show another place."""
        order = walk(session)
        where = f"{page} ({order.index(page) + 1} of {len(order)})" if page in order else page
        name = session.answers.data().get("name", "")
        parts = [Content.styled("Seawall", "bold"), Content(f"{name} · {where}"), Content.styled(short, "$text-secondary")]
        self.update(Content("   ").join(part for part in parts if part.plain))
