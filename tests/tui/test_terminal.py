"""The real program in a real pseudo-terminal, from its start to what it leaves behind."""

# ruff: noqa: F811 (fixtures are imported)

import os
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pexpect
import pytest

from tests.tools import ROOT, hear_interrupts, seawall
from tests.tui.driving import files, ledger, state_folder  # noqa: F401
from wizard import drafts
from wizard.controls import CONTROLS

ALL_ON = f"{len(CONTROLS)} controls on"

NO_ENGINE = "unix:///nowhere/docker.sock"
ENTERED, LEFT = "\x1b[?1049h", "\x1b[?1049l"
_ESCAPES = re.compile(r"\x1b\[[0-9;?<>=]*[A-Za-z]|\x1b[=>78]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1bP[^\x1b]*\x1b\\|\r")
pytestmark = pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")  # pexpect forks; a runner with threads is warned of that


class Run:
    """The program on a terminal; each step waits for what it answers."""

    def __init__(self, *arguments: str, size: tuple[int, int] = (80, 24), **variables: str) -> None:
        dropped = ("NO_COLOR", "TMUX", "COLUMNS", "LINES", "TEXTUAL_THEME", "SEAWALL_DEBUG", "COLORTERM")
        kept = {name: text for name, text in os.environ.items() if name not in dropped}
        env = {**kept, "TERM": "xterm-256color", "PROMPT_TOOLKIT_NO_CPR": "1", "PYTHONPATH": str(ROOT), "DOCKER_HOST": NO_ENGINE, **variables}
        self.child = pexpect.spawn(
            sys.executable, ["-m", "wizard", *arguments], cwd=str(ROOT), env=env, dimensions=size[::-1], encoding="utf-8",
            codec_errors="replace", timeout=40, preexec_fn=hear_interrupts,
        )  # fmt: skip
        self.raw = ""

    def see(self, text: str) -> "Run":
        """Wait until a text is drawn, whatever its colours are."""
        self.child.expect(r"(?:\x1b\[[0-9;]*[A-Za-z]| )+".join(re.escape(word) for word in text.split(" ")))
        self.raw += self.child.before + self.child.after
        return self

    def type(self, keys: str) -> "Run":
        self.child.send(keys)
        return self

    def end(self) -> int:
        self.child.expect(pexpect.EOF)
        self.raw += self.child.before
        self.child.close()
        assert self.child.signalstatus is None
        return int(self.child.exitstatus)

    @property
    def left_behind(self) -> str:
        """What stands in the terminal after the program gave its screen back."""
        assert self.raw.count(ENTERED) == self.raw.count(LEFT) == 1
        return _ESCAPES.sub("", self.raw.split(LEFT)[1])


@pytest.fixture
def run() -> Iterator[Callable[..., Run]]:
    started: list[Run] = []

    def start(*arguments: str, **options: object) -> Run:
        started.append(Run(*arguments, **options))  # type: ignore[arg-type]
        return started[-1]

    yield start
    for each in started:
        each.child.close(force=True)


@pytest.mark.parametrize("size", [(80, 24), (160, 50)])
def test_from_the_start_to_written_files(ledger: Path, run: Callable[..., Run], size: tuple[int, int]) -> None:
    program = run(str(ledger), size=size).see(ALL_ON).type("9090\r").see("added").type("\r").see("Write 9 files")
    assert not (ledger / "compose.yaml").exists()
    program.type("\r").see("Wrote 9 files").type("\r")
    assert program.end() == 0
    lines = program.left_behind.split("\n")
    assert lines[0].startswith(f"Wrote 9 files in {ledger}:")
    assert any(line.endswith("docker compose up --build --wait") for line in lines)
    assert '"127.0.0.1:9090:9090"' in (ledger / "compose.yaml").read_text()
    checked = seawall("--dry-run", "--yes", str(ledger))
    assert not re.search(r"^(new|changed) ", checked.stdout, re.MULTILINE)
    assert drafts.find(ledger) is None


def test_four_keys_without_waiting_for_the_screen(ledger: Path, run: Callable[..., Run]) -> None:
    """Typed while the program still starts: nothing is lost."""
    program = run(str(ledger)).type("\r\r\r")
    assert program.end() == 0
    assert "Wrote 9 files" in program.left_behind


@pytest.mark.parametrize("key", ["\x03", "\x11"])
def test_leaving_writes_nothing_and_comes_back_next_time(ledger: Path, run: Callable[..., Run], key: str) -> None:
    before = files(ledger)
    program = run(str(ledger)).see(ALL_ON).type("9090\r").see("added").type(key)
    assert program.end() == 130
    assert files(ledger) == before
    assert program.left_behind.strip() == "seawall: nothing was written; your answers are kept for the next time"
    program = run(str(ledger)).see("were not written").type("\r").see("9090").type("\r").see("Write 9 files").type("\r").see("Wrote").type("\r")
    assert program.end() == 0
    assert "9090" in (ledger / "compose.yaml").read_text()


def test_a_signal_that_ends_it_gives_the_terminal_back(ledger: Path, run: Callable[..., Run]) -> None:
    before = files(ledger)
    program = run(str(ledger)).see(ALL_ON)
    program.type("\x03")
    assert program.end() == 130
    assert program.left_behind.strip() == "seawall: nothing was written"
    assert files(ledger) == before


def colours(raw: str) -> set[tuple[int, ...]]:
    """The colours that a stream asks for, as red, green and blue, or as (n,) where it is one of the terminal's own."""
    found = set()
    for codes in re.findall(r"\x1b\[([0-9;]*)m", raw):
        waiting = [int(code or 0) for code in codes.split(";")]
        while waiting:
            match waiting:
                case [38 | 48, 2, red, green, blue, *rest]:
                    found.add((red, green, blue))
                case [38 | 48, 5, number, *rest]:
                    found.add(_of_256(number))
                case [code, *rest]:
                    found |= {(code,)} if 30 <= code <= 37 or 40 <= code <= 47 or 90 <= code <= 107 else set()
            waiting = rest
    return found


def _of_256(number: int) -> tuple[int, ...]:
    if number >= 232:
        return (number,) * 3
    if number >= 16:
        return tuple((number - 16) // step % 6 for step in (36, 6, 1))
    return (number,)


@pytest.mark.parametrize("setting", ["1", ""])
def test_no_color_means_shades_of_grey(ledger: Path, run: Callable[..., Run], setting: str) -> None:
    program = run(str(ledger), NO_COLOR=setting).see(ALL_ON).type("p").see("Which ports").type("\x03")
    assert program.end() == 130
    hues = [colour for colour in colours(program.raw) if len(set(colour)) > 1 or len(colour) == 1]
    assert bool(hues) == (not setting), hues


def test_no_color_sends_no_colour_at_all(ledger: Path, run: Callable[..., Run]) -> None:
    program = run(str(ledger), NO_COLOR="1").see(ALL_ON).type("\x03")
    assert program.end() == 130
    assert not colours(program.raw)


def test_another_size_while_it_runs(ledger: Path, run: Callable[..., Run]) -> None:
    program = run(str(ledger), size=(160, 50)).see(ALL_ON).type("p").see("Which ports").type("90").see("90")
    program.child.setwinsize(20, 60)
    program.see("F2 files").child.setwinsize(50, 160)  # a key of narrow terminals alone: «Enter next» was there before
    program.see("Docker's default").type("91\r").see("9091").type("\r").see("Writable").type("\x1b").see(ALL_ON)
    program.type("\r").see("Write 9 files").type("\r").see("Wrote").type("\r")
    assert program.end() == 0
    assert "127.0.0.1:9091:9091" in (ledger / "compose.yaml").read_text()


@pytest.mark.parametrize("how", ["dumb", "plain"])
def test_plain_prompts_where_nothing_can_be_drawn_or_when_asked_for(ledger: Path, run: Callable[..., Run], how: str) -> None:
    program = run(str(ledger), TERM="dumb") if how == "dumb" else run(str(ledger), "--plain")
    program.see("What is the service called?").type("\x03")
    assert program.end() == 130
    assert ENTERED not in program.raw
    assert ("\x1b" in program.raw) == (how == "plain")


def test_dry_run_shows_the_diff_afterwards_and_writes_nothing(ledger: Path, run: Callable[..., Run]) -> None:
    before = files(ledger)
    program = run(str(ledger), "--dry-run").see(ALL_ON).type("9090\r").see("added").type("\r").see("Write 9 files").type("\r")
    assert program.end() == 0
    assert files(ledger) == before
    lines = program.left_behind.split("\n")
    assert "new        compose.yaml" in lines
    assert '+      - "127.0.0.1:9090:9090"' in lines


def test_a_fault_of_our_own_is_one_line_and_the_answers_are_kept(ledger: Path, run: Callable[..., Run], tmp_path: Path) -> None:
    broken = tmp_path / "broken"
    broken.mkdir()
    (broken / "sitecustomize.py").write_text(
        "import sys, importlib.abc\n"
        "class Spoil(importlib.abc.MetaPathFinder):\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name == 'wizard.tui.done':\n"
        "            import wizard.tui.review as review\n"
        "            def spoiled(*_): raise ZeroDivisionError('spoiled\\x1b[31m')\n"
        "            review.Review._read = spoiled\n"
        "        return None\n"
        "sys.meta_path.insert(0, Spoil())\n"
    )
    before = files(ledger)
    program = run(str(ledger), PYTHONPATH=f"{broken}:{ROOT}").see(ALL_ON).type("9090\r").see("added").type("\r")
    assert program.end() == 1
    assert "Traceback" not in program.raw
    said = [line for line in program.left_behind.split("\n") if line.strip()]
    assert said == ["seawall: internal error, please report it (ZeroDivisionError: spoiled\\x1b[31m); SEAWALL_DEBUG=1 shows where"]
    assert files(ledger) == before
    draft = drafts.find(ledger)
    assert draft is not None
    assert [row["container"] for row in draft.answers["ports"]] == [8000, 9090]


@pytest.mark.parametrize("size", [(80, 24), (160, 50)])
def test_the_handbook_by_itself(run: Callable[..., Run], size: tuple[int, int]) -> None:
    program = run("handbook", size=size).see("the handbook of controls").type("EROFS").see("The root filesystem is read-only")
    program.type("\r").see("What may break").type("\x1b").see("Enter read").type("\x1b")
    assert program.end() == 0
    assert program.left_behind.strip() == ""


def test_the_handbook_takes_words_and_ctrl_c_closes_it(run: Callable[..., Run]) -> None:
    program = run("handbook", "read_only").see("The root filesystem is read-only").type("\x03")
    assert program.end() in (0, 130)
    assert "Traceback" not in program.raw
