"""Which of several things are needed: as few runs as it takes, and in the end each that stays was left out once, in vain."""

from collections.abc import Callable, Sequence
from typing import TypeVar

T = TypeVar("T")


def reduced(things: Sequence[T], works: Callable[[Sequence[T]], bool]) -> tuple[T, ...]:
    """Those without which it does not work; all of them together are known to.

    Halves are left out first, then quarters, and in the end one by one until nothing more goes (delta debugging, Zeller and Hildebrandt 2002).
    Where one of two is enough, the later one stays.
    """
    left = list(things)
    if not left or works(()):
        return ()
    size = max(len(left) // 2, 1)
    while True:
        gone = False
        at = 0
        while at < len(left):
            fewer = left[:at] + left[at + size :]
            if len(fewer) < len(left) and fewer and works(fewer):
                left, gone = fewer, True
            else:
                at += size
        if size == 1 and not gone:
            return tuple(left)
        size = max(size // 2, 1)
