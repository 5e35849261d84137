"""Read the SVG of Textual's screenshots back into a grid of cells, and judge what a person would see.

The file is what Rich's `Console.export_svg` writes: one <rect> for each run with a background, one <text> for each run that is not
blank, both placed by column and row. Reverse and dim are already mixed into the colours there, so a cell knows only their result.
What a widget cut off without an ellipsis leaves no trace in the file: `clipped` cannot see it.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from html import unescape
from itertools import groupby
from xml.etree import ElementTree

from rich.cells import cell_len, split_graphemes

CHAR_WIDTH = 12.2  # Rich: a font of 20 pixels, 0.61 as wide as high
LINE_HEIGHT = 24.4
FONTS = '"DejaVu Sans Mono", Menlo, Consolas, "Liberation Mono", monospace'
_SVG = "{http://www.w3.org/2000/svg}"
_RULE = re.compile(r"-(r\d+) \{ (.*?) \}")


@dataclass(frozen=True)
class Cell:
    """One cell of the screen; the second half of a wide character has the text «»."""

    text: str
    foreground: str
    background: str
    bold: bool = False
    italic: bool = False
    underline: bool = False
    strike: bool = False

    @property
    def blank(self) -> bool:
        """Nothing is drawn here but the background."""
        return not self.text.strip(" \u2800")

    @property
    def shape(self) -> bool:
        """A line or a block (borders, scroll bars, bars of progress) rather than a character to be read."""
        return "\u2500" <= self.text[:1] <= "\u259f"

    @property
    def contrast(self) -> float:
        """The WCAG contrast ratio of the foreground to the background, from 1 to 21."""
        return contrast(self.foreground, self.background)


@cache
def contrast(one: str, other: str) -> float:
    """The WCAG contrast ratio of two colours `#rrggbb`."""
    dark, light = sorted((_luminance(one), _luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    """The relative luminance as WCAG 2 defines it."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def size(svg: str) -> tuple[int, int]:
    """The columns and rows of the screen."""
    terminal = ElementTree.fromstring(svg).find(f"{_SVG}defs/{_SVG}clipPath/{_SVG}rect")
    assert terminal is not None, "not a screenshot by Rich"
    return _steps(terminal, "width", CHAR_WIDTH, 1), _steps(terminal, "height", LINE_HEIGHT, 1)


@lru_cache(maxsize=8)
def cells(svg: str) -> tuple[tuple[Cell, ...], ...]:
    """The rows of the screen. Where no background lies it is the terminal's; a row is too long only if its text is."""
    root = ElementTree.fromstring(svg)
    rules = dict(_RULE.findall(root.findtext(f"{_SVG}style", "")))
    window = root.find(f"{_SVG}rect")
    assert window is not None
    title = root.find(f"{_SVG}text")
    columns, rows = size(svg)
    empty = Cell(" ", title.get("fill", "") if title is not None else "#c5c8c6", window.get("fill", ""))
    grid = [[empty] * columns for _ in range(rows)]

    body = root.findall(f"{_SVG}g")[-1]
    for rect in body.findall(f"{_SVG}rect"):
        row, start = grid[_steps(rect, "y", LINE_HEIGHT, -1.5)], _steps(rect, "x", CHAR_WIDTH)
        for x in range(start, min(start + _steps(rect, "width", CHAR_WIDTH), columns)):
            row[x] = replace(row[x], background=rect.get("fill", ""))
    for element in body.iterfind(f"{_SVG}g/{_SVG}text"):
        run = (element.text or "").replace("\xa0", " ").rstrip("\n")
        row, x = grid[_steps(element, "y", LINE_HEIGHT, -20)], _steps(element, "x", CHAR_WIDTH)
        rule = rules[element.get("class", "").rpartition("-")[2]]
        for glyph in _glyphs(run):
            row.extend([empty] * (x + 1 - len(row)))
            row[x] = _styled(row[x], glyph, rule)
            x += 1
    return tuple(tuple(row) for row in grid)


def _steps(element: ElementTree.Element, name: str, size: float, more: float = 0) -> int:
    """An attribute in cells instead of pixels."""
    return round((float(element.get(name, "")) + more) / size)


def _glyphs(run: str) -> Iterator[str]:
    """What each cell of a run shows: a character with all that is combined with it, then «» if it is wide."""
    spans, _ = split_graphemes(run)
    for start, end, width in spans:
        if width:
            yield run[start:end]
        yield from [""] * (width - 1)


def _styled(cell: Cell, glyph: str, rule: str) -> Cell:
    """`cell` with a character in the style of a CSS rule such as `fill: #e0e0e0;font-weight: bold`."""
    colour = re.search(r"fill: (#\w{6})", rule)
    assert colour is not None, rule
    return Cell(glyph, colour[1], cell.background, "bold" in rule, "italic" in rule, "underline" in rule, "line-through" in rule)


def text(svg: str) -> str:
    """The screen as plain text, without the blanks at the ends of rows."""
    return "\n".join(row.rstrip() for row in monochrome(svg).split("\n"))


def monochrome(svg: str) -> str:
    """The characters alone: two states that differ here can be told apart without colour (and without bold or underline)."""
    return "\n".join("".join(cell.text for cell in row) for row in cells(svg))


def clipped(svg: str) -> tuple[str, ...]:
    """The rows that hold an ellipsis or run beyond the screen; a character «…» that is meant counts as well."""
    columns, _ = size(svg)
    lines = [("".join(cell.text for cell in row).strip(), len(row)) for row in cells(svg)]
    return tuple(line for line, length in lines if "…" in line or length > columns)


def low_contrast(svg: str, least: float = 4.5) -> tuple[tuple[str, float], ...]:
    """The words whose contrast is below `least`, with their ratio. Lines and blocks are no text: see `low_contrast_shapes`."""
    return _runs(svg, lambda cell: not cell.blank and not cell.shape and cell.contrast < least)


def low_contrast_shapes(svg: str, least: float = 3.0, allow: Callable[[Cell], bool] = lambda cell: False) -> tuple[tuple[str, float], ...]:
    """The runs of lines and blocks (U+2500 to U+259F) whose contrast is below `least`, with their ratio.

    WCAG asks for 3 where a shape tells something, such as which field has the focus. A border that is mere decoration may be fainter:
    `allow` says of a cell that it may, for example `lambda cell: cell.foreground == panel` or `lambda cell: cell.text in "▔▁"`.
    A shape in exactly the colour of its background is a border that is switched off (`tall transparent`), and a full block «█» hides
    its background: neither has a contrast to judge.
    """

    def faint(cell: Cell) -> bool:
        drawn = cell.shape and cell.text != "█" and cell.foreground != cell.background
        return drawn and cell.contrast < least and not allow(cell)

    return _runs(svg, faint)


def _runs(svg: str, bad: Callable[[Cell], bool]) -> tuple[tuple[str, float], ...]:
    """The neighbours of a row in the same colours that are `bad`, as one text with its ratio."""
    found = []
    for row in cells(svg):
        # The second half of a wide character has no say.
        for (is_bad, one, other), run in groupby((cell for cell in row if cell.text), lambda cell: (bad(cell), cell.foreground, cell.background)):
            if is_bad:
                found.append(("".join(cell.text for cell in run), round(contrast(one, other), 2)))
    return tuple(found)


def clean(svg: str) -> str:
    """The same picture with the same bytes each time and nothing to download.

    Rich derives an id from the content and names a font on a CDN. Here the id is fixed and the font a local one, so large that its
    lines and blocks meet. Left out: the elements that hold a line break only, and the clip paths of lines (Rich forgets that of the
    last one, so some viewers would not draw it). Runs with wide characters get their true length, which Rich counts in characters.
    """
    name = re.search(r'clipPath id="(.+?)-clip-terminal"', svg)
    assert name is not None, "not a screenshot by Rich"
    svg = re.sub(rf'(?<=[".#]){re.escape(name[1])}-', "terminal-", svg)
    svg = re.sub(r"\s*@font-face \{.*?\}", "", svg, flags=re.S)
    svg = svg.replace("<!-- Generated with Rich https://www.textualize.io -->", "<!-- Generated with Rich -->")
    svg = svg.replace("font-family: Fira Code, monospace;", f"font-family: {FONTS};").replace("font-size: 20px;", "font-size: 21px;")
    svg = svg.replace('<g class="terminal-matrix">', '<g class="terminal-matrix" transform="translate(0, 0.6)">')
    svg = re.sub(r'\s*<clipPath id="terminal-line-\d+">.*?</clipPath>', "", svg, flags=re.S)
    svg = re.sub(r' clip-path="url\(#terminal-line-\d+\)"', "", svg)
    svg = re.sub(r"<text [^>]*>\n</text>", "", svg)
    svg = re.sub(r'textLength="[^"]*">([^<]*)<', _measured, svg)
    return re.sub(r"[ \t]+\n", "\n", svg).rstrip("\n") + "\n"


def _measured(found: re.Match[str]) -> str:
    """The end of a tag <text> and its content, with the length in cells."""
    return f'textLength="{cell_len(unescape(found[1])) * CHAR_WIDTH:g}">{found[1]}<'
