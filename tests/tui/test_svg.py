"""The reader of screenshots sees what Textual's compositor drew, and its judgements are right."""

import asyncio
import struct
import xml.etree.ElementTree
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from rich.cells import split_graphemes
from rich.color import Color, blend_rgb
from rich.style import Style
from rich.terminal_theme import SVG_EXPORT_THEME
from textual.app import App, ComposeResult
from textual.strip import Strip
from textual.widgets import Button, Checkbox, Footer, Header, Input, ProgressBar, Static, Switch, TextArea

from tests.tui.svg import Cell, cells, clean, clipped, contrast, low_contrast, low_contrast_shapes, monochrome, text
from tools import png

WIDE = "a你好b e\u0301x 한 ⚠\ufe0f!"
MARKUP = "cap_drop: [ALL] <b>&amp;&#160;</b> \"'  two"


class Everything(App[None]):
    """Widgets and styles of all kinds."""

    CSS = """
    #dim { text-style: dim; }  #reverse { text-style: reverse; }  #all { text-style: bold italic underline strike; }
    #dim-reverse { text-style: dim reverse; color: red; }  #coloured { color: #102030; background: #f0e0d0; border: tall white; }
    """

    def compose(self) -> ComposeResult:
        yield Header()
        yield Static(WIDE, markup=False)
        yield Static(MARKUP, markup=False)
        for name in ("dim", "reverse", "all", "dim-reverse", "coloured"):
            yield Static(f"{name} 你", id=name)
        field = Input("value")
        field.cursor_blink = False
        yield field
        yield Checkbox("a box")
        yield Button("off", disabled=True)
        yield Switch(True)
        bar = ProgressBar(total=3)
        bar.advance(1)  # without progress it moves by itself
        yield bar
        yield TextArea("line\n" * 30)
        yield Footer()


def lines(*styled: tuple[str, str]) -> App[None]:
    """An app of static lines, each with its own style, on black."""

    class Lines(App[None]):
        CSS = "Screen { background: #000000; }" + "".join(f"#line-{at} {{ {style} }}" for at, (_, style) in enumerate(styled))

        def compose(self) -> ComposeResult:
            for at, (line, _) in enumerate(styled):
                yield Static(line, id=f"line-{at}", markup=False)

    return Lines()


def shoot(app: App[None], width: int = 40, height: int = 12, theme: str = "textual-dark") -> tuple[str, list[Strip]]:
    """The screenshot of an app and what its compositor drew."""

    async def run() -> tuple[str, list[Strip]]:
        app.animation_level = "none"  # before the first focus scrolls to its widget
        async with app.run_test(size=(width, height)) as pilot:
            app.theme = theme
            await pilot.pause()
            return app.export_screenshot(), app.screen._compositor.render_strips()

    return asyncio.run(run())


def drawn(strip: Strip) -> Iterator[Cell]:
    """The cells of a strip, worked out from its styles and not from Rich's CSS."""
    for run, style, _ in strip:
        style = style or Style()
        foreground = (style.color or Color.default()).get_truecolor(SVG_EXPORT_THEME)
        background = (style.bgcolor or Color.default()).get_truecolor(SVG_EXPORT_THEME, foreground=False)
        if style.reverse:
            foreground, background = background, foreground
        if style.dim:
            foreground = blend_rgb(foreground, background, 0.4)
        flags = (bool(style.bold), bool(style.italic), bool(style.underline), bool(style.strike))
        for start, end, width in split_graphemes(run)[0]:
            for glyph in [run[start:end].replace("\xa0", " "), ""][:width]:
                yield Cell(glyph, foreground.hex, background.hex, *flags)


def seen(cell: Cell) -> tuple[str, ...] | Cell:
    """What can be compared: a screenshot does not say in which colour a blank run would write."""
    return cell if cell.text.strip() else (cell.text, cell.background)


@pytest.mark.parametrize(("theme", "width"), [("textual-dark", 33), ("textual-light", 80), ("ansi-dark", 160), ("dracula", 61)])
def test_the_reader_sees_what_was_drawn(theme: str, width: int) -> None:
    svg, strips = shoot(Everything(), width, 40, theme)
    assert [[seen(cell) for cell in row] for row in cells(svg)] == [[seen(cell) for cell in drawn(strip)] for strip in strips]
    assert cells(clean(svg)) == cells(svg)
    assert text(svg) == "\n".join(strip.text.replace("\xa0", " ").rstrip() for strip in strips)


def test_wide_characters_take_two_cells_and_text_is_literal() -> None:
    svg, _ = shoot(lines((WIDE, ""), (MARKUP, "")), width=60, height=3)
    assert text(svg) == f"{WIDE}\n{MARKUP}\n"
    assert [cell.text for cell in cells(svg)[0][:9]] == ["a", "你", "", "好", "", "b", " ", "e\u0301", "x"]
    assert [len(row) for row in cells(svg)] == [60, 60, 60]


def test_styles_and_colours() -> None:
    reverse = "color: #ff0000; background: #00ff00; text-style: reverse"
    svg, _ = shoot(lines(("a", reverse), ("b", "color: white; text-style: bold underline"), ("c", "color: #fff; text-style: italic strike")))
    first, second, third = (cells(svg)[at][0] for at in range(3))
    assert first == Cell("a", "#00ff00", "#ff0000")
    assert second == Cell("b", "#ffffff", "#000000", bold=True, underline=True)
    assert third == Cell("c", "#ffffff", "#000000", italic=True, strike=True)


def test_contrast_is_that_of_wcag() -> None:
    assert contrast("#000000", "#ffffff") == contrast("#ffffff", "#000000") == 21
    assert contrast("#777777", "#ffffff") == pytest.approx(4.478, abs=0.001)  # the well-known grey that just fails
    assert contrast("#767676", "#ffffff") == pytest.approx(4.542, abs=0.001)


def test_faint_text_is_found_word_by_word() -> None:
    grey = "background: #ffffff; color: #777777"
    svg, _ = shoot(lines(("clear ones", "color: white"), ("two words", grey), ("你好", grey), ("gone", "color: #000"), ("─ ─", grey)))
    assert low_contrast(svg) == (("two", 4.48), ("words", 4.48), ("你好", 4.48), ("gone", 1.0))
    assert low_contrast(svg, 4.4) == (("gone", 1.0),)
    assert low_contrast(svg, 1) == ()


def test_faint_shapes_are_found_unless_allowed() -> None:
    faint = (("│ text", "color: #333333"), ("━━ ━", "color: #666666"), ("┃", "color: #000000"), ("██", "color: #111111"), ("text", "color: #222222"))
    svg, _ = shoot(lines(*faint))
    assert low_contrast_shapes(svg) == (("│", 1.66),)
    assert low_contrast_shapes(svg, 4.5) == (("│", 1.66), ("━━", 3.66), ("━", 3.66))
    assert low_contrast_shapes(svg, 4.5, lambda cell: cell.foreground == "#666666") == (("│", 1.66),)
    assert low_contrast_shapes(svg, 4.5, lambda cell: cell.text in "│━") == ()


def test_clipped_text_is_found() -> None:
    long = "a line that is longer than it may be"
    svg, _ = shoot(lines((long, "width: 12; text-wrap: nowrap; text-overflow: ellipsis"), ("a short one", "")))
    assert clipped(svg) == ("a line that…",)
    svg, _ = shoot(lines((long, ""), ("你好", "")))
    assert clipped(svg) == ()
    beyond = svg.replace('x="0"', f'x="{10 * 12.2:g}"')
    assert clipped(beyond) == (long,), "36 characters from column 10 need more than 40"


def test_monochrome_forgets_colours_only() -> None:
    one, other, marked = (shoot(lines((line, f"color: {colour}")))[0] for line, colour in (("state", "red"), ("state", "green"), ("✓ state", "red")))
    assert cells(one) != cells(other)
    assert monochrome(one) == monochrome(other) != monochrome(marked)
    assert {len(row) for row in monochrome(one).split("\n")} == {40}


def test_a_clean_picture_is_stable_and_needs_no_network() -> None:
    (one, _), (other, _) = shoot(Everything()), shoot(Everything())
    assert clean(one) == clean(other) == clean(clean(one))
    assert "://" not in clean(one).replace("http://www.w3.org/2000/svg", "", 1)
    assert "@font-face" not in clean(one) and "Fira" not in clean(one)
    assert ">\n</text>" not in clean(one)
    assert "terminal-line-" not in clean(one)
    assert f'textLength="{4 * 12.2:g}">你好<' in clean(shoot(lines(("你好", "width: 4")))[0]), "two characters, four cells"
    xml.etree.ElementTree.fromstring(clean(one))
    assert "terminal-123-r1 #terminal-123-clip" in text(clean(shoot(lines(("terminal-123-r1 #terminal-123-clip", "")))[0]))


def test_a_picture_knows_its_svg(tmp_path: Path) -> None:
    Image = pytest.importorskip("PIL.Image", reason="Pillow draws the pictures")
    path = tmp_path / "shot.svg"
    path.write_text(clean(shoot(Everything(), 80, 40)[0]), encoding="utf-8")
    try:
        result = png.write(path)
    except SystemExit as missing:
        pytest.skip(str(missing))
    assert result == tmp_path / "shot.png"
    assert png.recorded(result) == png.fingerprint(path.read_text(encoding="utf-8"))
    assert struct.unpack(">II", result.read_bytes()[16:24]) == (896, 856), "80 cells of 11 and 40 of 21 pixels, and the margin"
    assert result.stat().st_size < 20_000
    with Image.open(result) as picture:
        assert picture.convert("RGB").tobytes() == png.draw(path.read_text(encoding="utf-8")).tobytes(), "the palette loses no colour"
    before = result.read_bytes()
    assert png.write(path).read_bytes() == before


def test_what_a_picture_records_is_read_without_pillow(tmp_path: Path) -> None:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    path = tmp_path / "x.png"
    whole = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", bytes(13)) + chunk(b"tEXt", b"Title\0x") + chunk(b"tEXt", b"svg-sha256\0abc") + chunk(b"IEND", b"")
    for data, expected in (
        (whole, "abc"),
        (whole.replace(b"abc", b"abd"), None),
        (whole.replace(b"svg-", b"sva-"), None),
        (whole[8:], None),
        (whole[:70], None),
        (b"", None),
    ):
        path.write_bytes(data)
        assert png.recorded(path) == expected
