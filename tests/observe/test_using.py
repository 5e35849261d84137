"""A person uses what is observed: Enter or Ctrl-C ends that, and the next Ctrl-C breaks off."""

import os
import signal
import threading
from types import SimpleNamespace
from typing import Any, cast

import pytest

from wizard.errors import Interrupted
from wizard.observe.bench import Reach
from wizard.observe.using import by_person
from wizard.prove.own_project import State
from wizard.prove.terminal import broken_off


def _runs() -> State:
    return cast(State, SimpleNamespace(is_ready=True, words="running"))


def test_ctrl_c_ends_the_use_and_the_next_one_breaks_off(monkeypatch: pytest.MonkeyPatch) -> None:
    reading, writing = os.pipe()
    with os.fdopen(reading) as stdin, os.fdopen(writing, "w"):
        monkeypatch.setattr("sys.stdin", stdin)
        said: list[Any] = []
        with pytest.raises(Interrupted), broken_off():
            threading.Timer(0.2, lambda: os.kill(os.getpid(), signal.SIGINT)).start()
            assert by_person(said.append)(Reach({"8000/tcp": ("127.0.0.1", 32768)}, "0123456789abcdef"), _runs) == ""
            said.append("it goes on")
            signal.raise_signal(signal.SIGINT)
    assert said[0] == "  8000/tcp of it is at 127.0.0.1:32768" and said[-1] == "it goes on"
