"""What pure functions gave for what they were asked last: most of a project stays as it is while one answer changes."""

from collections.abc import Callable
from functools import wraps
from typing import TypeVar

A = TypeVar("A")
R = TypeVar("R")


def recent(keep: int) -> Callable[[Callable[[A], R]], Callable[[A], R]]:
    """For a function of one frozen value: the results for the last `keep` of them.

    The very same object is meant, not an equal one: mappings are equal in any order, and files are not.
    """

    def remembering(compute: Callable[[A], R]) -> Callable[[A], R]:
        known: list[tuple[A, R]] = []

        @wraps(compute)
        def remembered(value: A) -> R:
            for before, result in known:
                if before is value:
                    return result
            result = compute(value)
            known.insert(0, (value, result))
            del known[keep:]
            return result

        return remembered

    return remembering
