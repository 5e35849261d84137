"""Which files on disk are still as Seawall wrote them: they are renewed without asking, a file that was edited is the person's."""

from collections.abc import Mapping
from pathlib import Path

from msgspec.structs import replace

from wizard import state_folder
from wizard.files import Plan
from wizard.files.tree import digest

_KIND = "written"


def remember(plan: Plan, folder: Path) -> None:
    """Keep the digests of a plan's files after it was written."""
    state_folder.keep(_KIND, folder, {change.file.path: digest(change.file.text.encode()) for change in plan.changes if not change.file.keep})


def recognised(plan: Plan, folder: Path) -> Plan:
    """The plan with its changes of files that are as they were written marked as ours."""
    if not plan.conflicts:
        return plan
    written = state_folder.find(_KIND, folder)
    known = written if isinstance(written, Mapping) else {}
    changes = (replace(c, ours=c.digest is not None and known.get(c.file.path) == c.digest) for c in plan.changes)
    return replace(plan, changes=tuple(changes))
