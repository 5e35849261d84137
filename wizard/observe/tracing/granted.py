"""The capabilities that the kernel granted to a process and all its descendants, from its own tracepoint (Linux 6.14 and later).

Run as a program of its own: `python -I -S granted.py PID PREFIX OWNER NUMBER...`, the numbers of the capabilities that are of interest. It says
`ready` in a line, waits until its standard input is closed, and prints what it saw as JSON: `{"granted": [[number, program, call], ...], "lost": N}`
or `{"problem": ...}`. It has a mount namespace of its own for tracefs, and an instance with its own buffer, so that nobody else's tracing is
touched; both are gone when it ends. Standard library only, and nothing of Seawall.

Overlayfs, on which the files of a container mostly lie, acts with the engine's capabilities on the workload's behalf: such a grant is told from the
workload's own by the kernel's stack.
"""

import contextlib
import ctypes
import json
import os
import re
import selectors
import sys

_NEWNS = 0x00020000
_PRIVATE = 1 << 18 | 1 << 14
_ROOT = "/sys/kernel/tracing"
_EVENT = "events/capability/cap_capable"
_KILOBYTES = "2048"
"""A processor's part of the buffer."""
_HEAD = re.compile(r" *(.+)-(\d+) +\[\d+\].*?: (?:(<stack trace>)|cap_capable: .*\bcap (\d+), ret 0$)")
_FRAME = re.compile(r" => (\w+)")
_LOST = re.compile(r"LOST (\d+) EVENTS")
_CALL = re.compile(r"(?:__(?:x64|arm64|se|do)_sys_|__sys_)(\w+)")
_OWN = frozenset(("generic_permission", "setattr_prepare", "inode_owner_or_capable"))
"""What overlayfs asks with the workload's own rights before it acts with its own (fs/overlayfs/inode.c)."""


def open_tracefs() -> None:
    """Mount tracefs for this process alone. Raises OSError."""
    libc = ctypes.CDLL(None, use_errno=True)

    def demand(result: int) -> None:
        if result != 0:
            raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))

    demand(libc.unshare(_NEWNS))
    demand(libc.mount(b"none", b"/", None, _PRIVATE, None))
    demand(libc.mount(b"tracefs", _ROOT.encode(), b"tracefs", 0, None))
    if not os.path.isdir(f"{_ROOT}/{_EVENT}"):
        raise OSError(0, "this kernel has no tracepoint for capabilities (Linux 6.14 has)")
    if not os.path.exists(f"{_ROOT}/options/stacktrace"):
        raise OSError(0, "this kernel shows no stacks")


def write(folder: str, name: str, text: str) -> None:
    """Set a file of the instance."""
    with open(os.path.join(folder, name), "w") as file:
        file.write(text)


def sweep(prefix: str) -> None:
    """Remove instances that killed runs left: their names end in the number of a process."""
    for name in os.listdir(f"{_ROOT}/instances"):
        owner = name.removeprefix(prefix)
        if owner != name and owner.isdigit() and not os.path.exists(f"/proc/{owner}"):
            with contextlib.suppress(OSError):
                os.rmdir(f"{_ROOT}/instances/{name}")


class Events:
    """Events put together with their stacks, which follow them, lines of other threads between."""

    def __init__(self) -> None:
        self.granted: set[tuple[int, str, str]] = set()
        self.lost = 0
        self._asked: dict[str, tuple[int, str]] = {}
        self._thread, self._stack = "", [""]

    def take(self, line: str) -> None:
        """A line of trace_pipe."""
        if frame := _FRAME.match(line):
            self._stack.append(frame[1])
            return
        self.finish()
        if lost := _LOST.search(line):
            self.lost += int(lost[1])
        elif head := _HEAD.match(line):
            program, thread, stack, number = head.groups()
            if stack:
                self._thread, self._stack = thread, []
            else:
                self._asked[thread] = int(number), program

    def finish(self) -> None:
        """The stack is complete."""
        asked = self._asked.pop(self._thread, None) if self._stack else None
        if asked and is_own(self._stack):
            calls = [found[1] for frame in self._stack if (found := _CALL.match(frame))]
            self.granted.add((*asked, calls[-1] if calls else ""))
        self._thread, self._stack = "", []


def is_own(stack: list[str]) -> bool:
    """Whether the workload itself was asked, by the kernel's functions, the innermost first."""
    first = next((at for at, frame in enumerate(stack) if frame.startswith("ovl_")), 0)
    return first == 0 or stack[first - 1] in _OWN


def watch(folder: str, pid: str, numbers: list[str]) -> dict[str, object]:
    """Read the instance's events until standard input ends."""
    events = Events()
    write(folder, "buffer_size_kb", _KILOBYTES)
    write(folder, "options/stacktrace", "1")
    write(folder, "options/event-fork", "1")
    write(folder, "set_event_pid", pid)
    write(folder, f"{_EVENT}/filter", f"ret == 0 && ({' || '.join(f'cap == {int(number)}' for number in numbers)})")
    pipe = os.open(os.path.join(folder, "trace_pipe"), os.O_RDONLY | os.O_NONBLOCK)
    write(folder, f"{_EVENT}/enable", "1")
    print("ready", flush=True)
    rest = b""

    def drain() -> None:
        nonlocal rest
        with contextlib.suppress(BlockingIOError):
            while found := os.read(pipe, 1 << 16):
                *lines, rest = (rest + found).split(b"\n")
                for line in lines:
                    events.take(line.decode("utf-8", "replace"))

    with selectors.DefaultSelector() as selector:
        selector.register(pipe, selectors.EVENT_READ)
        selector.register(0, selectors.EVENT_READ)
        while all(key.fd != 0 for key, _ in selector.select()):
            drain()
    write(folder, f"{_EVENT}/enable", "0")
    drain()
    events.finish()
    os.close(pipe)
    return {"granted": sorted(events.granted), "lost": events.lost}


def main(pid: str, prefix: str, owner: str, *numbers: str) -> dict[str, object]:
    """Everything, and nothing left behind."""
    open_tracefs()
    sweep(prefix)
    folder = f"{_ROOT}/instances/{prefix}{owner}"
    os.mkdir(folder)
    try:
        return watch(folder, pid, list(numbers))
    finally:
        os.rmdir(folder)


if __name__ == "__main__":
    try:
        answer = main(*sys.argv[1:])
    except OSError as error:
        answer = {"problem": error.strerror}
    sys.stdout.write(json.dumps(answer) + "\n")
