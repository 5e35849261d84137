"""What is looked for alike in every language, once it is known what starts it: health, data, companions, variables."""

import re
from collections.abc import Sequence

from wizard.clues.companions import look_for_companions
from wizard.clues.findings import Findings
from wizard.clues.health import look_for_health
from wizard.clues.variables import look_for_variables

_LOCAL = re.compile(r"""["'](127\.0\.0\.1|localhost)[:"']""")
_LISTENS = re.compile(r"(?:listen|bind|run|ListenAndServe|host\s*=)\W{1,3}(?:\d{2,5}\s*,\s*)?\Z")
_COMMENT, _HASH = re.compile(r"[ \t]*(?://|/\*|\*\s)"), re.compile(r"[ \t]*#")
"""A line of a comment: what it names, an example would read. JavaScript's `#` begins a field."""
_HASHES = ("elixir", "php", "python", "ruby")
_NAME = re.compile(r"""["']([A-Z][A-Z0-9_]{1,60})["']""")


def look_around(found: Findings, sources: Sequence[str], asks: str, dependencies: dict[str, tuple[str, int]], bare: str = r"(?!)") -> None:
    """Health path, data folder, companions and variables from the source files.

    `asks` is what stands before the quoted name of a variable that the code reads, `bare` a pattern for names without
    quotes; `dependencies` maps each package to the file and line that name it.
    """
    look_for_health(found, sources)
    comment = _HASH if found.language in _HASHES else _COMMENT
    before, unquoted = re.compile(rf"(?:{asks})\s*\Z"), re.compile(bare)
    for name in sources:
        text = found.folder.text(name)
        for seen in _LOCAL.finditer(text):
            if _LISTENS.search(text, max(0, seen.start() - 40), seen.start()):
                where = f"{name}:{text.count(chr(10), 0, seen.start()) + 1}"
                found.warn(f"{where} listens on {seen[1]}, which only the container itself reaches: listen on 0.0.0.0")
                break
        quoted = (seen for seen in _NAME.finditer(text) if before.search(text, max(0, seen.start() - 40), seen.start()))
        for seen in (*quoted, *unquoted.finditer(text)):
            if comment.match(text, text.rfind("\n", 0, seen.start()) + 1):
                continue
            if seen[1] == "DATA_DIR" and seen[1] not in found.reads:
                _keep_data(found, name, text.count("\n", 0, seen.start()) + 1)
            found.reads.add(seen[1])
    look_for_companions(found, dependencies)
    look_for_variables(found)


def _keep_data(found: Findings, file: str, line: int) -> None:
    """A program that asks where its data goes is told, and the data is kept."""
    found.add("writable", {"path": "/tmp", "tmpfs": "64M"}, file, line, "inferred")
    found.add("writable", {"path": "/data", "volume": "data"}, file, line, "inferred")
    found.say("environment.DATA_DIR", "/data", file, line)
