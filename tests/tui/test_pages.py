"""Every page in every size: nothing is cut, what has the focus is seen as a whole, and no size or text upsets it."""

# ruff: noqa: F811 (fixtures are imported)

from pathlib import Path

import pytest
from textual.geometry import Region
from textual.widget import Widget

from tests.thorough import thorough
from tests.tools import APPS
from tests.tui.driving import PAGE_KEYS, SIZES, Person, app_for, drive, empty, ledger, said_by, state_folder, without_bars  # noqa: F401
from wizard.tui.addline import AddLine
from wizard.tui.app import Seawall
from wizard.tui.files_pane import FilesPane
from wizard.tui.menu import Menu
from wizard.tui.pages import DONE, REVIEW, SUMMARY


def seen_part(app: Seawall, widget: Widget) -> Region:
    """What of a widget is painted."""
    region, clip, *_ = app.screen._compositor.visible_widgets.get(widget, (Region(), Region()))
    return region.intersection(clip)


def in_reading_order(app: Seawall, widget: Widget) -> tuple[int, int]:
    """Where a widget stands: the page from its top, then the line that adds, then the files."""
    above = widget.ancestors_with_self
    part = 2 if any(isinstance(node, FilesPane) for node in above) else 1 if any(isinstance(node, AddLine) for node in above) else 0
    scrolled = sum(node.scroll_offset.y for node in above if isinstance(node, Widget) and node is not widget)
    return part, widget.region.y + scrolled


def row_at_cursor(menu: Menu) -> Region:
    """Where the row with the cursor of a list is, or would be."""
    rows = [y for y, (number, _) in enumerate(menu._lines) if number == menu.highlighted]
    inside = menu.content_region
    return Region(inside.x, inside.y - menu.scroll_offset.y + rows[0], inside.width, len(rows))


async def check_focus(person: Person) -> None:
    """What has the focus is seen as a whole; of a list, which may be longer than the page, each row that one goes to."""
    widget = person.app.focused
    assert widget is not None
    if not isinstance(widget, Menu):
        assert seen_part(person.app, widget) == widget.region, f"{widget} is not seen as a whole"
        assert widget.region.area > 0
        return
    place = widget.highlighted
    for key in [*["down"] * len(widget.rows), *["up"] * len(widget.rows)]:
        row = row_at_cursor(widget)
        assert row.intersection(seen_part(person.app, widget)) == row, f"{widget.row} is not seen as a whole"
        assert row.area > 0
        await person.press(key)
    assert widget.highlighted == place


def check(person: Person, size: tuple[int, int]) -> None:
    lines = person.screen
    assert len(lines) == size[1]
    for line in lines:
        assert "…" not in line.replace("…»", "»"), "only a quotation is shortened"
        assert "..." not in line.replace("sha256:...", "").replace(".0.0.0:...", "").replace("0.0.1:...", ""), "what is masked is quoted so"


_LONGEST = ("Workload", "Controls")
"""The pages on which most stands: only they are looked at in a size between the others."""
_PAGES = [
    pytest.param(page, size, id=f"{page} {size[0]}x{size[1]}")
    for page in (*PAGE_KEYS, DONE)
    for size in SIZES
    if size != (110, 35) or page in _LONGEST
]


@pytest.mark.parametrize(("page", "size"), thorough(_PAGES, _PAGES[::3]))
def test_nothing_is_cut_and_tab_goes_over_a_page_as_it_is_read(ledger: Path, page: str, size: tuple[int, int]) -> None:
    async def act(person: Person) -> None:
        if page == DONE:
            await person.press("enter", "enter")
        else:
            await person.press(PAGE_KEYS[page])
        assert person.app.state.page == page
        check(person, size)
        first = person.app.focused
        walked: list[Widget] = []
        while person.app.focused not in walked:
            widget = person.app.focused
            assert widget is not None
            walked.append(widget)
            await check_focus(person)
            check(person, size)
            await person.press("tab")
        assert person.app.focused is walked[0] is first
        expected = {w for w in person.app.board.focus_chain if w.display}
        assert set(walked) == expected
        places = [in_reading_order(person.app, widget) for widget in walked]
        start = places.index(min(places))
        assert places[start:] + places[:start] == sorted(places)
        assert person.workload == said_by(ledger)

    drive(app_for(ledger), act, size)


@pytest.mark.parametrize("size", SIZES[2:], ids=["80x24", "60x20"])
def test_a_page_with_much_on_it_can_be_walked(ledger: Path, size: tuple[int, int]) -> None:
    """Many rows: the list scrolls in itself, and the line below it is seen."""

    async def act(person: Person) -> None:
        await person.page("Ports")
        await person.type(",".join(str(number) for number in range(9000, 9012)))
        await person.press("enter")
        assert len(person.workload.ports) == 13
        walked: list[Widget] = []
        while person.app.focused not in walked:
            walked.append(person.app.focused)
            await check_focus(person)
            check(person, size)
            await person.press("tab")
        assert len(walked) >= 3
        field = person.app.board.body.field("ports")
        while person.app.focused is not field.menu:
            await person.press("tab")
        await person.press("end")
        assert person.sees("▸ 9011")

    drive(app_for(ledger), act, size)


@pytest.mark.parametrize("size", SIZES[2:], ids=["80x24", "60x20"])
def test_nothing_is_cut_where_nothing_was_found(empty: Path, size: tuple[int, int]) -> None:
    async def act(person: Person) -> None:
        check(person, size)
        for key in ("c", "v", "i"):
            await person.press(key)
            check(person, size)
        await person.press("i", "enter")
        check(person, size)
        assert person.field_key == "stack.language"

    drive(app_for(empty), act, size)


# --- another size in mid-question -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("page", "typed"), [("Ports", "90"), ("Workload", "x y"), ("Secrets and environment", "api")])
def test_a_resize_in_mid_question_changes_nothing(ledger: Path, page: str, typed: str) -> None:
    async def act(person: Person) -> None:
        await person.press(PAGE_KEYS[page], "end")
        await person.type(typed)
        focus, value, before, said = person.app.focused, person.app.focused.value, person.screen, person.workload
        assert value.endswith(typed)
        await person.resize(60, 20)
        assert (person.app.focused, focus.value, person.workload) == (focus, value, said)
        assert seen_part(person.app, focus) == focus.region, "what is typed in stays in sight"
        check(person, (60, 20))
        await person.resize(160, 50)
        assert (person.app.focused, focus.value, person.workload) == (focus, value, said)
        assert person.screen == before

    drive(app_for(ledger), act, (160, 50))


_RESIZED = [("i",), ("c",), ("c", "w"), ("f1",), ("f3",), ("v",), ("f2",), ("n",)]


@pytest.mark.parametrize("keys", thorough([pytest.param(keys) for keys in _RESIZED], [pytest.param(keys) for keys in _RESIZED[::3]]))
def test_a_resize_anywhere_is_fine(ledger: Path, keys: tuple[str, ...]) -> None:
    async def act(person: Person) -> None:
        await person.press(*keys)
        before = person.screen
        for size in ((60, 20), (20, 5), (1, 1), (200, 60), (80, 24)):
            await person.resize(*size)
        assert without_bars(person.screen) == without_bars(before)

    drive(app_for(ledger), act)


def test_the_files_stay_open_while_the_terminal_shrinks(ledger: Path) -> None:
    async def act(person: Person) -> None:
        await person.press("f2", "down", "down")
        line = person.app.board.files.preview.cursor_line
        await person.resize(60, 20)
        assert person.app.board.files.preview.has_focus
        assert person.app.board.files.preview.cursor_line is line
        assert seen_part(person.app, person.app.board.files.preview).area > 0

    drive(app_for(ledger), act, (160, 50))


# --- paste ----------------------------------------------------------------------------------------------------------------

_HOSTILE = {
    "long": "x" * 10_000,
    "lines": "\n".join(["[bold]x[/]", "9090", "[@click=app.quit]y[/]"] * 400),
    "escapes": "\x1b[2J\x1b]0;t\x07\x9b31m\u202e" * 900 + "[/foo]",
    "first line": "\x1b[31m[/]" * 1200,
}


_TAKEN = [("reason", _HOSTILE["lines"]), ("command", _HOSTILE["lines"])]
"""Of many lines the first is pasted, and any words are a reason or a command."""


_WHERE = ["add", "name", "command", "ports", "environment", "reason", "handbook"]
_PASTES = [pytest.param(where, text, id=f"{where}-{name}") for where in _WHERE for name, text in _HOSTILE.items()]


@pytest.mark.parametrize(("where", "text"), thorough(_PASTES, _PASTES[::3]))
def test_a_long_paste_is_calm(ledger: Path, where: str, text: str) -> None:
    async def act(person: Person) -> None:
        if where == "add":
            await person.press("plus")
        elif where == "reason":
            await person.press("c", "w")
        elif where == "handbook":
            await person.press("f3")
        else:
            await person.question(where)
        before = person.workload
        await person.paste(text)
        await person.press("enter")
        raw = "".join(strip.text for strip in person.app.screen._compositor.render_strips())
        assert all(char.isprintable() for char in raw)
        check(person, (80, 24))
        if where == "handbook":
            assert person.sees("No control speaks of that.")
        elif (where, text) not in _TAKEN:
            assert "✗" in person.text
            assert person.workload == before
        assert person.app.ended is None
        assert person.app.failure is None

    drive(app_for(ledger), act)


def test_a_paste_that_is_an_answer_is_one(ledger: Path) -> None:
    async def act(person: Person) -> None:
        await person.press("p")
        await person.paste("9090, 9191")
        await person.press("enter")
        assert person.workload == said_by(ledger, "ports+=9090,9191")
        await person.press("ctrl+b", "plus")
        await person.paste("LOG=[bold]x[/]")
        await person.press("enter")
        assert person.workload.environment["LOG"] == "[bold]x[/]"
        assert person.sees("LOG=[bold]x[/]")

    drive(app_for(ledger), act)


def test_pages_of_other_services_are_whole_as_well() -> None:
    for app in ("api", "gate", "brochure"):

        async def act(person: Person) -> None:
            for page in PAGE_KEYS:
                await person.page(page)
                check(person, (60, 20))
            assert person.app.state.page == REVIEW

        drive(app_for(APPS / app), act, (60, 20))
    assert SUMMARY in PAGE_KEYS
