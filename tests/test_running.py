"""A program that is run for a while: it is heard as it goes on, and ends with all that is below it, by its time or by a person."""

import threading
import time

import pytest

from wizard.engine.running import Stop, run
from wizard.errors import SeawallError

BELOW = "sh -c 'echo below; exec sleep 60' & echo above; wait"
"""A program with one below it that has the same output: while that runs, the output does not end."""


def test_lines_are_heard_before_it_ends() -> None:
    heard: list[str] = []
    code, said = run(("sh", "-c", "echo one; echo two >&2; exit 3"), 30, "", None, heard.append, Stop())
    assert (code, said, heard) == (3, "one\ntwo\n", ["one", "two"])
    assert run(("cat",), 30, "text", None, None, Stop()) == (0, "text")


@pytest.mark.parametrize("heard", [True, False])
def test_what_takes_too_long_ends_with_all_that_is_below_it(heard: bool) -> None:
    began = time.monotonic()
    with pytest.raises(SeawallError, match=r"sh -c did not end within 0\.3 s"):
        run(("sh", "-c", BELOW), 0.3, "", None, [].append if heard else None, Stop())
    assert time.monotonic() - began < 20


@pytest.mark.parametrize(("heard", "trap"), [(True, ""), (False, ""), (True, "trap '' INT; ")])
def test_who_stops_it_from_another_thread_ends_all_that_is_below_it_and_whatever_comes_later(heard: bool, trap: str) -> None:
    stop, began = Stop(), time.monotonic()

    def hear(line: str) -> None:
        if line == "below":
            stop.ask()

    if not heard:
        threading.Timer(0.2, stop.ask).start()
    with pytest.raises(KeyboardInterrupt):
        run(("sh", "-c", trap + BELOW), 60, "", None, hear if heard else None, stop)
    assert time.monotonic() - began < 20
    assert stop.asked
    with pytest.raises(KeyboardInterrupt):
        run(("touch", "/nowhere"), 60, "", None, None, stop)
