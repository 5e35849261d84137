"""A baseline: the findings that a project has today, so that only new ones fail. Lines may move; what is found may not change."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from wizard.check.findings import Findings
from wizard.check.model import Found
from wizard.check.source import NotReadError, read
from wizard.check.sources import Sources
from wizard.errors import UsageError

VERSION = 1


def fingerprint(found: Found) -> str:
    """What makes a finding the same in another version of its file: not its line."""
    parts = (found.control, found.place.file, found.service, found.message)
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:32]


def text(found: Iterable[Found]) -> str:
    """The baseline file of these findings."""
    counts = Counter(fingerprint(one) for one in found)
    rows = {mark: {"count": counts[mark], "what": f"{one.control} {one.place.file} {one.service}".strip()} for one in found
            for mark in [fingerprint(one)]}  # fmt: skip
    return json.dumps({"seawall-baseline": VERSION, "findings": dict(sorted(rows.items()))}, ensure_ascii=False, indent=1) + "\n"


def write(path: Path, found: Iterable[Found]) -> None:
    """Write the baseline of these findings. Raises UsageError where there is something else already, or it cannot be written."""
    if path.exists():
        _counts(path, str(path))
    try:
        path.write_text(text(found), encoding="utf-8")
    except OSError as error:
        raise UsageError(f"{path}: cannot be written: {error.strerror}") from None


def unknown_to(path: Path, found: Findings, sources: Sources) -> int:
    """Take the findings that a baseline holds out of all; how many these were. Raises UsageError for what is no baseline."""
    left = _counts(path, sources.name(path))
    before = len(found)

    def keep(one: Found) -> bool:
        mark = fingerprint(one)
        left[mark] -= 1
        return left[mark] < 0

    found.sift(keep)
    return before - len(found)


def _counts(path: Path, name: str) -> Counter[str]:
    wrong = UsageError(f"{name}: is no baseline; write one with seawall check --write-baseline FILE")
    try:
        data = json.loads(read(path, name))
    except (ValueError, RecursionError):
        raise wrong from None
    except NotReadError as error:
        raise UsageError(str(error)) from None
    if not isinstance(data, dict) or data.get("seawall-baseline") != VERSION or not isinstance(data.get("findings"), dict):
        raise wrong
    rows = data["findings"]
    if not all(isinstance(row, dict) and type(row.get("count")) is int for row in rows.values()):
        raise wrong
    return Counter({mark: row["count"] for mark, row in rows.items()})
