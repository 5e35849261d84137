"""From what `check` finds in the services of a group of files to the mends that are meant, and what is left to a person."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from msgspec import Struct

from wizard.check.findings import Findings
from wizard.check.judging import Seen
from wizard.check.model import Found
from wizard.check.project import Compose
from wizard.control import Control
from wizard.fix.aims import aim, awaited
from wizard.fix.applying import Group, Meant
from wizard.fix.edited import Texts
from wizard.fix.reading import reading
from wizard.mend import How, Left, Mend

Choose = Callable[[Meant], str]
"""Says why a mend is left out; nothing where it is made."""


class Live(Struct, frozen=True):
    """The findings that nobody waived, in the files that may be edited."""

    first: Mapping[tuple[str, str], Found]
    """The first of each control in each service."""

    def place(self, control: str, service: str) -> Found | None:
        """The first finding of a control in a service."""
        return self.first.get((control, service))


class Planned(Struct):
    """What is meant to be done to a group, and what is left, by service."""

    meant: list[Meant]
    left: list[tuple[str, Left]]


def live(findings: Findings, files: Iterable[str]) -> Live:
    """Those of the findings that stand in these files."""
    first: dict[tuple[str, str], Found] = {}
    for file in sorted(files):
        for one in findings.of(file):
            first.setdefault((one.control, one.service), one)
    return Live(first)


def plan(texts: Texts, group: Group, controls: Sequence[Control], found: Live, choose: Choose, keep: bool) -> Planned:
    """What these controls would do to the services of a group; `keep` says that each keeps the user that it has.

    Raises NotReadError as the reader does.
    """
    project = reading(texts, group.paths)
    compose, read = project.compose, project.services
    jobs = awaited({one.foreign.name: one.foreign.fragment for one in read})
    planned = Planned([], [])
    for one in read:
        for result in _of(one, compose, controls, found, one.foreign.name in jobs, keep):
            if isinstance(result, Left):
                planned.left.append((one.foreign.name, result))
                continue
            why = choose(result)
            if why:
                planned.left.append((one.foreign.name, Left(result.mend.control, why, tuple(lines(result.mend)))))
            else:
                planned.meant.append(result)
    return planned


def _of(one: Seen, compose: Compose, controls: Sequence[Control], found: Live, job: bool, keep: bool) -> Iterator[Meant | Left]:
    name = one.foreign.name
    aimed = aim(one.foreign, compose.folders[name], job, keep)
    for control in controls:
        finding = found.place(control.id, name)
        if finding is None:
            continue
        for result in control.mends(one.foreign, aimed):
            yield Meant(name, result, finding.place) if isinstance(result, Mend) else result


def lines(mend: Mend) -> Iterator[str]:
    """The lines that a mend would put there, for a person who wants to."""
    from wizard.yaml_text import lines as block

    yield from mend.instructions
    for edit in mend.edits:
        data: object = edit.value
        if edit.how in (How.PREFIX, How.SUFFIX):
            data = [f"{edit.value}{edit.was}" if edit.how is How.PREFIX else f"{edit.was}{edit.value}"]
        for part in reversed(edit.path):
            if isinstance(part, str):
                data = {part: data}
        if isinstance(data, Mapping):
            yield from block(data, compose=False)
