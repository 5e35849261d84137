"""The companions that Seawall knows, in the order in which they are offered: by kind, the usual ones first."""

from functools import cache
from typing import TYPE_CHECKING

from wizard.catalog import chosen, with_own
from wizard.companion import CatalogueEntry
from wizard.companions.caddy import Caddy
from wizard.companions.elasticsearch import Elasticsearch
from wizard.companions.grafana import Grafana
from wizard.companions.haproxy import HaProxy
from wizard.companions.kafka import Kafka
from wizard.companions.keycloak import Keycloak
from wizard.companions.mariadb import MariaDb
from wizard.companions.memcached import Memcached
from wizard.companions.minio import Minio
from wizard.companions.mongo import Mongo
from wizard.companions.mosquitto import Mosquitto
from wizard.companions.mysql import MySql
from wizard.companions.nats import Nats
from wizard.companions.nginx import Nginx
from wizard.companions.opensearch import OpenSearch
from wizard.companions.postgres import Postgres
from wizard.companions.prometheus import Prometheus
from wizard.companions.rabbitmq import RabbitMq
from wizard.companions.redis import Redis
from wizard.companions.traefik import Traefik
from wizard.companions.valkey import Valkey
from wizard.companions.vault import Vault

BUILT_IN: tuple[CatalogueEntry, ...] = (
    Postgres(), MySql(), MariaDb(), Mongo(),
    Redis(), Valkey(), Memcached(),
    RabbitMq(), Nats(), Kafka(), Mosquitto(),
    Elasticsearch(), OpenSearch(), Minio(),
    Nginx(), Caddy(), Traefik(), HaProxy(),
    Prometheus(), Grafana(),
    Keycloak(), Vault(),
)  # fmt: skip


@cache
def _companions() -> tuple[CatalogueEntry, ...]:
    return with_own(BUILT_IN, (entry for catalog in chosen() for entry in catalog.companions))


@cache
def _by_id() -> dict[str, CatalogueEntry]:
    return {entry.id: entry for entry in _companions()}


if TYPE_CHECKING:
    COMPANIONS: tuple[CatalogueEntry, ...]
    """Those of Seawall, then those of the catalogs in use."""
else:

    def __getattr__(name: str) -> tuple[CatalogueEntry, ...]:
        """COMPANIONS is put together when it is first asked for, so that a catalog can be made of what is in this package."""
        if name != "COMPANIONS":
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        return _companions()


def entry_of(service: str) -> CatalogueEntry:
    """The entry with this id. Raises KeyError for an unknown one."""
    return _by_id()[service]
