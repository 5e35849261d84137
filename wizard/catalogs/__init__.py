"""Reading the catalogs that a person names: folders of facts and templates, and installed packages. Nothing is read that nobody named."""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from wizard.catalog import Catalog, choose
from wizard.errors import UsageError
from wizard.text import visible

VARIABLE = "SEAWALL_CATALOG"
"""Catalogs that are in use in every run, with colons between them (semicolons on Windows)."""


def from_environment() -> tuple[str, ...]:
    """The catalogs that the environment names."""
    return tuple(name for name in os.environ.get(VARIABLE, "").split(os.pathsep) if name)


def choose_from_environment() -> None:
    """Take the catalogs that the environment names into use, if it names any. Raises UsageError for what is none."""
    if names := from_environment():
        choose(load(names))


def load(names: Sequence[str]) -> tuple[Catalog, ...]:
    """The catalogs of these names: folders where there is a slash in it, else packages. Raises UsageError for what is none."""
    found: list[Catalog] = []
    for name in dict.fromkeys(names):
        if _is_folder(name):
            from wizard.catalogs.folder import from_folder

            catalog = from_folder(Path(name))
        else:
            from wizard.catalogs.package import from_package

            catalog = from_package(name)
        if other := next((one for one in found if one.name == catalog.name), None):
            raise UsageError(f"{catalog.source}: the catalog {catalog.name} is in use already, from {other.source}; leave one of them out")
        found.append(catalog)
    _refuse_repeats(found)
    return tuple(found)


def _is_folder(name: str) -> bool:
    """A plain word is never a folder: what lies in the folder that one happens to be in must not become a catalog."""
    return name in (".", "..") or os.sep in name or bool(os.altsep and os.altsep in name)


def _refuse_repeats(catalogs: Sequence[Catalog]) -> None:
    """Raises UsageError for an id that is there already, unless it says that it replaces what has it."""
    from wizard.companions import BUILT_IN as COMPANIONS
    from wizard.controls import BUILT_IN as CONTROLS
    from wizard.stacks import BUILT_IN as STACKS

    built_in = {"control": {one.id for one in CONTROLS}, "companion": {one.id for one in COMPANIONS}, "stack": {one.id for one in STACKS}}
    taken: dict[tuple[str, str], str] = {}
    for catalog in catalogs:
        for kind, name in _entries(catalog):
            where = f"{catalog.source}: the {kind} {visible(name)}"
            if other := taken.get((kind, name)):
                raise UsageError(f"{where} is in {other} as well; give one of them another id")
            taken[kind, name] = catalog.source
            if name not in built_in[kind]:
                continue
            if kind == "control":
                raise UsageError(f"{where} has the id of one of Seawall's own; give it another, and waive that one with a reason where it should go")
            if name not in catalog.replaces:
                raise UsageError(f"{where} has the id of one of Seawall's own; give it another, or say that it replaces that one")


def _entries(catalog: Catalog) -> Iterator[tuple[str, str]]:
    yield from (("control", control.id) for control in catalog.controls)
    yield from (("companion", entry.id) for entry in catalog.companions)
    yield from (("stack", stack.id) for stack in catalog.stacks)
