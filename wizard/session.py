"""The answers to a project while they are given: all sources with what the folder says and the defaults that follow."""

from collections.abc import Iterator, Mapping
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from wizard.answers import Answers, Layer, from_file, language_of
from wizard.catalog import Catalog, chosen
from wizard.detect import defaults, detect, detected_layer
from wizard.egress_proxy import EGRESS
from wizard.resolve import INGRESS
from wizard.spelling import Data
from wizard.stack import Detected

if TYPE_CHECKING:
    from wizard.workload import Workload


class Session(Struct, frozen=True, dict=True):
    """The answers so far and what the folder said; a new answer makes a new session."""

    folder: Path
    found: Detected
    person: tuple[Layer, ...]
    language: str | None = None

    @cached_property
    def answers(self) -> Answers:
        """All sources, lowest first, with the defaults that follow from what is known."""
        person = Answers(self.person).data()
        stacked = language_of(person)
        fits = "image" not in person and stacked in (None, language_of(self.found.answers)) and not self.found.cannot
        found = self.found if fits else Detected({})
        language = stacked or language_of(found.answers)
        seen = detected_layer(found, person)
        below = Answers((defaults(self.folder, language), *_of_catalogs(), seen, *self.person, *_still_read(seen, person)))
        return _with_health(_with_own_name(below))

    @cached_property
    def workload(self) -> "Workload":
        """What the answers describe. Raises UsageError."""
        return self.answers.workload()

    def said(self, layer: Layer) -> "Session":
        """A session in which a person has said more; another language is looked for in the folder."""
        person = (*self.person, layer)
        language = language_of(Answers(person).data())
        if language != self.language:
            return replace(self, person=person, language=language, found=detect(self.folder, language))
        return replace(self, person=person)


def _of_catalogs() -> Iterator[Layer]:
    """What catalogs answer where nothing else does; of several the last one has the word."""
    for catalog in chosen():
        if catalog.answers:
            yield _read(catalog)


@lru_cache(8)
def _read(catalog: Catalog) -> Layer:
    found = from_file(catalog.answers, catalog.answers_source)
    return replace(found, given=False, evidence=dict.fromkeys(found.data, f"catalog {catalog.name}"))


def _still_read(seen: Layer, person: Mapping[str, Data]) -> tuple[Layer, ...]:
    """Secrets that the code reads, beside those a person named: without them it would not start."""
    named = person.get("secrets")
    if not isinstance(named, list):
        return ()
    names = {row.get("name") for row in named if isinstance(row, dict)}
    lacking = [row for row in seen.data.get("secrets", ()) if row["name"] not in names]
    return (replace(seen, data={"secrets": [*named, *lacking]}),) if lacking else ()


def _with_own_name(answers: Answers) -> Answers:
    """A folder called «redis» beside a companion of that name: the default name makes way."""
    data, (first, *rest) = answers.data(), answers.layers
    rows = data.get("companions")
    taken = {row.get("name") or row.get("service") for row in rows if isinstance(row, dict)} if isinstance(rows, list) else set()
    if data["name"] == first.data["name"] and data["name"] in taken | {INGRESS, EGRESS}:
        return Answers((replace(first, data={**first.data, "name": f"{data['name']}-app"}), *rest))
    return answers


def _with_health(answers: Answers) -> Answers:
    """The default check: TCP on the first port, for an image whose tools are known."""
    data = answers.data()
    if "health" in data or "stack" not in data or not isinstance(data.get("ports"), list):
        return answers
    ports = [p.get("container") for p in data["ports"] if isinstance(p, dict) and p.get("protocol", "tcp") == "tcp"]
    if not ports or not isinstance(ports[0], int) or not 0 < ports[0] < 65536:
        return answers
    first, *rest = answers.layers
    return Answers((replace(first, data={**first.data, "health": {"tcp": ports[0]}}), *rest))
