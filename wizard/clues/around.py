"""What is looked for alike in every language, once it is known what starts it: health, data, companions, variables."""

import re
from collections.abc import Sequence

from wizard.clues.companions import look_for_companions
from wizard.clues.findings import Findings
from wizard.clues.health import look_for_health
from wizard.clues.variables import look_for_variables

_LOOPBACK = r"""(?:listen|bind|run|ListenAndServe|host\s*=)\W{1,3}(?:\d{2,5}\s*,\s*)?["'](127\.0\.0\.1|localhost)[:"']"""


def look_around(found: Findings, sources: Sequence[str], variable: str, dependencies: dict[str, tuple[str, int]]) -> None:
    """Health path, data folder, companions and variables from the source files.

    `variable` is a pattern whose first group is the name of a variable that the code reads; `dependencies` maps each
    package to the file and line that name it.
    """
    look_for_health(found, sources)
    if match := found.folder.search(_LOOPBACK, *sources):
        found.warn(f"{match.file}:{match.line} listens on {match[0]}, which only the container itself reaches: listen on 0.0.0.0")
    reading = re.compile(variable)
    for name in sources:
        text = found.folder.text(name)
        for seen in reading.finditer(text):
            read = next((group for group in seen.groups() if group), "")
            if read == "DATA_DIR" and read not in found.reads:
                _keep_data(found, name, text.count("\n", 0, seen.start()) + 1)
            found.reads.add(read)
    found.reads.discard("")
    look_for_companions(found, dependencies)
    look_for_variables(found)


def _keep_data(found: Findings, file: str, line: int) -> None:
    """A program that asks where its data goes is told, and the data is kept."""
    found.add("writable", {"path": "/tmp", "tmpfs": "64M"}, file, line, "inferred")
    found.add("writable", {"path": "/data", "volume": "data"}, file, line, "inferred")
    found.say("environment.DATA_DIR", "/data", file, line)
