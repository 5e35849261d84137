"""The wizard as an application: one frozen state, what a person does to it, and drafts of what was not written."""

from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from msgspec import Struct
from textual.binding import Binding, BindingType
from textual.reactive import reactive
from textual.timer import Timer

from wizard import garbage
from wizard.detect import NOTHING
from wizard.questions import question_of
from wizard.said import mine, problem_of, with_answer
from wizard.scaffold import Request, Session
from wizard.tui.board import Board
from wizard.tui.page import Page
from wizard.tui.pages import CONTROLS, REVIEW, SUMMARY, following, pages, preceding
from wizard.tui.state import State
from wizard.tui.summary import Summary
from wizard.tui.themes import Dressed
from wizard.tui.typeahead import TypeAhead

if TYPE_CHECKING:
    from textual.command import Provider

    from wizard.adding import Added
    from wizard.finish import Finished
    from wizard.question import Question
    from wizard.spelling import Data
    from wizard.tui.derived import Derived, Following
    from wizard.tui.files_pane import FilesPane

_PAUSE = 0.3
"""Seconds after an answer before it is kept as a draft."""


def _everything() -> "type[Provider]":
    """What the palette offers; Textual's part of it is imported when it opens."""
    from wizard.tui.palette import Everything

    return Everything


class Ended(Struct, frozen=True):
    """How it ended: the answers, whether they are to be written (`agreed`), and what was written already."""

    session: Session
    agreed: bool = False
    overwrite: bool = False
    finished: "Finished | None" = None
    kept: bool = False
    """Whether the answers are kept as a draft."""
    request: Request | None = None


class Seawall(TypeAhead, Dressed):
    """Asks, shows what follows, writes when told to. An answer makes a new state; everything else is derived from it."""

    CSS_PATH = "app.tcss"
    TITLE = "Seawall"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+c", "leave", "Leave", show=False),
        Binding("ctrl+q", "leave", "Leave", show=False, priority=True),
        Binding("f3", "handbook", "Handbook", show=False),
    ]
    COMMANDS = {_everything}
    state: reactive[State] = reactive(State(Session(Path(), NOTHING, ())), init=False, repaint=False)

    def __init__(self, state: State, request: Request, *, write: bool = True, force: bool = False) -> None:
        super().__init__()
        self.request = request
        self.ended: Ended | None = None
        self.failure: Exception | None = None
        self._following: Following | None = None
        self._owed = False  # whether the screen is behind the state
        self._turning = self._turn_again = False
        self._keeping: Timer | None = None
        self.writes, self.force = write, force
        self.settled, self._kept = mine(state.session), False  # what was said when the files were written last, or at the start
        self.finished: Finished | None = None
        self.set_reactive(Seawall.state, state)

    def get_default_screen(self) -> Board:
        """The only screen that stays."""
        return Board(self.size.width, Summary.MARK if self.state.page == SUMMARY else "")

    @property
    def board(self) -> Board:
        """The screen of the wizard."""
        return next(screen for screen in self.screen_stack if isinstance(screen, Board))

    async def begin(self) -> None:
        """Open the first page; all else comes when that was painted."""
        await self._turn()
        self.board.call_after_refresh(self._complete)

    async def _complete(self) -> None:
        """The first file beside the question."""
        from wizard.tui.derived import derive_first

        files = await self.board.complete(derive_first(self.state.session, self.request.annotate))
        self.board.call_after_refresh(self._start, files)

    async def _start(self, files: "FilesPane") -> None:
        """All files, and the offer to go on with what was not written last time; then it is the person's turn."""
        from wizard.tui import joining, resuming

        await self.board.furnish(files)
        self._draw()
        await resuming.offer(self)
        await joining.offer(self)
        self.take_keys()
        if not self.is_headless:  # In tests more apps follow, and this one is garbage then.
            garbage.started()

    @property
    def derived(self) -> "Derived":
        """What follows from the answers."""
        return self._follow_up.now(self.state.session)

    @property
    def before(self) -> "Derived | None":
        """What followed from the answers before the last one."""
        return self._follow_up.before(self.state.before) if self.state.before else None

    @property
    def _follow_up(self) -> "Following":
        from wizard.tui.derived import Following

        self._following = self._following or Following(self.request.annotate)
        return self._following

    def _body(self) -> Page:
        page = self.state.page
        if page == SUMMARY:
            return Summary(self.state.session)
        from wizard.tui.opening import opened

        return opened(self, page)

    async def _turn(self) -> None:
        """Open the page of the state; again if a click asks for it meanwhile, which does not wait: it may be of the page that goes away."""
        if self._turning:
            self._turn_again = True
            return
        self._turning = self._turn_again = True
        try:
            while self._turn_again:
                self._turn_again = False
                await self.board.turn(self.state, self._body())
        finally:
            self._turning = False
        self._draw()

    async def _renew(self) -> None:
        """Open the page again if the answers ask for other questions on it."""
        if self.board.body and self.board.body.stale(self.state.session):
            await self._turn()

    async def go(self, state: State) -> None:
        """To a page and a question."""
        page = self.state.page
        self.state = state
        if state.page != page:
            await self._turn()
        else:
            self.board.focus_on(state.focus)

    def watch_state(self, old: State, new: State) -> None:
        """Derive what follows from new answers, and draw it."""
        if new.session != old.session:
            if self._keeping:
                self._keeping.stop()
            self._keeping = self.set_timer(_PAUSE, self.keep_draft)
        if new.page != old.page:
            return
        if self.behind:
            # The keys that wait see what this one did; all that follows from them is drawn once.
            self._owed = True
            self.board.show_field(new)
        else:
            self._draw()

    def caught_up(self) -> None:
        """No key waits: draw what was put off."""
        if self._owed:
            self._draw()

    def _draw(self) -> None:
        self._owed, board = False, self.board
        if board.files is None:
            return
        board.show(self.state, self.derived, self.before)
        if board.body and board.body.stale(self.state.session):
            self.call_later(self._renew)

    def answer(self, question: "Question", data: "Data", typed: bool) -> str | None:
        """Take an answer; what is wrong with it, or None."""
        candidate = with_answer(self.state.session, question, data)
        if wrong := problem_of(candidate, question, data):
            return wrong
        self.state = self.state.answered(candidate, question.key, typed)
        return None

    def added(self, added: "Added") -> None:
        """Take what the line that adds came to."""
        self.state = self.state.answered(added.session, added.keys[-1])

    def look_at(self, key: str) -> None:
        """A question has the focus."""
        self.state = self.state.focused(key)

    async def go_on(self) -> None:
        """To the next page; from the summary to the Review, which says what stops it, or to what has to be said first."""
        page = self.state.page
        if page == SUMMARY and self.derived.trouble and not self.derived.stops:
            await self.mend()
        else:
            await self.go(self.state.at(REVIEW if page == SUMMARY else following(self.state.session, page)))

    async def mend(self) -> None:
        """To the question that an answer is missing from; what a control refuses is waived, if at all, among the controls."""
        await self.open_question(self.derived.lacks or CONTROLS)

    async def open_question(self, key: str) -> None:
        """To a question, on its page; the list of controls goes by its own name."""
        if key:
            await (self.action_open(key) if key == CONTROLS else self.go(self.state.at(question_of(key).page, key)))

    async def action_open(self, title: str) -> None:
        """To a page."""
        if title in [page.title for page in pages(self.state.session)]:
            await self.go(self.state.at(title))

    def action_go(self, title: str) -> None:
        """To a page whose name was clicked; the click ends first, since its page, and it with that, may go away."""
        self.call_later(self.action_open, title)

    async def action_back(self) -> None:
        """To the page that one came from."""
        await self.go(self.state.back(preceding(self.state.session, self.state.page)))

    async def action_undo(self) -> None:
        """Take back the last answer, where it was given."""
        await self.go(self.state.undone())

    async def action_redo(self) -> None:
        """Give it again."""
        await self.go(self.state.redone())

    async def act(self, action: str) -> None:
        """Do what was chosen on the last pages."""
        from wizard.tui.ending import act

        await act(self, action)

    def action_handbook(self) -> None:
        """All controls, to browse."""
        from wizard.tui.handbook import Handbook

        self.push_screen(Handbook(self.derived.project))

    def action_leave(self) -> None:
        """Leave; the answers are kept as a draft."""
        from wizard.tui.ending import leave

        leave(self)

    def end(self, ended: Ended) -> None:
        """Leave, with how it ended."""
        self.ended = ended
        self.exit()

    def keep_draft(self) -> bool:
        """Keep what was said since it was last written; whether there was such a thing, and it could be kept."""
        from wizard import drafts
        from wizard.tui.resuming import keep

        if mine(self.state.session) == self.settled:
            if self._kept:
                drafts.forget(self.request.output)
            return False
        self._kept = True
        return keep(self.state, self.request)

    def action_in_field(self, action: str) -> None:
        """An action of the field whose hint was clicked."""
        from wizard.tui.rows import act_at

        act_at(self.get_widget_at(*self.mouse_position)[0], action)

    def _handle_exception(self, error: Exception) -> None:
        """A failure of our own ends as one line (wizard.run); the answers are kept."""
        self.failure = self.failure or error
        self.keep_draft()
        super()._handle_exception(error)

    def _fatal_error(self) -> None:
        self._close_messages_no_wait()
