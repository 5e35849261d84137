"""The companions that Seawall knows, in the order in which they are offered: by kind, the usual ones first."""

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

COMPANIONS: tuple[CatalogueEntry, ...] = (
    Postgres(), MySql(), MariaDb(), Mongo(),
    Redis(), Valkey(), Memcached(),
    RabbitMq(), Nats(), Kafka(), Mosquitto(),
    Elasticsearch(), OpenSearch(), Minio(),
    Nginx(), Caddy(), Traefik(), HaProxy(),
    Prometheus(), Grafana(),
    Keycloak(), Vault(),
)  # fmt: skip
_BY_ID = {entry.id: entry for entry in COMPANIONS}


def entry_of(service: str) -> CatalogueEntry:
    """The entry with this id. Raises KeyError for an unknown one."""
    return _BY_ID[service]
