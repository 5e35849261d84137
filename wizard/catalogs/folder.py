"""A catalog in a folder: `catalog.yaml`, `answers.yaml`, and the templates that stand beside them. Facts only: nothing of it is run."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from wizard.catalog import Catalog
from wizard.catalogs.answers import refuse_other_keys
from wizard.catalogs.companion import companion
from wizard.catalogs.control import control
from wizard.catalogs.facts import CatalogFacts
from wizard.catalogs.stack import stack
from wizard.decode import convert
from wizard.errors import AnswerError, UsageError
from wizard.stack import LanguageStack
from wizard.yaml_read import line_of, load_mapping, read_text

FILE, ANSWERS = "catalog.yaml", "answers.yaml"
T = TypeVar("T")


def from_folder(folder: Path) -> Catalog:
    """The catalog in a folder. Raises UsageError with file and line for what is wrong in it."""
    if not folder.is_dir():
        raise UsageError(f"--catalog {folder}: no such folder; give one with a {FILE}")
    if not (folder / FILE).is_file():
        raise UsageError(f"--catalog {folder}: there is no {FILE} in it")
    source = str(folder / FILE)
    text = read_text(folder / FILE, source)
    try:
        facts = convert(load_mapping(text, source), CatalogFacts, "")
    except AnswerError as error:
        raise _at(source, text, error.key, error.problem) from None

    def made(key: str, rows: Sequence[Any], make: Callable[[Any], T]) -> tuple[T, ...]:
        found = []
        for number, row in enumerate(rows):
            try:
                found.append(make(row))
            except ValueError as error:
                raise _at(source, text, f"{key}[{number}]", str(error)) from None
        return tuple(found)

    home = folder.resolve()
    return Catalog(
        name=facts.name,
        companions=made("companions", facts.companions, lambda one: companion(one, facts.name, _base(one.extends, _companions()))),
        stacks=made("stacks", facts.stacks, lambda one: stack(one, facts.name, home, _base(one.extends, _stacks()))),
        controls=made("controls", facts.controls, control),
        replaces=frozenset({one.id for one in facts.companions if one.replaces} | {one.id for one in facts.stacks if one.replaces}),
        answers=_answers(folder / ANSWERS),
        source=source,
        answers_source=str(folder / ANSWERS),
    )


def _companions() -> Mapping[str, Any]:
    from wizard.companions import BUILT_IN

    return {entry.id: entry for entry in BUILT_IN}


def _stacks() -> Mapping[str, Any]:
    from wizard.stacks import BUILT_IN

    return {one.id: one for one in BUILT_IN if isinstance(one, LanguageStack)}


def _base(name: str | None, known: Mapping[str, T]) -> T | None:
    """What is extended. Raises ValueError for what there is not."""
    if name is None:
        return None
    if name not in known:
        raise ValueError(f"extends: «{name}» is none of Seawall's own; accepted: {', '.join(sorted(known))}")
    return known[name]


def _answers(path: Path) -> str:
    """The text of the default answers, if there are any. What they say is judged when they are used, as any answers file is."""
    if not path.is_file():
        return ""
    text = read_text(path, str(path))
    refuse_other_keys(text, str(path))
    return text


def _at(source: str, text: str, key: str, problem: str) -> UsageError:
    return UsageError(": ".join(part for part in (f"{source}:{line_of(text, key)}", key, problem) if part))
