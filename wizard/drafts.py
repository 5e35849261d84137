"""Drafts: answers that were said and not written, kept in a person's own state folder until they are written or dropped.

A draft holds names of secrets but never their values; variables may be private all the same, so nobody else may read it.
"""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

import msgspec
from msgspec import Struct
from msgspec.structs import asdict, replace

from wizard import state_folder
from wizard.answers import Layer, combine
from wizard.errors import UsageError
from wizard.files.tree import digest
from wizard.known_ids import refuse_unknown
from wizard.said import with_mine
from wizard.scaffold import Session
from wizard.spelling import Data
from wizard.workload import make

SOURCE = "draft"
_KIND = "drafts"
_WHOLE: Mapping[str, Data] = {
    "name": "a-place-to-try-one-answer-of-a-draft",
    "stack": {"language": "static"},
    "user": {"uid": 1, "gid": 1},
    "limits": {"memory": "9999999G", "shm": "1K"},
}
"""Answers with room for any other: what is refused beside them is refused for itself, not for how it goes with others."""


class Draft(Struct, frozen=True):
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
    return state_folder.path_of(_KIND, folder)


def keep(folder: Path, draft: Draft) -> bool:
    """Keep a draft in place of an older one, whole or not at all; False where it cannot be kept."""
    return state_folder.keep(_KIND, folder, asdict(draft) | {"when": draft.when.isoformat()})


def find(folder: Path) -> Draft | None:
    """The draft for an output folder; None where there is none, or none of this person's that can be understood."""
    try:
        found = state_folder.find(_KIND, folder)
        return None if found is None else msgspec.convert(found, Draft)
    except state_folder.FAILURES:
        return None


def forget(folder: Path) -> None:
    """Take a draft away."""
    state_folder.forget(_KIND, folder)


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
        refuse_unknown(make(combine(_WHOLE, {key: value}), SOURCE))
    except (UsageError, RecursionError):
        return False
    return True
