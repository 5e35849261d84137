"""The port a service listens on: its command, its code, its settings, the person's own Dockerfile; at last what is usual."""

import re
from collections.abc import Sequence
from functools import lru_cache

from wizard.clues.commands import port_in, port_number, publish
from wizard.clues.findings import Findings
from wizard.folder import Match


def listens(found: Findings, line: str, patterns: Sequence[str], sources: Sequence[str], usual: int, file: str, at: int = 1) -> int:
    """Say the port and return it. `line` is the start command; `patterns` have the port as first group; `usual` stands in for silence.

    `file` and `at` are where the command, or the framework whose usual port it is, was seen.
    """
    if "ports" in found.answers:
        return int(found.answers["ports"][0]["container"])
    if port := port_in(line):
        found.add("ports", publish(port), file, at)
        return port
    if seen := in_code(found, patterns, sources):
        port, match = seen
        found.add("ports", publish(port), match.file, match.line, "inferred")
        return port
    if exposed := in_dockerfile(found):
        found.add("ports", publish(int(exposed[0])), exposed.file, exposed.line, "inferred")
        return int(exposed[0])
    if usual:
        found.add("ports", publish(usual), file, at, "assumed")
    return usual


_NUMBER = re.compile(r"\d{2}")
_NOT_OWN = frozenset((
    25, 53, 110, 143, 389, 465, 587, 993, 1025, 1433, 1521, 1883, 2181, 2525, 3306, 4222, 5432, 5672, 6379, 6432, 8125, 9042, 9092, 9200, 11211,
    11434, 15672, 26379, 26257, 27017,
))  # fmt: skip
"""Ports of mail servers and companions: a program names them to reach these, not to listen."""


_TALKS_OF_ONE = re.compile(r"port|listen|bind|addr|serv|run|start|url|unspecified|:\d|\[\d|\(\s*\"?\d", re.I)
_LONG = 2000


@lru_cache(1024)
def _where_ports_may_be(text: str) -> str:
    """The text with its lines, of which those are empty that hold no number beside a word of listening: patterns are slow."""
    if len(text) < _LONG:
        return text
    return "\n".join(line if _NUMBER.search(line) and _TALKS_OF_ONE.search(line) else "" for line in text.split("\n"))


def in_code(found: Findings, patterns: Sequence[str], sources: Sequence[str]) -> tuple[int, Match] | None:
    """The first port that one of the patterns finds, the surest pattern first."""
    key = (tuple(patterns), tuple(sources))
    if key not in found.ports_seen:
        found.ports_seen[key] = _in_code(found, *key)
    return found.ports_seen[key]


def _in_code(found: Findings, patterns: Sequence[str], sources: Sequence[str]) -> tuple[int, Match] | None:
    for pattern in patterns:
        compiled = re.compile(pattern, re.M)
        for name in sources:
            text = _where_ports_may_be(found.folder.text(name))
            for seen in compiled.finditer(text):
                port = port_number(next((group for group in seen.groups() if group), ""))
                if port and port not in _NOT_OWN:
                    return port, Match(name, text.count("\n", 0, seen.start()) + 1, ())
    return None


def in_dockerfile(found: Findings) -> Match | None:
    """The port that a person's own Dockerfile exposes; what Seawall wrote says nothing new."""
    text = found.folder.text("Dockerfile")
    if "org.opencontainers.image.base.name" in text:
        return None
    exposed = re.findall(r"^EXPOSE[ \t]+(\d{2,5})(?:/tcp)?[ \t]*$", text, re.M)
    if len(set(exposed)) != 1 or not port_number(exposed[0]):
        return None
    return found.folder.search(r"^EXPOSE[ \t]+(\d{2,5})", "Dockerfile")


def variable_port(environment: str) -> tuple[str, ...]:
    """Patterns for a port that is what remains where the variable PORT is not set; `environment` finds the reading of it."""
    return (rf"{environment}\W{{0,12}}(?:\|\||\?\?|,|:|or|\?:|else)?\W{{0,14}}(\d{{4,5}})\b",)
