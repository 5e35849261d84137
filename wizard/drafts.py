"""Drafts: answers that were said and not written, kept in a person's own state folder until they are written or dropped.

One file a project folder, below `$XDG_STATE_HOME` (XDG Base Directory Specification 0.8). It holds names of secrets but never
their values; variables may be private all the same, so nobody else may read it. Nothing here ever stops the wizard.
"""

import json
import os
import pwd
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import msgspec

from wizard.answers import Layer, combine
from wizard.errors import UsageError
from wizard.files.tree import LIMIT, Tree, digest, open_folder
from wizard.said import with_mine
from wizard.scaffold import Session
from wizard.spelling import Data
from wizard.workload import make

SOURCE = "draft"
_FAILURES = (OSError, UsageError, ValueError, TypeError, RecursionError)
_WHOLE: Mapping[str, Data] = {
    "name": "a-place-to-try-one-answer-of-a-draft",
    "stack": {"language": "static"},
    "user": {"uid": 1, "gid": 1},
    "limits": {"memory": "9999999G", "shm": "1K"},
}
"""Answers with room for any other: what is refused beside them is refused for itself, not for how it goes with others."""


@dataclass(frozen=True)
class Draft:
    """What a person said in one session, as plain data, and where they were (`page`, may be empty) and `when` (local time).

    `saved` is the digest of the `seawall.yaml` that it was said on top of, nothing where there was none.
    """

    answers: Mapping[str, Data]
    page: str
    when: datetime
    saved: str


def digest_of(text: str) -> str:
    """What `Draft.saved` holds for a saved file of this text."""
    return digest(text.encode("utf-8", "surrogatepass"))


def draft_path(folder: Path) -> Path:
    """Where the draft for an output folder is kept. Raises OSError where a person has no home."""
    return _state() / "seawall" / "drafts" / f"{digest(os.fsencode(os.path.realpath(folder)))[:32]}.json"


def _state() -> Path:
    """The state folder; relative paths are ignored, as the specification asks, and a home that is not there is not made."""
    named, home = os.environ.get("XDG_STATE_HOME", ""), os.environ.get("HOME", "")
    if os.path.isabs(named):
        return Path(named)
    if not os.path.isabs(home):
        try:
            home = pwd.getpwuid(os.getuid()).pw_dir
        except KeyError:
            raise FileNotFoundError("no home folder") from None
    if not os.path.isdir(home):
        raise FileNotFoundError(f"no home folder: {home}")
    return Path(home, ".local", "state")


@contextmanager
def _opened(folder: Path, make_it: bool = False) -> Iterator[tuple[Tree, str]]:
    """The folder of drafts and the name of this one in it. Raises OSError, also where it belongs to somebody else."""
    path = draft_path(folder)
    if make_it:
        for above in reversed(path.parents[:3]):
            os.makedirs(above, 0o700, exist_ok=True)
    tree = Tree(path.parent, open_folder(path.parent))
    try:
        if os.fstat(tree.root).st_uid != os.geteuid():
            raise PermissionError(f"{path.parent} belongs to somebody else")
        if make_it:
            os.fchmod(tree.root, 0o700)
        yield tree, path.name
    finally:
        tree.close()


def keep(folder: Path, draft: Draft) -> bool:
    """Keep a draft in place of an older one, whole or not at all; False where it cannot be kept."""
    try:
        data = json.dumps(vars(draft) | {"when": draft.when.isoformat()}).encode()
        if len(data) > LIMIT:
            return False
        with _opened(folder, make_it=True) as (tree, name):
            temporary = f"{name}.{secrets.token_hex(4)}"
            try:
                tree.create(temporary, data, 0o600)
                tree.replace(temporary, name)
            finally:
                tree.remove(temporary)
            tree.sync()
    except _FAILURES:
        return False
    return True


def find(folder: Path) -> Draft | None:
    """The draft for an output folder; None where there is none, or none of this person's that can be understood."""
    try:
        with _opened(folder) as (tree, name):
            found = tree.read(name)
        if found is None or found.status.st_uid != os.geteuid():
            return None
        return msgspec.convert(json.loads(found.data), Draft)
    except _FAILURES:
        return None


def forget(folder: Path) -> None:
    """Take a draft away, with what a killed run may have left of it."""
    with suppress(*_FAILURES), _opened(folder) as (tree, name):
        for entry in os.listdir(tree.root):
            if entry.startswith(name):
                tree.remove(entry)


def resumed(session: Session, draft: Draft, saved_digest: str) -> Session:
    """The session with a draft in its place; answers that this version does not know are dropped.

    If the saved file is still the one it was said on top of, it is what this interview has said so far; otherwise whoever changed
    the file knew better, and the draft ranks below all that a person said.
    """
    known = {key: part for key, value in draft.answers.items() for part in _known(key, value)}
    if not known:
        return session
    if draft.saved == saved_digest:
        return with_mine(session, known)
    *below, last = (Layer(SOURCE, known), *session.person)
    return replace(session, person=tuple(below)).said(last)


def _known(key: str, value: Data) -> tuple[Data, ...]:
    """An answer, what of a mapping is one, or none. Answers that contradict each other are for the person to mend."""
    if _valid(key, value):
        return (value,)
    parts = {name: inner for name, inner in value.items() if _valid(key, {name: inner})} if isinstance(value, Mapping) else {}
    return (parts,) if parts else ()


def _valid(key: str, value: Data) -> bool:
    try:
        make(combine(_WHOLE, {key: value}), SOURCE)
    except (UsageError, RecursionError):
        return False
    return True
