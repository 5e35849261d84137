"""docs/checklist.md is what the controls say now, and no cell of it is empty without a reason."""

import pytest

from tools.checklist import LINES, REASONS, TARGET, page
from wizard.controls import CONTROLS


def test_it_is_what_the_controls_say_now() -> None:
    assert TARGET.read_text(encoding="utf-8") == page(), "python tools/checklist.py writes it anew"


@pytest.mark.parametrize("line", LINES, ids=lambda line: f"{line[0][-4:-1]} {line[1][:30]}")
def test_every_line_is_a_control_or_has_a_reason(line: tuple[str, ...]) -> None:
    if not line[2]:
        assert REASONS[line[1]]
        return
    assert line[2] in [control.id for control in CONTROLS]
    row = next(row for row in page().split(f"## {line[0]}")[1].splitlines() if row.startswith(f"| {line[1]} |"))
    cells = [cell.strip() for cell in row.replace("\\|", "").split("|")[1:-1]]
    assert all(cells), cells
