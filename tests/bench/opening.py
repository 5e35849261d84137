"""How long the wizard takes to show its first question, and the preview, beside a bare Textual app.

On a pseudo-terminal of 160 by 50, from the start of the process to the bytes that paint it. The processor time is that of the
program and all of its threads, so that a busy machine counts less.
"""

import sys
import tempfile
from pathlib import Path
from statistics import median

from tests.bench.bare import FIRST
from tests.bench.measure import environment, table
from tests.bench.pseudo_terminal import Terminal
from tests.tools import ROOT, copy_app

PROCESSES = 15
QUESTION, PREVIEW = "Found in this folder", "services:"
"""What the summary begins with, and the second line of compose.yaml."""
_BARE, _FIRST, _PREVIEW = "bare Textual app", "first question", "preview"


def report(processes: int = PROCESSES) -> str:
    """Both in turn."""
    wall: dict[str, list[float]] = {_BARE: [], _FIRST: [], _PREVIEW: []}
    busy: dict[str, list[float]] = {_BARE: [], _FIRST: [], _PREVIEW: []}
    with tempfile.TemporaryDirectory() as folder:
        app, state = copy_app("ledger", Path(folder)), Path(folder, "state")
        for number in range(processes + 1):
            for name, took, spent in (*_bare(state), *_seawall(app, state)):
                if number:
                    wall[name].append(took)
                    busy[name].append(spent)
    title = f"From start to paint, median of {processes} processes in turn"
    return "".join(
        table(f"{title}, {what}", {name: median(times) for name, times in seen.items()}, _BARE, "times the bare app's")
        for what, seen in (("wall time", wall), ("processor time", busy))
    )


def _environment(state: Path) -> dict[str, str]:
    return environment() | {"PYTHONPATH": str(ROOT), "XDG_STATE_HOME": str(state)}


def _bare(state: Path) -> list[tuple[str, float, float]]:
    with Terminal([sys.executable, "-m", "tests.bench.bare"], ROOT, _environment(state)) as terminal:
        return [_until(terminal, _BARE, FIRST)]


def _seawall(app: Path, state: Path) -> list[tuple[str, float, float]]:
    with Terminal([sys.executable, "-m", "wizard", str(app)], ROOT, _environment(state)) as terminal:
        return [_until(terminal, _FIRST, QUESTION), _until(terminal, _PREVIEW, PREVIEW)]


def _until(terminal: Terminal, name: str, wanted: str) -> tuple[str, float, float]:
    took = (terminal.until(wanted) - terminal.began) * 1000
    return name, took, terminal.processor


if __name__ == "__main__":
    print(report(int(sys.argv[1]) if sys.argv[1:] else PROCESSES))
