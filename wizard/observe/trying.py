"""Whether answers are enough: the service is run hardened as they say and used; answers that were tried are not tried again."""

import json
from collections.abc import Callable, Mapping, Sequence

from msgspec.structs import replace

from wizard.errors import UsageError
from wizard.observe import forms
from wizard.observe.bench import Bench, Trial, Use
from wizard.observe.proposal import Item, answers_of, as_needs, refusals, widening
from wizard.observe.subject import Subject
from wizard.spelling import Data

_MOST_WIDER = 8
_KILLED = 137


class Tries:
    """All hardened runs of one subject. `quiet` says that new refusals in its output count as failures, since nothing else uses it."""

    def __init__(self, subject: Subject, bench: Bench, use: Use, ports: Sequence[tuple[int, str]], before: Trial, quiet: bool,
                 tell: Callable[[str], None]) -> None:  # fmt: skip
        self.subject, self.bench, self._use, self._ports, self._tell = subject, bench, use, ports, tell
        self._refused = refusals(before.said) if quiet else None
        self._known: dict[str, Trial] = {}
        self._ended = before.ended
        # Who does not listen to the signal is killed in the end, which takes long and says nothing.
        bench.stops = before.ended is not None and before.ended != _KILLED

    @property
    def count(self) -> int:
        """How many runs it took."""
        return len(self._known)

    def answers(self, items: Sequence[Item]) -> dict[str, Data]:
        """What these items change in the answers, with room in memory for every tmpfs."""
        return with_room(as_needs(answers_of(items, self.subject.answers)), self.subject)

    def of(self, items: Sequence[Item], what: str) -> Trial:
        """How it goes with these items; `what` says for the screen what is tried."""
        changes = self.answers(items)
        key = json.dumps(changes, sort_keys=True, default=str)
        if key not in self._known:
            self._tell(what)
            self._known[key] = self._tried(changes)
        return self._known[key]

    def wider(self, items: Sequence[Item], what: str) -> tuple[tuple[Item, ...], Trial]:
        """The items, with the folders that failing runs name as long as they name new ones; and how it goes with them."""
        found, trial = tuple(items), self.of(items, what)
        for _ in range(_MOST_WIDER):
            if trial.works:
                break
            paths = [str(row["path"]) for row in self.answers(found).get("writable") or self.subject.answers.get("writable") or ()]
            more = widening((*trial.said, trial.why), paths)
            if more is None:
                break
            found = (*found, more)
            trial = self.of(found, f"{what}, with {more.title}")
        return found, trial

    def _tried(self, changes: Mapping[str, Data]) -> Trial:
        try:
            said = self.subject.put(self.bench.project, changes, loose=False)
        except UsageError as error:
            return Trial(str(error))
        if said:
            return Trial(f"it cannot be built: {said.strip().splitlines()[-1][-200:]}", tuple(said.splitlines()))
        service = self.bench.project.definition["services"][self.subject.service]
        trial = self.bench.run(forms.reachable(service, self._ports), self._use)
        if trial.works and trial.ended is not None and trial.ended != self._ended:
            last = f": {trial.said[-1].strip()[-160:]}" if trial.said else ""
            return replace(trial, why=f"told to stop, it ends with code {trial.ended} and not {self._ended} as before{last}")
        if trial.works and self._refused is not None:
            new = [line for key, line in refusals(trial.said).items() if key not in self._refused]
            if new:
                return replace(trial, why=f"it says: {new[-1][-200:]}")
        return trial


def with_room(changes: dict[str, Data], subject: Subject) -> dict[str, Data]:
    """With a memory limit above all tmpfs and /dev/shm together, which are memory."""
    from wizard.text import size_in_bytes

    answers = {**subject.answers, **changes}
    limits = dict(answers.get("limits") or {})
    total = sum(size_in_bytes(str(row["tmpfs"])) for row in answers.get("writable") or () if row.get("tmpfs"))
    total += size_in_bytes(str(limits.get("shm") or "64M"))
    memory = size_in_bytes(str(limits.get("memory") or "512M"))
    if total < memory:
        return changes
    while memory <= total:
        memory *= 2
    return {**changes, "limits": {**limits, "memory": f"{memory // 1024**2}M"}}
