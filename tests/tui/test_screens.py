"""What a person sees: the screens are those that are kept, nothing is cut or faint, and no state is told by colour alone."""

import asyncio
import difflib
import os
import re
from functools import cache

import pytest

from tests.thorough import thorough
from tests.tui.driving import SIZES
from tests.tui.scenarios import BY_NAME, DARK, THEME_NAMES, Scenario, Size, expected_files, kept_in, played, shots
from tests.tui.svg import Cell, cells, clipped, low_contrast, low_contrast_shapes, monochrome, text
from tools import png

THEMED = (110, 35)
DIALOGS = ("reason",)


@cache
def pictures(name: str) -> dict[tuple[Size, str], str]:
    """What a scenario shows: dark in all sizes, and in all themes in one of them."""
    return asyncio.run(shots(BY_NAME[name], {THEMED: [theme for theme in THEME_NAMES if theme != DARK]}))


@pytest.mark.parametrize("name", list(BY_NAME))
def test_the_screens_are_those_that_are_kept_and_nothing_on_them_is_cut_or_faint(name: str) -> None:
    # One test, so that a scenario is played once also where several processes share the tests.
    assert not cut(name) + faint(name)
    assert not (diff := stale(name)), f"other screens than those that are kept; if they are meant: make screenshots\n{diff}"


def stale(name: str) -> str:
    """How what is kept differs from what is shown now."""
    scenario, found = BY_NAME[name], []
    for size in SIZES:
        path, svg = kept_in(scenario, size), pictures(name)[size, DARK]
        kept = path.read_text(encoding="utf-8") if path.exists() else ""
        if kept == (svg if path.suffix == ".svg" else text(svg) + "\n"):
            continue
        before = text(kept) if kept and path.suffix == ".svg" else kept.rstrip("\n")
        diff = "\n".join(difflib.unified_diff(before.split("\n"), text(svg).split("\n"), "kept", "now", n=1, lineterm=""))
        found.append(f"{path.name}\n{diff or 'only its colours differ'}")
    return "\n".join(found)


def test_a_picture_belongs_to_its_svg_and_nothing_else_is_kept() -> None:
    expected = expected_files()
    assert {path for folder in {file.parent for file in expected} for path in folder.iterdir()} == expected
    for path in sorted(expected):
        if path.suffix == ".png":
            svg = path.with_suffix(".svg").read_text(encoding="utf-8")
            assert png.recorded(path) == png.fingerprint(svg), f"{path.name} is not drawn from its SVG: make screenshots"


def cut(name: str) -> list[str]:
    """What is cut off, in any size."""
    return [f"{name} {size}: {line}" for (size, _), svg in pictures(name).items() for line in clipped(svg)]


def faint(name: str) -> list[str]:
    """What has too little contrast, in any theme."""
    found = []
    for theme in THEME_NAMES:
        svg = pictures(name)[THEMED, theme]
        # Borders are mere decoration, and are held to it all the same.
        bad = _faint(_box(svg)) if name in DIALOGS else (*low_contrast(svg), *low_contrast_shapes(svg))
        found += [f"{name} {theme}: {one}" for one in bad]
    return found


def _box(svg: str) -> list[Cell]:
    """The cells of a dialog. What lies behind it is dimmed on purpose: nothing can be done there (WCAG 1.4.3: inactive)."""
    rows = cells(svg)
    corners = {cell.text: (y, x) for y, row in enumerate(rows) for x, cell in enumerate(row) if cell.text in ("╭", "╯")}
    (top, left), (bottom, right) = corners["╭"], corners["╯"]
    return [cell for row in rows[top : bottom + 1] for cell in row[left : right + 1]]


def _faint(judged: list[Cell]) -> list[Cell]:
    return [cell for cell in judged if not cell.blank and cell.contrast < (3.0 if cell.shape else 4.5)]


def test_a_faint_dialog_would_be_found() -> None:
    svg = pictures("reason")[THEMED, DARK]
    assert len(_box(svg)) > 200
    assert _faint([cell for row in cells(svg) for cell in row])  # what lies behind it
    assert low_contrast(svg)


@cache
def look(*keys: str, unmarked: bool = False) -> str:
    """The characters of the ledger's screen after some keys; `unmarked`, the preview is shown without its marks."""

    async def play() -> str:
        async with played(Scenario(f"state-{os.getpid()}", keys), (140, 24)) as person:
            if unmarked:
                pane = person.app.board.files
                pane.preview.show(next(sheet for sheet in pane.sheets if sheet.name == "compose.yaml"))
                await person.settle()
            return monochrome(person.app.export_screenshot())

    return asyncio.run(play())


PORT = ("p", *"9090", "enter")
WAIVED = ("c", "down", "w", *"own init", "enter")
STATES = {
    "on": (("n",), ("n", "space"), "[ ] Does it listen", "[x] Does it listen"),
    "chosen": (("r", "tab", "down"), ("r", "tab", "down", "space"), "( ) after a crash", "(•) after a crash"),
    "cursor": (("n",), ("n", "down"), "  [ ] Does it change", "▸ [ ] Does it change"),
    "waived": (("c", "down"), WAIVED, "[x] A small init", "[ ] A small init"),
    "open page": ((), ("h",), "  h Health", "▸ h Health"),
    "open file": ((), ("f2", "left"), " .dockerignore ", "[.dockerignore]"),
    "line with the cursor": (("f2",), ("f2", "down"), " 2 services:", " 2▸services:"),
    "wrong": (("p", *"70000"), ("p", *"70000", "enter"), "", "✗ "),
}


@pytest.mark.parametrize("state", thorough(STATES, list(STATES)[::3]))
def test_a_state_is_told_without_colour(state: str) -> None:
    before, after, without, with_it = STATES[state]
    one, other = look(*before), look(*after)
    assert without in one and with_it in other
    assert one.count(with_it) < other.count(with_it)


def test_lines_that_changed_or_belong_to_the_question_are_told_without_colour() -> None:
    plain, marked = look(*PORT, unmarked=True), look(*PORT)
    line = r"%s *\d+ +- \"127.0.0.1:9090:9090\""
    assert re.search(line % r"▌\+", marked)
    assert not re.search(r"[▌+]\d+ ", plain)


def test_the_field_with_the_focus_is_told_without_colour() -> None:
    def marked(screen: str) -> list[str]:
        return [line for line in screen.split("\n") if re.search(r"▌ (What|Which)", line)]

    first, second = marked(look("o")), marked(look("o", "tab"))
    assert len(first) == len(second) == 1
    assert "called" in first[0] and "written in" in second[0]
