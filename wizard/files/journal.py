"""The journal that makes a set of files all-or-nothing, and the lock of a folder.

`.seawall-journal/` holds one record. It is `intent.json` from before the first change until all files are
in place; its rename to `commit.json` is the decision. Next to each target lie temporaries whose names follow
from the record: .new (planned contents), .old (the original), .bak (the backup before it gets its name).
What is read back is untrusted: it can only name files below the folder, and only temporaries of that pattern.
"""

import errno
import fcntl
import os
import re
import stat
from pathlib import Path

from msgspec import Struct, to_builtins

from wizard.errors import UsageError
from wizard.files.model import RESERVED, check_distinct, check_path, parents
from wizard.files.tree import LIMIT, Tree

JOURNAL = RESERVED + "journal"
_DRAFT, _INTENT, _COMMIT = (f"{JOURNAL}/{name}" for name in ("intent.new", "intent.json", "commit.json"))
_HASH = re.compile(r"[0-9a-f]{64}")
_NONCE = re.compile(r"[0-9a-f]{16}")


class Entry(Struct, frozen=True):
    """One file of the set: SHA-256 before ("" when absent) and after; path of the backup to make, or ""."""

    path: str
    before: str
    after: str
    backup: str


class Record(Struct, frozen=True):
    """All that is needed to finish or undo a set.

    inode: that of the project folder, so that a journal that came along with a copied or cloned folder is
    refused; folders: those to create, outermost first.
    """

    inode: int
    nonce: str
    folders: tuple[str, ...]
    files: tuple[Entry, ...]

    def temporary(self, index: int, kind: str) -> str:
        """Path of the temporary of file `index`, beside it; kind is new, old or bak."""
        above, slash, _ = self.files[index].path.rpartition("/")
        return f"{above}{slash}{RESERVED}{self.nonce}-{index}.{kind}"


def lock(tree: Tree) -> None:
    """Take the lock of the folder until its tree is closed; UsageError when another run has it."""
    # The folder itself is locked: a lock file would have to be removed, which cannot be done without a race.
    try:
        fcntl.flock(tree.root, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise UsageError(f"another run is writing in {tree.folder}: wait until it ends, then run again") from error
    except OSError as error:
        if error.errno not in (errno.EBADF, errno.ENOLCK, errno.ENOTSUP):
            raise
        raise UsageError(f"{tree.folder} is on a file system without locks: choose a local folder") from error


def refuse_pending(tree: Tree) -> None:
    """Raise UsageError when the folder has a journal, of a running or an interrupted run."""
    if tree.status(JOURNAL) is not None:
        raise UsageError(f"{tree.folder}/{JOURNAL} exists: another run is active or was interrupted: run again later")


def begin(tree: Tree, record: Record) -> None:
    """Store the record durably, before anything else is changed."""
    import json

    tree.make_folder(JOURNAL, 0o700)
    tree.create(_DRAFT, json.dumps(to_builtins(record)).encode(), 0o600)
    tree.replace(_DRAFT, _INTENT)
    tree.sync()


def commit(tree: Tree) -> None:
    """Decide that the set stays; everything before must be durable."""
    tree.replace(_INTENT, _COMMIT)
    tree.sync()


def discard(tree: Tree) -> None:
    """Remove the journal, whose set is finished or undone."""
    for path in (_DRAFT, _INTENT, _COMMIT):
        tree.remove(path)
    tree.remove_folder(JOURNAL)
    tree.sync()


def load(tree: Tree) -> tuple[Record | None, bool]:
    """The record and whether it is committed; (None, False) when nothing had been begun.

    Raises UsageError, naming what to remove, when the journal is none of this program's.
    """
    status = tree.status(JOURNAL)
    if status is None:
        return None, False
    if not stat.S_ISDIR(status.st_mode):
        raise _malformed(tree.folder, "no folder")
    names = {f"{JOURNAL}/{name}" for name in os.listdir(_descriptor(tree))}
    if names - {_DRAFT, _INTENT, _COMMIT} or {_INTENT, _COMMIT} <= names:
        raise _malformed(tree.folder, "unexpected contents")
    for path in names:
        found = tree.status(path)
        if found is not None and (not stat.S_ISREG(found.st_mode) or found.st_size > LIMIT):
            raise _malformed(tree.folder, "no regular files, or too large")
    found_record = tree.read(_COMMIT if _COMMIT in names else _INTENT)
    if found_record is None:
        return None, False
    try:
        record = _parse(found_record.data)
        if record.inode != os.fstat(tree.root).st_ino:
            raise ValueError("made for another folder")
    except (ValueError, TypeError, KeyError, RecursionError, UsageError) as error:
        raise _malformed(tree.folder, f"{type(error).__name__}: {error}"[:200]) from error
    return record, _COMMIT in names


def _descriptor(tree: Tree) -> int:
    fd = tree.find(JOURNAL)
    if fd is None:
        raise _malformed(tree.folder, "it vanished")
    return fd


def _malformed(folder: Path, why: str) -> UsageError:
    return UsageError(
        f"{folder}/{JOURNAL} is not a journal of an interrupted run here ({why}): "
        f"remove it and any {RESERVED}*.new, .old or .bak file, then run again"
    )


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("not a text")
    return value


def _list(value: object) -> list[object]:
    if not isinstance(value, list):
        raise TypeError("not a list")
    return value


def _parse(data: bytes) -> Record:
    import json

    raw: object = json.loads(data.decode("utf-8"))
    if not isinstance(raw, dict) or set(raw) != {"inode", "nonce", "folders", "files"} or type(raw["inode"]) is not int:
        raise ValueError("wrong keys")
    record = Record(
        raw["inode"],
        _text(raw["nonce"]),
        tuple(_text(folder) for folder in _list(raw["folders"])),
        tuple(_entry(entry) for entry in _list(raw["files"])),
    )
    if not _NONCE.fullmatch(record.nonce):
        raise ValueError("bad nonce")
    check_distinct([entry.path for entry in record.files])
    above = {folder for entry in record.files for folder in parents(entry.path)}
    if not above.issuperset(record.folders):
        raise ValueError("a folder without a file")
    return record


def _entry(raw: object) -> Entry:
    if not isinstance(raw, dict) or set(raw) != {"path", "before", "after", "backup"}:
        raise ValueError("wrong keys of a file")
    entry = Entry(_text(raw["path"]), _text(raw["before"]), _text(raw["after"]), _text(raw["backup"]))
    check_path(entry.path)
    if not _HASH.fullmatch(entry.after) or not (entry.before == "" or _HASH.fullmatch(entry.before)):
        raise ValueError("bad hash")
    if entry.backup and not re.fullmatch(re.escape(entry.path) + r"\.orig(\.[0-9]{1,9})?", entry.backup):
        raise ValueError("bad backup")
    return entry
