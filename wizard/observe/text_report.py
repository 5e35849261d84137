"""The observation for people; 80 columns, no colour needed."""

import textwrap
from collections.abc import Iterator, Mapping
from typing import Any

from wizard import yaml_text
from wizard.observe.evidence import Judged, Observation
from wizard.observe.seen import Seen
from wizard.prove.text_report import filled
from wizard.text import visible_all

_WIDTH = 80
_HEADS = {"needed": "NEED", "not needed": "no", "kept": "take"}
_NAMES = {
    "writable": "writes", "ports": "listens on", "capabilities": "capability", "user": "runs as", "waivers": "waives", "calls": "keeps the calls of",
}  # fmt: skip
"""Words for a key, where the key itself is none."""


def report(found: Observation, diff: str = "") -> Iterator[str]:
    """All of it, line by line."""
    yield visible_all(found.service)
    yield from _seen(found.seen)
    for one in found.judged:
        yield from _judged(one)
    yield ""
    yield from _result(found)
    if found.left:
        yield ""
        yield "For you to decide:" if found.trouble else "Written, and it goes without:"
        for text in found.left:
            yield from filled("", text, 2)
    if found.calls_that_can_go:
        yield ""
        yield from filled("", f"Groups of system calls that can go (seccomp: trimmed): {', '.join(found.calls_that_can_go)}", 0)
    if found.not_exercised:
        yield ""
        yield "Not exercised:"
        for text in found.not_exercised:
            yield from filled("", text, 2)
    for note in found.notes:
        yield from filled("", f"note: {note}", 0)
    if found.seconds:
        yield from textwrap.wrap(f"{found.runs} runs; seconds: {', '.join(f'{what} {took:g}' for what, took in found.seconds.items())}", _WIDTH)
    if diff:
        yield ""
        yield from (visible_all(line) for line in diff.rstrip("\n").split("\n"))


def _seen(seen: Seen) -> Iterator[str]:
    users = ", then ".join(dict.fromkeys(f"{one.uid}:{one.gid}" for one in seen.users))
    if users:
        yield from filled("saw", f"it runs as {users}")
    for one in seen.listening:
        where = "" if one.is_reachable else ", which only it itself reaches"
        by = f" by {one.process}" if one.process else ""
        yield from filled("saw", f"it listens on {one.address}:{one.port}/{one.protocol}{by}{where}")
    if seen.lookups:
        yield from filled("saw", f"it looks up {', '.join(one.name for one in seen.lookups)}")
    for peer in seen.peers[:8]:
        yield from filled("saw", f"it connects to {peer.name or peer.address}:{peer.port}")


def _judged(one: Judged) -> Iterator[str]:
    item = one.item
    what = f"{_NAMES.get(item.key, item.key)} {item.title}"
    says = {"needed": f"without it: {one.without}", "not needed": "seen, not needed: all still works without it, so it is left out", "kept": ""}[
        one.verdict
    ]
    yield from filled(_HEADS[one.verdict], f"{what} [{item.confidence}]")
    for text in (*item.evidence, item.note, says):
        if text:
            yield from filled("", text)


def _result(found: Observation) -> Iterator[str]:
    if found.trouble:
        yield from filled("", f"As it is proposed it does not work hardened: {found.trouble}" if found.judged else found.trouble, 0)
        for line in found.said:
            yield from filled("", line, 2)
        return
    how = "and the exercise passes" if found.exercise else "and listens as before"
    yield from filled("", f"It works hardened with these answers, {how}.", 0)
    if found.fragment:
        yield ""
        yield "In its Compose file:"
        yield from compose_lines(found.service, found.fragment)


def compose_lines(service: str, fragment: Mapping[str, Any]) -> Iterator[str]:
    """Keys of Compose, as they stand below a service."""
    yield from (f"  {line}" for line in yaml_text.lines({service: dict(fragment)}, 2))
