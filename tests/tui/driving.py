"""Drives the wizard as a person does, by keys and clicks, and says what is on the screen. For tests only."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest
from textual.app import App
from textual.events import Key, Paste
from textual.geometry import Offset, Region
from textual.keys import _character_to_key
from textual.pilot import Pilot
from textual.widget import Widget
from textual.widgets import Input

from tests.tools import copy_app
from wizard.prove.offer import Offer
from wizard.question import value
from wizard.questions import question_of
from wizard.scaffold import Request, begin
from wizard.spelling import Data
from wizard.tui.app import Seawall
from wizard.tui.pages import PAGES
from wizard.tui.questions_page import QuestionsPage
from wizard.tui.state import State
from wizard.workload import Workload

NO_ENGINE = Offer(False, "no docker command here; install Docker, or start where it is")
SIZES = ((160, 50), (110, 35), (80, 24), (60, 20))
PAGE_KEYS = {page.title: page.key for page in PAGES}
_LONGEST = 60.0
"""Seconds after which something that is waited for is taken for lost."""
_JOURNEY = 240.0
"""Seconds after which a journey leads nowhere."""


@pytest.fixture(autouse=True)
def state_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Drafts of a test stay in a folder of its own, and nothing of the person's terminal is heard."""
    folder = tmp_path / "state"
    monkeypatch.setenv("XDG_STATE_HOME", str(folder))
    monkeypatch.setenv("HOME", str(tmp_path))
    # A machine that is busy with other tests must not let a key go before the one in front of it was handled.
    monkeypatch.setattr("wizard.tui.typeahead._LONGEST", 5.0)
    # What is proven on an engine is a matter of tests/tui/test_proving.py.
    monkeypatch.setattr("wizard.prove.offer.offer", lambda: NO_ENGINE)
    for name in ("NO_COLOR", "TEXTUAL_THEME", "VISUAL", "EDITOR"):
        monkeypatch.delenv(name, raising=False)
    return folder


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    """A Flask service, in which everything is found."""
    return copy_app("ledger", tmp_path)


@pytest.fixture
def empty(tmp_path: Path) -> Path:
    """A folder that shows nothing."""
    (tmp_path / "empty").mkdir()
    return tmp_path / "empty"


def app_for(folder: Path, *, write: bool = True, force: bool = False, state: State | None = None, settings: tuple[str, ...] = ()) -> Seawall:
    """The wizard for a folder, as `run_wizard` makes it; with `state`, as it is rebuilt."""
    request = Request(folder, folder, settings)
    return Seawall(state or State(begin(request)), request, write=write, force=force)


def files(folder: Path) -> dict[str, bytes]:
    """All files below a folder."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def said_by(folder: Path, *settings: str) -> Workload:
    """What `--set` makes of the folder."""
    return begin(Request(folder, folder, settings)).workload


def key_event(key: str) -> Key:
    """A key as a terminal's driver reports it: by its name, or as the character that was typed."""
    if len(key) == 1:
        return Key(_character_to_key(key), key)
    return Key(key, {"space": " ", "enter": "\r", "tab": "\t"}.get(key))


class Person:
    """Somebody at the keyboard. `keys` counts what was pressed."""

    def __init__(self, app: Seawall, pilot: Pilot[None]) -> None:
        self.app = app
        self.pilot = pilot
        self.keys = 0

    async def settle(self) -> None:
        """Wait until all that was set going has come to an end, and the screen shows it."""
        async with asyncio.timeout(_LONGEST):
            waits = True
            while waits:
                await self._quiet()
                await self.pilot.pause()
                screen = self.app.screen
                waits = not self.app._exit and bool(screen._dirty_widgets or screen._layout_required or screen._callbacks)
        await self._quiet()

    async def _quiet(self) -> None:
        """Wait until every key was handed out and no widget has a message left to handle."""
        still = 0
        async with asyncio.timeout(_LONGEST):
            while still < 3 and not self.app._exit:
                await asyncio.sleep(0.002)
                if self.app.failure:
                    raise self.app.failure  # It handles nothing any more.
                nodes = [self.app, *self.app.screen_stack, *(node for screen in self.app.screen_stack for node in screen.walk_children())]
                busy = self.app._handled is not None or self.app._waiting or any(n.message_queue_size or n._next_callbacks for n in nodes)
                busy = busy or any(worker.group == "engine" and not worker.is_finished for worker in self.app.workers)
                still = 0 if busy else still + 1

    async def press(self, *keys: str) -> None:
        """Press keys, each after the one before was handled, and wait for what they lead to."""
        for key in keys:
            await self.tap(key)
        await self.settle()

    async def tap(self, key: str) -> None:
        """Press a key and wait until it was handled."""
        driver = self.app._driver
        assert driver is not None
        self.keys += 1
        driver.send_message(key_event(key))
        await self._quiet()

    async def burst(self, *keys: str) -> None:
        """Press keys all at once: none waits for another."""
        driver = self.app._driver
        assert driver is not None
        self.keys += len(keys)
        for key in keys:
            driver.send_message(key_event(key))
        await self.settle()

    async def type(self, text: str) -> None:
        """Type a text."""
        await self.press(*text)

    async def paste(self, text: str) -> None:
        """Paste a text, as a terminal with bracketed paste hands it over."""
        self.app.post_message(Paste(text))
        await self.settle()

    async def resize(self, width: int, height: int) -> None:
        """Make the terminal larger or smaller."""
        await self.pilot.resize_terminal(width, height)
        await self.settle()

    async def page(self, title: str) -> None:
        """Go to a page by its letter, from a field, which takes letters, by way of the summary."""
        for _ in range(3):
            if isinstance(self.app.focused, Input):
                await self.tap("escape")
        await self.press(PAGE_KEYS[title])
        assert self.app.state.page == title

    async def question(self, key: str) -> None:
        """Go to a question by its page's letter and Tab."""
        await self.page(question_of(key).page)
        for _ in range(60):
            field = self.app.board.body.field(key)
            if field and self.app.focused is field.target:
                await self.settle()
                return
            await self.tap("tab")
        raise AssertionError(f"{key} is not reached by Tab")

    @property
    def field_key(self) -> str:
        """The question that has the focus."""
        body = self.app.board.body
        return body.question.key if isinstance(body, QuestionsPage) and body.question else ""

    @property
    def workload(self) -> Workload:
        """What was said so far."""
        return self.app.state.session.workload

    def answer(self, key: str) -> Data:
        """The present answer to a question."""
        return value(self.workload, key)

    @property
    def screen(self) -> list[str]:
        """What stands on the screen, line by line."""
        return screen_of(self.app)

    @property
    def text(self) -> str:
        """The same as one text without breaks between its words."""
        return " ".join(" ".join(self.screen).split())

    def sees(self, text: str) -> bool:
        """Whether a text stands on the screen, wherever its lines break."""
        return text in self.text

    async def click(self, text: str, within: str | Widget = "") -> None:
        """Click on the first letter of a text that stands on the screen."""
        widget = within if isinstance(within, Widget) else self.app.screen.query_one(within) if within else self.app.screen
        at = place_of(self.app, text, widget.region)
        await self.pilot.click(offset=at)
        await self.settle()


def screen_of(app: App[None]) -> list[str]:
    """The lines of the screen on top, as they are composed."""
    return [strip.text.rstrip() for strip in app.screen._compositor.render_strips()]


def without_bars(lines: list[str]) -> list[str]:
    """Lines without the ends of scroll bars."""
    bars = dict.fromkeys(map(ord, "▁▂▃▄▅▆▇"), " ")
    return [line.translate(bars).rstrip() for line in lines]


def place_of(app: App[None], text: str, region: Region) -> Offset:
    """Where a text begins in a part of the screen."""
    for y, strip in enumerate(app.screen._compositor.render_strips()):
        if region.y <= y < region.bottom and (x := strip.text.find(text, region.x)) >= 0 and x < region.right:
            return Offset(x, y)
    raise AssertionError(f"{text!r} is not on the screen:\n" + "\n".join(screen_of(app)))


Act = Callable[[Person], Awaitable[None]]


@contextlib.asynccontextmanager
async def driven(app: Seawall, size: tuple[int, int] = (80, 24)) -> AsyncIterator[Person]:
    """A person in front of an app."""
    async with app.run_test(size=size) as pilot:
        person = Person(app, pilot)
        await person.settle()
        yield person
        if app.failure:
            raise app.failure


def drive(app: Seawall, act: Act, size: tuple[int, int] = (80, 24)) -> Seawall:
    """Let a person act in front of an app; the app, ended or not."""

    async def play() -> None:
        async with asyncio.timeout(_JOURNEY), driven(app, size) as person:
            await act(person)

    asyncio.run(play())
    return app
