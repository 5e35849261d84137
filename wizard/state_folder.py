"""A person's own state folder: small facts about one project folder each, kept whole or not at all, readable by nobody else.

Below `$XDG_STATE_HOME` (XDG Base Directory Specification 0.8). Nothing here ever stops the wizard: what cannot be kept is not,
what cannot be understood is not there.
"""

import json
import os
import pwd
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from wizard.errors import UsageError
from wizard.files.tree import LIMIT, Tree, digest, open_folder
from wizard.spelling import Data

FAILURES = (OSError, UsageError, ValueError, TypeError, RecursionError)
"""What may go wrong with somebody's state folder, or with what is in it."""


def path_of(kind: str, folder: Path) -> Path:
    """Where the facts of a kind about a folder are kept. Raises OSError where a person has no home."""
    return _state() / "seawall" / kind / f"{digest(os.fsencode(os.path.realpath(folder)))[:32]}.json"


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
def _opened(kind: str, folder: Path, make_it: bool = False) -> Iterator[tuple[Tree, str]]:
    """The folder of a kind of facts and the name of these in it. Raises OSError, also where it belongs to somebody else."""
    path = path_of(kind, folder)
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


def keep(kind: str, folder: Path, data: Data) -> bool:
    """Keep plain data in place of what was kept before; False where it cannot be kept."""
    try:
        text = json.dumps(data).encode()
        if len(text) > LIMIT:
            return False
        with _opened(kind, folder, make_it=True) as (tree, name):
            temporary = f"{name}.{secrets.token_hex(4)}"
            try:
                tree.create(temporary, text, 0o600)
                tree.replace(temporary, name)
            finally:
                tree.remove(temporary)
            tree.sync()
    except FAILURES:
        return False
    return True


def find(kind: str, folder: Path) -> Data:
    """What is kept; None where there is nothing, or nothing of this person's that can be read."""
    try:
        with _opened(kind, folder) as (tree, name):
            found = tree.read(name)
        return None if found is None or found.status.st_uid != os.geteuid() else json.loads(found.data)
    except FAILURES:
        return None


def forget(kind: str, folder: Path) -> None:
    """Take it away, with what a killed run may have left of it."""
    with suppress(*FAILURES), _opened(kind, folder) as (tree, name):
        for entry in os.listdir(tree.root):
            if entry.startswith(name):
                tree.remove(entry)
