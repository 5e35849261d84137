"""The findings of a run in little memory: numbers by file, and each text once, however often it is said."""

from array import array
from collections import Counter
from collections.abc import Callable, Iterable, Iterator

from wizard.check.found import Found
from wizard.check.source import Place
from wizard.flaw import Severity

_Said = tuple[str, Severity, str, str]
"""Control, severity, message and remedy."""
_ROW = 4
"""Numbers of a finding: line, column, and where its service and what is said of it stand in the lists of these."""


class Findings:
    """Findings by file, in the order of reports once they are `sift`ed. Ten thousand files hold some 200,000 of them."""

    def __init__(self, found: Iterable[Found] = ()) -> None:
        self._rows: dict[str, array[int]] = {}
        self._services: dict[str, int] = {}
        self._said: dict[_Said, int] = {}
        self._listed: tuple[list[str], list[_Said]] = ([], [])
        self.add(found)

    def add(self, found: Iterable[Found]) -> None:
        """Put these to the others."""
        services, told, rows = self._services, self._said, self._rows
        for one in found:
            place, said = one.place, (one.control, one.severity, one.message, one.remedy)
            if place.file not in rows:
                rows[place.file] = array("I")
            numbers = (place.line, place.column, services.setdefault(one.service, len(services)), told.setdefault(said, len(told)))
            rows[place.file].extend(numbers)

    def of(self, file: str) -> list[Found]:
        """Those of a file."""
        rows = self._rows.get(file, ())
        if (len(self._services), len(self._said)) != (len(self._listed[0]), len(self._listed[1])):
            self._listed = list(self._services), list(self._said)
        services, said = self._listed
        found = []
        for at in range(0, len(rows), _ROW):
            control, severity, message, remedy = said[rows[at + 3]]
            found.append(Found(control, severity, Place(file, rows[at], rows[at + 1]), services[rows[at + 2]], message, remedy))
        return found

    def sift(self, keep: Callable[[Found], bool]) -> None:
        """Bring those of each file into the order of reports, each once, and let go of those that are not kept."""
        for file in sorted(self._rows):
            found = sorted(dict.fromkeys(self.of(file)), key=lambda one: one.rank)
            del self._rows[file]
            self.add(one for one in found if keep(one))

    def __iter__(self) -> Iterator[Found]:
        for file in self.files():
            yield from self.of(file)

    def counts(self) -> Counter[Severity]:
        """How many there are of each severity."""
        kinds = [severity for _, severity, _, _ in self._said]
        return Counter(kinds[number] for rows in self._rows.values() for number in rows[_ROW - 1 :: _ROW])

    def files(self) -> list[str]:
        """The files that findings are in, in order."""
        return sorted(self._rows)

    def __len__(self) -> int:
        return sum(map(len, self._rows.values())) // _ROW
