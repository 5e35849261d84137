"""A proof as it goes on: what happens, an event at a time, and what that comes to. Whoever shows it draws a `Progress` and knows nothing else."""

import threading
from collections.abc import Callable, Iterable, Sequence
from typing import Literal

from msgspec import Struct
from msgspec.structs import replace

from wizard.prove.evidence import Evidence, NotProvable, Report, Round, Trouble, Waived

READ, BUILD, START, HEALTH, PROBE, AGAIN, PROBE_AGAIN, AWAY = (
    "read", "build", "start", "health", "probe", "start again", "probe again", "tear down",
)  # fmt: skip
STEPS = (READ, BUILD, START, HEALTH, PROBE, AGAIN, PROBE_AGAIN, AWAY)
DIAGNOSE = "diagnose"
"""A step between the others, where something does not run."""
ROUNDS: tuple[Round, ...] = ("started", "restarted")
Mark = Literal["ok", "FAIL", "?", "waived", "pending", "unseen", ""]
"""What a round says of a control: `pending` is still to come, `unseen` did not come to it, nothing means that it has nothing to look at."""
WORDS: dict[Mark, str] = {"ok": "ok", "FAIL": "FAIL", "?": "?", "waived": "waived", "pending": "·", "unseen": "-", "": ""}
"""What a mark is called where there is little room."""
NAMES: dict[Mark, str] = {
    "FAIL": "FAIL", "?": "not provable", "pending": "to come", "unseen": "not seen", "waived": "waived", "ok": "ok",
}  # fmt: skip
"""The same in a sum, in its order."""
_KEPT = 1000
"""Lines of the log that are kept."""


class Began(Struct, frozen=True):
    """A step begins; `words` say more than its name, where there is more to say. `at` is the monotonic clock, in seconds."""

    step: str
    words: str = ""
    at: float = 0.0


class Ended(Struct, frozen=True):
    """A step is over, after so many seconds, well or not."""

    step: str
    seconds: float
    well: bool = True


class Said(Struct, frozen=True):
    """A line that a build, or Compose, said."""

    line: str


class Expected(Struct, frozen=True):
    """What will be looked at in a service, by the ids of controls."""

    service: str
    controls: tuple[str, ...]


class Looked(Struct, frozen=True):
    """All was looked at in a service, in this round."""

    service: str
    round: Round


class Finished(Struct, frozen=True):
    """The end, when all was taken away again."""

    report: Report


Look = Evidence | NotProvable | Waived
Event = Began | Ended | Said | Expected | Looked | Evidence | NotProvable | Waived | Trouble | Finished
Tell = Callable[[Event], None]
"""Takes each event as it happens; from any thread, one after the other."""


class Step(Struct, frozen=True):
    """A step: how it is, its seconds once it is over, and what is done in it."""

    name: str
    state: Literal["waits", "runs", "ok", "FAIL"] = "waits"
    seconds: float = 0.0
    words: str = ""
    began: float = 0.0


class Row(Struct, frozen=True):
    """A control of a service, with all that was seen of it."""

    service: str
    control: str
    looks: tuple[Look, ...] = ()
    marks: tuple[Mark, Mark] = ("pending", "pending")
    """Of both rounds."""

    @property
    def mark(self) -> Mark:
        """What both rounds come to."""
        return next((mark for mark in ("FAIL", "waived", "pending", "?", "ok", "unseen") if mark in self.marks), "")


class Progress(Struct, frozen=True):
    """All that happened so far."""

    steps: tuple[Step, ...] = tuple(Step(name) for name in STEPS)
    rows: tuple[Row, ...] = ()
    """By service, in the order in which they came up."""
    troubles: tuple[Trouble, ...] = ()
    log: tuple[str, ...] = ()
    said: int = 0
    """How many lines the log had, those that are not kept included."""
    report: Report | None = None
    over: tuple[tuple[str, Round], ...] = ()
    """Services and rounds in which nothing more comes."""

    def after(self, event: Event) -> "Progress":
        """What it comes to with one event more."""
        match event:
            case Began(step, words, at):
                return self._with_step(Step(step, "runs", words=words, began=at))
            case Ended(step, seconds, well):
                return self._with_step(Step(step, "ok" if well else "FAIL", seconds))
            case Said(line):
                return replace(self, log=(*self.log[-_KEPT + 1 :], line), said=self.said + 1)
            case Expected(service, controls):
                known = {row.control for row in self.rows if row.service == service}
                return replace(self, rows=self._among(Row(service, control) for control in controls if control not in known))
            case Looked(service, round_):
                return self._marked(replace(self, over=(*self.over, (service, round_))), service)
            case Evidence() | NotProvable() | Waived():
                return self._with_look(event)
            case Trouble():
                return replace(self, troubles=(*self.troubles, event))
            case Finished(report):
                return self.ended(report)

    def ended(self, report: Report | None = None) -> "Progress":
        """When nothing more comes, also where it was broken off: what is pending was not seen."""
        rows = tuple(replace(row, marks=tuple("unseen" if mark == "pending" else mark for mark in row.marks)) for row in self.rows)
        steps = tuple(replace(step, state="FAIL") if step.state == "runs" else step for step in self.steps)
        return replace(self, rows=rows, steps=steps, report=report)

    @property
    def services(self) -> tuple[str, ...]:
        """Those that have rows, in their order."""
        return tuple(dict.fromkeys(row.service for row in self.rows))

    @property
    def running(self) -> Step | None:
        """The step that is under way."""
        return next((step for step in reversed(self.steps) if step.state == "runs"), None)

    def counted(self, service: str | None = None) -> dict[Mark, int]:
        """How many controls have which mark, in one service or in all."""
        marks = [row.mark for row in self.rows if service in (None, row.service)]
        return {mark: marks.count(mark) for mark in dict.fromkeys(marks)}

    def _with_step(self, step: Step) -> "Progress":
        names = [one.name for one in self.steps]
        if step.name in names:
            return replace(self, steps=tuple(step if one.name == step.name else one for one in self.steps))
        # It stands behind the last one that began.
        place = max((number for number, one in enumerate(self.steps, 1) if one.state != "waits"), default=0)
        return replace(self, steps=(*self.steps[:place], step, *self.steps[place:]))

    def _with_look(self, look: Look) -> "Progress":
        if not any((row.service, row.control) == (look.service, look.control) for row in self.rows):
            return replace(self, rows=self._among([Row(look.service, look.control)]))._with_look(look)
        rows = tuple(
            replace(row, looks=(*row.looks, look)) if (row.service, row.control) == (look.service, look.control) else row for row in self.rows
        )
        return self._marked(replace(self, rows=rows), look.service, look.control)

    def _marked(self, now: "Progress", service: str, control: str | None = None) -> "Progress":
        """`now` with the marks of a service, or of one row of it; what has nothing to look at is left out."""
        over = [(service, round_) in now.over for round_ in ROUNDS]
        rows = []
        for row in now.rows:
            if row.service == service and control in (None, row.control):
                row = replace(row, marks=(_mark(row.looks, ROUNDS[0], over[0]), _mark(row.looks, ROUNDS[1], over[1])))
                if over[0] and not row.looks:
                    continue
            rows.append(row)
        return replace(now, rows=tuple(rows))

    def _among(self, new: Iterable[Row]) -> tuple[Row, ...]:
        """All rows, with new ones behind the others of their service."""
        rows = list(self.rows)
        for row in new:
            last = max((number for number, one in enumerate(rows, 1) if one.service == row.service), default=len(rows))
            rows.insert(last, row)
        return tuple(rows)


def _mark(looks: Sequence[Look], round_: Round, over: bool) -> Mark:
    """What was seen once, without a round, belongs to the first."""
    if any(isinstance(look, Waived) for look in looks):
        return "waived"
    seen = [look.passed for look in looks if isinstance(look, Evidence) and (look.round or ROUNDS[0]) == round_]
    if not all(seen):
        return "FAIL"
    if any(isinstance(look, NotProvable) for look in looks):
        return "?"
    return "ok" if seen else "" if over else "pending"


class Folding:
    """Folds events as they come; `changed` is called after each, in the thread that told."""

    def __init__(self, changed: Callable[[], None]) -> None:
        self._lock, self._changed = threading.Lock(), changed
        self.progress = Progress()

    def __call__(self, event: Event) -> None:
        """Take the next event."""
        with self._lock:
            self.progress = self.progress.after(event)
        self._changed()

    def end(self) -> None:
        """Nothing more comes, also where it was broken off."""
        with self._lock:
            self.progress = self.progress.ended(self.progress.report)
        self._changed()
