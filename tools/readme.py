"""Write the derived parts of README.md: the tables from the registries.

`python tools/readme.py` rewrites them; `--check` (used by the tests) only says whether the tables are fresh.
"""

import re
import sys
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))


def controls() -> str:
    """The table of controls."""
    from wizard.controls import CONTROLS

    rows = [f"| `{c.id}` | {c.severity.value} | {c.title} | {'; '.join(c.page.references)} |" for c in CONTROLS]
    return "\n".join(["| control | severity | what it does | references |", "|---|---|---|---|", *rows])


def stacks() -> str:
    """The table of stacks and companions, with where their facts were seen to hold."""
    from wizard.companions import COMPANIONS
    from wizard.stacks import STACKS

    rows = [f"| {s.id} {s.default_version} | {s.title} | {s.evidence} |" for s in STACKS]
    rows += [f"| {c.image}:{c.default_version} | {c.title} | {c.evidence} |" for c in COMPANIONS]
    return "\n".join(["| | what | evidence |", "|---|---|---|", *rows])


PARTS: dict[str, Callable[[], str]] = {"controls": controls, "stacks": stacks}


def fresh(text: str) -> str:
    """`text` with its derived parts made anew."""
    for name, make in PARTS.items():
        pattern = rf"(<!-- begin {name}: [^>]*-->\n).*?(<!-- end {name} -->)"
        text = re.sub(pattern, lambda found, make=make: found[1] + make() + "\n" + found[2], text, flags=re.S)
    return text


def main() -> int:
    """Rewrite README.md, or say that it is stale."""
    readme = ROOT / "README.md"
    text = readme.read_text(encoding="utf-8")
    if "--check" in sys.argv:
        return int(text != fresh(text))
    readme.write_text(fresh(text), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
