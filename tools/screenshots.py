"""Take the screenshots: `python tools/screenshots.py [NAME ...]` plays the scenarios of tests/tui/scenarios.py and keeps what is on the screen.

screenshots/ gets an SVG and a PNG of those that are pictured, tests/tui/snapshots/ the text of all others. What no scenario shows any
more is taken away, unless only some are named.
"""

import asyncio
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))


async def take(names: list[str]) -> None:
    """Play the scenarios and write what changed."""
    from tests.tui.scenarios import DARK, SCENARIOS, SIZES, expected_files, kept_in, shots
    from tests.tui.svg import text
    from tools import png

    for scenario in SCENARIOS:
        if names and scenario.name not in names:
            continue
        found = await shots(scenario)
        for size in SIZES:
            path, svg = kept_in(scenario, size), found[size, DARK]
            path.parent.mkdir(exist_ok=True)
            kept = svg if path.suffix == ".svg" else text(svg) + "\n"
            if not path.exists() or path.read_text(encoding="utf-8") != kept:
                path.write_text(kept, encoding="utf-8")
                print(path.relative_to(ROOT))
            picture = path.with_suffix(".png")
            if path.suffix == ".svg" and not (picture.exists() and png.recorded(picture) == png.fingerprint(svg)):
                png.write(path)
    expected = expected_files()
    for path in () if names else {found for folder in {file.parent for file in expected} for found in folder.iterdir()} - expected:
        path.unlink()
        print(f"{path.relative_to(ROOT)}: no longer shown")


if __name__ == "__main__":
    asyncio.run(take(sys.argv[1:]))
