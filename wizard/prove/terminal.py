"""How a command that works on the engine for a while tells of it: lines, what is being done, and being broken off."""

import contextlib
import os
import signal
import sys
from collections.abc import Callable, Iterator
from typing import Any

from wizard.errors import Interrupted
from wizard.text import visible_all

Say = Callable[[str], None]


@contextlib.contextmanager
def broken_off() -> Iterator[None]:
    """Ctrl-C, and a polite kill, end it after everything was removed; who cannot wait for that is not heard."""
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}

    def stop(*_: Any) -> None:
        for number in before:
            signal.signal(number, signal.SIG_IGN)
        raise KeyboardInterrupt

    for number, handler in before.items():
        if handler is not signal.SIG_IGN:
            signal.signal(number, stop)
    try:
        yield
    except KeyboardInterrupt:
        raise Interrupted("interrupted; what was started is removed") from None
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextlib.contextmanager
def spun(form: str, still: bool = False) -> Iterator[tuple[Say, Say]]:
    """How lines are said, and what is being done: on a terminal it is seen to go on, elsewhere, and where it is to be `still`, lines are lines."""
    if form != "text":
        yield quiet()
        return
    if still or not draws():
        yield line, lambda _: None
        return
    from rich.console import Console

    console = Console(highlight=False, markup=False, emoji=False, soft_wrap=True)
    with console.status("begin", spinner="line") as status:
        yield console.print, status.update


def quiet() -> tuple[Say, Say]:
    """For a report that a program reads: nothing else goes to stdout, and what is being done is of interest to a person alone."""
    return lambda _: None, _progress if sys.stderr.isatty() else lambda _: None


def draws() -> bool:
    """Whether the terminal can be drawn on."""
    return sys.stdout.isatty() and os.environ.get("TERM", "").lower() not in ("", "dumb", "unknown")


def line(text: str) -> None:
    """A line on stdout; what its encoding lacks is replaced."""
    encoding = sys.stdout.encoding or "utf-8"
    sys.stdout.write(text.encode(encoding, "replace").decode(encoding) + "\n")
    sys.stdout.flush()


def _progress(text: str) -> None:
    sys.stderr.write(f"{visible_all(text)}\n")
