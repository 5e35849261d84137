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
from tests.fix.yaml_documents import Writer
from wizard.check.nodes import plain
from wizard.check.source import NotReadError
from wizard.fix.yaml_edits import NotEditable, add, put, remove, rename

WEB = ("services", "web")
_TOP = "services:\n  web:\n"


def _web(body: str) -> str:
    return _TOP + "".join(f"    {line}\n" if line else "\n" for line in body.split("\n"))


PUT: list[tuple[str, tuple[str | int, ...], Any, str]] = [
    # a key that is not there stands below the last one, before what belongs to the next
    (_web("image: x # c\n# end\n") + "  # next\n  db: {}\n", ("read_only",), True, _web("image: x # c\nread_only: true\n# end\n") + "  # next\n  db: {}\n"),
    (_web("image: x\n\n") + "  db: {}\n", ("init",), True, _web("image: x\ninit: true\n\n") + "  db: {}\n"),
    (_web("image: x")[:-1], ("init",), True, _web("image: x\ninit: true")[:-1]),
    (_web("image: x").replace("\n", "\r\n"), ("init",), True, _web("image: x\ninit: true").replace("\n", "\r\n")),
    (_web("image: x").replace("\n", "\r\n")[:-2], ("init",), True, _web("image: x\ninit: true").replace("\n", "\r\n")[:-2]),
    (_web("image: x").replace("\n", "\r"), ("init",), True, _web("image: x\ninit: true").replace("\n", "\r")),
    ("\ufeff" + _web("é: 'ü😀'"), ("init",), True, "\ufeff" + _web("é: 'ü😀'\ninit: true")),
    (_web("a: x\x85    b: y"), ("b",), 1, _web("a: x\x85    b: 1")),
    ("services:\n    web:\n        ports:\n        - 1\n", ("cap_drop",), ["ALL"], "services:\n    web:\n        ports:\n        - 1\n        cap_drop:\n        - ALL\n"),
    ("services:\n   web:\n      image: x\n", ("deploy", "resources"), {"limits": {"pids": 5}},
     "services:\n   web:\n      image: x\n      deploy:\n         resources:\n            limits:\n               pids: 5\n"),
    (_web("command: |\n  a\n\n\n# c"), ("init",), True, _web("command: |\n  a\ninit: true\n\n\n# c")),
    (_web("command: |+\n  a\n\n\n# c"), ("init",), True, _web("command: |+\n  a\n\n\ninit: true\n# c")),
    (_web("command: >2-\n    a\n  b"), ("init",), True, _web("command: >2-\n    a\n  b\ninit: true")),
    (_web("a: 1\nb: |\n  x")[:-1], ("init",), True, _web("a: 1\ninit: true\nb: |\n  x")[:-1]),
    (_web('a: "x\n\n  y" # c'), ("init",), True, _web('a: "x\n\n  y" # c\ninit: true')),
    (_web("a: x\n  y # c"), ("init",), True, _web("a: x\n  y # c\ninit: true")),
    (_web("a:"), ("init",), True, _web("a:\ninit: true")),
    (_web("? a"), ("init",), True, _web("? a\ninit: true")),
    (_web("? a\n: b # c"), ("init",), True, _web("? a\n: b # c\ninit: true")),
    ("services:\n  web: # c\n  db:\n", ("init",), True, "services:\n  web: # c\n    init: true\n  db:\n"),
    ("services:\n  web: !override\n    a: 1\n", ("init",), True, "services:\n  web: !override\n    a: 1\n    init: true\n"),
    ("services:\n  web: &w # c\n    a: 1\n", ("init",), True, "services:\n  web: &w # c\n    a: 1\n    init: true\n"),
    ('"services":\n  "web" :\n    a: 1\n', ("init",), True, '"services":\n  "web" :\n    a: 1\n    init: true\n'),
    ("", ("init",), True, _web("init: true")),
    ("# only", ("init",), True, "# only\n" + _web("init: true")[:-1]),
    ("---\n# c\n", ("init",), True, "---\n# c\n" + _web("init: true")),
    ("---\nservices: {}\n...\n# tail\n", ("init",), True, "---\nservices: {web: {init: true}}\n...\n# tail\n"),
    ("volumes: {}\n", ("init",), True, "volumes: {}\n" + _web("init: true")),
    # of several documents, the last that has most of the path
    (_web("a: 1") + "---\nvolumes: {}\n", ("init",), True, _web("a: 1\ninit: true") + "---\nvolumes: {}\n"),
    (_web("a: 1") + "---\n" + _web("b: 1"), ("init",), True, _web("a: 1") + "---\n" + _web("b: 1\ninit: true")),
    (_web("a: 1") + "---\n" + _web("b: 1"), ("a",), 2, _web("a: 2") + "---\n" + _web("b: 1")),
    # flow style stays flow style
    ("services: {web: {image: x}}\n", ("cap_drop",), ["ALL"], "services: {web: {image: x, cap_drop: [ALL]}}\n"),
    ("services: {web: {image: x,}} # c\n", ("user",), "5:5", 'services: {web: {image: x, user: "5:5",}} # c\n'),
    ("services: {web: {a: }}\n", ("init",), True, "services: {web: {a: , init: true }}\n"),
    ("services: {web: { }}\n", ("init",), True, "services: {web: {init: true}}\n"),
    ("services: {web: {# c\n  }}\n", ("init",), True, "services: {web: {init: true # c\n  }}\n"),
    ("services:\n  web: {\n    a: 1, # one\n    b: 2 # two\n  }\n", ("c",), 3, "services:\n  web: {\n    a: 1, # one\n    b: 2, # two\n    c: 3\n  }\n"),
    ("services:\n  web: {\n    a: 1,\n    b: 2, # two\n  }\n", ("c",), 3, "services:\n  web: {\n    a: 1,\n    b: 2, # two\n    c: 3,\n  }\n"),
    ("services: {web: {\n  a:\n}}\n", ("c",), 3, "services: {web: {\n  a: ,\n  c: 3\n}}\n"),
    ("services: {web}\n", ("c",), 3, "services: {web: {c: 3}}\n"),
    ("services: {web: {l: [k: v]}}\n", ("l", 0, "m"), 1, "services: {web: {l: [{k: v, m: 1}]}}\n"),
    # a value in the place of another
    (_web("user:  root  # c"), ("user",), "5:5", _web('user:  "5:5"  # c')),
    (_web("user: # c\na: 1"), ("user",), "5:5", _web('user: "5:5" # c\na: 1')),
    (_web("a: |- # c\n  x\n  y\n\nb: 1"), ("a",), "z", _web("a: z # c\n\nb: 1")),
    (_web("a: x\n  y # c"), ("a",), 1, _web("a: 1\n  # c")),
    (_web("a: # one\n  - x # two\n  # three\n  - y\nb: 1"), ("a",), False, _web("a: false # one\n  # two\n  # three\nb: 1")),
    (_web("a: # one\n  k: x # two\nb: 1"), ("a",), ["z"], _web("a: # one\n  - z\n  # two\nb: 1")),
    (_web("a: [x, # one\n  y] # two"), ("a",), ["z"], _web("a: [z] # one\n  # two")),
    (_web("ports: !override\n  - '1'"), ("ports",), ["2"], _web("ports: !override\n  - \"2\"")),
    (_web("ports: !reset null"), ("ports",), ["2"], _web("ports:\n  - \"2\"")),
    (_web("a: &n x"), ("a",), "y", _web('a: &n "y"')),
    (_web("a: !!str 5"), ("a",), 6, _web("a: 6")),
    (_web("? a\n: x"), ("a",), 6, _web("? a\n: 6")),
    (_web("? a\n# c\nb: 1"), ("a",), 6, _web("? a\n: 6\n# c\nb: 1")),
    (_web("ports:\n- '80:80' # p\n- x"), ("ports", 0), {"target": 80, "published": "1"}, _web('ports:\n- target: 80 # p\n  published: "1"\n- x')),
    (_web("l:\n  - a: 1 # c\n    b: 2\n  - x"), ("l", 0), "z", _web("l:\n  - z # c\n  - x")),
    (_web("l:\n  - a: 1\n    b: 2"), ("l", 0, "c"), 3, _web("l:\n  - a: 1\n    b: 2\n    c: 3")),
    (_web("l: [1, 2]"), ("l", 2), 3, _web("l: [1, 2, 3]")),
    (_web("a: 1"), ("a",), None, _web("a:")),
    # what is the same already is left as it is spelled
    (_web("a: 0o17"), ("a",), 15, _web("a: 0o17")),
    (_web("a: {b: 'c'}"), ("a",), {"b": "c"}, _web("a: {b: 'c'}")),
    # merge keys and aliases
    ("x: &b\n  l: [1]\n" + _web("<<: *b"), ("l",), [2], "x: &b\n  l: [1]\n" + _web("<<: *b\nl:\n  - 2")),
    ("x: &b\n  e: {A: 1, B: 2}\n" + _web("<<: *b"), ("e", "A"), 5, "x: &b\n  e: {A: 1, B: 2}\n" + _web("<<: *b\ne:\n  A: 5\n  B: 2")),
    ("x: &b\n  l: [1]\n" + _web("a: *b # c"), ("a",), {"l": 1}, "x: &b\n  l: [1]\n" + _web("a: # c\n  l: 1")),
    ("x: &b !override [1]\n" + _web("a: *b"), ("a",), [2], "x: &b !override [1]\n" + _web("a: !override\n  - 2")),
    # an entry of a list by its name
    (_web("environment:\n  - A=1\n  - B"), ("environment", "A"), "x y", _web('environment:\n  - "A=x y"\n  - B')),
    (_web("environment:\n  - A=1"), ("environment", "C"), True, _web('environment:\n  - A=1\n  - "C=true"')),
]  # fmt: skip


@pytest.mark.parametrize(("text", "path", "value", "wanted"), PUT)
def test_put(text: str, path: tuple[str | int, ...], value: Any, wanted: str) -> None:
    assert put(text, "f.yaml", WEB + path, value) == wanted
    assert put(wanted, "f.yaml", WEB + path, value) == wanted


ADD: list[tuple[str, str, list[Any], str]] = [
    (_web("l:\n  - a # c\n  # end\nb: 1"), "l", ["x", {"k": 1, "m": ["y"]}], _web('l:\n  - a # c\n  - x\n  - k: 1\n    m:\n      - "y"\n  # end\nb: 1')),
    (_web("l:\n-   a"), "l", ["x", {"k": 1, "m": 2}], _web("l:\n-   a\n-   x\n-   k: 1\n    m: 2")),
    (_web("l:\n- a: 1\n  b: 2\nm:"), "l", ["x"], _web("l:\n- a: 1\n  b: 2\n- x\nm:")),
    (_web("l: [a, b]"), "l", ["c:d"], _web('l: [a, b, "c:d"]')),
    (_web("l: []"), "l", ["c"], _web("l: [c]")),
    (_web("l: [ # c\n  ]"), "l", ["d"], _web("l: [d # c\n  ]")),
    (_web("l: [\n  a, # c\n  b # d\n]"), "l", ["e", "f"], _web("l: [\n  a, # c\n  b, # d\n  e,\n  f\n]")),
    (_web("l: [\n  a,\n  b\n  # d\n  ,\n]"), "l", ["e"], _web("l: [\n  a,\n  b\n  # d\n  ,\n  e,\n]")),
    (_web("l: # c\nm: 1"), "l", ["x"], _web("l: # c\n  - x\nm: 1")),
    (_web("a: 1"), "l", ["x"], _web("a: 1\nl:\n  - x")),
    (_web("tmpfs: /run:size=1m # c\nm: 1"), "tmpfs", ["/tmp"], _web('tmpfs: # c\n  - "/run:size=1m"\n  - /tmp\nm: 1')),
    (_web("m: {tmpfs: /run}"), "m.tmpfs", ["/tmp"], _web("m: {tmpfs: [/run, /tmp]}")),
    (_web("l: !override\n  - a"), "l", ["x"], _web("l: !override\n  - a\n  - x")),
    (_web("l: &n\n- a"), "l", ["x"], _web("l: &n\n- a\n- x")),
    ("x: &b\n  l: ['1']\n" + _web("<<: *b"), "l", ["2"], "x: &b\n  l: ['1']\n" + _web('<<: *b\nl:\n  - "1"\n  - "2"')),
    (_web("a: 1"), "l", [], _web("a: 1")),
]  # fmt: skip


@pytest.mark.parametrize(("text", "path", "entries", "wanted"), ADD)
def test_add(text: str, path: str, entries: list[Any], wanted: str) -> None:
    assert add(text, "f.yaml", (*WEB, *path.split(".")), entries) == wanted


REMOVE: list[tuple[str, tuple[str | int, ...], str]] = [
    (_web("# above\na: 1 # on\nb: 2"), ("a",), _web("# above\n# on\nb: 2")),
    (_web("a: 1\nb: # one\n  # two\n  c: [x, # three\n    y]\n# below"), ("b",), _web("a: 1\n# one\n# two\n# three\n# below")),
    (_web("a: 1\nb: 2")[:-1], ("b",), _web("a: 1")),
    (_web("a: 1 # c"), ("a",), "services:\n  web: {}\n    # c\n"),
    (_web("l:\n  - x # c"), ("l", 0), _web("l: []\n  # c")),
    (_web("l:\n- x # c\n- y"), ("l", 0), _web("l:\n# c\n- y")),
    (_web("l:\n  - a: 1\n    b: 2"), ("l", 0, "a"), _web("l:\n  - b: 2")),
    (_web("l:\n  - a: 1 # c\n    b: 2"), ("l", 0, "a"), _web("l:\n  - # c\n    b: 2")),
    (_web("l:\n  - a: 1\n    # c\n    b: 2"), ("l", 0, "a"), _web("l:\n  -\n    # c\n    b: 2")),
    (_web("? a\n: 1\nb: 2"), ("a",), _web("b: 2")),
    (_web("m: {a: 1, b: 2, c: 3}"), ("m", "a"), _web("m: {b: 2, c: 3}")),
    (_web("m: {a: 1, b: 2, c: 3}"), ("m", "b"), _web("m: {a: 1, c: 3}")),
    (_web("m: {a: 1, b: 2, c: 3 }"), ("m", "c"), _web("m: {a: 1, b: 2 }")),
    (_web("m: {a: 1}"), ("m", "a"), _web("m: {}")),
    (_web("l: [\n  a, # one\n  b # two\n]"), ("l", 0), _web("l: [\n  # one\n  b # two\n]")),
    (_web("l: [\n  a, # one\n  b # two\n]"), ("l", 1), _web("l: [\n  a # one\n  # two\n]")),
    (_web("l: [\n  a,\n  b,\n]"), ("l", 1), _web("l: [\n  a,\n]")),
    (_web("a: |\n  x\nb: 1\n  # c\nd: 1"), ("b",), _web("a: |\n  x\n# c\nd: 1")),
    (_web("a: |+\n  x\nb: 1\n\nd: 1"), ("b",), _web("a: |+\n  x\nd: 1")),
    (_web("environment: [A=1, B=2]"), ("environment", "A"), _web("environment: [B=2]")),
    (_web("a: 1"), ("b",), _web("a: 1")),
    (_web("a: &n 1\nb: 2"), ("a",), _web("b: 2")),
]  # fmt: skip


@pytest.mark.parametrize(("text", "path", "wanted"), REMOVE)
def test_remove(text: str, path: tuple[str | int, ...], wanted: str) -> None:
    assert remove(text, "f.yaml", WEB + path) == wanted


RENAME = [
    (_web("e:\n  # pw\n  P: x # s\n  B: 1"), "P", "/run/s", _web("e:\n  # pw\n  P_FILE: /run/s # s\n  B: 1")),
    (_web("e:\n  # pw\n  - P=x # s\n  - B"), "P", "/run/s", _web('e:\n  # pw\n  - "P_FILE=/run/s" # s\n  - B')),
    (_web("e: {'P' : x, B: 1}"), "P", "/run/s", _web("e: {P_FILE : /run/s, B: 1}")),
    (_web("e: [B, 'P=x']"), "P", "/run/s", _web('e: [B, "P_FILE=/run/s"]')),
    (_web("e:\n  ? P\n  : x"), "P", "/run/s", _web("e:\n  ? P_FILE\n  : /run/s")),
    (_web("e:\n  P: |\n    # no\n\n  B: 1"), "P", None, _web("e:\n  P_FILE:\n\n  B: 1")),
    (_web("e:\n  - P"), "P", "a b", _web('e:\n  - "P_FILE=a b"')),
]  # fmt: skip


@pytest.mark.parametrize(("text", "name", "value", "wanted"), RENAME)
def test_rename(text: str, name: str, value: Any, wanted: str) -> None:
    assert rename(text, "f.yaml", (*WEB, "e", name), "P_FILE", value) == wanted


_SHARED = "x: &b\n  l: [1]\n  e: {A: 1}\n"
REFUSED = [
    (lambda: put(_SHARED + _web("m: *b"), "f.yaml", (*WEB, "m", "l"), 1), "f.yaml:6: «*b» stands for what is written elsewhere"),
    (lambda: put("services:\n  a: &a {i: 1}\n  web: *a\n", "f.yaml", (*WEB, "l"), 1), "f.yaml:3: «*a» stands for what is written elsewhere"),
    (lambda: put("services:\n  a: &a {i: 1}\n  web: *a\n", "f.yaml", ("services", "a", "l"), 1), "f.yaml:2: what is named «&a» is taken elsewhere"),
    (lambda: put(_SHARED + _web("<<: *b"), "f.yaml", ("x", "l"), 1), "f.yaml:1: what is named «&b» is taken elsewhere"),
    (lambda: put("x:\n  a: &a 1\n  b: *a\n", "f.yaml", ("x", "a"), 2), "f.yaml:2: what is named «&a» is taken elsewhere: it cannot go"),
    (lambda: remove("x:\n  a: &a 1\ny: *a\n", "f.yaml", ("x",)), "f.yaml:2: what is named «&a» is taken elsewhere: it cannot go"),
    (lambda: remove("x:\n  &k a: 1\n  b: *k\n", "f.yaml", ("x", "a")), "f.yaml:2: what is named «&k» is taken elsewhere: it cannot go"),
    (lambda: remove(_SHARED + _web("<<: *b\na: 1"), "f.yaml", (*WEB, "l")), "comes from what << takes in"),
    (lambda: remove(_SHARED + _web("<<: *b\nl: 1"), "f.yaml", (*WEB, "l")), "would come from what << takes in"),
    (lambda: rename(_SHARED + _web("<<: *b\nl: 1"), "f.yaml", (*WEB, "l"), "m", 1), "would come from what << takes in"),
    (lambda: add(_SHARED + _web("l: *b"), "f.yaml", (*WEB, "l"), ["x"]), "is no list here"),
    (lambda: add("x: &b [1]\n" + _web("l: *b"), "f.yaml", (*WEB, "l"), ["x"]), "f.yaml:4: «*b» stands for what is written elsewhere"),
    (lambda: add(_web("l: x"), "f.yaml", (*WEB, "l"), ["x"]), "f.yaml:3: «l» is no list here"),
    (lambda: put(_web("l: x"), "f.yaml", (*WEB, "l", "k"), ["x"]), "f.yaml:3: there is no place for «k»"),
    (lambda: put(_web("l: [1]"), "f.yaml", (*WEB, "l", 2), "x"), "f.yaml:3: there is no place for «2»"),
    (lambda: put(_web("l: [1]"), "f.yaml", (*WEB, "<<"), "x"), "there is no place for «<<»"),
    (lambda: put(_web("l: [1]"), "f.yaml", (), "x"), "no key is named"),
    (lambda: put("text\n", "f.yaml", WEB, "x"), "f.yaml:1: the document is no mapping"),
    (lambda: put(_web("l: 1"), "f.yaml", (*WEB, "a"), float("inf")), "inf is no number"),
    (lambda: put(_web("l: 1"), "f.yaml", (*WEB, "a"), {"b": object()}), "object is no plain data"),
    (lambda: put(_web("l: 1"), "f.yaml", (*WEB, "a"), "\ud800"), "could not be read"),
    (lambda: add(_web("l:\n  - |\n    x")[:-1], "f.yaml", (*WEB, "l"), ["x"]), "ends in a block scalar"),
    (lambda: rename(_web("e: {A: 1, B: 2}"), "f.yaml", (*WEB, "e", "A"), "B", 1), "f.yaml:3: «B» is already there"),
    (lambda: rename(_web("e: [A=1, B=2]"), "f.yaml", (*WEB, "e", "A"), "B", 1), "f.yaml:3: «B» is already there"),
    (lambda: rename(_web("e: [A=1]"), "f.yaml", (*WEB, "e", "C"), "B", 1), "«1» is not there"),
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
    before = _web(body) if body == "a: 1" else f"services: {{web: {body}}}\n"
    for path, value in ((("k",), text), (("l",), [text]), (("m",), {text or "k": text}), (("a",), text)):
        if text == "<<" and path == ("m",):
            continue
        after = put(before, "f.yaml", WEB + path, value)
        assert plain(read(after)[0])["services"]["web"][path[0]] == value
        assert yaml.safe_load(after)["services"]["web"][path[0]] == value  # YAML 1.1
        assert len(after.splitlines()) <= len(before.splitlines()) + 2


def test_numbers_and_words_are_themselves_in_every_yaml() -> None:
    for value in (0, -5, 10**20, 0.5, 1e30, 1.5e-7, True, False, None):
        after = put(_web("a: 1"), "f.yaml", (*WEB, "k"), value)
        assert plain(read(after)[0])["services"]["web"]["k"] == value
        assert yaml.safe_load(after)["services"]["web"]["k"] == value


@settings(max_examples=400, deadline=None)
@given(st.integers(0, 2**32))
@example(15825)
@example(22882)
@example(57019)
@example(62004)
@example(1057)
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
    first, last, old, new = touched(text, after)
    low, high = planned.lines
    assert after == text or (low <= first and last <= high), f"{planned.said}: lines {first} to {last} of {low} to {high}"
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
