"""docs/checklist.md is what the controls say now, and no cell of it is empty without a reason."""

import pytest

from tests.tools import ROOT
from tools.checklist import LINES, OTHERS, TARGET, page
from wizard.controls import CONTROLS


def test_it_is_what_the_controls_say_now() -> None:
    assert TARGET.read_text(encoding="utf-8") == page(), "python tools/checklist.py writes it anew"


@pytest.mark.parametrize("line", LINES, ids=lambda line: f"{line[0][-4:-1]} {line[1][:30]}")
def test_every_line_is_a_control_or_another_ones_and_no_cell_is_empty(line: tuple[str, ...]) -> None:
    assert line[2] in [control.id for control in CONTROLS] or line[1] in OTHERS
    row = next(row for row in page().split(f"## {line[0]}")[1].splitlines() if row.startswith(f"| {line[1]} |"))
    cells = [cell.strip() for cell in row.replace("\\|", "").split("|")[1:-1]]
    assert len(cells) == 6
    assert all(cells), cells


def test_every_test_that_is_named_exists() -> None:
    named = {cell.strip() for row in page().splitlines() if row.startswith("| ") for cell in row.split("|")[-2:-1]} - {"Test"}
    assert named
    for test in named:
        file, _, name = test.partition("[")[0].partition("::")
        assert f"def {name}(" in (ROOT / file).read_text(encoding="utf-8"), test
