"""`seawall fix`: from the options to the report, the files and the exit code."""

import os
from collections.abc import Sequence
from pathlib import Path

from msgspec import Struct

from wizard.check.source import NotReadError
from wizard.control import Severity
from wizard.errors import UsageError
from wizard.fix.applying import Agrees, Group, Meant
from wizard.fix.edited import Texts
from wizard.fix.fixing import Fixed, fix
from wizard.fix.planning import Choose
from wizard.fix.reading import reading
from wizard.fix.report import as_json, shown
from wizard.text import visible_all

_SECONDS = 600.0


class Options(Struct, frozen=True):
    """What was asked for."""

    apply: bool = False
    safe: bool = False
    ask: bool = False
    take_over: bool = False
    """Whether what volumes hold may be given to another user."""
    fail_on: Severity = Severity.INVALID
    json: bool = False


class Result(Struct, frozen=True):
    """The report as text, what was not understood, and the exit code: what `check` would say of the files as they are now."""

    text: str
    problems: tuple[str, ...]
    code: int


def run(paths: Sequence[Path], options: Options) -> Result:
    """Mend the files. Raises UsageError where nothing can be judged, or written."""
    result = fix(paths, _choose(options), second_opinion, options.take_over)
    wrote: tuple[str, ...] = ()
    apply = options.apply or (options.ask and _confirmed(result))
    if apply and result.done:
        _take_over(result)
        wrote = write(result)
    report = result.report if apply else result.before
    code = 2 if report.problems else int(report.fails(options.fail_on))
    text = as_json(result, apply, wrote) if options.json else shown(result, apply)
    return Result(text, tuple(report.problems), code)


def _choose(options: Options) -> Choose:
    if options.ask:
        from wizard.fix.interactive import asking

        asked = asking()
        return (lambda one: _only_safe(one) or asked(one)) if options.safe else asked
    return _only_safe if options.safe else _everything


def _confirmed(result: Fixed) -> bool:
    """Whether somebody who chose among the changes wants them written: the answers would be lost."""
    if not result.done:
        return False
    from wizard.fix.interactive import confirmed

    return confirmed(len(result.done))


def _everything(one: Meant) -> str:
    return ""


def _only_safe(one: Meant) -> str:
    return f"left out by --safe: {one.mend.behaviour}" if one.mend.behaviour else ""


def second_opinion(texts: Texts, group: Group) -> Agrees:
    """Compose's own view of a project, where Compose is installed and would fetch nothing for it."""
    from wizard.fix.second_opinion import Compose, command

    try:
        whole = not reading(texts, group.paths).compose.unread
    except NotReadError:
        return Agrees()  # That it is not understood is said where it is judged.
    return Compose() if whole and command() else Agrees()


def _take_over(result: Fixed) -> None:
    """Give the volumes to their new user; whoever writes to them is stopped before. Raises UsageError, with no file written, where that fails."""
    from wizard.engine.docker import Docker

    docker = Docker()
    for one in result.taken:
        for words in (one.stopping, one.command[1:]):
            code, said = docker.do(words, _SECONDS, folder=str(one.folder))
            if code:
                last = visible_all(said.strip().splitlines()[-1] if said.strip() else "no reason given")
                raise UsageError(f"{one.volume.name}: could not be given to its new user, so nothing was written: {last}")


def write(result: Fixed) -> tuple[str, ...]:
    """Write all files or none, each that is replaced kept as NAME.orig. Returns the names of those written. Raises UsageError."""
    from wizard import files

    texts = {result.texts.root / name: text for name, (_, text) in result.texts.changed.items()}
    folder = Path(os.path.commonpath([path.parent for path in (*map(_absolute, texts), *map(_absolute, result.secrets))]))
    todo = [files.File(_absolute(path).relative_to(folder).as_posix(), text) for path, text in texts.items()]
    for path, text in result.secrets.items():
        todo.append(files.File(_absolute(path).relative_to(folder).as_posix(), text, 0o444, keep=True, folder_mode=0o700))
    for parent in {_absolute(path).parent for path in result.secrets}:
        ignored = parent / ".gitignore"
        if not ignored.exists():
            todo.append(files.File(ignored.relative_to(folder).as_posix(), "*\n", folder_mode=0o700))
    planned = files.plan(folder, todo)
    for change in planned.changes:
        name = os.path.relpath(folder / change.file.path, result.texts.root)
        if change.before is not None and not change.file.keep and (was := result.texts.changed.get(name)) and change.before != was[0]:
            raise UsageError(f"{name}: has changed meanwhile; nothing was written, run fix again")
    return files.write(planned, overwrite=True).written


def _absolute(path: Path) -> Path:
    return Path(os.path.abspath(path))
