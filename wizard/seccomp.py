"""Seccomp profiles derived from the engine's default: the same list, less the groups that a service has no use for.

Nothing is ever added. Entries that the default ties to a capability stay word for word, so that the filter follows cap_add
and cap_drop as before. A profile in the engine's own format is right on every processor: the engine picks what applies.
"""

import json
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

from wizard import templates
from wizard.artifact import Artifact, Line
from wizard.project import Service
from wizard.recent import recent
from wizard.syscalls import GROUPS, LAST_FAMILY, families, removed

SOURCE = "seccomp/default.json of github.com/moby/profiles, commit cd3bed8061c7, Copyright The Moby Authors, Apache-2.0"
CONTROL = "confinement-profiles"
WRITTEN = ("trimmed", "audit")
"""The answers for which a profile is written."""
Entry = Mapping[str, Any]
_WIDTH = 110


@lru_cache
def default_profile() -> Mapping[str, Any]:
    """The engine's default as moby publishes it: see templates/seccomp/README.md."""
    data: dict[str, Any] = json.loads((templates.folder() / "seccomp" / "default.json").read_text("utf-8"))
    return data


def path_of(service: Service) -> str:
    """Where the profile of a service is written, relative to the project folder."""
    return f".seawall/{service.name}.seccomp.json"


def is_rendered(service: Service) -> bool:
    """Whether a profile is written for this service."""
    return service.workload.seccomp in WRITTEN and CONTROL not in service.waived


@recent(16)
def artifact(service: Service) -> Artifact:
    """The profile as a file."""
    text = _text(removed(service), families(service), service.workload.seccomp == "audit")
    return Artifact(path_of(service), tuple(Line(line, CONTROL, "security_opt", service.name) for line in text))


def profile(without: Sequence[str], open_families: Sequence[int], audit: bool = False) -> dict[str, Any]:
    """The default without some groups (ids of `syscalls.GROUPS`); `audit` logs what would be refused and lets it pass.

    In an audit 32-bit programs run unlogged: what is no entry of the list cannot be logged.
    """
    base = default_profile()
    gone = {call for group in GROUPS if group.id in without for call in group.calls}
    entries = [entry for old in base["syscalls"] for entry in _less(old, gone, audit)]
    if "socket-families" in without:
        entries = list(_fewer_sockets(entries, open_families, audit))
    verb = "Logged and let pass" if audit else "Taken out"
    entries[0] = {**entries[0], "comment": f"Derived from {SOURCE}. {verb}: {', '.join(without) or 'nothing'}."}
    narrow = "32-bit" in without and not audit
    platforms = [{**platform, "subArchitectures": None if narrow else platform["subArchitectures"]} for platform in base["archMap"]]
    return {**base, "archMap": platforms, "syscalls": entries}


def _less(entry: Entry, gone: set[str], audit: bool) -> Iterator[Entry]:
    if _asks_for_capabilities(entry):
        yield entry
        return
    left = [name for name in entry["names"] if name not in gone]
    taken = [name for name in entry["names"] if name in gone]
    if left:
        yield {**entry, "names": left}
    if taken and audit:
        yield {**entry, "names": taken, "action": "SCMP_ACT_LOG"}


def _asks_for_capabilities(entry: Entry) -> bool:
    return any((entry.get(key) or {}).get("caps") for key in ("includes", "excludes"))


def _fewer_sockets(entries: Sequence[Entry], open_families: Sequence[int], audit: bool) -> Iterator[Entry]:
    """The ranges of families that the default opens as single ones: those that stay, and in an audit the logged rest."""
    ranges = [entry for entry in entries if entry["names"] == ["socket"]]
    for entry in entries:
        if entry not in ranges:
            yield entry
        elif entry is ranges[0]:
            for family in range(LAST_FAMILY + 1):
                if not any(_matches(one["args"][0], family) for one in ranges):
                    continue
                if family in open_families or audit:
                    action = "SCMP_ACT_ALLOW" if family in open_families else "SCMP_ACT_LOG"
                    yield {"names": ["socket"], "action": action, "args": [{"index": 0, "value": family, "op": "SCMP_CMP_EQ"}]}


def _matches(argument: Mapping[str, Any], value: int) -> bool:
    bound = int(argument["value"])
    return {"SCMP_CMP_LT": value < bound, "SCMP_CMP_EQ": value == bound, "SCMP_CMP_GT": value > bound}[argument["op"]]


@lru_cache(maxsize=32)
def _text(without: tuple[str, ...], open_families: tuple[int, ...], audit: bool) -> tuple[str, ...]:
    """The profile as JSON that can be read: an entry is a few lines, whatever the number of its names."""
    whole = profile(without, open_families, audit)
    head = {key: value for key, value in whole.items() if key not in ("archMap", "syscalls")}
    lines = ["{", *(f"  {json.dumps(key)}: {json.dumps(value)}," for key, value in head.items()), '  "archMap": [']
    lines += _separated([f"    {json.dumps(platform)}"] for platform in whole["archMap"])
    lines += ["  ],", '  "syscalls": [']
    lines += _separated(list(_entry_lines(entry)) for entry in whole["syscalls"])
    return (*lines, "  ]", "}")


def _entry_lines(entry: Entry) -> Iterator[str]:
    rest = "".join(f", {json.dumps(key)}: {json.dumps(value)}" for key, value in entry.items() if key not in ("names", "comment"))
    comment = f'"comment": {json.dumps(entry["comment"])}, ' if "comment" in entry else ""
    names = textwrap.wrap(", ".join(json.dumps(name) for name in entry["names"]), _WIDTH)
    if len(names) == 1:
        yield f'    {{{comment}"names": [{names[0]}]{rest}}}'
        return
    yield f"    {{{comment}"
    yield '     "names": ['
    yield from (f"       {line}" for line in names)
    yield f"     ]{rest}}}"


def _separated(blocks: Iterator[list[str]]) -> list[str]:
    found = list(blocks)
    return [line + ("," if number < len(found) - 1 and line is block[-1] else "") for number, block in enumerate(found) for line in block]
