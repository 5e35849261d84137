"""How long it takes from a key to the repainted preview: six services, the real renderer, a pseudo-terminal of 160 by 50.

Where the number of lines stays (a digit of a limit) and where all lines below shift (a host name comes and goes). Then a text that is
typed all at once, to its last character. The processor time is that of the wizard and all of its threads, so that a busy machine counts
less.
"""

import json
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median, quantiles
from time import sleep

from tests.bench.measure import environment
from tests.bench.pseudo_terminal import Terminal
from tests.bench.rendering import ANSWERS
from tests.tools import ROOT, copy_app
from wizard.questions import question_of
from wizard.scaffold import Request, begin
from wizard.tui.derived import Derived
from wizard.tui.pages import PAGES
from wizard.tui.questions_page import QuestionsPage

KEYS = 120
_BACKSPACE, _TAB = "\x7f", "\t"
_TEXT = "abcdefghijklmnopqrst"
_PAUSE = 0.05
"""Seconds between keys: a fast typist's."""


def report(keys: int = KEYS) -> str:
    """Milliseconds from key to paint."""
    with tempfile.TemporaryDirectory() as folder:
        app = copy_app("ledger", Path(folder))
        (app / "seawall.yaml").write_text(json.dumps(ANSWERS), encoding="utf-8")
        with _opened(app, "limits.pids") as terminal:
            stay = _keys(terminal, keys, ("1", "pids_limit: 1001"), (_BACKSPACE, "pids_limit: 100"))
        with _opened(app, "hostname") as terminal:
            shift = _keys(terminal, keys, ("a", "hostname: a"), (_BACKSPACE, "read_only: true"))
            burst = _burst(terminal)
    rows = [_row("lines stay (16 at most)", *stay), _row("lines shift (33 at most)", *shift)]
    title = f"From key to repainted preview, {keys} keys each, milliseconds"
    head = f"  {'':26}{'p50':>8}{'p95':>8}{'most':>8}{'processor':>12}"
    return "\n".join([title, head, *rows, f"  {len(_TEXT)} keys at once, to the last one's paint: {burst:.1f} ms"]) + "\n"


def _row(name: str, times: list[float], spent: float) -> str:
    return f"  {name:26}{median(times):8.1f}{quantiles(times, n=20)[18]:8.1f}{max(times):8.1f}{spent:12.1f}"


@contextmanager
def _opened(app: Path, key: str) -> Iterator[Terminal]:
    """The wizard at a question, which Tab leads to on its page; it keeps its drafts in a place of its own."""
    title = question_of(key).page
    asked = QuestionsPage(title, Derived(begin(Request(app, app))), lambda *_: None).fields
    page = next(page.key for page in PAGES if page.title == title)
    tabs = [field.question.key for field in asked].index(key)
    own = {"PYTHONPATH": str(ROOT), "XDG_STATE_HOME": str(app.with_name(f"state of {page}"))}
    with Terminal([sys.executable, "-m", "wizard", str(app)], ROOT, environment() | own) as terminal:
        terminal.until("services:")
        terminal.quiet(0.5)
        for key in (page, *_TAB * tabs):
            terminal.send(key)
            terminal.quiet()
        yield terminal


def _keys(terminal: Terminal, keys: int, *pairs: tuple[str, str]) -> tuple[list[float], float]:
    """How long each took to show, and how long a processor was busy with each."""
    for key, shown in pairs:
        _pressed(terminal, key, shown)
    before = terminal.processor
    times = [_pressed(terminal, *pairs[number % len(pairs)]) for number in range(keys)]
    return times, (terminal.processor - before) / keys


def _pressed(terminal: Terminal, key: str, shown: str) -> float:
    sleep(_PAUSE)
    terminal.quiet(_PAUSE)
    terminal.forget()
    sent = terminal.send(key)
    return (terminal.until(shown) - sent) * 1000


def _burst(terminal: Terminal) -> float:
    times = []
    for _ in range(5):
        terminal.quiet()
        terminal.forget()
        sent = terminal.send(_TEXT)
        times.append((terminal.until(f"hostname: {_TEXT}") - sent) * 1000)
        terminal.send(_BACKSPACE * len(_TEXT))
        terminal.quiet(0.5)
    return median(times)


if __name__ == "__main__":
    print(report(int(sys.argv[1]) if sys.argv[1:] else KEYS))
