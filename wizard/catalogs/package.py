"""A catalog that an installed package offers, by an entry point: the only way in which code of a catalog is run, and only when it is named."""

import sys
from importlib.metadata import EntryPoint, distributions
from pathlib import Path

from msgspec.structs import replace

from wizard.catalog import GROUP, Catalog
from wizard.catalogs.answers import refuse_other_keys
from wizard.companion import CatalogueEntry
from wizard.control import Control
from wizard.errors import UsageError
from wizard.stack import KnownStack
from wizard.text import visible


def from_package(name: str) -> Catalog:
    """The catalog that an installed package offers under this name. Raises UsageError where none does, or it is none."""
    found = _offered().get(name)
    if found is None:
        there = ", ".join(sorted(_offered())) or "none are installed"
        folder = f" (the folder is meant by ./{name})" if Path(name).is_dir() else ""
        raise UsageError(f"--catalog {visible(name)}: no installed package offers a catalog of that name{folder}; accepted: {there}")
    where = f"--catalog {name} ({found.value})"
    try:
        catalog = found.load()
    except (ImportError, AttributeError, SyntaxError) as error:
        raise UsageError(f"{where}: cannot be loaded: {type(error).__name__}: {error}") from None
    if not isinstance(catalog, Catalog):
        raise UsageError(f"{where}: is no wizard.catalog.Catalog but {type(catalog).__name__}")
    for kind, entries in ((Control, catalog.controls), (CatalogueEntry, catalog.companions), (KnownStack, catalog.stacks)):
        for entry in entries:
            if not isinstance(entry, kind):
                raise UsageError(f"{where}: {entry!r} is no instance of a {kind.__name__}")
            if not isinstance(getattr(entry, "id", None), str):
                raise UsageError(f"{where}: {type(entry).__name__} has no id")
    for control in catalog.controls:
        try:
            control.page  # noqa: B018 - evaluated for its refusal
        except ValueError as error:
            raise UsageError(f"{where}: {type(control).__name__}: {error}") from None
    refuse_other_keys(catalog.answers, where)
    return replace(catalog, name=name, source=where, answers_source=where)


def _offered() -> dict[str, EntryPoint]:
    """The catalogs of installed packages. Not those of the folder that one is in: `python -m wizard` has it on its path."""
    here = Path.cwd().resolve()
    places = [place for place in sys.path if place and Path(place).resolve() != here]
    return {point.name: point for one in distributions(path=places) for point in one.entry_points if point.group == GROUP}
