"""How long `fix` takes for one Compose file of ever more services, beside `check`: the start of the program included, Compose left aside."""

import os
import subprocess
import sys
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.bench import mixed
from tests.bench.measure import environment, in_turn, table
from tests.tools import ROOT

ROUNDS = 3
SERVICES = (1, 10, 100)


def report() -> str:
    """One file of each size, in turn; a file of ten times as many services should take ten times as long at most."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        runs = {}
        for services in SERVICES:
            here = folder / str(services)
            here.mkdir()
            (here / "compose.yaml").write_text(mixed.one_file(services), encoding="utf-8")
            for command in ("check", "fix"):
                runs[f"{command}, {services:3} services"] = partial(_run, command, here)
        took = in_turn(runs, ROUNDS)
    return table(f"one Compose file, median of {ROUNDS} processes in turn", took, f"check, {SERVICES[0]:3} services", "times check of one service")


def _run(command: str, folder: Path) -> None:
    """Without a PATH there is no Compose that would be asked for its opinion."""
    env = {**environment(), "PYTHONPATH": str(ROOT), "PATH": os.devnull}
    ran = subprocess.run([sys.executable, "-m", "wizard", command], cwd=folder, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    assert ran.returncode in (0, 1), ran.stderr
