"""How long the light commands take as a person starts them, beside compose-lint's and a bare Python."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from tests.bench.measure import environment, in_turn, table
from tests.tools import ROOT

ROUNDS = 15


def report() -> str:
    """`--version` and `--help` of both, in turn."""
    bin_folder = Path(sys.executable).parent
    runs = {"python -c pass": _run(sys.executable, "-c", "pass")}
    for option in ("--version", "--help"):
        runs[f"seawall {option}"] = _run(sys.executable, "-m", "wizard", option)
        runs[f"compose-lint {option}"] = _run(str(bin_folder / "compose-lint"), option)
    took = in_turn(runs, ROUNDS)
    return "".join(
        table(f"{option}, median of {ROUNDS} processes in turn", _rows(took, option), f"compose-lint {option}", "times compose-lint's")
        for option in ("--version", "--help")
    )


def _rows(took: dict[str, float], option: str) -> dict[str, float]:
    return {name: milliseconds for name, milliseconds in took.items() if name.endswith(("pass", option))}


def _run(*command: str) -> Callable[[], object]:
    return lambda: subprocess.run(command, cwd=ROOT, env=environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
