"""Everything the wizard's screen is made from, as one frozen value; each change makes a new one."""

from msgspec import Struct
from msgspec.structs import replace

from wizard.scaffold import Session
from wizard.tui.pages import DONE, SUMMARY, pages


class Step(Struct, frozen=True):
    """A moment to come back to: the answers, and where they were given."""

    session: Session
    page: str
    focus: str


class State(Struct, frozen=True, eq=False):
    """The answers so far, the page and the question that is looked at.

    `before` are the answers before the last one, which is what the preview marks as changed; `trail` the pages that were passed;
    `typing` the question whose answer is being typed: all of it is undone as one.
    """

    session: Session
    page: str = SUMMARY
    focus: str = ""
    before: Session | None = None
    trail: tuple[str, ...] = ()
    typing: str = ""
    past: tuple[Step, ...] = ()
    future: tuple[Step, ...] = ()

    def __eq__(self, other: object) -> bool:
        """Whether the screen is the same: not what could be undone."""
        return isinstance(other, State) and self._seen == other._seen

    @property
    def _seen(self) -> tuple[object, ...]:
        return self.session, self.page, self.focus, self.before, self.trail

    @property
    def here(self) -> Step:
        """This moment."""
        return Step(self.session, self.page, self.focus)

    def answered(self, session: Session, key: str, typed: bool = False) -> "State":
        """After an answer to the question `key`; what is typed on at one answer is one step."""
        if session == self.session:
            return self
        if typed and self.typing == key and self.past:
            return replace(self, session=session, future=())
        return replace(self, session=session, before=self.session, past=(*self.past, self.here), future=(), typing=key if typed else "")

    def undone(self) -> "State":
        """Before the last answer; the same where there is none."""
        if not self.past:
            return self
        last = self.past[-1]
        return replace(
            self, session=last.session, page=last.page, focus=last.focus, before=self.session,
            past=self.past[:-1], future=(self.here, *self.future), typing="",
        )  # fmt: skip

    def redone(self) -> "State":
        """After the answer that was undone last."""
        if not self.future:
            return self
        there = self.future[0]
        return replace(
            self, session=there.session, page=there.page, focus=there.focus, before=self.session,
            past=(*self.past, self.here), future=self.future[1:], typing="",
        )  # fmt: skip

    def at(self, page: str, focus: str = "") -> "State":
        """On another page."""
        if page == self.page:
            return replace(self, focus=focus or self.focus, typing="")
        return replace(self, page=page, focus=focus, trail=(*self.trail, self.page), typing="")

    def back(self, otherwise: str) -> "State":
        """On the page that one came from and that still has something on it, or on `otherwise`."""
        there = (*(page.title for page in pages(self.session)), DONE)
        trail = self.trail
        while trail and trail[-1] not in there:
            trail = trail[:-1]
        return replace(self, page=trail[-1] if trail else otherwise, focus="", trail=trail[:-1], typing="")

    def focused(self, key: str) -> "State":
        """Looking at another question."""
        return self if key == self.focus else replace(self, focus=key, typing="")
