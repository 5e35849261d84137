"""The screen of the wizard: the page of the state on the left, the files that follow from it on the right."""

from typing import TYPE_CHECKING, ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.screen import Screen

from wizard.tui.blank import Blank, Pane
from wizard.tui.keybar import KeyBar, keys_on
from wizard.tui.menu import Menu
from wizard.tui.page import Page
from wizard.tui.pages import PAGES, SUMMARY
from wizard.tui.state import State
from wizard.tui.static import Static
from wizard.tui.steps import Steps, Title
from wizard.tui.summary import Asked

if TYPE_CHECKING:
    from wizard.tui.addline import AddLine
    from wizard.tui.app import Seawall
    from wizard.tui.derived import Derived
    from wizard.tui.files_pane import FilesPane
    from wizard.tui.reasons import Reason

_STARTS = {**{digit: digit for digit in "0123456789"}, "slash": "/", "full_stop": "."}
"""What begins something to add where no text is edited."""


class Board(Screen[None], Blank):
    """Shows a state; keys and clicks go to the app as the actions of a person."""

    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-medium"), (140, "-wide")]
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "accept", "Accept", show=False, priority=True),
        Binding("ctrl+b", "app.back", "Back", show=False, priority=True),
        Binding("shift+tab", "previous", "Previous", show=False, priority=True),
        Binding("ctrl+z", "undo", "Undo", show=False, priority=True),
        Binding("ctrl+y", "app.redo", "Redo", show=False, priority=True),
        Binding("f1", "why", "Why", show=False, priority=True),
        Binding("f2", "turn_over", "Files", show=False, priority=True),
        Binding("escape", "leave", "Leave", show=False),
        Binding("plus", "add('')", "Add", show=False),
        *(Binding(key, f"add('{sign}')", "Add", show=False) for key, sign in _STARTS.items()),
        *(Binding(page.key, f"app.open('{page.title}')", page.title, show=False) for page in PAGES),
    ]
    app: "Seawall"

    def __init__(self, width: int = 0, mark: str = "") -> None:
        fits = next(name for least, name in reversed(self.HORIZONTAL_BREAKPOINTS) if width >= least)
        super().__init__(classes=f"{fits} {mark}")  # With these from the start, all is styled once.
        self._body: Page | None = None
        self.files: FilesPane | None = None
        self.adding: AddLine | None = None
        self._resting = False
        self._pending: dict[str, str] = {}  # texts that were typed and are no answers, by question

    def compose(self) -> ComposeResult:
        yield Title(id="title", markup=False)
        yield Pane(id="side")
        yield Pane(id="left")
        yield Pane(id="right")
        yield KeyBar(markup=False)

    async def on_mount(self) -> None:
        await self.app.begin()

    @property
    def body(self) -> Page | None:
        """The page that is open."""
        return self._body

    async def turn(self, state: State, body: Page) -> None:
        """Open a page; the keys that follow go to it."""
        # Until the page stands there is none: focus moves meanwhile.
        last, self._body = self._body, None
        if last:
            self._pending |= last.pending
            self.remove_class("-preview", *filter(None, [last.MARK]))
            await last.remove()
        if body.MARK:
            self.add_class(body.MARK)
        await self.query_one("#left").mount(body, before=0)
        self._body = body
        body.restore(self._pending)
        self._show_place(state)
        self.focus_on(state.focus)

    async def complete(self, derived: "Derived") -> "FilesPane":
        """Put in the files of `derived`, which the first question can be painted without."""
        from wizard.tui.files_pane import FilesPane

        files = FilesPane()
        await self.query_one("#right").mount(files)
        files.show(derived, None, None)
        return files

    async def furnish(self, files: "FilesPane") -> None:
        """Put in the rest: the line that adds, all pages, and the meter."""
        from wizard.tui.addline import AddLine
        from wizard.tui.meter import Meter

        adding = AddLine(lambda: self.app.state.session, self.app.added)
        await self.query_one("#left").mount(Static(id="brief", markup=False), adding)
        await self.query_one("#side").mount(Steps(markup=False), Meter(markup=False))
        self.files, self.adding = files, adding

    def focus_on(self, key: str) -> None:
        """Give the focus to a question, or to what comes first on the page."""
        body = self._body
        field = body.field(key) if body and key else None
        target = field.target if field else body.target if body else None
        if target is not None:
            self.remove_class("-preview")  # What has the focus is seen.
            self.set_focus(target)

    def show(self, state: State, derived: "Derived", before: "Derived | None") -> None:
        """Draw everything that follows from a state; what is the same is not painted again."""
        body, files = self._body, self.files
        if body is None or files is None:
            return
        if body.reads_disk:
            body.show(derived)
        if body.sheets:
            files.show_diffs(body.sheets)
        else:
            files.show(derived, before, body.question)
        files.paint()
        if not body.reads_disk:
            self.show_field(state)
        if not self._resting:
            self._resting = True
            self.call_later(self._show_rest)

    def show_field(self, state: State) -> None:
        """Only what the next key meets: the field that is typed in."""
        if self._body and (field := self._body.focused_field):
            field.show(state.session)

    def _show_rest(self) -> None:
        """What may come after the preview."""
        from wizard.posture import posture
        from wizard.tui.meter import Meter, brief

        self._resting = False
        if self._body is None:
            return
        state, derived = self.app.state, self.app.derived
        if not self._body.reads_disk:
            self._body.show(derived)
        rows = posture(derived.project) if derived.project else ()
        self.query_one(Meter).show(rows)
        self._show_place(state, brief(rows))
        self.show_reason(derived)

    def _show_place(self, state: State, short: str = "") -> None:
        """Where one is, and what can be done there."""
        self.query_one(Title).show(state.session, state.page, short)
        if self.files:
            self.query_one(Steps).show(state.session, state.page)
        self.query_one(KeyBar).show(keys_on(state.page, self._narrow))

    def show_reason(self, derived: "Derived") -> None:
        """Say why what has the focus is there."""
        if self.files is None:
            return
        reason = self.reason(derived)
        self.files.explain(reason)
        tail = f"  {reason.control}" if reason.control else ""
        self.query_one("#brief", Static).update(Content.assemble(("why  ", "bold"), reason.title, (tail, "")))

    def reason(self, derived: "Derived") -> "Reason":
        """Why what has the focus is there."""
        from wizard.tui.reasons import WELCOME, of_line

        if self.files and self.files.has_cursor and (line := self.files.preview.cursor_line):
            return of_line(line, derived.project)
        return (self._body.reason(derived.project) if self._body else None) or WELCOME

    @on(events.Resize)
    @on(events.ScreenResume)
    def _fit(self) -> None:
        """What has the focus stays seen in a narrow terminal, too; other keys fit another width, also one set under a dialog."""
        self.set_class(self._in_files, "-preview")
        if self._body is not None:
            self.query_one(KeyBar).show(keys_on(self.app.state.page, self._narrow))

    @property
    def _narrow(self) -> bool:
        return self.app.size.width < self.HORIZONTAL_BREAKPOINTS[1][0]

    @property
    def _in_files(self) -> bool:
        return self.files is not None and self.files.has_cursor

    @property
    def _is_adding(self) -> bool:
        return self.adding is not None and self.adding.line.has_focus

    async def action_accept(self) -> None:
        """Enter: what has the focus does with it, else on to the next page."""
        body = self._body
        if body is None or self.files is None or self.adding is None:
            return
        field = body.focused_field
        if self._in_files:
            self.files.preview.action_choose()
        elif self._is_adding and (self.adding.enter() or body.action):
            if body.action:
                await self.action_leave()  # What is written or closed is chosen in rows of their own.
        elif body.action:
            await self.app.act(body.action)
        elif field and field.enter():
            return
        elif wrong := body.held(self.app.derived):
            self.set_focus(wrong.target)
            self.app.bell()
        else:
            await self.app.go_on()

    async def action_previous(self) -> None:
        """Shift+Tab: the field before; at the first one the page before."""
        if self._body and self.focused is self._body.target:
            await self.app.action_back()
        else:
            self.focus_previous()

    async def action_undo(self) -> None:
        """Take back what is wrong in a field, else the last answer."""
        field = self._body.focused_field if self._body else None
        if not (field and field.forget()):
            await self.app.action_undo()

    def action_add(self, text: str) -> None:
        """Start typing something to add; where the line for it is not seen there is nothing to add."""
        if self._body and self._body.ADDS and self.adding:
            self.remove_class("-preview")
            self.adding.begin(text)

    async def action_leave(self) -> None:
        """Escape: from the files or the line that adds back to the page, from a page to the summary."""
        away = self._in_files or self._is_adding
        self.remove_class("-preview")
        if away:
            self.focus_on(self.app.state.focus)
        else:
            await self.app.action_open(SUMMARY)

    def action_turn_over(self) -> None:
        """F2: from the page to the files and back; in a narrow terminal one of them is seen."""
        if self._in_files:
            self.remove_class("-preview")
            self.focus_on(self.app.state.focus)
        else:
            self.show_files()

    def action_press(self) -> None:
        """What the space bar does, for the mouse."""
        if isinstance(menu := self.focused, Menu):
            menu.action_select()

    def action_why(self) -> None:
        """F1: the whole page of what has the focus."""
        from wizard.tui.why import WhyScreen

        self.app.push_screen(WhyScreen(self.reason(self.app.derived)))

    def show_files(self, path: str = "") -> None:
        """Go to the files, to that of `path` where one is named."""
        if self.files is None:
            return
        if path:
            self.files.open_file(path)
        self.add_class("-preview")
        self.set_focus(self.files.preview)

    @on(Menu.Moved)
    def _row_moved(self, event: Menu.Moved) -> None:
        if self.files is None:
            return
        if self._body and (path := self._body.points_to(event.id)):
            self.files.open_file(path)
        self.show_reason(self.app.derived)

    async def on_asked(self, event: Asked) -> None:
        await self.app.open_question(event.key)

    @on(Page.Chosen)
    async def _chosen(self, event: Page.Chosen) -> None:
        await self.app.act(event.action)

    def on_descendant_focus(self) -> None:
        """The preview and the reason follow the focus."""
        if self.files is None:
            return
        if self._body and self._body.question:
            self.app.look_at(self._body.question.key)
        self.show_reason(self.app.derived)
