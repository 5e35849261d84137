"""Many edits of a text at once: byte for byte what one after the other gives, with the same refusals, and few reads of the text."""

from collections.abc import Sequence
from random import Random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fix.editing import paths, read
from tests.fix.yaml_documents import KEYS, WORDS, Writer
from wizard.check.nodes import plain
from wizard.check.source import NotReadError
from wizard.fix.yaml_batch import Change, Kind, tried
from wizard.fix.yaml_edits import NotEditable, add, put, rename

_VALUES = (True, None, 5, "x", "5:5", ["ALL"], [], {}, ["a", {"b": "0440"}], {"test": ["CMD", "x y"], "k": {"l": None}}, {"limits": {"pids": 5}})


def one(text: str, change: Change) -> str:
    match change.kind:
        case Kind.ADD:
            return add(text, "f.yaml", change.path, change.value)
        case Kind.RENAME:
            return rename(text, "f.yaml", change.path, *change.value)
    return put(text, "f.yaml", change.path, change.value)


def one_by_one(text: str, changes: Sequence[Change]) -> tuple[str, dict[int, str]]:
    refused = {}
    for number, change in enumerate(changes):
        try:
            text = one(text, change)
        except NotEditable as error:
            refused[number] = error.why
    return text, refused


def drawn(random: Random, nodes: list[Any]) -> list[Change]:
    """Changes that are often beside, above or below each other."""
    known = [path for node in nodes if isinstance(node.value, dict) for path in paths(plain(node))] or [("new",)]
    base = random.choice(known)
    changes = []
    for _ in range(random.randint(2, 7)):
        path = random.choice(known) if random.random() < 0.5 else base
        shape = random.random()
        if shape < 0.3:
            path = (*path[: random.randint(0, len(path))], random.choice((*KEYS, "new", "newer", "deploy")))
        elif shape < 0.45:
            path = (*path, "deploy", random.choice(("resources", "mode")))
        kind = random.choice((Kind.PUT, Kind.PUT, Kind.PUT, Kind.ADD, Kind.RENAME))
        value: Any = random.choice((*_VALUES, *WORDS))
        if kind is Kind.ADD:
            value = random.choice((["ALL"], ["/run", "a: b"], ["x=1"]))
        if kind is Kind.RENAME:
            value = random.choice((*KEYS, "new")), random.choice(("5", "x", True))
            path = path if isinstance(path[-1], str) else (*path[:-1], random.choice(WORDS).partition("=")[0])
        changes.append(Change(kind, path, value))
        known.append(path)
    return changes


@settings(max_examples=300, deadline=None)
@given(st.integers(0, 2**32))
def test_many_random_edits_are_byte_for_byte_those_one_after_the_other(seed: int) -> None:
    random = Random(seed)
    text = Writer(random).text()
    try:
        nodes = read(text)
    except NotReadError:
        return
    changes = drawn(random, nodes)
    wanted, refused = one_by_one(text, changes)
    result = tried(text, "f.yaml", changes)
    assert result.text == wanted, changes
    assert {number: error.why for number, error in result.refused.items()} == refused, changes
