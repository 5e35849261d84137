"""Waivers: a control that somebody leaves out on purpose, with the reason; in seawall.yaml beside the file, or next to the line."""

import os
import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from msgspec import Struct

from wizard.check.dockerfiles import instructions
from wizard.check.findings import Findings
from wizard.check.model import Found, Waived
from wizard.check.nodes import Spans
from wizard.check.source import NotReadError
from wizard.check.sources import Sources
from wizard.controls import CONTROLS
from wizard.egress_proxy import EGRESS
from wizard.errors import UsageError
from wizard.text import visible
from wizard.yaml_read import load_mapping

FILE = "seawall.yaml"
_COMMENT = re.compile(r"(?:^|\s)#\s*seawall:\s*waive\b\s*(.*?)\s*$")


class _Waiver(Struct, frozen=True):
    control: str
    why: str
    said_at: str
    service: str | None = None
    only: str = ""
    """What the message begins with, where it is for one finding of its control alone."""


def sorted_out(found: Findings, sources: Sources, built: Mapping[str, Sequence[str]], problems: list[str]) -> list[Waived]:
    """Take the findings that somebody waived out of all. A waiver that is none is added to the problems."""
    look = _Waivers(sources, problems)
    waived = []

    def keep(one: Found) -> bool:
        waiver = look.of(one, built.get(one.place.file, ()))
        if waiver:
            waived.append(Waived(one, waiver.why, waiver.said_at))
        return waiver is None

    found.sift(keep)
    for name in list(sources.marked):
        look.comments(name)  # a waiver that is none is said, also where nothing was found
    return waived


class _Waivers:
    def __init__(self, sources: Sources, problems: list[str]) -> None:
        self.sources, self.problems = sources, problems
        self.folder = cache(os.path.dirname)
        self.beside = cache(self._beside)
        self.comments = cache(self._comments)
        self.parents = cache(self._parents)

    def of(self, found: Found, builders: Sequence[str]) -> _Waiver | None:
        """The waiver of a finding: next to its line or to that of a key that it stands under, else in the seawall.yaml of its folder."""
        if said := self.comments(found.place.file):
            for line in self._around(found.place.file, found.place.line):
                for waiver in said.get(line, ()):
                    if waiver.control == found.control:
                        return waiver
        if waivers := self.beside(self.folder(found.place.file)):
            services = {found.service, *builders} - {""}
            for waiver in waivers:
                if waiver.control == found.control and waiver.service in (None, *services) and found.message.startswith(waiver.only):
                    return waiver
        return None

    def _around(self, name: str, number: int) -> Iterator[int]:
        """A line, and those of the keys around it up to its service: what is said there is said of all that is under it."""
        yield number
        above = self.parents(name)
        while number := above.get(number, 0):
            yield number

    def _parents(self, name: str) -> Mapping[int, int]:
        """Of each line that stands under a key or entry of a service, or of something inside one, the line of that."""
        if name in self.sources.dockerfiles:
            return {}  # instructions of a Dockerfile stand under nothing
        found: dict[int, int] = {}
        open_lines: list[tuple[int, bool, int]] = []
        for number, line in enumerate(self.sources.lines(name), 1):
            if not (bare := line.strip()) or bare.startswith("#"):
                continue
            column, entry = _column(line)
            while open_lines and not (open_lines[-1][0] < column or (open_lines[-1][0] == column and entry and not open_lines[-1][1])):
                open_lines.pop()
            if open_lines and open_lines[-1][0]:
                found[number] = open_lines[-1][2]
            open_lines.append((column, entry, number))
        return found

    def _beside(self, folder: str) -> tuple[_Waiver, ...]:
        path = self.sources.root / folder / FILE
        if not path.is_file():
            return ()
        name = self.sources.name(path)
        try:
            data: Any = load_mapping(self.sources.text(path), name)
            rows = data.get("waivers") or []
            if not isinstance(rows, list):
                raise UsageError(f"{name}: waivers is no list")
            own = [_checked(row.get("control"), row.get("why"), name, row.get("service")) for row in rows if isinstance(row, dict)]
            return (*own, *_answered(data, name))
        except UsageError as error:
            self.problems.append(str(error))
            return ()

    def _comments(self, name: str) -> Mapping[int, tuple[_Waiver, ...]]:
        """The waivers in the comments of a file, by the line that each is for: its own, or the next one that is no comment."""
        if name not in self.sources.marked:
            return {}
        found: dict[int, list[_Waiver]] = {}
        waiting: list[_Waiver] = []
        inside = self._inside(name)
        for number, line in enumerate(self.sources.lines(name), 1):
            match = _COMMENT.search(line)
            if match and (number, match.start()) not in inside:
                try:
                    control, _, why = match[1].partition(":")
                    waiver = _checked(control.strip(), why.strip(), f"{name}:{number}")
                except UsageError as error:
                    self.problems.append(str(error))
                else:
                    if line.lstrip().startswith("#"):
                        waiting.append(waiver)
                    else:
                        found.setdefault(number, []).append(waiver)
            if line.strip() and not line.lstrip().startswith("#"):
                found.setdefault(number, []).extend(waiting)
                waiting = []
        return {number: tuple(waivers) for number, waivers in found.items() if waivers}

    def _inside(self, name: str) -> "_Inside":
        if name in self.sources.dockerfiles:
            return _Inside([], self._instruction_lines(name))
        return _Inside(self.sources.spans(name), {})

    def _instruction_lines(self, name: str) -> Mapping[int, int]:
        """In a Dockerfile only whole lines are comments: those of an instruction are none, but for comments between its lines."""
        try:
            return {one.line: one.line for one in instructions("\n".join(self.sources.lines(name)), name)}
        except NotReadError:
            return {}


def _column(line: str) -> tuple[int, bool]:
    """How far a line is indented, and whether it begins an entry of a list."""
    bare = line.lstrip(" ")
    return len(line) - len(bare), bare.startswith("- ")


def _answered(data: Mapping[str, Any], name: str) -> Iterator[_Waiver]:
    """Reasons that were given as answers: why there is no health check, what a capability is for, that it calls the internet."""
    service = str(data.get("name"))
    health = data.get("health")
    if isinstance(health, dict) and isinstance(health.get("none"), str):
        yield _Waiver("health-check", health["none"], name, service)
    if data.get("internet") is True:
        yield _Waiver("internal-networks", "it calls services on the internet", name, service, "it may reach the internet")
    if data.get("egress"):
        yield _Waiver("internal-networks", "it passes the names that egress lists", name, EGRESS, "it may reach the internet")
    for row in data.get("capabilities") or ():
        if isinstance(row, dict) and isinstance(row.get("why"), str) and row.get("name"):
            yield _Waiver("minimal-capabilities", row["why"], name, service, f"{row['name']} ")


class _Inside:
    """Whether a position is inside of a value, where what looks like a comment is none."""

    def __init__(self, spans: Spans, whole_lines: Mapping[int, int]) -> None:
        self.spans, self.whole_lines = [span for span in spans if span[:2] != span[2:]], whole_lines

    def __contains__(self, position: tuple[int, int]) -> bool:
        if position[0] in self.whole_lines:
            return True
        here = (position[0] - 1, position[1])
        # Scalars follow each other and never overlap: only the last one that begins before can hold it.
        before = bisect_right(self.spans, here, key=lambda span: span[:2])
        return before > 0 and here < self.spans[before - 1][2:]


def _checked(control: object, why: object, where: str, service: object = None) -> _Waiver:
    if control not in {one.id for one in CONTROLS}:
        raise UsageError(f"{where}: {visible(str(control))} is no control that can be waived; seawall controls lists them")
    if not isinstance(why, str) or not why.strip():
        raise UsageError(f"{where}: the waiver of {control} has no reason; write # seawall: waive {control}: REASON")
    return _Waiver(str(control), why.strip(), where, str(service) if service is not None else None)
