"""The groups of system calls (`wizard.syscalls`) that a trace shows in use: the others can go."""

import re

from wizard.observe.tracing.lines import Call
from wizard.syscalls import FAMILIES, GROUPS

_OF: dict[str, str] = {call: group.id for group in GROUPS for call in group.calls}
_SOCKETS = frozenset(("socket", "socketpair"))
GROUPED = frozenset((*_OF, *_SOCKETS))
"""Calls that belong to a group, or may."""
_OPEN = frozenset((*(f"AF_{name.upper()}" for name in FAMILIES), "AF_LOCAL", "AF_PACKET"))
"""Families that stay open anyway, or with the need for raw packets."""
_MODE = re.compile(r"\d+ +\[ Process PID=\d+ runs in (?:32 bit|x32) mode\. \]")
_REFUSED = frozenset(("EPERM", "ENOSYS", "EAFNOSUPPORT", "EPROTONOSUPPORT"))
"""What the engine's default answers already, and a trimmed profile would answer: nothing is lost."""


class Groups:
    """What was used so far."""

    def __init__(self) -> None:
        self._used: set[str] = set()

    @property
    def used(self) -> frozenset[str]:
        """Ids of groups."""
        return frozenset(self._used)

    def take(self, call: Call) -> None:
        """Take in a call of `GROUPED`."""
        if call.error in _REFUSED:
            return
        if call.name not in _SOCKETS:
            self._used.add(_OF[call.name])
        elif call.arguments and call.arguments[0] not in _OPEN:
            self._used.add("socket-families")

    def note(self, line: str) -> None:
        """A line that is no call: strace says when a program is one of 32 bits."""
        if "[ Process" in line and _MODE.match(line):
            self._used.add("32-bit")
