"""What text may hold: the checks that keep an answer in its place in a file and on a terminal."""

import re
import unicodedata

LONGEST = 4096
"""Most characters in one answer: far above real commands and values, far below what could exhaust anything."""

_BIDI = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff")
_PLAIN_VALUE = re.compile(r"[A-Za-z0-9_./:@%+,=~-]+\Z")
_SIZE = re.compile(r"([1-9][0-9]{0,6})([KMG])\Z")
_UNIT = {"K": 1024, "M": 1024**2, "G": 1024**3}


def visible_all(value: str) -> str:
    """`value` in one line in which nothing steers a terminal or turns the order of reading around, escaped and whole."""
    if value.isprintable() and value.isascii():
        return value  # nearly all text: looking at each character takes longer than all that check finds
    return "".join(c if c.isprintable() and c not in _BIDI else f"\\u{ord(c):04x}" for c in value)


def visible(value: str) -> str:
    """`value` as it can be shown in one line of an error: quoted, escaped and cut."""
    shown = visible_all(value)
    return f"«{shown[:60]}…»" if len(shown) > 60 else f"«{shown}»"


def plain(value: str, *, lines: bool = False) -> str:
    """Return `value` if it is plain text: no control, bidirectional or unassigned characters.

    `lines` allows line breaks and tabs, where the rendered form escapes them (environment, commands).
    Raises ValueError otherwise. Bidirectional marks are refused since they make a file read differently from
    what it does (CVE-2021-42574).
    """
    if len(value) > LONGEST:
        raise ValueError(f"{len(value)} characters are too many; accepted: up to {LONGEST}")
    for char in value:
        if lines and char in "\n\t":
            continue
        if char in _BIDI or unicodedata.category(char) in ("Cc", "Cs", "Cn", "Zl", "Zp"):
            raise ValueError(f"the character U+{ord(char):04X} is not accepted here")
    return value


def size_in_bytes(size: str) -> int:
    """Bytes of a size such as `64M`. Raises ValueError for anything but a whole number with K, M or G."""
    match = _SIZE.match(size)
    if not match:
        raise ValueError(f"{visible(size)} is no size; accepted: a whole number with K, M or G, such as 64M")
    return int(match[1]) * _UNIT[match[2]]


def size_text(size: int) -> str:
    """A number of bytes as a size in the largest unit that divides it, such as `1536M`."""
    letter, unit = next((letter, unit) for letter, unit in reversed(_UNIT.items()) if not size % unit)
    return f"{size // unit}{letter}"


def slug(text: str) -> str:
    """A service name made of any text: lower case letters, digits and dashes, at most 40 characters."""
    ascii_text = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "-", ascii_text.lower())[:40].strip("-") or "app"


def quoted_value(text: str) -> str:
    """A value of ENV, ARG or LABEL: quoted so that the parser of Dockerfiles gives it back as it is."""
    if _PLAIN_VALUE.match(text):
        return text
    return '"' + re.sub(r'(["\\$])', r"\\\1", text) + '"'
