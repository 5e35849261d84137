"""What is known of a capability, as a page in parts; nothing here draws."""

from wizard.capabilities import NON_ROOT, REVIEW, REVIEWED, Fact, fact_of
from wizard.controls.capabilities import NEEDS

Parts = tuple[tuple[str, str], ...]
"""Headings, each with its text."""


def parts(fact: Fact) -> Parts:
    """The page of a capability, without what there is nothing to say of."""
    found = (
        ("What an intruder does with it", sentence(fact.risk)),
        ("When it is needed", sentence(fact.needed)),
        ("Instead", sentence(fact.instead)),
        ("For a user that is not root", f"{NON_ROOT} {fact.effect}".strip()),
        ("Needs that people add it for", " ".join(needs(fact))),
    )
    return tuple((heading, text) for heading, text in found if text)


def summary(fact: Fact) -> str:
    """Its risk, and whether one has it without asking."""
    given = "given to every container by default" if fact.default else "not given by default"
    return f"risk {fact.level.value}; {given}; here dropped unless asked for with a reason"


def needs(fact: Fact) -> list[str]:
    """The needs that people add it for, each with what serves it here."""
    return [f"{need.question} {need.help}" for need in NEEDS if fact.name in need.costs]


def review() -> tuple[str, ...]:
    """What to look at first where ALL cannot be dropped: a sentence on all, then one on each."""
    return (REVIEW, *(f"{fact.name}: {fact.risk}. Instead: {fact.instead}." for fact in map(fact_of, REVIEWED)))


def sentence(text: str) -> str:
    """A fact as a sentence; nothing stays nothing."""
    return f"{text[0].upper()}{text[1:]}." if text else ""
