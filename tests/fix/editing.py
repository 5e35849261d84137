"""A random edit of a YAML text, what it means for the data, and what it must not touch: all worked out from the data alone."""

import copy
import json
import re
from collections import Counter
from collections.abc import Callable
from random import Random
from typing import Any

from msgspec import Struct

from tests.fix.yaml_documents import KEYS, WORDS
from wizard.check.nodes import Node, documents, plain
from wizard.check.source import Place
from wizard.fix.yaml_edits import add, put, remove, rename

_COMMENT = re.compile(r"# c\d+c")
_LINE = re.compile("(?<=\n)|(?<=\r)(?!\n)|(?<=[\x85\u2028\u2029])")
REASONS = re.compile(
    "stands for what is written elsewhere|is taken elsewhere|is already there|comes from what << takes in|would come from what << takes in"
    "|is no list here|nothing would be left of the document|there is no place for|ends in a block scalar|is no plain data|a tag such as !reset"
)


class Planned(Struct):
    """An edit, ready to be made, and the data of all documents after it."""

    make: Callable[[str], str]
    after: list[Any]
    lines: tuple[float, float]
    """The lines that it may touch, from 1, the last exclusive."""
    said: str
    grows: bool = False
    """Whether it takes nothing away."""

    @property
    def is_settled(self) -> bool:
        """Whether making it again changes nothing."""
        return self.said.startswith("put")


def read(text: str) -> list[Node]:
    return list(documents(text.removeprefix("\ufeff"), "f.yaml"))


def plan(random: Random, text: str, nodes: list[Node]) -> Planned | None:
    """An edit somewhere in these documents; None where there is nothing to edit."""
    before = [plain(node) for node in nodes]
    known = [path for data in before if isinstance(data, dict) for path in paths(data)]
    if not known:
        return None
    path = random.choice(known)
    kind = random.choice(("put", "put", "put new", "put new", "put deep", "add", "rename", "remove"))
    if kind == "put new":
        path = (*(path if random.random() < 0.7 else path[:-1]), random.choice((*KEYS, "read_only", "new")))
    if kind == "put deep":
        path = (*path, "deploy", "resources", "limits")
    number = max(range(len(before)), key=lambda one: (_depth(before[one], path), one))
    data = copy.deepcopy(before[number])
    value = random.choice((True, None, 5, 1.5, *WORDS, ["ALL"], [], {}, ["a", {"b": "0440", "c": [1]}], {"test": ["CMD", "x y"], "k": {"l": None}}))
    after = [*before[:number], data, *before[number + 1 :]]
    if kind == "rename" and isinstance(path[-1], int):
        kind = "remove"
    may = _may_touch(text, nodes, number, path, kind)
    outer, last = _made(data, path[:-1]), path[-1]
    fits = isinstance(outer, dict) if isinstance(last, str) else isinstance(outer, list)
    if isinstance(outer, list) and isinstance(last, str) and all(isinstance(one, str) for one in outer) and not isinstance(value, (dict, list)):
        names = [one.partition("=")[0] for one in outer]
        word = value if isinstance(value, str) else json.dumps(value)
        value_there = last if value is None else f"{last}={word}"
        position = names.index(last) if last in names else len(names)
        outer[position : position + 1] = [value_there]
        return Planned(lambda text: put(text, "f.yaml", path, value), after, may, f"put({path}, {value!r})")
    if kind.startswith("put"):
        is_new = fits and _depth(before[number], path) == len(path) - 1 and isinstance(_at(before[number], path[:-1]), dict)
        if fits:
            outer[last] = value
        return Planned(lambda text: put(text, "f.yaml", path, value), after if fits else [], may, f"put({path}, {value!r})", is_new)
    now = outer[last]
    if kind == "add":
        entries = random.choice((["ALL"], ["/run", "a: b"], [{"target": 5, "more": {"x": None}}, "yes"]))
        fits = now is None or isinstance(now, list) or (last == "tmpfs" and not isinstance(now, dict))
        outer[last] = [*(now if isinstance(now, list) else [] if now is None else [now]), *entries]
        return Planned(
            lambda text: add(text, "f.yaml", path, entries),
            after if fits else [],
            may,
            f"add({path}, {entries})",
            isinstance(now, list) and "!reset" not in text,
        )
    if kind == "rename":
        key = random.choice((*KEYS, "new"))
        if key != last and key in outer:
            after = []
        else:
            del outer[last]
            outer[key] = value
        return Planned(lambda text: rename(text, "f.yaml", path, key, value), after, may, f"rename({path}, {key!r}, {value!r})")
    del outer[last]
    return Planned(lambda text: remove(text, "f.yaml", path), after, may, f"remove({path})")


def _may_touch(text: str, nodes: list[Node], number: int, path: tuple[str | int, ...], kind: str) -> tuple[float, float]:
    """From what is edited, or what holds it, to the next key or entry that stands below."""
    chain = [nodes[number]]
    for part in path:
        inner = chain[-1].value[part] if _depth(plain(chain[-1]), (part,)) else None
        if inner is None or inner.place < chain[-1].place:
            break  # not there, or only by a merge key
        chain.append(inner)
    node = chain[-1]
    inside = [place for place in _places(node) if place >= node.place]
    every = [place for one in nodes for place in _places(one)]
    above = [place.line for place in every if place < chain[max(len(chain) - 2, 0)].place]
    low = max(above, default=1) if kind == "remove" or isinstance(path[-1], int) else node.place.line
    beyond = [place for place in every if place > max(inside)]
    if not beyond:
        return low, float("inf")
    following = min(beyond)
    before = lines(text.removeprefix("\ufeff"))[following.line - 1][: following.column - 1]
    return low, following.line + (kind == "remove" or bool(before.strip(" -?")))


def _places(node: Node) -> list[Place]:
    inner = node.value.values() if isinstance(node.value, dict) else node.value if isinstance(node.value, list) else ()
    return [node.place, *(place for one in inner for place in _places(one))]


def _made(data: Any, path: tuple[str | int, ...]) -> Any:
    """What stands at a path, mappings made on the way where nothing is; None where something else stands in the way."""
    for part in path:
        if isinstance(data, dict) and isinstance(part, str):
            data[part] = {} if data.get(part) is None else data[part]
        elif isinstance(data, list) and isinstance(part, int):
            data[part] = {} if data[part] is None else data[part]
        else:
            return None
        data = data[part]
    return data


def paths(data: Any, above: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    pairs = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    return [path for key, value in pairs for path in ((*above, key), *paths(value, (*above, key)))]


def _at(data: Any, path: tuple[str | int, ...]) -> Any:
    for part in path:
        data = data[part]
    return data


def _depth(data: Any, path: tuple[str | int, ...]) -> int:
    for count, part in enumerate(path):
        if not (isinstance(data, dict) and part in data) and not (isinstance(data, list) and isinstance(part, int) and part < len(data)):
            return count
        data = data[part]
    return len(path)


def comments(text: str, nodes: list[Node]) -> Counter[str]:
    """The comments of a text; what looks like one in a text of several lines is none."""
    said = set(_COMMENT.findall(json.dumps([plain(node) for node in nodes])))
    return Counter(one for one in _COMMENT.findall(text) if one not in said)


def lines(text: str) -> list[str]:
    return [line for line in _LINE.split(text) if line]


def touched(before: str, after: str, from_below: bool = False) -> tuple[int, int, list[str], list[str]]:
    """The first and last line (from 1, exclusive) that differ, and the lines that were and are there.

    Of several lines that are alike, the last went; seen `from_below`, the first.
    """
    old, new = lines(before), lines(after)
    if from_below:
        last = _alike(old[::-1], new[::-1])
        first = _alike(old[: len(old) - last], new[: len(new) - last])
    else:
        first = _alike(old, new)
        last = _alike(old[first:][::-1], new[first:][::-1])
    return first + 1, len(old) - last + 1, old[first : len(old) - last], new[first : len(new) - last]


def _alike(one: list[str], other: list[str]) -> int:
    """How many lines are the same from the beginning on."""
    return next((count for count, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
