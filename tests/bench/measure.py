"""Medians of runs that take turns, so that a busy moment of the machine meets all of them alike."""

import os
from collections.abc import Callable, Mapping
from statistics import median
from time import perf_counter


def in_turn(runs: Mapping[str, Callable[[], object]], rounds: int) -> dict[str, float]:
    """Milliseconds that each run takes, by name: the median of all rounds after one to warm up."""
    seen: dict[str, list[float]] = {name: [] for name in runs}
    for _ in range(rounds + 1):
        for name, run in runs.items():
            began = perf_counter()
            run()
            seen[name].append((perf_counter() - began) * 1000)
    return {name: median(times[1:]) for name, times in seen.items()}


def table(title: str, rows: Mapping[str, float], base: str, ratio: str) -> str:
    """Milliseconds by name, each with its ratio to the row `base`."""
    width = max(map(len, rows))
    lines = [f"{name:{width}}  {milliseconds:8.1f} ms  {milliseconds / rows[base]:6.2f}" for name, milliseconds in rows.items()]
    return "\n".join([f"{title} (last column: {ratio})", *(f"  {line}" for line in lines)]) + "\n"


def environment() -> dict[str, str]:
    """The environment of a person: compiled modules are kept."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
