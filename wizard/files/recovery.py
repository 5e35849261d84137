"""Finish or undo a set of files that was interrupted at any moment, even during an earlier recovery."""

from os.path import samestat
from pathlib import Path

from wizard.files import journal
from wizard.files.journal import Entry, Record
from wizard.files.model import Recovery
from wizard.files.planning import open_existing, resolve
from wizard.files.tree import Tree, plain_errors


def recover(folder: Path) -> Recovery:
    """Complete or roll back what an interrupted run left in `folder`; does nothing in a clean one.

    Raises UsageError when another run is active, the journal is none of ours, or an operation fails.
    """
    real = resolve(folder)
    with plain_errors(real):
        if not real.exists():
            return Recovery("nothing")
        tree = Tree(real, open_existing(real))
        try:
            if tree.status(journal.JOURNAL) is None:
                return Recovery("nothing")  # without a lock: the folder may be read-only
            journal.lock(tree)
            return settle(tree)
        finally:
            tree.close()


def settle(tree: Tree) -> Recovery:
    """Do what the journal of a locked folder asks for, then remove it. Every step may be repeated."""
    record, committed = journal.load(tree)
    if record is None:
        if tree.status(journal.JOURNAL) is not None:
            journal.discard(tree)  # stopped before its record was in force: nothing else was touched
        return Recovery("nothing")
    if not committed:
        for index in range(len(record.files)):
            _restore(tree, record, index)
        tree.sync()  # the originals are back for good before their second names go
    for index in range(len(record.files)):
        for kind in ("new", "old", "bak"):
            tree.remove(record.temporary(index, kind))
    if not committed:
        for made in sorted(record.folders, reverse=True):  # inner ones first
            tree.remove_folder(made)
    tree.sync()
    journal.discard(tree)
    paths = tuple(entry.path for entry in record.files)
    backups = tuple((entry.path, entry.backup) for entry in record.files if entry.backup)
    return Recovery("completed", paths, backups) if committed else Recovery("rolled back", paths)


def _restore(tree: Tree, record: Record, index: int) -> None:
    """Bring one target back to what it was, unless it was edited since: then it stays, and so does the backup."""
    entry = record.files[index]
    old, new = record.temporary(index, "old"), record.temporary(index, "new")
    if not entry.before:
        if tree.digest(entry.path) == entry.after and _ours(tree, entry.path, new):
            tree.remove(entry.path)
        return
    if tree.digest(old) == entry.before and tree.digest(entry.path) in ("", entry.after):
        tree.replace(old, entry.path)
    if entry.backup and _needless(tree, entry):
        tree.remove(entry.backup)


def _needless(tree: Tree, entry: Entry) -> bool:
    """Whether the backup holds nothing that its target does not."""
    there = tree.digest(entry.backup)
    return there not in ("", "other") and there == tree.digest(entry.path)


def _ours(tree: Tree, path: str, temporary: str) -> bool:
    """Whether a new file at `path` came from `temporary`: by a link, or by a rename that used it up."""
    target, source = tree.status(path), tree.status(temporary)
    return target is not None and (source is None or samestat(target, source))
