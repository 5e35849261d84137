"""Law 4, of any folder: after `fix --apply` only what it lists as «needs you» is found, twice equals once, untouched lines stay byte for byte."""

import json
import re
from collections import Counter
from collections.abc import Mapping
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

from tests.check.tools import seawall
from wizard.check.nodes import Spans, documents

_SAME = ("control", "severity", "file", "line", "column", "service", "message")
_HUNK = re.compile(r"@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@")


def mended(folder: Path) -> dict[str, Any]:
    """What `fix --apply` reports of a folder that keeps law 4; its files are mended."""
    before = contents(folder)
    ran = seawall("fix", "--apply", "--format", "json", cwd=folder)
    assert ran.returncode in (0, 1), ran.stderr
    assert ran.stderr == ""
    report: dict[str, Any] = json.loads(ran.stdout)
    after = contents(folder)
    _listed_is_what_is_found(folder, report, ran.returncode)
    _twice_is_once(folder, report, after)
    touched = {name for name in before if before[name] != after[name]}
    assert touched == set(diffs(report["diff"]))
    assert {f"{name}.orig" for name in touched} <= set(after)
    for name in touched:
        assert after[f"{name}.orig"] == before[name]
        kept_bytes(before[name], after[name], diffs(report["diff"])[name])
        lost = comments(name, before[name]) - comments(name, after[name])
        assert not lost
    return report


def contents(folder: Path) -> dict[str, bytes]:
    """All files of a folder."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def _listed_is_what_is_found(folder: Path, report: Mapping[str, Any], code: int) -> None:
    ran = seawall("check", "--format", "json", cwd=folder)
    found = json.loads(ran.stdout)["findings"]
    listed = {tuple(one[key] for key in _SAME) for one in report["needs_you"]}
    assert {tuple(one[key] for key in _SAME) for one in found} == listed
    assert all(one["why"] for one in report["needs_you"])
    assert ran.returncode == code


def _twice_is_once(folder: Path, report: Mapping[str, Any], after: Mapping[str, bytes]) -> None:
    again = json.loads(seawall("fix", "--apply", "--format", "json", cwd=folder).stdout)
    assert again["changes"] == []
    assert again["diff"] == ""
    assert again["needs_you"] == report["needs_you"] or {json.dumps({key: one[key] for key in _SAME}) for one in again["needs_you"]} == {
        json.dumps({key: one[key] for key in _SAME}) for one in report["needs_you"]
    }
    assert contents(folder) == dict(after)


def diffs(text: str) -> dict[str, tuple[set[int], set[int]]]:
    """Of each file of a unified diff the lines of the old one that go, and the lines of the new one that come, from 0."""
    found: dict[str, tuple[set[int], set[int]]] = {}
    name, old, new = "", 0, 0
    for line in text.split("\n"):
        if line.startswith("--- a/") and not (old and name):
            name = line.removeprefix("--- a/")
            found[name] = (set(), set())
        elif line.startswith("--- a/"):
            name, old = line.removeprefix("--- a/"), 0
            found[name] = (set(), set())
        elif match := _HUNK.match(line):
            old, new = int(match[1]) - (match[2] != "0"), int(match[3]) - (match[4] != "0")
        elif line.startswith("+++ b/") or not name:
            continue
        elif line.startswith("-"):
            found[name][0].add(old)
            old += 1
        elif line.startswith("+"):
            found[name][1].add(new)
            new += 1
        elif line.startswith(" "):
            old, new = old + 1, new + 1
    return found


def kept_bytes(before: bytes, after: bytes, shown: tuple[set[int], set[int]]) -> None:
    """Only lines of the diff go and come; what begins, ends and parts the lines stays as it was."""
    old, new = before.split(b"\n"), after.split(b"\n")
    gone, come = shown
    assert [line for number, line in enumerate(old) if number not in gone] == [line for number, line in enumerate(new) if number not in come]
    assert before.startswith(b"\xef\xbb\xbf") == after.startswith(b"\xef\xbb\xbf")
    assert before.endswith(b"\n") == after.endswith(b"\n")
    if all(line.endswith(b"\r") for line in old[:-1]) and len(old) > 1:
        assert all(line.endswith(b"\r") for line in new[:-1])
    if b"\r" not in before:
        assert b"\r" not in after
    # Not a line more than there has to be: a smaller change would be shown by difflib.
    smallest = sum(
        size for tag, _, _, low, high in SequenceMatcher(None, old, new, autojunk=False).get_opcodes() if tag != "equal" for size in [high - low]
    )
    assert len(come) <= smallest + len(gone)


def comments(name: str, raw: bytes) -> Counter[str]:
    """The comments of a file, as often as each stands there."""
    text = raw.decode("utf-8-sig")
    if not name.endswith((".yaml", ".yml")):
        return Counter(line.strip() for line in text.splitlines() if line.lstrip().startswith("#"))
    spans: Spans = []
    list(documents(text, name, spans))
    inside = {(line, column) for line, column in _hashes(text) if any(low[:2] <= (line, column) < low[2:] for low in spans)}
    lines = text.split("\n")
    found: dict[int, str] = {}
    for line, column in _hashes(text):
        if (line, column) not in inside and line not in found and (column == 0 or lines[line][column - 1] in " \t"):
            found[line] = lines[line][column:].rstrip()
    return Counter(found.values())


def _hashes(text: str) -> list[tuple[int, int]]:
    return [(number, match.start()) for number, line in enumerate(text.split("\n")) for match in re.finditer("#", line)]
