"""`seawall fix --interactive` in a real terminal: what is answered is what is written, if the person wants it."""

import sys
from pathlib import Path

import pexpect
import pytest

from tests.tools import ROOT

_COMPOSE = "services:\n  cache:\n    image: redis:7\n    volumes: [data:/data]\n    ports: ['6379:6379']\nvolumes:\n  data:\n"


def _asked(folder: Path, answers: str, *options: str) -> str:
    """What it prints; the first answers are of the changes, the last is whether they are written."""
    (folder / "compose.yaml").write_text(_COMPOSE)
    environment = {"PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT), "HOME": "/nonexistent", "LANG": "C.UTF-8", "TERM": "dumb"}
    child = pexpect.spawn(sys.executable, ["-m", "wizard", "fix", "--interactive", *options], cwd=str(folder), env=environment,
                          encoding="utf-8", timeout=60, dimensions=(24, 80))  # fmt: skip
    said = ""
    for number, answer in enumerate(answers):
        last = number == len(answers) - 1 and not options
        child.expect(r"Write (?:this|these)[^\r\n]*: " if last else r"make it\?[^\r\n]*: ")
        said += child.before + child.after
        child.sendline(answer)
    child.expect(pexpect.EOF)
    child.close()
    return said + child.before


@pytest.mark.parametrize("answers, holds, lacks", [
    ("yny", ["user:"], ["init:", "read_only:"]), ("nay", ["read_only:", '127.0.0.1:6379'], ["user:"]), ("ysy", ["user:"], ["cap_drop", "127.0.0.1:"]),
])  # fmt: skip
def test_what_was_chosen_is_written(tmp_path: Path, answers: str, holds: list[str], lacks: list[str]) -> None:
    said = _asked(tmp_path, answers[:-1] + ("s" if answers == "yny" else "") + answers[-1])
    written = (tmp_path / "compose.yaml").read_text()
    assert all(word in written for word in holds), said
    assert not any(word in written for word in lacks), said
    assert "Written; what was there is kept" in said and (tmp_path / "compose.yaml.orig").read_text() == _COMPOSE
    assert "left out by you" in said


def test_nothing_is_written_unless_it_is_wanted(tmp_path: Path) -> None:
    said = _asked(tmp_path, "an")
    assert (tmp_path / "compose.yaml").read_text() == _COMPOSE and "Nothing was written" in said


def test_who_asked_for_it_is_not_asked_again(tmp_path: Path) -> None:
    said = _asked(tmp_path, "a", "--apply")
    assert "Write these" not in said and "read_only: true" in (tmp_path / "compose.yaml").read_text()
