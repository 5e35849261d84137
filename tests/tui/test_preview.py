"""The preview: what stands on the screen, what is painted again, and what a person can do with it."""

import asyncio
import unicodedata
from collections.abc import Awaitable, Callable, Iterable

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from rich.cells import cell_len
from textual.app import App, ComposeResult
from textual.color import Color
from textual.events import Key
from textual.geometry import Region
from textual.pilot import Pilot
from textual.strip import Strip
from textual.theme import BUILTIN_THEMES

from wizard.artifact import Line
from wizard.tui.highlight import KINDS, language_of, painted
from wizard.tui.preview import Preview, Sheet
from wizard.tui.wrapping import Row, hanging, shown, wrapped


class Stage(App[None]):
    """A preview alone on a screen; it keeps the messages and the keys that the preview leaves."""

    def __init__(self) -> None:
        super().__init__()
        self.preview = Preview()
        self.said: list[tuple[str, str]] = []
        self.keys: list[str] = []

    def compose(self) -> ComposeResult:
        yield self.preview

    def on_preview_moved(self, message: Preview.Moved) -> None:
        self.said.append(("moved", message.line.text))

    def on_preview_chosen(self, message: Preview.Chosen) -> None:
        self.said.append(("chosen", message.line.text))

    def on_key(self, event: Key) -> None:
        self.keys.append(event.key)


Act = Callable[[Stage, Pilot[None]], Awaitable[None]]


def on_stage(act: Act, size: tuple[int, int] = (40, 10)) -> None:
    async def play() -> None:
        stage = Stage()
        async with stage.run_test(size=size) as pilot:
            await pilot.pause()
            await act(stage, pilot)

    asyncio.run(play())


def sheet(texts: Iterable[str], name: str = "compose.yaml", kind: str = "file") -> Sheet:
    return Sheet(name, tuple(Line(text) for text in texts), kind)


def numbered(count: int, **other: str) -> Sheet:
    return sheet((other.get(f"k{number}", f"k{number}: {number}") for number in range(count)), other.get("name", "compose.yaml"))


def seen(preview: Preview) -> list[str]:
    return [preview.render_line(y).text.rstrip() for y in range(preview.size.height)]


def on_screen(stage: Stage) -> list[str]:
    """What the compositor has, which asks only for rows that were said to differ."""
    return [strip.text.rstrip(" ▁▂▃▄▅▆▇█") for strip in stage.screen._compositor.render_strips()]


def repaints(preview: Preview, monkeypatch: pytest.MonkeyPatch) -> set[int]:
    """The rows that are marked for a repaint from here on; -1 stands for all of them."""
    rows: set[int] = set()

    def refresh(*regions: Region, **_: object) -> Preview:
        rows.update(y for region in regions for y in region.line_range)
        rows.update(() if regions else {-1})
        return preview

    monkeypatch.setattr(preview, "refresh", refresh)
    return rows


def test_a_file_stands_with_numbers_and_marks() -> None:
    async def act(stage: Stage, pilot: Pilot[None]) -> None:
        stage.preview.show(sheet(["services:", "  app:", "    cap_drop: [ALL]"]), lit=[1], changed=[1, 2])
        stage.screen.set_focus(None)
        await pilot.pause()
        assert seen(stage.preview)[:4] == ["  1 services:", "▌+2   app:", " +3     cap_drop: [ALL]", ""]

    on_stage(act)


def test_numbers_are_aligned() -> None:
    async def act(stage: Stage, pilot: Pilot[None]) -> None:
        stage.preview.show(numbered(10))
        assert [row[:4] for row in seen(stage.preview)][1:] == [f"   {number}" for number in range(2, 10)] + ["  10"]

    on_stage(act)


def test_nothing_is_shown_of_no_lines() -> None:
    async def act(stage: Stage, pilot: Pilot[None]) -> None:
        stage.preview.show(numbered(5))
        stage.preview.show(sheet([]), lit=[0], changed=[3])
        await pilot.press("down", "up", "pagedown", "end", "home", "enter")
        await pilot.click(stage.preview, offset=(5, 2))
        assert "".join(seen(stage.preview)) == ""
        assert stage.preview.cursor_line is None
        assert stage.said == []

    on_stage(act)


def test_markup_is_text() -> None:
    texts = ["cap_drop: [ALL]", "[bold]x[/bold]", "x: [/foo]", "[@click=app.quit]y[/]", r"\[z]", "a: {b: [c]}"]

    async def act(stage: Stage, pilot: Pilot[None]) -> None:
        for name in ("compose.yaml", "Dockerfile", "a.conf", ".dockerignore", "a.go", "a.md", "x"):
            stage.preview.show(sheet(texts, name))
            assert [row[4:] for row in seen(stage.preview)[: len(texts)]] == texts

    on_stage(act)


def test_another_name_or_number_of_digits_paints_all() -> None:
    async def act(stage: Stage, pilot: Pilot[None]) -> None:
        stage.preview.show(sheet(["USER 10001:10001"] * 9, "notes.txt"))
        await pilot.pause()
        plain = stage.preview.render_lines(Region(0, 1, 40, 1))
        stage.preview.show(sheet(["USER 10001:10001"] * 9, "Dockerfile"))
        assert stage.preview.render_lines(Region(0, 1, 40, 1)) != plain
        stage.preview.show(sheet(["USER 10001:10001"] * 10, "Dockerfile"))
        assert seen(stage.preview)[1].startswith("   2 USER")

    on_stage(act)


def test_nothing_steers_the_terminal() -> None:
    hostile = "a\x1b[31m\x07\x9b\u202e\u2066\u200b\ud800\r\n\x00\u2028b"

    async def act(stage: Stage, pilot: Pilot[None]) -> None:
        stage.preview.show(sheet([hostile, "\tx"]), lit=[0], changed=[0])
        rows = seen(stage.preview)
        painted_text = "".join(rows)
        assert not [char for char in painted_text if unicodedata.category(char).startswith("C") or unicodedata.category(char) in ("Zl", "Zp")]
        assert r"a\x1b[31m\x07\x9b\u202e\u2066\u200b\ud800\r\n\x00\u2028b" in painted_text
        assert rows[1] == "  2     x"

    on_stage(act, (90, 4))


@given(st.text(alphabet=st.characters(exclude_categories=())), st.integers(10, 120))
@example("⚠\ufe0f" * 40, 10)
@example("日本語" * 30, 11)
@example("e\u0301" * 50 + " x", 10)
@example(" " * 50, 10)
@example('    - "127.0.0.1:8000:8000", ' * 4, 20)
def test_wrapping_loses_nothing_and_fits(text: str, width: int) -> None:
    visible = shown(text)
    assert visible.isprintable()
    pieces = wrapped(visible, width)
    assert "".join(pieces) == visible
    assert cell_len(pieces[0]) <= width
    assert all(piece and cell_len(piece) + hanging(visible, width) <= width for piece in pieces[1:])
    for language in ("yaml", "dockerfile", "settings", "list", "code", "markdown", "diff", "plain"):
        assert tuple("".join(part for part, _ in row) for row in painted(visible, language, width)) == pieces


def test_rows_end_between_words_where_they_can() -> None:
    assert wrapped("    command: [gunicorn, app]", 20) == ("    command: ", "[gunicorn, ", "app]")
    assert wrapped("  a,bbbbbbb", 9) == ("  a,", "bbbbbb", "b")
    assert wrapped("      aaaaaaaa", 9) == ("      aaa", "aaaaa")


@pytest.mark.parametrize("width", [10, 17, 40])
def test_a_long_line_is_continued_whole(width: int) -> None:
    text = '  volumes: ["/data:/data:rw,z", ウィンドウ, "' + "x" * 30 + '"]'

    async def act(stage: Stage, pilot: Pilot[None]) -> None:
        stage.preview.show(sheet(["first", text]), lit=[1], changed=[1])
        stage.screen.set_focus(None)
        await pilot.pause()
        strips = [stage.preview.render_line(y) for y in range(40)]
        assert {strip.cell_length for strip in strips} == {width}
        rows = [strip.text.rstrip() for strip in strips]
        assert rows[1].startswith("▌+2 ")
        assert all(row.startswith("▌+↳ ") for row in rows[2:] if row)
        assert len(rows[2:]) > 1
        assert "".join(row[4:].replace(" ", "") for row in rows[1:]) == text.replace(" ", "")
        assert rows[2][4:].startswith(" " * hanging(text, width - 5))
        assert all(strip.text.endswith(" ") for strip in strips), "the scroll bar hides no text"

    on_stage(act, (width, 40))


def test_one_changed_line_paints_one_row(monkeypatch: pytest.MonkeyPatch) -> None:
    async def act(stage: Stage, pilot: Pilot[None]) -> None:
        stage.preview.show(numbered(170), lit=[3, 4])
        await pilot.pause()
        rows = repaints(stage.preview, monkeypatch)
        made: list[int] = []
        strip = stage.preview._strip

        def spied(row: Row, here: bool) -> Strip:
            made.append(row.line)
            return strip(row, here)

        monkeypatch.setattr(stage.preview, "_strip", spied)
        stage.preview.show(numbered(170, k5="k5: new"), lit=[3, 4], changed=[5])
        assert rows == {5}
        assert seen(stage.preview)[5] == " +  6 k5: new"
        assert made == [5]
        stage.preview.show(numbered(170, k5="k5: new"), lit=[3, 4], changed=[5])
        assert rows == {5}, "the same again paints nothing"
        stage.preview.show(numbered(170, k5="k5: new"), lit=[8], changed=[5])
        assert rows == {3, 4, 5, 8}

    on_stage(act)


def test_lines_that_shift_paint_what_is_below_and_seen(monkeypatch: pytest.MonkeyPatch) -> None:
    async def act(stage: Stage, pilot: Pilot[None]) -> None:
        before = numbered(170)
        stage.preview.show(before)
        await pilot.pause()
        rows = repaints(stage.preview, monkeypatch)
        stage.preview.show(Sheet(before.name, (*before.lines[:6], Line("new: 1"), *before.lines[6:])), changed=[6])
        assert rows == {6, 7, 8, 9}
        assert [row.strip() for row in seen(stage.preview)[5:8]] == ["6 k5: 5", "+  7 new: 1", "8 k6: 6"]
        assert stage.preview.virtual_size.height == 171
        await pilot.press("end")
        assert seen(stage.preview)[-1].strip() == "171▸k169: 169"

    on_stage(act)


def test_the_screen_itself_is_right_after_a_change() -> None:
    async def act(stage: Stage, pilot: Pilot[None]) -> None:
        stage.preview.show(numbered(5))
        await pilot.pause()
        for state in (numbered(5, k2="k2: other"), numbered(7), numbered(3), numbered(50), numbered(4)):
            stage.preview.show(state, changed=[2])
            await pilot.pause()
            assert on_screen(stage) == seen(stage.preview)
            assert stage.preview.show_vertical_scrollbar == (len(state.lines) > 10)
        stage.preview.show(numbered(50), changed=[40])
        await pilot.pause()
        assert on_screen(stage) == seen(stage.preview)
        assert on_screen(stage)[2] == " +41 k40: 40"

    on_stage(act)


def test_a_border_of_the_style_sheet_is_drawn() -> None:
    async def act(stage: Stage, pilot: Pilot[None]) -> None:
        stage.preview.styles.border = ("ascii", "red")
        stage.preview.show(numbered(3))
        await pilot.pause()
        lines = [strip.text for strip in stage.preview.render_lines(stage.preview.size.region.grow((0, 2, 2, 0)))]
        assert set(lines[0]) == {"+", "-"}
        assert lines[2].startswith("|  2 k1: 1")
        await pilot.click(stage.preview, offset=(6, 2))
        assert stage.said[-1] == ("chosen", "k1: 1")

    on_stage(act)


def test_it_scrolls_only_to_what_is_not_seen() -> None:
    async def act(stage: Stage, pilot: Pilot[None]) -> None:
        preview = stage.preview

        def top() -> int:
            return preview.scroll_offset.y

        preview.show(numbered(100))
        preview.scroll_to(y=40, animate=False)
        preview.show(numbered(100, k44="a: 1"), lit=[1], changed=[44])
        assert top() == 40, "the change is seen"
        preview.show(numbered(100, k80="a: 1"), lit=[1], changed=[80, 81])
        assert top() == 78, "some lines before it"
        preview.show(numbered(100), lit=[30])
        assert top() == 28, "lit lines, where nothing changed"
        preview.show(numbered(100), lit=[36, 37, 38])
        assert top() == 34, "all of a block"
        preview.show(numbered(100), lit=range(30, 90))
        assert top() == 28, "the start of what is too long"
        preview.scroll_to(y=60, animate=False)
        preview.show(numbered(100), lit=range(30, 90))
        assert top() == 60, "nothing new: where the person is"
        preview.show(numbered(100, name="Dockerfile"), changed=[70])
        assert top() == 0, "another file"
        preview.show(numbered(100, name="ingress.conf"), lit=[50])
        assert top() == 48

    on_stage(act)


def test_keys_move_the_cursor() -> None:
    async def act(stage: Stage, pilot: Pilot[None]) -> None:
        stage.preview.show(numbered(100))
        assert stage.focused is stage.preview
        await pilot.press("down", "down", "up", "pagedown", "enter", "end", "end", "home", "up", "pageup", "left", "right")
        assert stage.said == [
            ("moved", "k1: 1"), ("moved", "k2: 2"), ("moved", "k1: 1"), ("moved", "k10: 10"), ("chosen", "k10: 10"),
            ("moved", "k99: 99"), ("moved", "k0: 0"),
        ]  # fmt: skip
        assert stage.keys[-2:] == ["left", "right"], "they reach the app"
        assert set(stage.preview._bindings.key_to_bindings) == {"up", "down", "pageup", "pagedown", "home", "end", "enter"}

    on_stage(act)


def test_the_cursor_is_seen_while_it_can_be_used() -> None:
    async def act(stage: Stage, pilot: Pilot[None]) -> None:
        stage.preview.show(numbered(100), lit=[0])
        await pilot.press(*["down"] * 15)
        assert seen(stage.preview)[-1] == "   16▸k15: 15"
        assert sum("▸" in row for row in seen(stage.preview)) == 1
        stage.screen.set_focus(None)
        await pilot.pause()
        assert not any("▸" in row for row in seen(stage.preview))
        stage.preview.scroll_to(y=50, animate=False)
        stage.said.clear()
        stage.preview.focus()
        await pilot.pause()
        assert seen(stage.preview)[0] == "   51▸k50: 50"
        assert stage.said == [], "no person moved it"

    on_stage(act)


def test_the_cursor_paints_the_rows_it_leaves_and_enters(monkeypatch: pytest.MonkeyPatch) -> None:
    async def act(stage: Stage, pilot: Pilot[None]) -> None:
        stage.preview.show(numbered(100))
        await pilot.pause()
        rows = repaints(stage.preview, monkeypatch)
        await pilot.press("down", "down")
        assert rows == {0, 1, 2}
        there, elsewhere = stage.preview.render_line(2), stage.preview.render_line(1)
        assert all(segment.style and segment.style.bold for segment in there if segment.text.strip())
        assert not any(segment.style and segment.style.bold for segment in elsewhere)

    on_stage(act)


def test_the_cursor_stays_inside() -> None:
    async def act(stage: Stage, pilot: Pilot[None]) -> None:
        stage.preview.show(numbered(100))
        await pilot.press("end")
        stage.preview.show(numbered(3))
        assert stage.preview.cursor_line == Line("k2: 2")
        stage.preview.show(numbered(9, name="Dockerfile"), lit=[4, 5])
        assert stage.preview.cursor_line == Line("k4: 4")

    on_stage(act)


def test_a_line_taller_than_the_screen_can_be_read_to_its_end() -> None:
    async def act(stage: Stage, pilot: Pilot[None]) -> None:
        stage.preview.show(sheet(["a", "b" * 200, "c"]))
        await pilot.press("down")
        assert seen(stage.preview)[0] == "  2▸" + "b" * 15
        read: set[int] = set()
        while stage.preview.cursor_line != Line("c"):
            await pilot.press("down")
            read.update(range(stage.preview.scroll_offset.y, stage.preview.scroll_offset.y + 5))
        assert read >= set(range(2, stage.preview.virtual_size.height))

    on_stage(act, (20, 5))


def test_a_click_moves_and_chooses() -> None:
    async def act(stage: Stage, pilot: Pilot[None]) -> None:
        stage.preview.show(sheet(["x " * 40, "second", "third"]))
        await pilot.pause()
        row = next(y for y, text in enumerate(seen(stage.preview)) if "second" in text)
        await pilot.click(stage.preview, offset=(6, row))
        await pilot.click(stage.preview, offset=(6, 1))
        await pilot.click(stage.preview, offset=(6, 9))
        assert stage.said == [("moved", "second"), ("chosen", "second"), ("moved", "x " * 40), ("chosen", "x " * 40)]

    on_stage(act)


def test_another_width_wraps_again_at_the_same_line() -> None:
    async def act(stage: Stage, pilot: Pilot[None]) -> None:
        stage.preview.show(sheet(f"k{number}: {'word ' * 10}" for number in range(50)))
        stage.preview.scroll_to(y=stage.preview._arranged.starts[20], animate=False)
        for width in (30, 80, 12):
            await pilot.resize_terminal(width, 10)
            await pilot.pause()
            assert seen(stage.preview)[0].startswith("  21 k20:")
            assert {stage.preview.render_line(y).cell_length for y in range(10)} == {width}
            assert stage.preview.virtual_size.height == len(stage.preview._arranged.rows)

    on_stage(act)


def test_shown_before_it_is_on_a_screen_and_while_hidden() -> None:
    early = Preview()
    early.show(numbered(50), lit=[30])

    class Early(App[None]):
        def compose(self) -> ComposeResult:
            yield early

    async def play() -> None:
        app = Early()
        async with app.run_test(size=(40, 10)) as pilot:
            await pilot.pause()
            assert seen(early)[2].startswith("▌ 31")
            early.scroll_to(y=20, animate=False)
            for lines in (50, 9, 3):
                early.display = False
                await pilot.pause()
                if lines < 50:
                    early.show(numbered(lines, k1="k1: hidden"))
                if lines == 3:
                    early.action_first()
                    early.action_page(1)
                early.display = True
                await pilot.pause()
                assert seen(early)[1] == ("  22 k21: 21" if lines == 50 else "  2 k1: hidden")

    asyncio.run(play())


@pytest.mark.parametrize(
    "name, text, kinds",
    [
        ("compose.yaml", "mem_limit: 512m  # why", {"key": "mem_limit", "value": "512m", "comment": "# why"}),
        ("a/b.yml", '  - "127.0.0.1:80:80"', {"string": '"127.0.0.1:80:80"'}),
        ("compose.yaml", "image: a#b", {"key": "image"}),
        ("compose.yaml", '"a": true', {"key": '"a"', "value": "true"}),
        ("Dockerfile.dev", 'RUN --mount=x echo "$HOME"', {"key": "RUN", "value": "--mount", "string": '"$HOME"'}),
        ("site.conf", "listen 8080; # port", {"key": "listen", "value": "8080", "comment": "# port"}),
        ("Dockerfile.dockerignore", "RUN # note", {"comment": "# note"}),
        ("notes.txt", "RUN: 5 # x", {}),
    ],
)
def test_parts_are_told_apart(name: str, text: str, kinds: dict[str, str]) -> None:
    (row,) = painted(text, language_of(name), 200)
    assert {kind: part for part, kind in row if kind} == kinds


def test_a_diff_is_coloured_by_its_signs() -> None:
    lines = ["--- a", "+++ b", "@@ -1 +1 @@", " same", "-old", "+new"]
    assert [painted(text, "diff", 80)[0][0][1] for text in lines] == ["comment", "comment", "hunk", "", "removed", "added"]

    async def act(stage: Stage, pilot: Pilot[None]) -> None:
        stage.preview.show(sheet(lines, kind="diff"))
        styles = [next(segment.style for segment in stage.preview.render_line(y) if text in segment.text) for y, text in enumerate(lines)]
        assert styles[4] == stage.preview.get_component_rich_style("preview--removed")
        assert styles[5] == stage.preview.get_component_rich_style("preview--added")
        assert len({str(style) for style in styles[3:]}) == 3

    on_stage(act)


def test_a_hostile_line_is_scanned_in_linear_time() -> None:
    for text in ("a" * 4096, "'" * 4096, '\\"' * 2048, "a: " * 1365, "${" * 2048, "1." * 2048, " " * 4096, "日" * 4096, "- " * 2048):
        for language in ("yaml", "dockerfile", "settings", "code"):
            assert "".join(part for row in painted(text, language, 10) for part, _ in row) == text


def test_every_colour_can_be_read_in_every_theme() -> None:
    async def act(stage: Stage, pilot: Pilot[None]) -> None:
        for theme in (theme.name for theme in BUILTIN_THEMES.values() if not theme.ansi):
            stage.theme = theme
            await pilot.pause()
            for ground in ("surface", "background"):
                stage.preview.styles.background = stage.theme_variables[ground]
                stage.preview.notify_style_update()
                for kind in (*KINDS, "gutter", "lit", "changed", "cursor"):
                    style = stage.preview.get_component_rich_style(f"preview--{kind}")
                    assert style.color and style.bgcolor
                    assert Color.from_rich_color(style.bgcolor).hex == Color.parse(stage.theme_variables[ground]).hex
                    assert not style.dim
                    assert contrast(Color.from_rich_color(style.color), Color.from_rich_color(style.bgcolor)) >= 4.5, (theme, kind, ground)

    on_stage(act)


def contrast(one: Color, other: Color) -> float:
    """The contrast ratio of WCAG 2."""

    def luminance(color: Color) -> float:
        red, green, blue = (v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in color.normalized)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def test_another_theme_is_painted_at_once() -> None:
    async def act(stage: Stage, pilot: Pilot[None]) -> None:
        stage.preview.show(numbered(3))
        before = [segment.style for segment in stage.preview.render_line(0)]
        stage.theme = "textual-light"
        await pilot.pause()
        assert [segment.style for segment in stage.preview.render_line(0)] != before

    on_stage(act)


def test_marks_tell_without_colour(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")

    async def act(stage: Stage, pilot: Pilot[None]) -> None:
        stage.preview.show(sheet(["same"] * 5), lit=[1, 3], changed=[2, 3])
        await pilot.press("end")
        strips = stage.preview.render_lines(Region(0, 0, 40, 5))
        assert [strip.text.rstrip() for strip in strips] == ["  1 same", "▌ 2 same", " +3 same", "▌+4 same", "  5▸same"]
        colours = [part for strip in strips for segment in strip if segment.style for part in (segment.style.color, segment.style.bgcolor)]
        assert all(colour.triplet is None or len(set(colour.triplet)) == 1 for colour in colours if colour), "grey at most"

    on_stage(act)
