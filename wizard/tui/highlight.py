"""Which part of a line is what: by its own text alone, so that a line that is edited colours no other one.

A pattern for each language, scanned from left to right; its groups are the kinds. It is compiled when its first file is shown.
Pygments was measured: 29 ms to import and 46 µs a line, more than a whole repaint may take; and its lexers want the lines before
this one.
"""

import re
from functools import lru_cache

from wizard.tui.wrapping import wrapped

Part = tuple[str, str]
"""Some text, and its kind: one of KINDS, or nothing for plain text."""

KINDS = ("comment", "key", "value", "string", "added", "removed", "hunk")

_STRING = r"""(?P<string>"(?:[^"\\]|\\.)*+"?|(?<!\w)'[^']*+'?)"""
_COMMENT = r"(?P<comment>(?<!\S)\#.*)"
_VARIABLE = r"\$\{[^}]*+\}?|\$\w++"
_NUMBER = r"(?<![\w./-])\d++(?:\.\d++)*+[A-Za-z%]{0,2}+(?![\w./:-])"

_LANGUAGES = {
    "yaml": (
        rf"""(?P<key>(?:(?<![\w./-])[\w./-]++|"[^"\\]*+"|'[^']*+')(?=:(?:\s|$)))|{_COMMENT}|{_STRING}"""
        rf"|(?P<value>{_VARIABLE}|{_NUMBER}|(?<!\S)(?:true|false|null)(?![\w./:-]))"
    ),
    "dockerfile": rf"(?P<comment>^\s*+\#.*)|(?P<key>^\s*+[A-Z]++(?=\s|$))|{_STRING}|(?P<value>{_VARIABLE}|(?<!\S)--[\w-]++)",
    "settings": rf"(?P<key>^\s*+[\w.-]++)|{_COMMENT}|{_STRING}|(?P<value>{_VARIABLE}|{_NUMBER})",
    "list": _COMMENT,
    "code": rf"(?P<comment>//.*)|{_STRING}|(?P<key>(?<!\w)(?:package|import|func|return|if|else|for|var|const|defer)(?!\w))",
    "markdown": r"(?P<key>^\#{1,6}\s.*)|(?P<value>`[^`]*+`)",
    "diff": r"(?P<comment>^(?:---|\+\+\+)\s.*)|(?P<hunk>^@@.*)|(?P<added>^\+.*)|(?P<removed>^-.*)",
    "plain": r"(?!)",
}
_ENDINGS = {
    "yaml": "yaml", "yml": "yaml", "json": "yaml", "conf": "settings", "env": "settings", "toml": "settings", "ini": "settings",
    "dockerignore": "list", "gitignore": "list", "go": "code", "md": "markdown", "dockerfile": "dockerfile", "diff": "diff",
}  # fmt: skip


def language_of(path: str) -> str:
    """How to read the file: by its name, `plain` for an unknown one."""
    name = path.rpartition("/")[2]
    if name.startswith(("Dockerfile", "Containerfile")) and not name.endswith(".dockerignore"):
        return "dockerfile"
    return _ENDINGS.get(name.rpartition(".")[2].lower(), "plain")


@lru_cache(maxsize=4096)
def painted(text: str, language: str, width: int) -> tuple[tuple[Part, ...], ...]:
    """The rows of a line (`wrapped`), each as its parts."""
    parts = iter(_parts(text, language))
    rest, kind = "", ""
    rows = []
    for piece in wrapped(text, width):
        row, missing = [], len(piece)
        while missing:
            if not rest:
                rest, kind = next(parts)
            row.append((rest[:missing], kind))
            rest, missing = rest[missing:], missing - len(row[-1][0])
        rows.append(tuple(row))
    return tuple(rows)


def _parts(text: str, language: str) -> list[Part]:
    """The whole text in its parts."""
    parts, done = [], 0
    for match in re.finditer(_LANGUAGES[language], text):
        if match.start() > done:
            parts.append((text[done : match.start()], ""))
        parts.append((match[0], match.lastgroup or ""))
        done = match.end()
    if done < len(text):
        parts.append((text[done:], ""))
    return parts
