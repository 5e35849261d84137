"""What a team adds to what Seawall knows: its own stacks, companions, controls and default answers.

Which catalogs are in use is decided once, at the edge of the program and before anything is listed; then it is a value like any other.
Reading them is the business of `wizard.catalogs`, which is not imported where nobody names one.
"""

from collections.abc import Iterable
from typing import Any, TypeVar

from msgspec import Struct

from wizard.companion import CatalogueEntry
from wizard.stack import KnownStack

GROUP = "seawall.catalog"
"""The group of entry points by which installed packages offer catalogs."""


class Catalog(Struct, frozen=True, kw_only=True):
    """One catalog. A package makes it of instances of its own classes; for a folder it is made of `catalog.yaml` and `answers.yaml`.

    `controls` are instances of `wizard.control.Control`, which stands above this module.
    """

    name: str = ""
    """What `seawall.yaml` calls it. That of a package is the name of its entry point."""
    controls: tuple[Any, ...] = ()
    companions: tuple[CatalogueEntry, ...] = ()
    stacks: tuple[KnownStack, ...] = ()
    replaces: frozenset[str] = frozenset()
    """Ids of Seawall's own companions and stacks in whose place those of the same id stand."""
    answers: str = ""
    """Default answers as the text of an answers file: above Seawall's own defaults, below what a folder shows."""
    source: str = ""
    """Where it was read, in words; and where its answers were."""
    answers_source: str = ""


class _Choice:
    """The catalogs of this process: chosen at most once, and not after they were asked for."""

    catalogs: tuple[Catalog, ...] = ()
    asked = False


def choose(catalogs: Iterable[Catalog]) -> None:
    """Take these catalogs into use, for the whole process. Raises RuntimeError when what there is was listed already: that could not change."""
    found = tuple(catalogs)
    if _Choice.asked and found != _Choice.catalogs:
        raise RuntimeError("catalogs are chosen before controls, companions and stacks are listed")
    _Choice.catalogs = found


def chosen() -> tuple[Catalog, ...]:
    """The catalogs in use, in the order in which they were named."""
    _Choice.asked = True
    return _Choice.catalogs


T = TypeVar("T")


def with_own(built_in: tuple[T, ...], own: Iterable[T], first: bool = False) -> tuple[T, ...]:
    """What there is by itself with what catalogs bring: one of the same id in its place, the others after it, or `first`."""
    there = {entry.id: entry for entry in own}  # type: ignore[attr-defined]
    kept = tuple(there.pop(entry.id, entry) for entry in built_in)  # type: ignore[attr-defined]
    return (*there.values(), *kept) if first else (*kept, *there.values())
