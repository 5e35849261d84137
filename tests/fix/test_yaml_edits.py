"""Edits of YAML in every shape: they say what was meant, and leave every other line, comment and byte as it was."""

import re
import subprocess
import sys
import time
from pathlib import Path
from random import Random
from typing import Any

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.check.shapes import SHAPES
from tests.fix.editing import REASONS, comments, lines, plan, read, touched
from tests.fix.yaml_cases import ADD, PUT, REMOVE, RENAME, WEB, web
from tests.fix.yaml_documents import Writer
from wizard.check.nodes import plain
from wizard.check.source import NotReadError
from wizard.fix.yaml_edits import NotEditable, add, put, remove, rename


@pytest.mark.parametrize(("text", "path", "value", "wanted"), PUT)
def test_put(text: str, path: tuple[str | int, ...], value: Any, wanted: str) -> None:
    assert put(text, "f.yaml", WEB + path, value) == wanted
    assert put(wanted, "f.yaml", WEB + path, value) == wanted


@pytest.mark.parametrize(("text", "path", "entries", "wanted"), ADD)
def test_add(text: str, path: str, entries: list[Any], wanted: str) -> None:
    assert add(text, "f.yaml", (*WEB, *path.split(".")), entries) == wanted


@pytest.mark.parametrize(("text", "path", "wanted"), REMOVE)
def test_remove(text: str, path: tuple[str | int, ...], wanted: str) -> None:
    assert remove(text, "f.yaml", WEB + path) == wanted


@pytest.mark.parametrize(("text", "name", "value", "wanted"), RENAME)
def test_rename(text: str, name: str, value: Any, wanted: str) -> None:
    assert rename(text, "f.yaml", (*WEB, "e", name), "P_FILE", value) == wanted


_SHARED = "x: &b\n  l: [1]\n  e: {A: 1}\n"
REFUSED = [
    (lambda: put(_SHARED + web("m: *b"), "f.yaml", (*WEB, "m", "l"), 1), "f.yaml:6: «*b» stands for what is written elsewhere"),
    (lambda: put("services:\n  a: &a {i: 1}\n  web: *a\n", "f.yaml", (*WEB, "l"), 1), "f.yaml:3: «*a» stands for what is written elsewhere"),
    (lambda: put("services:\n  a: &a {i: 1}\n  web: *a\n", "f.yaml", ("services", "a", "l"), 1), "f.yaml:2: what is named «&a» is taken elsewhere"),
    (lambda: put(_SHARED + web("<<: *b"), "f.yaml", ("x", "l"), 1), "f.yaml:1: what is named «&b» is taken elsewhere"),
    (lambda: put("x:\n  a: &a 1\n  b: *a\n", "f.yaml", ("x", "a"), 2), "f.yaml:2: what is named «&a» is taken elsewhere: it cannot go"),
    (lambda: remove("x:\n  a: &a 1\ny: *a\n", "f.yaml", ("x",)), "f.yaml:2: what is named «&a» is taken elsewhere: it cannot go"),
    (lambda: remove("x:\n  &k a: 1\n  b: *k\n", "f.yaml", ("x", "a")), "f.yaml:2: what is named «&k» is taken elsewhere: it cannot go"),
    (lambda: remove(_SHARED + web("<<: *b\na: 1"), "f.yaml", (*WEB, "l")), "comes from what << takes in"),
    (lambda: remove(_SHARED + web("<<: *b\nl: 1"), "f.yaml", (*WEB, "l")), "would come from what << takes in"),
    (lambda: rename(_SHARED + web("<<: *b\nl: 1"), "f.yaml", (*WEB, "l"), "m", 1), "would come from what << takes in"),
    (lambda: add(_SHARED + web("l: *b"), "f.yaml", (*WEB, "l"), ["x"]), "is no list here"),
    (lambda: add("x: &b [1]\n" + web("l: *b"), "f.yaml", (*WEB, "l"), ["x"]), "f.yaml:4: «*b» stands for what is written elsewhere"),
    (lambda: add(web("l: !reset [!override x]"), "f.yaml", (*WEB, "l"), ["x"]), "f.yaml:3: a tag such as !reset stands in what would be written anew"),
    (lambda: add(web("l: x"), "f.yaml", (*WEB, "l"), ["x"]), "f.yaml:3: «l» is no list here"),
    (lambda: put(web("l: x"), "f.yaml", (*WEB, "l", "k"), ["x"]), "f.yaml:3: there is no place for «k»"),
    (lambda: put(web("l: [1]"), "f.yaml", (*WEB, "l", 2), "x"), "f.yaml:3: there is no place for «2»"),
    (lambda: put(web("l: [1]"), "f.yaml", (*WEB, "<<"), "x"), "there is no place for «<<»"),
    (lambda: put(web("l: [1]"), "f.yaml", (), "x"), "no key is named"),
    (lambda: put("text\n", "f.yaml", WEB, "x"), "f.yaml:1: the document is no mapping"),
    (lambda: put(web("l: 1"), "f.yaml", (*WEB, "a"), float("inf")), "inf is no number"),
    (lambda: put(web("l: 1"), "f.yaml", (*WEB, "a"), {"b": object()}), "object is no plain data"),
    (lambda: put(web("l: 1"), "f.yaml", (*WEB, "a"), "\ud800"), "could not be read"),
    (lambda: add(web("l:\n  - |\n    x")[:-1], "f.yaml", (*WEB, "l"), ["x"]), "ends in a block scalar"),
    (lambda: rename(web("e: {A: 1, B: 2}"), "f.yaml", (*WEB, "e", "A"), "B", 1), "f.yaml:3: «B» is already there"),
    (lambda: rename(web("e: [A=1, B=2]"), "f.yaml", (*WEB, "e", "A"), "B", 1), "f.yaml:3: «B» is already there"),
    (lambda: rename(web("e: [A=1]"), "f.yaml", (*WEB, "e", "C"), "B", 1), "«1» is not there"),
    (lambda: remove("a: 1\n", "f.yaml", ("a",)), "nothing would be left of the document"),
]  # fmt: skip


@pytest.mark.parametrize(("edit", "said"), REFUSED)
def test_what_cannot_be_edited_exactly_is_refused_with_its_line(edit: Any, said: str) -> None:
    with pytest.raises(NotEditable) as error:
        edit()
    assert said in str(error.value)
    assert str(error.value).isprintable()


def test_what_is_no_yaml_is_not_edited() -> None:
    with pytest.raises(NotReadError, match=r"f\.yaml:2"):
        put("services:\n\ta: {}\n", "f.yaml", WEB, 1)


HOSTILE = ("999:999", "yes", "No", "on", "y", "0440", "0o17", "0x1f", "1.0", "1e3", "1_000", "1:30", "null", "~", "", " a", "a ", "- a", "a: b", "a #b", "*a", "&a", "!a", "%a",
           "@a", "`a", "#", "?", "=", "<<", "{a}", "[a]", "a, b", "'", '"', "\\", "a\nb", "a\tb", "\x7f", "\x00", "\x85", "\u2028", "\ufeff", "\u202e", "\u00a0", "😀", "é",
           "---", "...", "2001-01-01", ".inf", ".NaN", "$X", "${A:-b}", "$$", "true", "True")  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("body", ["a: 1", "{a: 1}"])
def test_every_text_is_read_back_as_that_text(text: str, body: str) -> None:
    before = web(body) if body == "a: 1" else f"services: {{web: {body}}}\n"
    for path, value in ((("k",), text), (("l",), [text]), (("m",), {text or "k": text}), (("a",), text)):
        if text == "<<" and path == ("m",):
            continue
        after = put(before, "f.yaml", WEB + path, value)
        assert plain(read(after)[0])["services"]["web"][path[0]] == value
        assert yaml.safe_load(after)["services"]["web"][path[0]] == value  # YAML 1.1
        assert len(after.splitlines()) <= len(before.splitlines()) + 2


def test_numbers_and_words_are_themselves_in_every_yaml() -> None:
    for value in (0, -5, 10**20, 0.5, 1e30, 1.5e-7, True, False, None):
        after = put(web("a: 1"), "f.yaml", (*WEB, "k"), value)
        assert plain(read(after)[0])["services"]["web"]["k"] == value
        assert yaml.safe_load(after)["services"]["web"]["k"] == value


@settings(max_examples=400, deadline=None)
@given(st.integers(0, 2**32))
@example(15825)
@example(22882)
@example(57019)
@example(62004)
@example(1057)
@example(102773)
@example(108558)
def test_a_random_edit_of_a_random_document_says_what_was_meant_and_touches_nothing_else(seed: int) -> None:
    """A number makes both: drawing each choice would take ten times as long, and a failure is as short."""
    random = Random(seed)
    text = Writer(random).text()
    try:
        nodes = read(text)
    except NotReadError:
        return
    planned = plan(random, text, nodes)
    if planned is None:
        return
    try:
        after = planned.make(text)
    except NotEditable as error:
        assert REASONS.search(str(error)), f"{planned.said}: {error}"
        if re.search("elsewhere|takes in", str(error)):
            assert "*" in text
        return
    assert [plain(node) for node in read(after)] == planned.after, planned.said
    assert comments(after, nodes) == comments(text, nodes)
    low, high = planned.lines
    seen = [touched(text, after, from_below) for from_below in (False, True)]
    assert after == text or any(low <= first and last <= high for first, last, _, _ in seen), f"{planned.said}: {seen} is not in {low} to {high}"
    _, _, old, new = seen[0]
    if planned.grows:
        left = iter("".join(new))
        assert all(char in left for char in "".join(old) if not char.isspace()), planned.said
    if planned.is_settled:
        assert planned.make(after) == after


def _config(folder: Path, text: str) -> Any:
    (folder / "compose.yaml").write_text(text, encoding="utf-8", newline="")
    ran = subprocess.run([str(Path(sys.executable).parent / "docker-compose"), "--profile", "*", "config", "--no-path-resolution"],
                         cwd=folder, capture_output=True, text=True, timeout=60, env={"PATH": "/usr/bin:/bin"})  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    return yaml.safe_load(ran.stdout)


_EDITABLE = [
    name
    for name, files in SHAPES.items()
    if len(files) == 1 and name not in ("override takes away", "include", "extends", "two documents", "variables")
]


@pytest.mark.parametrize("name", _EDITABLE)
def test_compose_reads_every_shape_with_its_edits(name: str, tmp_path: Path) -> None:
    (text,) = SHAPES[name].values()
    before = _config(tmp_path, text)
    key = ("services", "a")
    edits: tuple[Any, ...] = (
        lambda text: put(text, "f.yaml", (*key, "working_dir"), "/a b"),
        lambda text: put(text, "f.yaml", (*key, "oom_score_adj"), 99),
        lambda text: add(text, "f.yaml", (*key, "security_opt"), ["no-new-privileges:true"]),
        lambda text: put(text, "f.yaml", (*key, "labels", "x"), "yes"),
        lambda text: add(text, "f.yaml", (*key, "tmpfs"), ["/run:mode=0700"]),
    )
    try:
        for edit in edits:
            text = edit(text)
    except NotEditable as error:
        assert name == "anchors" and "taken elsewhere" in str(error)
        return
    wanted, after = before["services"]["a"], _config(tmp_path, text)
    wanted |= {"working_dir": "/a b", "oom_score_adj": 99, "security_opt": [*wanted.get("security_opt", []), "no-new-privileges:true"],
               "labels": {**wanted.get("labels", {}), "x": "yes"}, "tmpfs": [*wanted.get("tmpfs", []), "/run:mode=0700"]}  # fmt: skip
    for service in (wanted, after["services"]["a"]):
        service["tmpfs"] = sorted(service["tmpfs"])
    assert after == before


def test_the_time_for_an_edit_grows_with_the_text_alone() -> None:
    row = "  s{}:\n    image: nginx:1.25 # c\n    ports:\n      - '80:80'\n    environment:\n      A: some longer value\n\n"

    def seconds(rows: int) -> float:
        text = "services:\n" + "".join(row.format(number) for number in range(rows))
        before = time.process_time()
        remove(put(text, "f.yaml", ("services", f"s{rows // 2}", "init"), True), "f.yaml", ("services", f"s{rows - 1}", "ports"))
        return time.process_time() - before

    seconds(10)
    assert seconds(1200) < 30 * seconds(150) + 0.5
    assert lines("a\r\nb\rc\n") == ["a\r\n", "b\r", "c\n"]
