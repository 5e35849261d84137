"""From what a person sees to the controls it may come from: error lines, names of errors, words.

Nothing is listed here: the literals and names of errors are those of the controls' own pages.
"""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

from msgspec import Struct

from wizard.control import Control
from wizard.controls import CONTROLS
from wizard.glossary import GLOSSARY

SECTIONS: Mapping[str, int] = {"How it shows": 2, "What may break": 1}
"""Where a page says how it is noticed, and what a hit there weighs."""

_LITERAL = re.compile(r"`([^`]+)`")
_ERRNO = re.compile(r"\bE[A-Z]{3,}\b")
_NUMBER = re.compile(r"errno (\d+)")
_SHORTEST = 4
"""Characters of a word that says something, and of a part of a literal that is enough to find it."""


_LITERALLY, _A_CHARACTER, _A_WORD = 100, 10, 5
"""What a hit counts: for the section that has the literal, for each character that agrees, for each other word of the page in the line."""


class Hit(Struct, frozen=True):
    """A control and how well it fits: more is better. `whole` says that one of its literals stands in what was asked."""

    control: Control
    score: int
    whole: bool


@lru_cache
def literals(control: Control) -> Mapping[str, int]:
    """What a page quotes and which errors it names, each with the weight of its section, the best one where it has several."""
    found: dict[str, int] = {}
    for section, weight in SECTIONS.items():
        text = control.page.sections[section]
        for literal in (*_LITERAL.findall(text), *_ERRNO.findall(text)):
            found.setdefault(literal, weight)
    return found


def search(text: str) -> Sequence[Hit]:
    """The controls that a text leads to, best first: a whole line with an error in it, part of one, or plain words."""
    asked = plain_words(text)
    if not re.search(r"\w", asked):
        return ()
    hits = [hit for control in CONTROLS if (hit := _hit(control, asked))]
    # Where something literal was met, mere words that others share with the line say nothing.
    best = max((hit.score for hit in hits), default=0)
    kept = [hit for hit in hits if hit.score >= _LITERALLY or best < _LITERALLY]
    return sorted(kept, key=lambda hit: -hit.score)


def plain_words(text: str) -> str:
    """A text as it is compared: small letters, single blanks, no quotes, and the name of an error for its number."""
    small = " ".join(re.sub(r"[`'\"«»‘’“”]", "", text).casefold().split())
    return _NUMBER.sub(lambda found: f"{found[0]} {_errors().get(found[1], '')}".strip(), small)


def _hit(control: Control, asked: str) -> Hit | None:
    score, whole = 0, False
    for pieces, whole_line, points in _compared(control):
        if all(pattern.search(asked) for pattern in whole_line):
            score, whole = max(score, points + _A_CHARACTER * sum(map(len, pieces))), True
        elif len(asked) >= _SHORTEST and any(asked in piece for piece in pieces):
            score = max(score, points + _A_CHARACTER * len(asked))
    score = score + _shared(control, asked) if score else _words(control, asked)
    return Hit(control, score, whole) if score else None


@lru_cache
def _compared(control: Control) -> Sequence[tuple[tuple[str, ...], tuple[re.Pattern[str], ...], int]]:
    """The literals of a page: their pieces (`...` stands for anything), how each is found in a line, and what a hit counts."""
    found = []
    for literal, weight in literals(control).items():
        pieces = tuple(piece for piece in map(plain_words, literal.split("...")) if piece)
        found.append((pieces, tuple(map(_whole, pieces)), _LITERALLY * weight))
    return found


def _whole(piece: str) -> re.Pattern[str]:
    """A piece of a literal, not in the middle of a word; one that ends in a sign may have anything behind it."""
    before, after = r"(?<!\w)" if piece[0].isalnum() else "", r"(?!\w)" if piece[-1].isalnum() else ""
    return re.compile(f"{before}{re.escape(piece)}{after}")


def _words(control: Control, asked: str) -> int:
    """Whether a page has words that begin with all that were asked: more for its title than for the rest."""
    for text, weight in zip(_texts(control)[:2], (20, 10), strict=True):
        if all(f" {word}" in text for word in asked.split()):
            return weight
    return 0


def _shared(control: Control, asked: str) -> int:
    """How many words a line has in common with what the page says of how it shows: a path, the name of a program."""
    page = set(re.findall(r"\w+", _texts(control)[2]))
    return _A_WORD * len([word for word in page & set(re.findall(r"\w+", asked)) if len(word) >= _SHORTEST])


@lru_cache
def _texts(control: Control) -> tuple[str, str, str]:
    """The head of a page, all of it, and how it shows, as they are compared; a blank before each word."""
    head = (control.id, control.title, *control.settings)
    shows = plain_words(control.page.sections["How it shows"])
    return _words_of(*head), _words_of(*head, *control.page.sections.values()), shows


def _words_of(*texts: str) -> str:
    return re.sub(r"[^\w./-]+", " ", f" {plain_words(' '.join(texts))}")


@lru_cache
def _errors() -> Mapping[str, str]:
    """Names of errors by their numbers, as the glossary has them."""
    return {found[1]: term.casefold() for term, text in GLOSSARY.items() if _ERRNO.fullmatch(term) and (found := _NUMBER.search(text))}
