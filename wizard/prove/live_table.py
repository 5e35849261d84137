"""The proof on a terminal while it goes on: its steps, and what each control came to in each service, as much as there is room for."""

import math
import time
from collections.abc import Iterator, Sequence

from rich.console import Console, ConsoleOptions, RenderResult
from rich.table import Table
from rich.text import Text

from wizard.prove.progress import NAMES, WORDS, Folding, Progress, Row, Step
from wizard.text import visible_all

SIGNS = {"waits": "·", "runs": "▸", "ok": "✓", "FAIL": "✗"}
"""Before the name of a step, by its state."""
_STYLES: dict[str, str] = {"FAIL": "bold red", "ok": "green", "?": "yellow", "runs": "bold", "waived": "yellow"}
"""Beside words that say the same."""
_COLUMN = 38
"""Cells of one service."""
_LEAST = 2


class LiveTable:
    """What a rich Live shows: always the newest progress."""

    def __init__(self, folding: Folding) -> None:
        self._folding = folding

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        yield from drawn(self._folding.progress, options.max_width, console.size.height)


def drawn(progress: Progress, width: int, height: int) -> Iterator[Text | Table]:
    """All of it in so many cells and lines."""
    steps = step_lines(progress.steps, width)
    yield from steps
    said = progress.log[-1] if progress.log else ""
    yield Text(visible_all(said)[: width - 1], style="dim", no_wrap=True, overflow="crop")
    services = progress.services
    if not services:
        return
    columns = min(max(1, width // _COLUMN), len(services))
    lines = max(1, height - len(steps) - 2) // math.ceil(len(services) / columns)
    grid = Table.grid(padding=(0, 2))
    for _ in range(columns):
        grid.add_column(width=_COLUMN - 2, no_wrap=True, overflow="crop")
    cells = [_of_service(progress, service, lines) for service in services]
    for start in range(0, len(cells), columns):
        grid.add_row(*cells[start : start + columns])
    yield grid


def step_lines(steps: Sequence[Step], width: int) -> list[Text]:
    """The steps beside each other in lines of so many cells, with the seconds of those that are over; none is broken."""
    lines: list[Text] = []
    for step in steps:
        part = Text(in_words(step), style=_STYLES.get(step.state, "dim"))
        if lines and lines[-1].cell_len + 2 + part.cell_len <= width:
            lines[-1] = Text.assemble(lines[-1], "  ", part)
        else:
            lines.append(part)
    return lines


def in_words(step: Step) -> str:
    """A step with its sign and its seconds, those so far while it is under way."""
    took = f" {step.seconds:.1f} s" if step.state in ("ok", "FAIL") else ""
    if step.state == "runs" and step.began:
        took = f" {time.monotonic() - step.began:.0f} s"
    return f"{SIGNS[step.state]} {step.name}{f' {visible_all(step.words)}' if step.words else ''}{took}"


def _of_service(progress: Progress, service: str, lines: int) -> Text:
    """A service in so many lines: the sum, then its controls, those first that are not as they should be."""
    counted = progress.counted(service)
    total = ", ".join(f"{counted[mark]} {NAMES[mark]}" for mark in NAMES if mark in counted)
    found = [Text.assemble((visible_all(service or "the project"), "bold"), f"  {total}")]
    rows = [row for row in progress.rows if row.service == service]
    room = max(lines - 1, _LEAST if lines > 1 else 0)
    chosen = rows if len(rows) <= room else sorted(rows, key=lambda row: ("FAIL", "?", row.mark).index(row.mark))[: max(room - 1, 0)]
    found += [_of_row(row) for row in rows if row in chosen]
    if len(chosen) < len(rows) and room:
        found.append(Text(f"  {len(rows) - len(chosen)} more", style="dim"))
    return Text("\n").join(found)


def _of_row(row: Row) -> Text:
    marks = [(f"{WORDS[mark]:<{size}}", _STYLES.get(mark, "dim")) for mark, size in zip(row.marks, (7, 5), strict=True)]
    return Text.assemble("  ", *marks[: 1 if row.marks[0] == "waived" else 2], visible_all(row.control))
