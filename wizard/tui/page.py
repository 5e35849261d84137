"""What every page has in common, so that the board need not know which one is open."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, ClassVar

from textual.message import Message
from textual.widget import Widget

from wizard.tui.blank import Roll

if TYPE_CHECKING:
    from wizard.project import Project
    from wizard.question import Question
    from wizard.scaffold import Session
    from wizard.tui.derived import Derived
    from wizard.tui.fields import Field
    from wizard.tui.preview import Sheet
    from wizard.tui.reasons import Reason


class Page(Roll, can_focus=False):
    """What is open on the left: asked for its focus, its question and what Enter does; told what holds."""

    MARK: ClassVar[str] = ""
    """A class of the screen while the page is open."""
    ADDS: ClassVar[bool] = True
    """Whether something can be added while it is open."""

    reads_disk: ClassVar[bool] = False
    """Whether what it shows has to be known before the preview is drawn."""

    class Chosen(Message):
        """Something is to be done that the app knows by its name."""

        def __init__(self, action: str) -> None:
            super().__init__()
            self.action = action

    def __init__(self) -> None:
        super().__init__(id="page", classes="body")

    def on_resize(self) -> None:
        """Where a page gets lower, the row that a list has its cursor on stays in sight."""
        from wizard.tui.menu import Menu

        if isinstance(menu := self.screen.focused, Menu):
            self.call_after_refresh(menu.reveal)

    @property
    def target(self) -> Widget | None:
        """What has the focus first."""
        return None

    @property
    def question(self) -> "Question | None":
        """The question that has the focus."""
        return None

    @property
    def focused_field(self) -> "Field | None":
        """The field that has the focus, or in which something has."""
        return None

    @property
    def action(self) -> str:
        """What Enter does in place of going on; nothing where it goes on."""
        return ""

    @property
    def sheets(self) -> "tuple[Sheet, ...]":
        """What the preview shows in place of the files."""
        return ()

    @property
    def pending(self) -> dict[str, str]:
        """What was typed and is no answer, by question."""
        return {}

    def restore(self, pending: Mapping[str, str]) -> None:
        """Put back what was pending."""

    def field(self, key: str) -> "Field | None":
        """The field of a question."""
        return None

    def held(self, derived: "Derived") -> "Field | None":
        """The field that keeps Enter from going on; it says why."""
        return None

    def stale(self, session: "Session") -> bool:
        """Whether the answers call for other questions than are here."""
        return False

    def reason(self, project: "Project | None") -> "Reason | None":
        """Why what has the focus is there."""
        return None

    def points_to(self, row: str) -> str:
        """The file that a row with the cursor is about."""
        return ""

    def show(self, derived: "Derived") -> None:
        """What holds now."""
