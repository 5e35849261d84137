"""Answers and their evidence, gathered while a folder is read."""

from collections.abc import Sequence
from typing import Any

from wizard.folder import Certainty, Evidence, Folder, Match
from wizard.spelling import Data
from wizard.stack import Detected


class Findings:
    """What is known so far. The first to say something is believed: the surest clue is asked first."""

    def __init__(self, folder: Folder, language: str, file: str, line: int = 1) -> None:
        self.folder = folder
        self.language = language
        self.answers: dict[str, Any] = {}
        self.told: dict[str, Any] = {}
        self.evidence: list[Evidence] = []
        self.reads: set[str] = set()
        self.warnings: list[str] = []
        self.ports_seen: dict[tuple[tuple[str, ...], tuple[str, ...]], tuple[int, Match] | None] = {}
        self.cannot = ""
        self.strength = 1
        self.say("stack.language", language, file, line)

    def say(self, fact: str, value: Data, file: str, line: int = 1, certainty: Certainty = "stated") -> None:
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
        self.evidence.append(Evidence(fact, file, line, certainty))

    def at(self, fact: str, value: Data, match: Match, certainty: Certainty = "stated") -> None:
        """The same, seen where a pattern was found."""
        self.say(fact, value, match.file, match.line, certainty)

    def add(self, fact: str, value: Data, file: str, line: int = 1, certainty: Certainty = "stated") -> None:
        """Append one row to a list answer (a dotted key, too); a row that is there already stays as it is."""
        first, _, rest = fact.partition(".")
        rows = self.answers.setdefault(first, {}).setdefault(rest, []) if rest else self.answers.setdefault(first, [])
        if value not in rows:
            rows.append(value)
            self.evidence.append(Evidence(fact, file, line, certainty))

    def drop(self, fact: str, rows: Sequence[Data]) -> None:
        """Take rows of a list answer back, with their evidence."""
        here = self.answers.setdefault(fact, [])
        seen = [entry for entry in self.evidence if entry.fact == fact]
        gone = [entry for row, entry in zip(here, seen, strict=False) if row in rows]
        self.evidence = [entry for entry in self.evidence if entry not in gone]
        self.answers[fact] = [row for row in here if row not in rows]
        if not self.answers[fact]:
            del self.answers[fact]

    def tell(self, fact: str, value: Data, file: str, line: int = 1, certainty: Certainty = "stated") -> None:
        """Record what is worth telling and is no answer; the first one stays."""
        if fact not in self.told:
            self.told[fact] = value
            self.evidence.append(Evidence(fact, file, line, certainty))

    def writes(self, path: str, file: str, line: int = 1, *, keep: bool = False) -> None:
        """A folder of the program that its framework writes, beside /tmp: what is lost at a stop, or kept where `keep`."""
        where = f"/app/{path}"
        name = path.replace("/", "-").replace("_", "-").lower().strip(".-")[:40].rstrip("-")
        self.add("writable", {"path": "/tmp", "tmpfs": "64M"}, file, line, "assumed")
        self.add("writable", {"path": where, "volume": name} if keep else {"path": where, "tmpfs": "64M"}, file, line, "inferred")

    def version(self, version: str, match: Match, *, least: bool = False, default: str = "") -> None:
        """A version that a file declares. One that is only the least is what it is built with where the default is older."""
        if "version" in self.stack or "at_least" in self.told:
            return
        if least and numbers(version) <= numbers(default):
            self.tell("at_least", version, match.file, match.line)
        else:
            self.at("stack.version", version, match)

    def warn(self, message: str) -> None:
        """Record what may not work, for the person to see."""
        if message not in self.warnings:
            self.warnings.append(message)

    def refuse(self, why: str) -> None:
        """Record why no Dockerfile can be made of it; the first reason stays."""
        self.cannot = self.cannot or why

    @property
    def stack(self) -> dict[str, Any]:
        """What is known of the stack so far."""
        found: dict[str, Any] = self.answers.setdefault("stack", {})
        return found

    @property
    def framework(self) -> str:
        """The framework, or nothing."""
        return str(self.stack.get("framework", ""))

    def done(self) -> Detected:
        """All of it, frozen; what is known to start it, or to be built with it, makes it strong."""
        strength = max(self.strength, 3 if self.answers.get("command") or self.framework else 1)
        return Detected(self.answers, tuple(self.evidence), frozenset(self.reads), tuple(self.warnings), self.told, self.cannot, strength)


def numbers(version: str) -> tuple[int, ...]:
    """The parts of a version that are numbers: `3.13` is (3, 13)."""
    return tuple(int(part) for part in version.split(".") if part.isdecimal() and len(part) < 10)
