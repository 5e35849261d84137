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
    for literal, weight in literals(control).items():
        pieces = [piece for piece in map(plain_words, literal.split("...")) if piece]
        if all(re.search(rf"(?<!\w){re.escape(piece)}(?!\w)", asked) for piece in pieces):
            score, whole = max(score, _LITERALLY * weight + _A_CHARACTER * len(literal)), True
        elif len(asked) >= _SHORTEST and any(asked in piece for piece in pieces):
            score = max(score, _LITERALLY * weight + _A_CHARACTER * len(asked))
    score = score + _shared(control, asked) if score else _words(control, asked)
    return Hit(control, score, whole) if score else None


def _words(control: Control, asked: str) -> int:
    """Whether a page holds all words that were asked: more for its title than for the rest."""
    words = asked.split()
    for text, weight in ((f"{control.id} {control.title} {' '.join(control.settings)}", 20), (_page(control), 10)):
        if all(re.search(rf"(?<!\w){re.escape(word)}", plain_words(text)) for word in words):
            return weight
    return 0


def _shared(control: Control, asked: str) -> int:
    """How many words a line has in common with what the page says of how it shows: a path, the name of a program."""
    page = set(re.findall(r"\w+", plain_words(control.page.sections["How it shows"])))
    return _A_WORD * len([word for word in page & set(re.findall(r"\w+", asked)) if len(word) >= _SHORTEST])


@lru_cache
def _page(control: Control) -> str:
    return " ".join((control.id, control.title, *control.settings, *control.page.sections.values()))


@lru_cache
def _errors() -> Mapping[str, str]:
    """Names of errors by their numbers, as the glossary has them."""
    return {found[1]: term.casefold() for term, text in GLOSSARY.items() if _ERRNO.fullmatch(term) and (found := _NUMBER.search(text))}
