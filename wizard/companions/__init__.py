"""The companions that Seawall knows."""

from wizard.companion import CatalogueEntry
from wizard.companions.postgres import Postgres
from wizard.companions.redis import Redis

COMPANIONS: tuple[CatalogueEntry, ...] = (Postgres(), Redis())


def entry_of(service: str) -> CatalogueEntry:
    """The entry with this id. Raises KeyError for an unknown one."""
    return {entry.id: entry for entry in COMPANIONS}[service]
