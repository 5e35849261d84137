"""Keys one after the other: what is typed ahead meets the screen that the earlier keys led to."""

import asyncio
from collections import deque

from textual import events
from textual.app import App
from textual.message_pump import MessagePump

_LONGEST = 3.0
"""Seconds after which a key counts as handled even where its widget went away meanwhile."""


class TypeAhead(App[None]):
    """An app that hands out a key only after the one before was handled by everything it reaches.

    Textual hands keys to whatever has the focus when they arrive. Typed quickly, or pasted by a terminal multiplexer, those
    behind a key that opens a page would go to the page before it.
    """

    def __init__(self) -> None:
        super().__init__()
        self._waiting: deque[events.Key] = deque()
        self._handled: asyncio.TimerHandle | None = None
        self._open = False

    def take_keys(self) -> None:
        """Hand out keys from now on: what is typed before the first page stands waits for it."""
        self._open = True
        self._release()

    @property
    def behind(self) -> bool:
        """Whether keys wait that were typed already."""
        return bool(self._waiting)

    def caught_up(self) -> None:
        """No key waits any more."""

    async def on_event(self, event: events.Event) -> None:
        """Keep a key that comes too early."""
        if isinstance(event, events.Key) and event.key == "ctrl+j":
            event = events.Key("enter", "\r")  # Typed before the terminal left its line mode, in which Enter is a line feed.
        if not isinstance(event, events.Key) or event.is_forwarded:
            await super().on_event(event)
        elif self._handled is not None or not self._open:
            self._waiting.append(event)
        else:
            await self._hand_out(event)

    async def _hand_out(self, event: events.Key) -> None:
        self._handled = asyncio.get_running_loop().call_later(_LONGEST, self._release)
        target: MessagePump = self.focused or self.screen
        await super().on_event(event)
        # Twice: a message that the key gives rise to goes the same way once more.
        self._follow(target, again=True)

    def _follow(self, node: MessagePump, again: bool) -> None:
        """Go the way of the key, behind it, up to the app."""
        while node is not self:
            parent = node._parent or self
            if node.is_attached and node.call_later(self._follow, parent, again):
                return
            node = parent
        if again:
            self.call_later(self._follow, self.focused or self.screen, False)
        else:
            self.call_later(self._release)

    def _release(self) -> None:
        if self._handled is not None:
            self._handled.cancel()
            self._handled = None
        if self._waiting:
            self.call_later(self._hand_out, self._waiting.popleft())
        else:
            self.caught_up()
