"""A run of `fix`: what is found, what of it is mended, and what is left to a person with the reason."""

from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from msgspec import Struct, field

from wizard.check.finding_files import Files, find
from wizard.check.model import Found, Report
from wizard.check.running import judged
from wizard.check.source import NotReadError, Place
from wizard.control import Control
from wizard.controls import CONTROLS
from wizard.controls.secrets import FOLDER
from wizard.errors import UsageError
from wizard.fix.aims import unkept
from wizard.fix.applying import Agrees, Group, Meant, make
from wizard.fix.build_context import Context
from wizard.fix.edited import Texts
from wizard.fix.generated import reason
from wizard.fix.image_mends import image_mends
from wizard.fix.images import CONTROL, Taken, new_lines, rebuild
from wizard.fix.kept_out import kept_out
from wizard.fix.planning import Choose, Planned, lines, live, plan
from wizard.fix.reading import reading
from wizard.mend import Left, Mend

_ROUNDS = 4
"""A mend may show what was hidden before it; more rounds than this are never needed."""
_USERS = tuple(control for control in CONTROLS if control.id == CONTROL)
_OTHERS = tuple(control for control in CONTROLS if control.id != CONTROL)


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
    judged: Texts
    """What the report is of."""
    done: list[Meant] = field(default_factory=list)
    needs: list[Needs] = field(default_factory=list)
    secrets: dict[Path, str] = field(default_factory=dict)
    """New files that hold a secret each."""
    taken: list[Taken] = field(default_factory=list)
    """Volumes to give to another user before the services are started again."""
    warnings: list[str] = field(default_factory=list)
    """What to see to before the services are started again."""


def fix(paths: Sequence[Path], choose: Choose, agrees: Callable[[Texts, Group], Agrees], take_over: bool = False) -> Fixed:
    """Mend what can be mended among `paths`. Nothing is written. Raises UsageError where there is nothing to judge.

    `agrees` gives a second opinion on a group; `take_over` permits to give what volumes hold to another user.
    """
    files = find(paths)
    if not files.groups and not files.dockerfiles:
        raise UsageError(f"{', '.join(map(str, paths))}: no Compose file and no Dockerfile here; nothing was judged")
    texts = Texts(Path.cwd())
    before, _ = judged(files, texts.sources())
    result = Fixed(texts, before, before, texts)
    left: list[tuple[str, str, Left]] = []
    groups = [Group(found.paths, found.paths[-1:] if found.extra else found.paths) for found in files.groups]
    opinions = {group: agrees(texts, group) for group in groups}
    choose = _once(choose)
    # First who runs it, since all else depends on that.
    for group in groups:
        with suppress(NotReadError):  # It is among the problems of the report.
            of_images = _images(result, group, choose, opinions[group], take_over)
            _services(result, group, _USERS, choose, opinions[group], left)
            left += of_images  # They know why: of a service alone only that it has no user is known.
    for _ in range(_ROUNDS):
        made = len(result.done)
        _judge(result, files)
        for group in groups:
            with suppress(NotReadError):
                _services(result, group, _OTHERS, choose, opinions[group], left)
        if len(result.done) == made:
            break
    at_lines = _dockerfiles(result, files.dockerfiles, groups, choose)
    _keep_out(result, groups)
    _judge(result, files)
    result.warnings += _warnings(result, groups)
    own = {result.texts.sources().name(path) for path in (*files.dockerfiles, *(path for group in groups for path in group.editable))}
    reasons = {(file, service, one.control): one for file, service, one in left}  # The last word about each counts.
    result.needs = [_needs(one, reasons, at_lines, own) for one in result.report.findings]
    return result


def _judge(result: Fixed, files: Files) -> None:
    """Bring the report up to the texts, where they have changed."""
    if result.judged is not result.texts:
        result.report, _ = judged(files, result.texts.sources())
        result.judged = result.texts


def _once(choose: Choose) -> Choose:
    """A choice that is not asked twice about the same."""
    answers: dict[tuple[str, str, str], str] = {}

    def choice(one: Meant) -> str:
        key = (one.place.file, one.service, repr(one.mend))
        if key not in answers:
            answers[key] = choose(one)
        return answers[key]

    return choice


def _names(result: Fixed, group: Group) -> set[str]:
    return {result.texts.sources().name(path) for path in group.editable}


def _images(result: Fixed, group: Group, choose: Choose, agrees: Agrees, take_over: bool) -> list[tuple[str, str, Left]]:
    names = _names(result, group)
    rebuilt = rebuild(result.texts, group, live(result.report.findings, names), choose, agrees, take_over)
    result.texts = rebuilt.made.texts
    result.done += rebuilt.made.done
    result.taken += rebuilt.taken
    return [(name, service, one) for service, one in rebuilt.left for name in names]


def _services(result: Fixed, group: Group, controls: Sequence[Control], choose: Choose, agrees: Agrees, left: list[tuple[str, str, Left]]) -> None:
    names = _names(result, group)
    planned = plan(result.texts, group, controls, live(result.report.findings, names), choose, controls is not _USERS)
    made = make(result.texts, group, _with_secrets(result, planned, group), agrees)
    result.texts = made.texts
    result.done += made.done
    left += [(name, service, one) for service, one in planned.left for name in names]
    left += [
        (name, one.service, Left(one.mend.control, refusal.why, refusal.lines or tuple(lines(one.mend))))
        for one, refusal in made.refused
        for name in names
    ]
    for one in made.done:
        result.secrets.update(_secrets(one, group, result.texts))


def _dockerfiles(result: Fixed, paths: Sequence[Path], groups: Sequence[Group], choose: Choose) -> dict[tuple[str, int, str], Left]:
    """Mend what is found in Dockerfiles themselves; gives what is left by file, line and control."""
    sources = result.texts.sources()
    built: dict[str, list[str]] = {}
    for group in groups:
        with suppress(NotReadError):
            for one in reading(result.texts, group.paths).services:
                built.setdefault(one.dockerfile, []).append(one.foreign.name)
    left: dict[tuple[str, int, str], Left] = {}
    for path in paths:
        name = sources.name(path)
        with suppress(NotReadError):
            text = result.texts.text(name)
            mends = image_mends(text, name, read=Context(path.parent), built_by=built.get(name, ()))
            meant = [
                Meant("", Mend(done.control, (), done.why, done.behaviour, instructions=new_lines(text, mends.text)), Place(name, done.line))
                for done in mends.done
            ]
            refused = reason(result.texts, name)[1] or next((why for one in meant if (why := choose(one))), "")
            if refused:
                left.update({(name, one.place.line, one.mend.control): Left(one.mend.control, refused) for one in meant})
            elif mends.text != text:
                result.texts = result.texts.edited(name, mends.text)
                result.done += meant
            left.update({(name, one.line, one.left.control): one.left for one in mends.left})
    return left


def _keep_out(result: Fixed, groups: Sequence[Group]) -> None:
    """What held or holds secrets does not get into images: the new files, and the copies of those that they stood in."""
    if not result.secrets:
        return
    copies = [result.texts.root / f"{name}.orig" for name in result.texts.changed]
    for group in groups:
        try:
            read = reading(result.texts, group.paths)
            services = [(one, read.compose.folders[one.foreign.name]) for one in read.services]
            result.texts = kept_out(result.texts, services, result.secrets, copies)
        except NotReadError as error:
            result.warnings.append(f"{error}; the new secrets are in images that are built beside them")


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
    folder = reading(texts, group.paths).compose.folders[one.service]
    return [(folder / FOLDER / name, text) for name, text in one.mend.files.items()]


def _differs(path: Path, text: str) -> bool:
    try:
        return path.read_text(encoding="utf-8") != text
    except (OSError, UnicodeDecodeError):
        return path.exists() or path.is_symlink()


def _warnings(result: Fixed, groups: Sequence[Group]) -> Iterator[str]:
    """Data that is lost when a container is made anew, which each change does."""
    for group in groups:
        with suppress(NotReadError):
            changed = {one.service for one in result.done if one.place.file in _names(result, group)}
            for one in reading(result.texts, group.paths).services:
                for path in unkept(one.foreign) if one.foreign.name in changed else ():
                    yield (
                        f"{one.foreign.name} keeps {path} in the container itself: it is lost when it is made anew, which the next up does. "
                        f"Before that: docker compose cp {one.foreign.name}:{path} ., and mount a volume there"
                    )


def _needs(finding: Found, left: Mapping[tuple[str, str, str], Left], at_lines: Mapping[tuple[str, int, str], Left], own: Container[str]) -> Needs:
    place = finding.place
    if place.file not in own:
        return Needs(finding, f"it stands in a file that another one takes in: see what seawall fix {place.file} does to it by itself")
    reason = at_lines.get((place.file, place.line, finding.control)) or left.get((place.file, finding.service, finding.control))
    return Needs(finding, reason.why, reason.lines) if reason else Needs(finding, finding.remedy)
