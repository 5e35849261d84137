"""A control out of a `catalog.yaml`: a team's rule for every service, rendered, checked, mended and explained like Seawall's own."""

import json
import re
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any, ClassVar

from wizard.catalogs.facts import ControlFacts, ForbidFact, ProbeFact
from wizard.control import Control, Live, Must, Page, Probe, Step, inspected
from wizard.project import Service

_OWNED = frozenset(("image", "build", "command", "entrypoint", "depends_on", "x-seawall"))
"""Keys that say what a service is, and no rule sets."""


class _Declared(Control):
    """What the facts say."""

    facts: ClassVar[ControlFacts]
    given_page: ClassVar[Page]

    @cached_property
    def page(self) -> Page:
        return self.given_page

    def forbids(self, fragment: Mapping[str, Any]) -> Iterator[str]:
        for rule in self.facts.forbids:
            if rule.key in fragment and any(_breaks(rule, value) for value in _values(fragment[rule.key])):
                yield rule.message

    def probes(self, service: Service) -> tuple[Probe, ...]:
        return (_probe(self.facts.probe),) if self.facts.probe else ()


class _OnlyMust(_Declared):
    """One that forbids nothing, which is seen by its not having an opinion."""

    forbids = Control.forbids


def control(facts: ControlFacts) -> Control:
    """The control that the facts describe. Raises ValueError for what cannot be."""
    if not facts.must and not facts.forbids:
        raise ValueError("must and forbids are both missing: it would ask for nothing")
    for must in facts.must:
        if must.key in _OWNED:
            raise ValueError(f"must: {must.key} says what a service is, and no rule sets it")
        if must.value is None and not must.example:
            raise ValueError(f"must: {must.key} has neither value nor example")
    for rule in facts.forbids:
        if not (rule.values or rule.pattern or rule.unless):
            raise ValueError(f"forbids: {rule.key} has neither values nor pattern nor unless")
        for pattern in (rule.pattern, rule.unless):
            _check_pattern(rule.key, pattern)
    texts = {"Why": facts.why, "What may break": facts.what_may_break, "How it shows": facts.how_it_shows}
    sections = {name: _one_line(text) for name, text in texts.items()} | {"References": "; ".join(map(_one_line, facts.references))}
    attributes: dict[str, Any] = {
        "facts": facts, "id": facts.id, "severity": facts.severity, "step": Step[facts.step.upper().replace("-", "_")],
        "stops": _one_line(facts.stops), "stands": _one_line(facts.stands),
        "given_page": Page(_one_line(facts.title).rstrip("."), sections),
        "settings": tuple(dict.fromkeys(must.key for must in facts.must)),
        "judged": tuple(dict.fromkeys(rule.key for rule in facts.forbids)),
        "must": tuple(Must(must.key, must.value, example=must.example) for must in facts.must),
        "__doc__": facts.title,
    }  # fmt: skip
    if facts.remedy:
        attributes["remedy"] = _one_line(facts.remedy)
    made: Control = type(facts.id, (_Declared if facts.forbids else _OnlyMust,), attributes)()
    return made


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _check_pattern(key: str, pattern: str | None) -> None:
    try:
        re.compile(pattern or "")
    except re.error as error:
        raise ValueError(f"forbids: {key}: {error}") from None


def _values(found: Any) -> list[Any]:
    """The entries of a list; of a mapping its names with their values; else what stands there."""
    if isinstance(found, Mapping):
        return [f"{name}={value}" for name, value in found.items()]
    return list(found) if isinstance(found, (list, tuple)) else [found]


def _breaks(rule: ForbidFact, value: Any) -> bool:
    text = value if isinstance(value, str) else json.dumps(value)
    if value in rule.values or (rule.pattern and re.search(rule.pattern, text)):
        return True
    return bool(rule.unless and not re.search(rule.unless, text))


def _probe(fact: ProbeFact) -> Probe:
    def observe(live: Live) -> str:
        seen: Any = live.inspect()
        for key in fact.inspect:
            seen = seen.get(key) if isinstance(seen, Mapping) else None
        return seen if isinstance(seen, str) else json.dumps(seen)

    way = "".join(f' "{key}"' for key in fact.inspect)
    return Probe(fact.what, fact.expected, observe, inspected("{{index ." + way + "}}", fact.expected))
