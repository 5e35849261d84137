"""Put a planned set of files into its folder: all of them or none."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from wizard.errors import UsageError
from wizard.files import journal
from wizard.files.journal import Entry, Record
from wizard.files.model import Change, File, Plan, Written, parents
from wizard.files.planning import compare_contents, open_existing
from wizard.files.recovery import settle
from wizard.files.tree import Tree, digest, explain, plain_errors


def write(plan: Plan, overwrite: bool = False) -> Written:
    """Write the new and changed files of `plan`, keeping a backup of each one that is replaced.

    Raises UsageError, with nothing changed, for conflicts without `overwrite`, a disk that is no longer as
    planned, another run in the folder, or a failing file operation. When even undoing or tidying up fails, the
    message says so, and recover() does the rest.
    """
    if plan.conflicts and not overwrite:
        names = ", ".join(change.file.path for change in plan.conflicts)
        raise UsageError(f"{plan.folder} has other contents in {names}: allow overwriting (backups are kept)")
    with plain_errors(plan.folder), _folder(plan) as tree:
        journal.lock(tree)
        journal.refuse_pending(tree)
        seen = {change.file.path: _check(tree, plan, change) for change in plan.changes}
        kept = tuple(change.file.path for change in plan.changes if change.status == "kept")
        todo = tuple(change for change in plan.changes if change.status in ("new", "changed"))
        if not todo:
            return Written((), (), kept)
        backups = _backups(tree, plan)
        _apply(tree, _record(tree, todo, backups), todo, seen)
        return Written(tuple(change.file.path for change in todo), tuple((path, name) for path, name, _ in backups), kept)


@contextmanager
def _folder(plan: Plan) -> Iterator[Tree]:
    """The open folder of the plan; one that had to be created is removed again when the body fails."""
    made = plan.identity is None
    if made:
        try:
            os.mkdir(plan.folder)
        except FileExistsError as error:
            raise _changed(plan.folder, "") from error
    done = False
    try:
        tree = Tree(plan.folder, open_existing(plan.folder))
        try:
            status = os.fstat(tree.root)
            if plan.identity not in (None, (status.st_dev, status.st_ino)):
                raise _changed(plan.folder, "")
            yield tree
            done = True
        finally:
            tree.close()
    finally:
        if made and not done:
            with suppress(OSError):  # not empty: then it holds what must stay
                os.rmdir(plan.folder)


def _changed(folder: Path, path: str) -> UsageError:
    where = f"{folder}/{path}" if path else f"{folder}"
    return UsageError(f"{where} changed on disk since it was shown: run again and look at it anew")


def _check(tree: Tree, plan: Plan, change: Change) -> os.stat_result | None:
    """lstat of the file, after making sure that it is as planned."""
    status = tree.status(change.file.path)
    now = compare_contents(tree, change.file)
    if (now.status, now.digest) != (change.status, change.digest):
        raise _changed(plan.folder, change.file.path)
    return status


def _backups(tree: Tree, plan: Plan) -> tuple[tuple[str, str, bool], ...]:
    """(path, backup path, whether to make it) of each changed file."""
    planned = {change.file.path for change in plan.changes}
    return tuple((change.file.path, *_backup(tree, change, planned)) for change in plan.replaced)


def _backup(tree: Tree, change: Change, planned: set[str]) -> tuple[str, bool]:
    number = 0
    while True:
        name = f"{change.file.path}.orig" + (f".{number}" if number else "")
        number += 1
        if name in planned:
            continue
        there = tree.digest(name)
        if there in ("", change.digest):
            return name, there == ""


def _record(tree: Tree, todo: tuple[Change, ...], backups: tuple[tuple[str, str, bool], ...]) -> Record:
    to_make = {path: name for path, name, make in backups if make}
    entries = (
        Entry(
            change.file.path,
            change.digest or "",
            digest(change.file.text.encode()),
            to_make.get(change.file.path, ""),
        )
        for change in todo
    )
    above = {folder for change in todo for folder in parents(change.file.path)}
    missing = sorted(folder for folder in above if tree.find(folder) is None)  # sorts a before a/b
    return Record(os.fstat(tree.root).st_ino, os.urandom(8).hex(), tuple(missing), tuple(entries))


def _apply(tree: Tree, record: Record, todo: tuple[Change, ...], seen: Mapping[str, os.stat_result | None]) -> None:
    failure: OSError | None = None
    decided = False
    try:
        journal.begin(tree, record)
        _stage(tree, record, todo, seen)
        _swap(tree, record, seen)
        journal.commit(tree)
        decided = True
    except OSError as error:
        failure = error
    finally:
        # The same step as after a kill: it looks at the journal, then undoes or finishes.
        try:
            state = settle(tree).state
        except OSError as error:
            left = "all files are written, but tidying up failed" if decided else "stopped halfway, the next run settles it"
            raise UsageError(f"{left}: {explain(tree.folder, error)}") from error
    if failure is not None and state != "completed":
        raise failure


def _stage(tree: Tree, record: Record, todo: tuple[Change, ...], seen: Mapping[str, os.stat_result | None]) -> None:
    """Make folders, temporaries and backups: only additions, each named in the journal."""
    for folder in record.folders:
        tree.make_folder(folder, _folder_mode(folder, todo))
    for index, (entry, change) in enumerate(zip(record.files, todo, strict=True)):
        original = seen[entry.path]
        mode = change.file.mode if original is None else original.st_mode & 0o777
        tree.create(record.temporary(index, "new"), change.file.text.encode(), mode, original)
        if original is None:
            continue
        old = record.temporary(index, "old")
        tree.clone(entry.path, old)
        if entry.backup:
            tree.clone(old, record.temporary(index, "bak"))
            tree.publish(record.temporary(index, "bak"), entry.backup)
    tree.sync()


def _folder_mode(folder: str, todo: tuple[Change, ...]) -> int:
    """The strictest mode that the files directly in `folder` ask for; 755 when it has only folders."""
    mode = 0o777 if any(_above(change.file) == folder for change in todo) else 0o755
    for change in todo:
        if _above(change.file) == folder:
            mode &= change.file.folder_mode
    return mode


def _above(file: File) -> str:
    return file.path.rpartition("/")[0]


def _swap(tree: Tree, record: Record, seen: Mapping[str, os.stat_result | None]) -> None:
    """Put each temporary in its place, by one rename or link per file."""
    for index, entry in enumerate(record.files):
        temporary = record.temporary(index, "new")
        original = seen[entry.path]
        if original is None:
            try:
                tree.publish(temporary, entry.path)
            except FileExistsError as error:
                raise _changed(tree.folder, entry.path) from error
        elif tree.digest(record.temporary(index, "old")) == entry.before and _same(original, tree.status(entry.path)):
            # Compared by contents too: the time stamp may be too coarse to show an edit made meanwhile.
            tree.replace(temporary, entry.path)
        else:
            raise _changed(tree.folder, entry.path)
    tree.sync()


def _same(one: os.stat_result, other: os.stat_result | None) -> bool:
    if other is None:
        return False
    return (one.st_ino, one.st_size, one.st_mtime_ns) == (other.st_ino, other.st_size, other.st_mtime_ns)
