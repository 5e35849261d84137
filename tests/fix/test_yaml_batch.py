"""Many edits of a text at once: byte for byte what one after the other gives, with the same refusals, and few reads of the text."""

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fix.editing import paths, read
from tests.fix.yaml_cases import web
from tests.fix.yaml_documents import KEYS, WORDS, Writer
from wizard.check import nodes, sources
from wizard.check.nodes import plain
from wizard.check.source import NotReadError
from wizard.fix import yaml_batch, yaml_steps
from wizard.fix.applying import Agrees
from wizard.fix.fixing import fix
from wizard.fix.yaml_batch import Change, Kind, tried
from wizard.fix.yaml_edits import NotEditable, add, many, put, rename

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


_TEXT = web("image: x\nenvironment: [A=1, B=2]\ntmpfs:\n- /run") + "  db: {image: y, labels: {}}\n"
_CASES: list[list[tuple[Kind, str, Any]]] = [
    [(Kind.PUT, "web init", True), (Kind.PUT, "web read_only", True), (Kind.PUT, "db init", True), (Kind.PUT, "db read_only", True)],
    [(Kind.PUT, "web deploy resources limits pids", 5), (Kind.PUT, "web deploy resources limits memory", "1g"), (Kind.PUT, "web init", True)],
    [(Kind.PUT, "web init", True), (Kind.ADD, "web tmpfs", ["/tmp"]), (Kind.ADD, "web tmpfs", ["/var"]), (Kind.PUT, "web user", "5:5")],
    [(Kind.ADD, "web cap_drop", ["ALL"]), (Kind.ADD, "web cap_drop", ["X"])],
    [(Kind.RENAME, "web environment A", ("A_FILE", "/a")), (Kind.ADD, "web environment", ["C=3"]), (Kind.RENAME, "web environment B", ("A", "b"))],
    [(Kind.PUT, "db labels a", "1"), (Kind.PUT, "db labels b", "2"), (Kind.RENAME, "db labels a", ("c", "3"))],
    [(Kind.PUT, "web image", "z"), (Kind.PUT, "web image", "x"), (Kind.PUT, "web tmpfs", ["/x"]), (Kind.PUT, "web tmpfs", "/y")],
]  # fmt: skip


def made(case: Sequence[tuple[Kind, str, Any]]) -> list[Change]:
    return [Change(kind, ("services", *path.split()), value) for kind, path, value in case]


def test_a_comment_that_moves_with_a_list_is_where_it_is_one_after_the_other() -> None:
    text = web("image: x\ntmpfs:\n- /a\n# about b\n- /b")
    case = made([(Kind.PUT, "web tmpfs", "/c"), (Kind.PUT, "web init", True)])
    assert many(text, "f.yaml", case) == one_by_one(text, case)[0] == web("image: x\ntmpfs: /c\ninit: true\n# about b")


@pytest.mark.parametrize("case", _CASES)
def test_edits_that_depend_on_each_other_are_made_in_their_order(case: list[tuple[Kind, str, Any]]) -> None:
    assert (many(_TEXT, "f.yaml", made(case)), {}) == one_by_one(_TEXT, made(case))


def test_the_first_that_cannot_be_made_is_named_and_the_others_are_made() -> None:
    shared = "x: &b {l: 1}\n" + _TEXT + "  c: *b\n  d: *b\n"
    case = made([(Kind.PUT, "web init", True), (Kind.PUT, "d l", 2), (Kind.PUT, "c l", 2), (Kind.PUT, "db init", True)])
    with pytest.raises(NotEditable, match=r"f\.yaml:10: «\*b» stands for what is written elsewhere"):
        many(shared, "f.yaml", case)
    result = tried(shared, "f.yaml", case)
    assert sorted(result.refused) == [1, 2]
    assert result.text == one_by_one(shared, case)[0]
    assert result.text.count("init: true") == 2


def test_one_that_says_something_else_is_found_among_many() -> None:
    """A key that is renamed, and still there by a merge key, is only seen when the text is read again."""
    merged = "x: &b {l: 1}\nservices:\n" + "".join(f"  s{number}:\n    <<: *b\n    l: 2\n" for number in range(9))
    case = made([*((Kind.PUT, f"s{number} init", True) for number in range(9)), (Kind.RENAME, "s4 l", ("m", 2))])
    result = tried(merged, "f.yaml", case)
    assert {number: error.why for number, error in result.refused.items()} == one_by_one(merged, case)[1] != {}
    assert result.text == one_by_one(merged, case)[0]


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The texts that are read, one after the other."""
    found: list[str] = []
    whole = yaml_steps.read.__wrapped__

    def counted(text: str, name: str) -> Any:
        found.append(text)
        return whole(text, name)

    monkeypatch.setattr(yaml_batch, "read", lru_cache(maxsize=2)(counted))
    return found


def test_the_reads_of_a_text_do_not_grow_with_its_services(reads: list[str]) -> None:
    def count(services: int) -> int:
        text = "services:\n" + "".join(f"  s{number}:\n    image: x\n    environment: [A=1]\n    labels:\n      a: b\n" for number in range(services))
        case = [(kind, f"s{number} {path}", value) for number in range(services) for kind, path, value in (
            (Kind.PUT, "init", True), (Kind.PUT, "labels c", "d"), (Kind.ADD, "cap_drop", ["ALL"]), (Kind.ADD, "tmpfs", ["/tmp"]), (Kind.ADD, "tmpfs", ["/run"]),
            (Kind.PUT, "deploy resources limits pids", 5), (Kind.PUT, "deploy resources limits memory", "1g"),
            (Kind.RENAME, "environment A", ("A_FILE", "/a")), (Kind.ADD, "environment", ["B=1"]), (Kind.PUT, "image", "y"))]  # fmt: skip
        reads.clear()
        many(text, "f.yaml", made(case))
        return len(reads)

    assert count(2) == count(30) <= 5


def test_the_reads_of_a_run_do_not_grow_with_its_services(reads: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wizard.fix.second_opinion.command", lambda: ())
    monkeypatch.chdir(tmp_path)
    parsed: list[str] = []

    def documents(text: str, name: str, *more: Any) -> Any:
        parsed.append(text)
        return nodes.documents(text, name, *more)

    monkeypatch.setattr(sources, "documents", documents)

    def count(services: int) -> tuple[int, int]:
        rows = "".join(f"  s{number}:\n    image: redis:7\n    ports: ['80{number:02}:6379']\n    privileged: true\n" for number in range(services))
        Path("compose.yaml").write_text("services:\n" + rows)
        reads.clear()
        parsed.clear()
        result = fix([Path("compose.yaml")], lambda one: "", lambda texts, group: Agrees())
        assert len({one.service for one in result.done}) == services
        return len(reads), len(parsed)

    assert count(2) == count(20)
