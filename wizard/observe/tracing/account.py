"""What a trace says in all: lines go in as strace prints them, `Seen` comes out."""

import re

from wizard.observe.seen import CapabilityUse, NotLearned, Seen
from wizard.observe.tracing import asking, changes, network, threads
from wizard.observe.tracing.asking import Asking
from wizard.observe.tracing.changes import Changes
from wizard.observe.tracing.groups import GROUPED, Groups
from wizard.observe.tracing.lines import Reader, call
from wizard.observe.tracing.network import Network
from wizard.observe.tracing.threads import Thread, Threads

_ON_SOCKET = re.compile(r"\d+<(?:socket|UDP|TCP)")
_NO_CALLS = frozenset(("+", "????", "restart_syscall"))
WANTED = frozenset((*changes.CALLS, *network.CALLS, *threads.CHANGES, *asking.TAKES, *GROUPED))
"""The calls whose arguments are looked at."""


class Account:
    """Of one container, from its first call on."""

    def __init__(self) -> None:
        self._reader = Reader()
        self.threads = Threads(self._reader)
        self._changes = Changes(self.threads)
        self._network = Network(self.threads)
        self._asking = Asking(self.threads)
        self._groups = Groups()
        self._calls: set[str] = set()
        self.has_begun = False
        """Whether the program took the launcher's place."""

    def begin(self, number: int, thread: Thread) -> None:
        """The launcher, as it waits."""
        self.threads.begin(number, thread)

    def take(self, line: str) -> None:
        """A line, with or without its newline. What is no line of strace is passed over."""
        read = self._reader.read(line.rstrip("\n"))
        if read is None:
            self._groups.note(line)
            return
        number, name, body = read
        if name in _NO_CALLS:
            if name == "+":
                self.threads.end(number)
            return
        self.threads.act(number, name)
        self._calls.add(name)
        if name not in WANTED or (name in network.ON_SOCKETS and not _ON_SOCKET.match(body)):
            return
        try:
            self._look(number, name, body)
        except IndexError:
            return  # fewer arguments than the call has: the tracer was cut off

    def _look(self, number: int, name: str, body: str) -> None:
        found = call(number, name, body)
        if name == "execve" and found.went_well:
            self.has_begun = True
        if name in asking.TAKES:
            self._asking.take(found)
        if name in GROUPED:
            self._groups.take(found)
        if name in threads.CHANGES:
            self.threads.follow(found)
        if name in changes.CALLS:
            self._changes.take(found)
        if name in network.CALLS:
            network.CALLS[name](self._network, found)

    def guessed_capabilities(self) -> tuple[CapabilityUse, ...]:
        """What its calls take, where the kernel does not say what it granted."""
        return tuple(self._asking.uses()) if any(user.uid == 0 for user in self.threads.users) else ()

    def seen(self) -> Seen:
        """What was learned so far."""
        writes = self._changes.writes
        full = (NotLearned("writes", f"it made more than {len(writes)} files; the rest was not kept"),) if self._changes.is_full else ()
        return Seen(
            writes=tuple(writes[path] for path in sorted(writes)),
            listening=tuple(self._network.listening),
            users=tuple(self.threads.users),
            calls=frozenset(self._calls),
            groups=self._groups.used,
            lookups=tuple(sorted(self._network.lookups)),
            peers=self._network.peers,
            not_learned=full,
        )
