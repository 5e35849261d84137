"""Draw screenshots: `python tools/png.py FILE.svg ...` writes FILE.png beside each, as a terminal would show it.

It draws the grid of cells that `tests/tui/svg.py` reads from the file, not the SVG: so every character sits in its cell and lines are
unbroken whatever the machine. It needs Pillow and the font DejaVu Sans Mono (Debian: fonts-dejavu). The PNG carries the SHA-256
of the SVG's text, and `recorded` reads that with the standard library alone: a test knows a stale picture without drawing it again.
"""

import hashlib
import struct
import sys
import unicodedata
import zlib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

if TYPE_CHECKING:
    from PIL import Image, ImageFont

KEY = "svg-sha256"
MARGIN = 8
WINDOW = "#292929"  # as in Rich's SVG
UNDERLINE, STRIKE = 2, 8  # pixels from the bottom of a cell
NARROW = 100  # up to so many columns the cells are larger
SMALL, LARGE = (10, 19, 15), (11, 21, 17)  # width and height of a cell and its baseline: the font's own line, so that lines meet
ADVANCE = 0.602  # the width of a character of DejaVu Sans Mono in its size
LEVELS = 8  # shades between foreground and background: with few of them a screen has at most 256 colours
# The block elements as rectangles (left, top, right, bottom) in eighths of a cell.
Rectangles = tuple[tuple[int, int, int, int], ...]
BLOCKS: dict[str, Rectangles] = {"▀": ((0, 0, 8, 4),), "▐": ((4, 0, 8, 8),), "▔": ((0, 0, 8, 1),), "▕": ((7, 0, 8, 8),)}
BLOCKS |= {chr(0x2580 + part): ((0, 8 - part, 8, 8),) for part in range(1, 9)}
BLOCKS |= {chr(0x2590 - part): ((0, 0, part, 8),) for part in range(1, 8)}
_UL, _UR, _LL, _LR = (0, 0, 4, 4), (4, 0, 8, 4), (0, 4, 4, 8), (4, 4, 8, 8)
BLOCKS |= {"▖": (_LL,), "▗": (_LR,), "▘": (_UL,), "▝": (_UR,), "▚": (_UL, _LR), "▞": (_UR, _LL)}
BLOCKS |= {"▙": (_UL, _LL, _LR), "▛": (_UL, _UR, _LL), "▜": (_UL, _UR, _LR), "▟": (_UR, _LL, _LR)}


def fingerprint(svg: str) -> str:
    """What `recorded` gives for the picture of this SVG."""
    return hashlib.sha256(svg.encode()).hexdigest()


def recorded(path: str | Path) -> str | None:
    """The SHA-256 of the SVG that a PNG was drawn from, or None if it does not say."""
    data = Path(path).read_bytes()
    at = 8
    while data.startswith(b"\x89PNG\r\n\x1a\n") and at + 12 <= len(data):
        length, kind = struct.unpack(">I4s", data[at : at + 8])
        body = data[at + 8 : at + 8 + length]
        key, _, value = body.partition(b"\0")
        checksum = data[at + 8 + length : at + 12 + length]
        if kind == b"tEXt" and key.decode("latin-1") == KEY and checksum == struct.pack(">I", zlib.crc32(kind + body)):
            return value.decode("latin-1")
        at += 12 + length
    return None


def write(path: Path) -> Path:
    """Draw an SVG into the PNG beside it."""
    from PIL import Image
    from PIL.PngImagePlugin import PngInfo

    svg = path.read_text(encoding="utf-8")
    about = PngInfo()
    about.add_text(KEY, fingerprint(svg))
    picture = draw(svg)
    if picture.getcolors(256):
        picture = picture.quantize(256, dither=Image.Dither.NONE)
    result = path.with_suffix(".png")
    picture.save(result, optimize=True, pnginfo=about)
    return result


def draw(svg: str) -> "Image.Image":
    """The screen with a small margin in the colour of the terminal's window."""
    from PIL import Image

    from tests.tui.svg import cells

    rows = cells(svg)
    width, height, _ = size = LARGE if len(rows[0]) <= NARROW else SMALL
    picture = Image.new("RGB", (len(rows[0]) * width + 2 * MARGIN, len(rows) * height + 2 * MARGIN), WINDOW)
    for y, row in enumerate(rows):
        for x, cell in enumerate(row):
            left, top = MARGIN + x * width, MARGIN + y * height
            if cell.text:  # else the second half of a wide character, drawn with the first
                columns = 2 if x + 1 < len(row) and not row[x + 1].text else 1
                picture.paste(cell.background, (left, top, left + columns * width, top + height))
                picture.paste(cell.foreground, (left, top), _glyph(cell.text, columns, size, cell.bold, cell.italic))
            for wanted, line in ((cell.underline, UNDERLINE), (cell.strike, STRIKE)):
                if wanted:
                    picture.paste(cell.foreground, (left, top + height - line, left + width, top + height - line + 1))
    return picture


@cache
def _glyph(text: str, columns: int, size: tuple[int, int, int], bold: bool, italic: bool) -> "Image.Image":
    """How much of the foreground is in each pixel of a cell."""
    from PIL import Image, ImageDraw

    width, height, baseline = size
    mask = Image.new("L", (columns * width, height))
    if text in BLOCKS:  # by hand: the font's own would not fill the cell to its edge
        for left, top, right, bottom in BLOCKS[text]:
            mask.paste(255, (round(left * width / 8), round(top * height / 8), round(right * width / 8), round(bottom * height / 8)))
        return mask
    text = unicodedata.normalize("NFC", text.replace("⭘", "○"))  # the font has no ⭘, which is the icon of Textual's Header
    found = _font(text, width / ADVANCE, bold, italic)
    # A character of another font than the monospaced one stands in the middle of its cell.
    ImageDraw.Draw(mask).text((columns * width / 2, baseline), text, 255, found, anchor="ms")
    return mask.point([round(round(level / 255 * LEVELS) * 255 / LEVELS) for level in range(256)])


@cache
def _font(text: str, size: float, bold: bool, italic: bool) -> "ImageFont.FreeTypeFont":
    """The first font that has the character; the monospaced one if none has."""
    style = {(False, False): "", (True, False): "-Bold", (False, True): "-Oblique", (True, True): "-BoldOblique"}[bold, italic]
    names = [f"DejaVuSansMono{style}.ttf", "DejaVuSansMono.ttf", "DejaVuSans.ttf", "NotoSansCJK-Regular.ttc", "wqy-zenhei.ttc"]
    fonts = [font for name in names if (font := _load(name, size))]
    if not fonts or not _load("DejaVuSansMono.ttf", size):
        raise SystemExit("the font DejaVu Sans Mono is missing (Debian: apt-get install fonts-dejavu)")
    return next((font for font in fonts if bytes(font.getmask(text[0])) != bytes(font.getmask("\U0010ffff"))), fonts[0])


@cache
def _load(name: str, size: float) -> "ImageFont.FreeTypeFont | None":
    """A font of this machine; the basic layout makes no ligatures."""
    from PIL import ImageFont

    try:
        return ImageFont.truetype(name, size, layout_engine=ImageFont.Layout.BASIC)
    except OSError:
        return None


def main(names: list[str]) -> None:
    """Write the PNGs."""
    for name in names:
        result = write(Path(name))
        print(f"{result}: {result.stat().st_size} bytes")


if __name__ == "__main__":
    main(sys.argv[1:])
