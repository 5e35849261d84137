"""Capabilities that calls take, where the kernel does not say which it granted: guessed from calls that went well, by whom, and how they read.

The guess is wide, and is made smaller by running the workload again without each of them.
"""

import re
from collections.abc import Iterator

from wizard.observe.seen import CapabilityUse
from wizard.observe.tracing.lines import Call
from wizard.observe.tracing.threads import Threads

TAKES: dict[str, str] = {
    **dict.fromkeys(("chown", "fchown", "lchown", "fchownat"), "CHOWN"),
    **dict.fromkeys(("setuid", "setreuid", "setresuid"), "SETUID"),
    **dict.fromkeys(("setgid", "setregid", "setresgid", "setgroups"), "SETGID"),
    **dict.fromkeys(("chmod", "fchmod", "fchmodat", "fchmodat2", "utimensat"), "FOWNER"),
    **dict.fromkeys(("mknod", "mknodat"), "MKNOD"),
    **dict.fromkeys(("mlock", "mlock2", "mlockall"), "IPC_LOCK"),
    **dict.fromkeys(("setpriority", "sched_setscheduler", "sched_setattr"), "SYS_NICE"),
    "chroot": "SYS_CHROOT", "kill": "KILL", "socket": "NET_RAW", "bind": "NET_BIND_SERVICE",
}  # fmt: skip
"""Calls that are refused without a capability, or not to everybody."""

_OUTSIDE_FILES = ("DAC_OVERRIDE",)
"""What no call shows: it lets root into files and folders of others."""
_RAW = re.compile(r"\bSOCK_RAW\b|\bAF_PACKET\b")
_LOW_PORT = re.compile(r"port=htons\(0*(\d{1,4})\)")
_FIRST_FREE_PORT = 1024
_DEVICE = re.compile(r"\bS_IF(?:CHR|BLK)\b")


class Asking:
    """What was asked for so far."""

    def __init__(self, threads: Threads) -> None:
        self._threads = threads
        self._asked: dict[str, CapabilityUse] = {}

    def take(self, call: Call) -> None:
        """Take in a call of `TAKES`, before it changes who makes the next one."""
        thread, name = self._threads.of(call.thread), TAKES[call.name]
        if call.went_well and name not in self._asked and thread.uid == 0 and _takes(call):
            self._asked[name] = CapabilityUse(name, thread.name, call.name, call.text[:200])

    def uses(self) -> Iterator[CapabilityUse]:
        """All, with what calls do not show; none where nothing ran as root."""
        yield from self._asked.values()
        for name in _OUTSIDE_FILES:
            yield CapabilityUse(name, how="no call shows it: tried, since root gets into files of others with it")


def _takes(call: Call) -> bool:
    text = " ".join(call.arguments)
    match call.name:
        case "socket":
            return bool(_RAW.search(text)) and "AF_NETLINK" not in text
        case "bind":
            return any(0 < int(port) < _FIRST_FREE_PORT for port in _LOW_PORT.findall(text))
        case "mknod" | "mknodat":
            return bool(_DEVICE.search(text))
    return True
