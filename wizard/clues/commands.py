"""Start commands: where they stand, as words, and the port that they name."""

import re
import shlex

from wizard.folder import Folder, Match
from wizard.spelling import Data

LONGEST = 2000
"""Characters of a start command that a person may have written."""
_SHELL_SYNTAX = re.compile(r"[|&;<>`$*?(){}\[\]~#]")
_PORTS = (
    r"(?:--bind|-b|--port|--http-port|--server\.port|-p|--listen|--server-port)(?:=|\s+)(?:tcp://)?(?:[\w.\[\]:*]*:)?(\d{2,5})\b",
    r"\b(?:PORT|port)=(\d{2,5})\b",
    r"\b(?:0\.0\.0\.0|127\.0\.0\.1|localhost|\[::\]):(\d{2,5})\b",
    r"\$\{PORT:-(\d{2,5})\}",
)


def procfile(folder: Folder) -> Match | None:
    """The command of the Procfile's `web` line."""
    return folder.search(rf"^web:[ \t]*(\S.{{0,{LONGEST}}}?)[ \t]*$", "Procfile")


def words(line: str, port: int) -> list[str]:
    """A command line as words; with shell syntax in it, the same line run by a shell that it replaces."""
    line = re.sub(r"\$\{PORT(:-\d+)?\}|\$PORT\b", str(port), line)
    if not re.search(r"[;&|]", line):
        line = re.sub(r"^exec\s+", "", line)  # a word of the shell, which is there or not
    if _SHELL_SYNTAX.search(re.sub(r"'[^']*'|\"[^\"$`]*\"", "", line)) or re.match(r"\w+=", line):
        return ["/bin/sh", "-c", f"exec {line}" if not re.search(r"[;&|]|^\w+=", line) else line]
    try:
        return shlex.split(line)
    except ValueError:
        return ["/bin/sh", "-c", line]


def port_in(line: str) -> int | None:
    """The port that a start command names (`--bind 0.0.0.0:8000`, `--port 80`, `-p 80`), if any."""
    for pattern in _PORTS:
        if (found := re.search(pattern, line)) and (port := port_number(found[1])):
            return port
    return None


def port_number(text: str) -> int | None:
    """A port as a number, if it is one."""
    return int(text) if text.isdecimal() and len(text) < 6 and 1 <= int(text) <= 65535 else None


def publish(port: int) -> Data:
    """A port published on this machine only."""
    return {"container": port, "publish": f"127.0.0.1:{port}"}
