"""The capabilities that a workload needs, found by running it again with fewer: where the kernel does not say which it used."""

from collections.abc import Callable, Iterable, Sequence

from wizard.observe.seen import CapabilityUse

Works = Callable[[tuple[str, ...]], bool]
"""Runs the workload with these capabilities and no other: whether it works."""

HINTS: dict[str, tuple[str, ...]] = {
    "CHOWN": ("chown", "fchown", "lchown", "fchownat"),
    "SETUID": ("setuid", "setreuid", "setresuid", "setfsuid"),
    "SETGID": ("setgid", "setregid", "setresgid", "setgroups", "setfsgid"),
    "NET_RAW": ("socket(raw)",),
    "SYS_CHROOT": ("chroot",),
    "MKNOD": ("mknod", "mknodat"),
    "FOWNER": ("chmod", "fchmod", "fchmodat", "fchmodat2", "utimensat"),
    "KILL": ("kill", "tkill", "tgkill"),
    "SETFCAP": ("setxattr", "fsetxattr", "lsetxattr"),
    "SETPCAP": ("capset",),
    "IPC_LOCK": ("mlock", "mlock2", "mlockall"),
    "SYS_NICE": ("setpriority", "sched_setscheduler", "sched_setattr"),
}
"""Calls that are refused without a capability, or not for everybody."""


class Trials:
    """Runs each set of capabilities once at most. Without `calls` there are no hints."""

    def __init__(self, works: Works, offered: Sequence[str], calls: Iterable[str] = ()) -> None:
        self._works, self._offered = works, tuple(offered)
        self._calls = frozenset(calls)
        self.tried: dict[frozenset[str], bool] = {}

    def needed(self) -> tuple[str, ...] | None:
        """A set none of which can be left out, in the order in which they were offered; None where it does not work with all of them.

        None at all is tried first, then those at which the calls hint, then all; from a set that works, halves and ever smaller parts are left out.
        """
        hinted = tuple(name for name in self._offered if self._calls & set(HINTS.get(name, ())))
        # With the one that no call shows: root, who enters folders of others.
        rest = tuple(name for name in self._offered if name in hinted or name == "DAC_OVERRIDE")
        found = next((names for names in dict.fromkeys(((), hinted, rest, self._offered)) if self._try(names)), None)
        if found is None:
            return None
        return self._fewer(found)

    def uses(self) -> tuple[CapabilityUse, ...] | None:
        """The same with its evidence."""
        needed = self.needed()
        if needed is None:
            return None
        return tuple(CapabilityUse(name, how=f"without {name} it did not work; {len(self.tried)} runs compared") for name in needed)

    def _fewer(self, names: tuple[str, ...]) -> tuple[str, ...]:
        """Zeller's ddmin, which leaves out parts only: at its end no single one can be missed."""
        parts = 2
        while len(names) > 1:
            size = -(-len(names) // parts)
            for begin in range(0, len(names), size):
                fewer = names[:begin] + names[begin + size :]
                if self._try(fewer):
                    names, parts = fewer, max(parts - 1, 2)
                    break
            else:
                if size == 1:
                    return names
                parts = min(len(names), parts * 2)
        return () if names and self._try(()) else names

    def _try(self, names: tuple[str, ...]) -> bool:
        key = frozenset(names)
        if key not in self.tried:
            self.tried[key] = self._works(names)
        return self.tried[key]
