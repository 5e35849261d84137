"""How fast `check` is and what it takes, beside compose-lint, hadolint and a bare C parse of the same YAML."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from tests.bench import mixed
from tests.bench.measure import environment, in_turn, table
from tests.tools import ROOT

ROUNDS = 9
SIZES = (100, 600, 2_500, 10_000)
"""Files of one run, half of them Compose files."""
_BIN = Path(sys.executable).parent
_PARSE = """
import sys, time, yaml
from pathlib import Path
texts = [path.read_text() for path in Path('.').rglob('compose.yaml')]
took = {}
for name, parse in {"events": lambda text: [0 for _ in yaml.parse(text, yaml.CLoader)], "compose": lambda text: yaml.compose(text, yaml.CLoader)}.items():
    began = time.perf_counter()
    for text in texts:
        parse(text)
    took[name] = (time.perf_counter() - began) * 1000
print(took["events"], took["compose"])
"""
_MEASURED = """
import json, resource, sys
from wizard.run import run
run(["check"])
print(json.dumps([resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]), file=sys.stderr)
"""


def report() -> str:
    """One file as a hook runs it; 600 files; ever more files, with memory."""
    return one_file() + many_files() + growth()


def _silent(*command: str, folder: Path) -> None:
    """Findings are no failure: all of them find something."""
    env = {**environment(), "PYTHONPATH": str(ROOT)}
    ran = subprocess.run(command, cwd=folder, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    assert ran.returncode in (0, 1), ran.stderr


def _seawall(*paths: str) -> tuple[str, ...]:
    return (sys.executable, "-m", "wizard", "check", *paths)


def one_file() -> str:
    """A Compose file and a Dockerfile, start of the program included, in turn."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        mixed.written(folder, 1)
        runs = {"python -c pass": (sys.executable, "-c", "pass"), "seawall check compose.yaml": _seawall("p000/00000/compose.yaml"),
                "compose-lint compose.yaml": (str(_BIN / "compose-lint"), "p000/00000/compose.yaml"),
                "seawall check Dockerfile": _seawall("p000/00000/Dockerfile"), "hadolint Dockerfile": (str(_BIN / "hadolint"), "p000/00000/Dockerfile")}  # fmt: skip
        took = in_turn({name: partial(_silent, *command, folder=folder) for name, command in runs.items()}, ROUNDS)
    return table(f"one file, median of {ROUNDS} processes in turn", took, "compose-lint compose.yaml", "times compose-lint's")


def many_files() -> str:
    """600 files, half of them Compose files; the peers get those that they can read."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        size = mixed.written(folder, 300)
        compose, docker = (sorted(str(path.relative_to(folder)) for path in folder.rglob(kind)) for kind in ("compose.yaml", "Dockerfile"))
        parses: list[Sequence[float]] = []

        def parse() -> None:
            ran = subprocess.run([sys.executable, "-c", _PARSE], cwd=folder, env=environment(), capture_output=True, text=True, check=True)
            parses.append([float(number) for number in ran.stdout.split()])

        runs = {"seawall check, all 600": partial(_silent, *_seawall(), folder=folder),
                "compose-lint, 300 Compose files": partial(_silent, str(_BIN / "compose-lint"), *compose, folder=folder),
                "hadolint, 300 Dockerfiles": partial(_silent, str(_BIN / "hadolint"), *docker, folder=folder), "": parse}  # fmt: skip
        took = in_turn(runs, 5)
    del took[""]
    for number, kind in enumerate(("events", "nodes (compose)")):
        took[f"bare C parse, {kind}"] = median(one[number] for one in parses[1:])
    ours, peer = took["seawall check, all 600"], took["compose-lint, 300 Compose files"]
    text = table(
        f"many files ({size // 1024} KiB of YAML; {processors()} processors), median of 5 in turn",
        took,
        "bare C parse, nodes (compose)",
        "times the parse",
    )
    return f"{text}  files a second: {600 / ours * 1000:.0f}, compose-lint {300 / peer * 1000:.0f}: {2 * peer / ours:.1f} times its rate\n"


def processors() -> int:
    """How many this process may use."""
    return len(os.sched_getaffinity(0))


def growth() -> str:
    """Milliseconds a file and MiB resident at the peak, of the main process and of the largest of its workers."""
    lines = ["ever more files (wall time, CPU time of all processes, peaks of resident memory: main process, largest worker)"]
    for number in SIZES:
        with TemporaryDirectory() as name:
            mixed.written(Path(name), number // 2)
            took, peaks = _measured(Path(name))
        memory = ", ".join(f"{peak / 1024:.0f}" for peak in peaks if peak)
        lines.append(
            f"  {number:6} files  {took['wall']:7.2f} s  {took['wall'] / number * 1000:5.2f} ms a file  {took['cpu']:7.2f} s CPU  {memory} MiB"
        )
    return "\n".join(lines) + "\n"


def _measured(folder: Path) -> tuple[Mapping[str, float], Sequence[int]]:
    before = os.times()
    env = {**environment(), "PYTHONPATH": str(ROOT)}
    ran = subprocess.run([sys.executable, "-c", _MEASURED], cwd=folder, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    after = os.times()
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    return {"wall": after.elapsed - before.elapsed, "cpu": cpu}, json.loads(ran.stderr)
