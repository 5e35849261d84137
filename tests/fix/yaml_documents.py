"""YAML documents in every shape that people write: random data, a random style for each value, comments everywhere."""

import json
from random import Random
from typing import Any

KEYS = (
    "image",
    "user",
    "ports",
    "environment",
    "cap_add",
    "tmpfs",
    "healthcheck",
    "deploy",
    "a b",
    "yes",
    "1",
    "null",
    "é",
    "x.y",
    "<",
    "#k",
    "labels",
    "k-1",
)
WORDS = ("x", "nginx:1.25", "yes", "no", "0440", "1.0", "5", "true", "null", "~", "", "999:999", "a b", "a # b", "a: b", "- a", "*x", "&x", "!x", "%x", "@x", "`x",
         "é ü", "😀", "80:80", "$X", "${A:-b}", "{a}", "[b]", "'q'", '"d"', "a, b", "http://a/b?c#d", "?", "-", "1e3", "0x1f", " lead", "trail ", "tab\there", "\u00a0", "=", "<<",
         "---", "...")  # fmt: skip
_LINES = ("one", "two # no comment", "  three: deeper", "- four", "", "five:")


class Writer:
    """One document of random shape, line by line."""

    def __init__(self, random: Random) -> None:
        self.random, self.count = random, 0
        self.mappings: list[str] = []
        self.others: list[str] = []
        self.open: list[str] = []

    def text(self) -> str:
        """Documents with their markers, line breaks and byte order mark."""
        r = self.random
        texts = []
        for number in range(r.choice((1, 1, 1, 2))):
            self.mappings, self.others = [], []
            lines = [*self._between(0)]
            if number or self._chance(0.2):
                lines.append("---" + self._trailing())
                lines += self._between(0)
            root = self.data(3, mapping=True)
            lines += self.block(root, 0, self._style()) if root and not self._chance(0.05) else [self._flow(root, 0)]
            lines += self._between(0)
            if self._chance(0.1):
                lines.append("...")
            texts.append("\n".join(lines))
        whole = "\n".join(texts) + "\n" * r.choice((0, 1, 1, 1, 3))
        line_break = r.choice(("\n", "\n", "\n", "\r\n", "\r\n", "\r"))
        return r.choice(("", "", "", "\ufeff")) + whole.replace("\n", line_break)

    def data(self, depth: int, mapping: bool = False) -> Any:
        """Random plain data."""
        r = self.random
        kind = 0 if mapping else r.choice((0, 1, 2, 2)) if depth > 0 else 2
        if kind == 0:
            return {key: self.data(depth - 1) for key in r.sample(KEYS, r.randint(1 if mapping else 0, 4))}
        if kind == 1:
            return [self.data(depth - 1) for _ in range(r.randint(0, 3))]
        return r.choice((None, True, False, 5, 1.5, *(r.choice(WORDS) for _ in range(6))))

    def _style(self) -> tuple[int, int, int]:
        r = self.random
        return r.choice((1, 2, 2, 4)), r.choice((0, 0, 2, 2, 4)), r.choice((1, 1, 1, 3))

    def _chance(self, part: float) -> bool:
        return self.random.random() < part

    def comment(self) -> str:
        self.count += 1
        return f"# c{self.count}c" + self.random.choice(("", " key: value", "\ttab", " - é", " 'quote", " {["))

    def _trailing(self) -> str:
        return self.random.choice((" ", "  ", "\t")) + self.comment() if self._chance(0.25) else self.random.choice(("", "", "", "", " "))

    def _between(self, column: int) -> list[str]:
        found = []
        while self._chance(0.15):
            found.append(" " * self.random.choice((column, column, 0, column + 2)) + self.comment() if self._chance(0.7) else "")
        return found

    def block(self, data: Any, column: int, style: tuple[int, int, int]) -> list[str]:
        """The lines of a collection that is not empty, in block style."""
        lines: list[str] = []
        if isinstance(data, dict):
            merged = self._merge()
            if merged:
                lines.append(" " * column + f"<<: {merged}" + self._trailing())
            for key, value in data.items():
                lines += self._between(column) if lines else []
                lines += self._pair(key, value, column, style)
        else:
            for value in data:
                lines += self._between(column) if lines else []
                head = " " * column + "-"
                space = " " * style[2]
                if isinstance(value, (dict, list)) and value and self._chance(0.6) and not self.random.random() < 0.2:
                    first, *rest = self.block(value, column + 1 + len(space), style)
                    lines += [head + space + first.lstrip(" "), *rest]
                else:
                    lines += self._value(head, value, column, style, False)
        return lines

    def _merge(self) -> str:
        if not self.mappings or not self._chance(0.3):
            return ""
        names = self.random.sample(self.mappings, min(len(self.mappings), self.random.choice((1, 1, 2))))
        return f"*{names[0]}" if len(names) == 1 else "[" + ", ".join(f"*{name}" for name in names) + "]"

    def _pair(self, key: str, value: Any, column: int, style: tuple[int, int, int]) -> list[str]:
        spelled = self._key(key)
        if self._chance(0.04):
            return [" " * column + f"? {spelled}", *self._value(" " * column + ":", value, column, style, True)]
        return self._value(" " * column + spelled + (" :" if spelled[0] in "'\"" and self._chance(0.1) else ":"), value, column, style, True)

    def _key(self, key: str) -> str:
        is_plain = key.replace("_", "").replace("-", "").replace(".", "").isalnum() or key == "<"
        return self.random.choice((key, key, key, f'"{key}"', f"'{key}'") if is_plain else (f'"{key}"', f"'{key}'"))

    def _value(self, head: str, value: Any, column: int, style: tuple[int, int, int], in_mapping: bool) -> list[str]:
        r = self.random
        if self._chance(0.08) and (names := [*self.mappings, *self.others]):
            return [f"{head} *{r.choice(names)}{self._trailing()}"]
        marks = ""
        name = ""
        if self._chance(0.15):
            name = f"a{len(self.mappings) + len(self.others) + len(self.open)}"
            marks += f" &{name}"
        if self._chance(0.05):
            marks += r.choice((" !override", " !reset", " !custom"))
        if name:
            self.open.append(name)
        lines = self._marked(head + marks, value, column, style, in_mapping)
        if name:
            self.open.pop()
            (self.mappings if isinstance(value, dict) else self.others).append(name)
        return lines

    def _marked(self, head: str, value: Any, column: int, style: tuple[int, int, int], in_mapping: bool) -> list[str]:
        if isinstance(value, (dict, list)):
            if not value or self._chance(0.25):
                first, *rest = self._flow(value, column + 2).split("\n")
                lines = [f"{head} {first}", *rest]
                lines[-1] += self._trailing()
                return lines
            inner = column + (style[0] if isinstance(value, dict) else style[1] if in_mapping else max(style[1], 1))
            return [head + self._trailing(), *self._between(inner), *self.block(value, inner, style)]
        return self._scalar(head, value, column)

    def _scalar(self, head: str, value: Any, column: int) -> list[str]:
        r = self.random
        if value is None and self._chance(0.6):
            return [head + self._trailing()]
        if isinstance(value, str) and self._chance(0.15):
            return self._block_scalar(head, column)
        if self._chance(0.06):
            inner = " " * (column + 2)
            return r.choice((
                [f'{head} "one', "", f'{inner}two # no comment"' + self._trailing()],
                [f"{head} one", f"{inner}two" + self._trailing()],
                [head + self._trailing(), f"{inner}below" + self._trailing()],
            ))  # fmt: skip
        return [f"{head} {self._spelled(value)}{self._trailing()}"]

    def _spelled(self, value: Any) -> str:
        if not isinstance(value, str):
            return self.random.choice(("null", "~")) if value is None else json.dumps(value)
        if value.isalnum() and value.isascii() and self._chance(0.7):
            return value
        quoted = json.dumps(value, ensure_ascii=False)
        return quoted if "'" in value or "\t" in value or self._chance(0.5) else f"'{value}'"

    def _block_scalar(self, head: str, column: int) -> list[str]:
        r = self.random
        chomp, step = r.choice(("", "", "-", "+")), r.choice((1, 2, 4))
        lines = [r.choice(("one", "#no"))] + [r.choice(_LINES) for _ in range(r.randint(0, 3))]
        explicit = self._chance(0.2)
        if explicit:
            lines[0] = "  " + lines[0]
        comment = f" {self.comment()}" if self._chance(0.2) else ""
        # The number counts from the column of the mapping; in a list, from that of its dash
        first = f"{head} {r.choice('|>')}{step if explicit else ''}{chomp}{comment}"
        return [first, *(" " * (column + step) + line if line else "" for line in lines), *[""] * r.choice((0, 0, 1, 2))]

    def _flow(self, value: Any, column: int) -> str:
        r = self.random
        if not isinstance(value, (dict, list)):
            if value is None and self._chance(0.3):
                return "null"
            return self._spelled(value)
        several = self._chance(0.3)
        pad = "\n" + " " * column
        items = []
        for one in value.items() if isinstance(value, dict) else value:
            if isinstance(value, dict):
                empty = one[1] is None and self._chance(0.4)
                items.append(f"{self._key(one[0])}: " + ("" if empty else self._flow(one[1], column + 2)))
            elif isinstance(one, dict) and len(one) == 1 and self._chance(0.3):
                items.append("".join(f"{self._key(key)}: {self._flow(inner, column + 2)}" for key, inner in one.items()))
            else:
                items.append(self._flow(one, column + 2))
        left, right = "{}" if isinstance(value, dict) else "[]"
        out = left + r.choice(("", "", " "))
        for number, item in enumerate(items):
            more = number < len(items) - 1 or self._chance(0.15)
            out += (pad if several else "") + item + ("," if more else "")
            out += f" {self.comment()}" if several and self._chance(0.3) else "" if several else " " * more
        if several:
            closing = "\n" + " " * (column if not items or self._chance(0.3) else max(column - 2, 1))
            return out + (f" {self.comment()}" if not items and self._chance(0.5) else "") + closing + right
        return out + right
