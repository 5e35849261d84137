"""A run of `fix`: what is found, what of it is mended, and what is left to a person with the reason."""

from collections.abc import Callable, Sequence
from pathlib import Path

from msgspec import Struct, field

from wizard.check.finding_files import find
from wizard.check.model import Found, Report
from wizard.check.project import load
from wizard.check.running import judged
from wizard.check.source import NotReadError
from wizard.controls import CONTROLS
from wizard.controls.secrets import FOLDER
from wizard.errors import UsageError
from wizard.fix.applying import Agrees, Group, Made, Meant, make
from wizard.fix.edited import Texts
from wizard.fix.images import Taken, rebuild
from wizard.fix.planning import Choose, Planned, live, plan
from wizard.mend import Left


class Needs(Struct, frozen=True):
    """A finding that is there after all mends: why it was left, and the lines to write."""

    finding: Found
    why: str
    lines: tuple[str, ...] = ()


class Fixed(Struct):
    """What a run did to the texts, and what it needs a person for."""

    texts: Texts
    report: Report
    """What `check` says of the texts as they will be."""
    before: Report
    done: list[Meant] = field(default_factory=list)
    needs: list[Needs] = field(default_factory=list)
    secrets: dict[Path, str] = field(default_factory=dict)
    """New files that hold a secret each."""
    taken: list[Taken] = field(default_factory=list)
    """Volumes to give to another user before the services are started again."""


def fix(paths: Sequence[Path], choose: Choose, agrees: Callable[[Texts, Group], Agrees], take_over: bool = False) -> Fixed:
    """Mend what can be mended among `paths`. Nothing is written. Raises UsageError where there is nothing to judge.

    `agrees` gives a second opinion on a group; `take_over` permits to give what volumes hold to another user.
    """
    files = find(paths)
    if not files.groups and not files.dockerfiles:
        raise UsageError(f"{', '.join(map(str, paths))}: no Compose file and no Dockerfile here; nothing was judged")
    texts = Texts(Path.cwd())
    before, _ = judged(files, texts.sources())
    result = Fixed(texts, before, before)
    left: list[tuple[str, str, Left]] = []
    for found in files.groups:
        group = Group(found.paths, found.paths[-1:] if found.extra else found.paths)
        try:
            _group(result, group, choose, agrees(texts, group), left, take_over)
        except NotReadError:
            continue  # It is among the problems of the report.
    result.report, _ = judged(files, result.texts.sources())
    result.needs = [_needs(one, left) for one in result.report.findings]
    return result


def _group(result: Fixed, group: Group, choose: Choose, agrees: Agrees, left: list[tuple[str, str, Left]], take_over: bool) -> None:
    """First who runs it, since all else depends on that."""
    names = {result.texts.sources().name(path) for path in group.editable}
    found = live(result.before.findings, names)
    rebuilt = rebuild(result.texts, group, found, choose, agrees.project(result.texts, group), take_over)
    result.texts = rebuilt.made.texts
    result.done += rebuilt.made.done
    result.taken += rebuilt.taken
    left += [(name, service, one) for service, one in rebuilt.left for name in names]
    users = tuple(control for control in CONTROLS if control.id == "non-root-user")
    for controls in (users, tuple(control for control in CONTROLS if control not in users)):
        planned = plan(result.texts, group, controls, found, choose)
        made = make(result.texts, group, _with_secrets(result, planned, group), agrees)
        result.texts = made.texts
        result.done += made.done
        left += [(name, service, one) for service, one in planned.left for name in names]
        left += [(name, one.service, Left(one.mend.control, refusal.why, refusal.lines)) for one, refusal in made.refused for name in names]
        _keep_secrets(result, made, group)


def _with_secrets(result: Fixed, planned: Planned, group: Group) -> list[Meant]:
    """The mends whose secrets have a place: a file that is there already with something else in it stays."""
    kept = []
    for one in planned.meant:
        clash = next((path for path, text in _secrets(one, group, result.texts) if _differs(path, text)), None)
        if clash:
            planned.left.append((one.service, Left(one.mend.control, f"{clash} is there already, with something else in it")))
        else:
            kept.append(one)
    return kept


def _secrets(one: Meant, group: Group, texts: Texts) -> list[tuple[Path, str]]:
    if not one.mend.files:
        return []
    folder = load(group.paths, texts.sources()).folders[one.service]
    return [(folder / FOLDER / name, text) for name, text in one.mend.files.items()]


def _differs(path: Path, text: str) -> bool:
    try:
        return path.read_text(encoding="utf-8") != text
    except (OSError, UnicodeDecodeError):
        return path.exists() or path.is_symlink()


def _keep_secrets(result: Fixed, made: Made, group: Group) -> None:
    for one in made.done:
        result.secrets.update(_secrets(one, group, result.texts))


def _needs(finding: Found, left: Sequence[tuple[str, str, Left]]) -> Needs:
    reason = next(
        (one for file, service, one in left if (file, service, one.control) == (finding.place.file, finding.service, finding.control)), None
    )
    return Needs(finding, reason.why, reason.lines) if reason else Needs(finding, finding.remedy)
