"""Compare a set of files with a folder, changing nothing."""

import os
from collections.abc import Sequence
from pathlib import Path

from wizard.errors import UsageError
from wizard.files.journal import refuse_pending
from wizard.files.model import Change, File, Plan, check_distinct, check_path
from wizard.files.tree import LIMIT, Tree, digest, open_folder, plain_errors


def plan(folder: Path, files: Sequence[File], create: bool = False) -> Plan:
    """Compare `files` with the disk; `create` permits a missing folder (its parent must exist).

    Raises UsageError for bad paths, symlinks and other things in the way, and a folder that cannot be used.
    """
    for file in files:
        _check_file(file)
    check_distinct([file.path for file in files])
    real = resolve(folder)
    with plain_errors(real):
        if not os.path.lexists(real):
            return _all_new(real, files, create)
        tree = Tree(real, open_existing(real))
        try:
            refuse_pending(tree)
            status = os.fstat(tree.root)
            changes = tuple(_compare(tree, file) for file in files)
            writes = any(change.status in ("new", "changed") for change in changes)
            if writes and not os.access(".", os.W_OK | os.X_OK, dir_fd=tree.root):
                raise UsageError(f"{real} is not writable: mend its owner or mode, or choose another folder")
            return Plan(real, (status.st_dev, status.st_ino), changes)
        finally:
            tree.close()


def resolve(folder: Path) -> Path:
    """The folder with symlinks resolved, once; UsageError for a loop or a NUL."""
    try:
        return folder.resolve()
    except (OSError, RuntimeError, ValueError) as error:
        raise UsageError(f"folder {folder} cannot be resolved ({error}): give another folder") from error


def open_existing(folder: Path) -> int:
    """Descriptor of an existing resolved folder; UsageError when it is no folder."""
    try:
        return open_folder(folder)
    except NotADirectoryError as error:
        raise UsageError(f"{folder} is not a folder: give the folder of the project") from error


def _all_new(folder: Path, files: Sequence[File], create: bool) -> Plan:
    if not create:
        raise UsageError(f"folder {folder} does not exist: create it, or check the spelling")
    if not folder.parent.is_dir():
        raise UsageError(f"folder {folder.parent} does not exist: create it, or check the spelling")
    return Plan(folder, None, tuple(Change(file, "new") for file in files))


def _check_file(file: File) -> None:
    check_path(file.path)
    if file.mode & ~0o777 or file.folder_mode & ~0o777 or file.folder_mode & 0o700 != 0o700:
        raise UsageError(f"'{file.path}' asks for mode {file.mode:o}, folder {file.folder_mode:o}: use 0 to 777, 7xx")
    try:
        size = len(file.text.encode())
    except UnicodeEncodeError as error:
        raise UsageError(f"the text of '{file.path}' is not valid Unicode: check the names given") from error
    if size > LIMIT:
        raise UsageError(f"the text of '{file.path}' is larger than {LIMIT} bytes: shorten it")


def _compare(tree: Tree, file: File) -> Change:
    change = compare_contents(tree, file)
    above = file.path.rpartition("/")[0]
    parent = tree.find(above) if above else None
    if parent is not None and change.status in ("new", "changed") and file.folder_mode & 0o077 == 0:
        # Such a folder is what hides its files: others must not get in through an older, wider one.
        mode = os.fstat(parent).st_mode & 0o777
        if mode & 0o077:
            raise UsageError(f"{tree.folder}/{above} is open to other users (mode {mode:o}): chmod 700 it")
    return change


def compare_contents(tree: Tree, file: File) -> Change:
    """How `file` differs from the disk. A keep file that exists is not opened if it is a regular file."""
    if file.keep and tree.is_file(file.path):
        return Change(file, "kept")
    found = tree.read(file.path)
    if found is None:
        return Change(file, "new")
    if found.data == file.text.encode():
        return Change(file, "unchanged", file.text, digest(found.data))
    try:
        before = found.data.decode()
    except UnicodeDecodeError:
        return Change(file, "changed", None, digest(found.data))
    return Change(file, "changed", None if "\0" in before else before, digest(found.data))
