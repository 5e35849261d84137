"""What detection does alike for every language: ports, health paths, data folders, companions, Procfile."""

import re
import shlex
from collections.abc import Mapping
from typing import Any

from wizard.folder import Evidence, Folder, Match
from wizard.spelling import Data
from wizard.stack import Detected

_HEALTH = r"""["'](?:GET )?(/(?:api/)?(?:healthz?|livez|readyz?|health/live|up|ping|status))["']"""
_SHELL_SYNTAX = re.compile(r"[|&;<>`$*?(){}\[\]~#]")


class Findings:
    """Answers and their evidence, gathered while a folder is read."""

    def __init__(self, folder: Folder) -> None:
        self.folder = folder
        self.answers: dict[str, Any] = {}
        self.evidence: list[Evidence] = []
        self.reads: set[str] = set()
        self.warnings: list[str] = []

    def say(self, fact: str, value: Data, file: str, line: int = 1) -> None:
        """Record one answer (a dotted key) with where it was seen; the first one stays."""
        first, _, rest = fact.partition(".")
        if rest:
            inner = self.answers.setdefault(first, {})
            if rest in inner:
                return
            inner[rest] = value
        elif first in self.answers:
            return
        else:
            self.answers[first] = value
        self.evidence.append(Evidence(fact, file, line))

    def add(self, fact: str, value: Data, file: str, line: int = 1) -> None:
        """Append one row to a list answer."""
        self.answers.setdefault(fact, []).append(value)
        self.evidence.append(Evidence(fact, file, line))

    def warn(self, message: str) -> None:
        """Record what may not work, for the person to see."""
        self.warnings.append(message)

    def done(self) -> Detected:
        """All of it, frozen."""
        return Detected(self.answers, tuple(self.evidence), frozenset(self.reads), tuple(self.warnings))


def procfile(folder: Folder) -> Match | None:
    """The command of the Procfile's `web` line."""
    return folder.search(r"^web:[ \t]*(\S.*?)[ \t]*$", "Procfile")


def words(line: str, port: int) -> list[str]:
    """A command line as words; with shell syntax in it, the same line run by a shell that it replaces."""
    line = re.sub(r"\$\{PORT(:-\d+)?\}|\$PORT\b", str(port), line)
    if not re.search(r"[;&|]", line):
        line = re.sub(r"^exec\s+", "", line)  # a word of the shell, which is there or not
    if _SHELL_SYNTAX.search(re.sub(r"'[^']*'|\"[^\"$`]*\"", "", line)):
        return ["/bin/sh", "-c", f"exec {line}" if not re.search(r"[;&|]", line) else line]
    try:
        return shlex.split(line)
    except ValueError:
        return ["/bin/sh", "-c", line]


def port_in(line: str) -> int | None:
    """The port that a start command names (`--bind 0.0.0.0:8000`, `--port 80`, `-p 80`), if any."""
    found = re.search(r"(?:--bind|-b|--port|-p|--listen)[= ](?:[\w.\[\]:]*:)?(\d{2,5})\b", line)
    return int(found[1]) if found and 1 <= int(found[1]) <= 65535 else None


def publish(port: int) -> Data:
    """A port published on this machine only."""
    return {"container": port, "publish": f"127.0.0.1:{port}"}


def look_around(found: Findings, sources: tuple[str, ...], variable: str, dependencies: Mapping[str, str], manifest: str) -> None:
    """Health path, data folder, companions and variables from the source files.

    `variable` is a pattern whose first group is the name of a variable that the code reads; `dependencies` maps a
    package to the companion it speaks to.
    """
    folder = found.folder
    if match := folder.search(_HEALTH, *sources):
        found.say("health", {"http": match[0]}, match.file, match.line)
    if match := folder.search(
        r"""(?:listen|bind|run|ListenAndServe|host\s*=)\W{1,3}(?:\d{2,5}\s*,\s*)?["'](127\.0\.0\.1|localhost)[:"']""", *sources
    ):
        found.warn(f"{match.file}:{match.line} listens on {match[0]}, which only the container itself reaches: listen on 0.0.0.0")
    for name in sources:
        text = folder.text(name)
        for seen in re.finditer(variable, text):
            read = next(group for group in seen.groups() if group)
            if read == "DATA_DIR" and read not in found.reads:
                _keep_data(found, name, text.count("\n", 0, seen.start()) + 1)
            found.reads.add(read)
    for package, companion in dependencies.items():
        known = [row["service"] for row in found.answers.get("companions", ())]
        match = folder.search(rf"""(?:^|(?<=["'\s/]))({re.escape(package)})(?=$|["'\s\[=<>~!;,/])""", manifest)
        if match and companion not in known:
            found.add("companions", {"service": companion}, manifest, match.line)


def _keep_data(found: Findings, file: str, line: int) -> None:
    """A program that asks where its data goes is told, and the data is kept."""
    found.add("writable", {"path": "/tmp", "tmpfs": "64M"}, file, line)
    found.add("writable", {"path": "/data", "volume": "data"}, file, line)
    found.say("environment.DATA_DIR", "/data", file, line)
