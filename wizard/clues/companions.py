"""Services that a program works with: from the packages it depends on, its connection strings and the Compose file beside it."""

import re
from collections.abc import Mapping

from msgspec.structs import replace

from wizard.clues.findings import Findings
from wizard.clues.variables import EXAMPLES
from wizard.folder import Certainty

PACKAGES: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "python": {
        "postgres": ("psycopg", "psycopg2", "psycopg2-binary", "psycopg-binary", "asyncpg", "pg8000", "aiopg"),
        "mysql": ("mysqlclient", "pymysql", "mysql-connector-python", "mysql-connector", "aiomysql", "asyncmy"), "mariadb": ("mariadb",),
        "mongo": ("pymongo", "motor", "mongoengine", "beanie", "flask-pymongo", "djongo"),
        "redis": ("redis", "django-redis", "aioredis", "rq", "flask-redis", "channels-redis", "django-rq", "arq"),
        "memcached": ("pymemcache", "pylibmc", "python-memcached"), "rabbitmq": ("pika", "aio-pika", "aiormq"),
        "nats": ("nats-py",), "kafka": ("kafka-python", "confluent-kafka", "aiokafka", "kafka-python-ng"),
        "elasticsearch": ("elasticsearch", "elasticsearch-dsl"), "opensearch": ("opensearch-py",), "minio": ("minio",),
    },
    "node": {
        "postgres": ("pg", "postgres", "pg-promise", "@neondatabase/serverless", "pg-native", "slonik", "postgres-js"),
        "mysql": ("mysql", "mysql2"), "mariadb": ("mariadb",), "mongo": ("mongoose", "mongodb", "@nestjs/mongoose", "monk", "connect-mongo"),
        "redis": ("redis", "ioredis", "bullmq", "bull", "connect-redis", "bee-queue"), "memcached": ("memcached", "memjs"),
        "rabbitmq": ("amqplib", "amqp-connection-manager", "amqp"), "nats": ("nats", "@nats-io/transport-node"), "kafka": ("kafkajs", "node-rdkafka"),
        "elasticsearch": ("@elastic/elasticsearch",), "opensearch": ("@opensearch-project/opensearch",), "minio": ("minio",),
    },
    "go": {
        "postgres": ("github.com/lib/pq", "github.com/jackc/pgx", "gorm.io/driver/postgres", "github.com/uptrace/bun/driver/pgdriver",
            "github.com/go-pg/pg"),
        "mysql": ("github.com/go-sql-driver/mysql", "gorm.io/driver/mysql"), "mongo": ("go.mongodb.org/mongo-driver", "gopkg.in/mgo.v2"),
        "redis": ("github.com/redis/go-redis", "github.com/go-redis/redis", "github.com/gomodule/redigo", "github.com/redis/rueidis"),
        "memcached": ("github.com/bradfitz/gomemcache",), "rabbitmq": ("github.com/rabbitmq/amqp091-go", "github.com/streadway/amqp"),
        "nats": ("github.com/nats-io/nats.go",), "minio": ("github.com/minio/minio-go",),
        "kafka": ("github.com/segmentio/kafka-go", "github.com/ibm/sarama", "github.com/shopify/sarama",
            "github.com/confluentinc/confluent-kafka-go", "github.com/twmb/franz-go"),
        "elasticsearch": ("github.com/elastic/go-elasticsearch", "github.com/olivere/elastic"),
    },
    "rust": {
        "postgres": ("tokio-postgres", "postgres", "deadpool-postgres", "diesel:postgres", "sqlx:postgres", "sea-orm:sqlx-postgres",
            "diesel-async:postgres", "bb8-postgres"),
        "mysql": ("mysql", "mysql_async", "diesel:mysql", "sqlx:mysql", "sea-orm:sqlx-mysql"), "mongo": ("mongodb",),
        "redis": ("redis", "fred", "deadpool-redis", "bb8-redis"), "rabbitmq": ("lapin",), "nats": ("async-nats", "nats"),
        "kafka": ("rdkafka", "kafka"), "elasticsearch": ("elasticsearch",),
    },
    "java": {
        "postgres": ("org.postgresql:postgresql", "io.quarkus:quarkus-jdbc-postgresql", "r2dbc-postgresql", "io.quarkus:quarkus-reactive-pg-client"),
        "mysql": ("com.mysql:mysql-connector-j", "mysql:mysql-connector-java", "io.quarkus:quarkus-jdbc-mysql"),
            "mariadb": ("org.mariadb.jdbc:mariadb-java-client",),
        "mongo": ("spring-boot-starter-data-mongodb", "org.mongodb:mongodb-driver-sync", "spring-boot-starter-data-mongodb-reactive",
            "quarkus-mongodb-client", "quarkus-mongodb-panache"),
        "redis": ("spring-boot-starter-data-redis", "redis.clients:jedis", "io.lettuce:lettuce-core", "spring-boot-starter-data-redis-reactive",
            "spring-session-data-redis", "quarkus-redis-client"),
        "rabbitmq": ("spring-boot-starter-amqp", "com.rabbitmq:amqp-client"), "kafka": ("org.springframework.kafka:spring-kafka",
            "org.apache.kafka:kafka-clients", "quarkus-messaging-kafka"),
        "elasticsearch": ("spring-boot-starter-data-elasticsearch",), "nats": ("io.nats:jnats",),
    },
    "dotnet": {
        "postgres": ("npgsql", "npgsql.entityframeworkcore.postgresql", "aspire.npgsql.entityframeworkcore.postgresql"),
        "mysql": ("mysql.data", "mysqlconnector", "pomelo.entityframeworkcore.mysql"), "mongo": ("mongodb.driver",),
        "redis": ("stackexchange.redis", "microsoft.extensions.caching.stackexchangeredis"), "rabbitmq": ("rabbitmq.client", "masstransit.rabbitmq"),
        "kafka": ("confluent.kafka",), "nats": ("nats.net", "nats.client.core"), "elasticsearch": ("elastic.clients.elasticsearch", "nest"),
    },
    "php": {
        "redis": ("predis/predis", "ext-redis", "snc/redis-bundle"), "mongo": ("mongodb/mongodb", "mongodb/laravel-mongodb",
            "doctrine/mongodb-odm-bundle"),
        "postgres": ("ext-pdo_pgsql", "ext-pgsql"), "mysql": ("ext-pdo_mysql", "ext-mysqli"), "memcached": ("ext-memcached",),
        "rabbitmq": ("php-amqplib/php-amqplib", "ext-amqp", "symfony/amqp-messenger"), "elasticsearch": ("elasticsearch/elasticsearch",),
    },
    "ruby": {
        "postgres": ("pg",), "mysql": ("mysql2", "trilogy"), "redis": ("redis", "sidekiq", "redis-rails", "resque"), "mongo": ("mongoid", "mongo"),
        "memcached": ("dalli",), "rabbitmq": ("bunny", "sneakers"), "kafka": ("ruby-kafka", "karafka", "rdkafka"),
        "elasticsearch": ("elasticsearch", "searchkick", "elasticsearch-rails"),
    },
    "elixir": {
        "postgres": ("postgrex",), "mysql": ("myxql",), "redis": ("redix",), "mongo": ("mongodb_driver",), "rabbitmq": ("amqp", "broadway_rabbitmq"),
        "kafka": ("brod", "kaffe", "broadway_kafka"), "nats": ("gnat",),
    },
}  # fmt: skip
"""The packages of each language that speak to a companion and to nothing else."""

_SCHEMES = {
    "postgres": "postgres", "postgresql": "postgres", "mysql": "mysql", "mysql2": "mysql", "mariadb": "mariadb", "mongodb": "mongo",
    "mongodb+srv": "mongo", "redis": "redis", "rediss": "redis", "amqp": "rabbitmq", "amqps": "rabbitmq", "nats": "nats", "memcached": "memcached",
    "pgsql": "postgres",
}  # fmt: skip
_URL = re.compile(
    r"^(?!\s*(?:#|//|;)).*?\b(?:jdbc:)?(postgres(?:ql)?|pgsql|mysql2?|mariadb|mongodb(?:\+srv)?|rediss?|amqps?|nats|memcached)(?:\+\w+)?://", re.M
)
_DRIVER = re.compile(r"^DB_CONNECTION[ \t]*=[ \t]*[\"']?(mysql|pgsql|mariadb)\b", re.M)
_IMAGES = {
    "postgres": "postgres", "mysql": "mysql", "mariadb": "mariadb", "mongo": "mongo", "redis": "redis", "valkey": "redis", "memcached": "memcached",
    "rabbitmq": "rabbitmq", "nats": "nats", "kafka": "kafka", "elasticsearch": "elasticsearch", "opensearch": "opensearch", "minio": "minio",
    "postgis": "postgres", "pgvector": "postgres", "mongodb": "mongo", "postgresql": "postgres", "mysql-server": "mysql",
}  # fmt: skip
_IMAGE = re.compile(r"^\s+image:\s*[\"']?(?:[\w.-]+/)*([\w-]+?)(?::[\w.-]+)?[\"']?\s*$", re.M)
COMPOSE = ("docker-compose.yml", "docker-compose.yaml", "compose.yml")
"""Compose files that stay as they are; what stands in compose.yaml is ours after the first run."""


def look_for_companions(found: Findings, dependencies: Mapping[str, tuple[str, int]]) -> None:
    """Add a row for each companion, at most one of a kind."""
    language = "node" if found.language in ("node", "bun", "deno", "static") else found.language
    for companion, packages in PACKAGES.get(language, {}).items():
        if place := next((dependencies[package] for package in packages if package in dependencies), None):
            embedded = (
                language == "node" and companion in ("postgres", "mysql") and any(name in dependencies for name in ("sqlite3", "better-sqlite3"))
            )
            _add(found, companion, *place, "assumed" if embedded else "inferred")
    schema = found.folder.first("prisma/schema.prisma", "schema.prisma")
    if schema and (match := found.folder.search(r"^[ \t]*provider\s*=\s*\"(postgresql|mysql|mongodb)\"", schema)):
        _add(found, _SCHEMES[match[0]], match.file, match.line)
    for name in EXAMPLES:
        for pattern in (_DRIVER, _URL):
            for seen in pattern.finditer(text := found.folder.text(name)):
                _add(found, _SCHEMES[seen[1]], name, text.count("\n", 0, seen.end()) + 1)
    if found.folder.above is None:
        _in_compose(found)
    _doubt(found)


def _doubt(found: Findings) -> None:
    """Who can work with several databases of one kind works with one of them: which, the person says."""
    rows = [row["service"] for row in found.answers.get("companions", ())]
    if len({"postgres", "mysql", "mariadb", "mongo"} & set(rows)) > 1:
        found.evidence = [replace(entry, certainty="assumed") if entry.fact == "companions" else entry for entry in found.evidence]


def _in_compose(found: Findings) -> None:
    """What stands beside the service in a Compose file that a person wrote."""
    for name in COMPOSE:
        text = found.folder.text(name)
        for seen in _IMAGE.finditer(text):
            if companion := _IMAGES.get(seen[1]):
                _add(found, companion, name, text.count("\n", 0, seen.start(1)) + 1)


def _add(found: Findings, companion: str, file: str, line: int, certainty: Certainty = "stated") -> None:
    known = {row["service"] for row in found.answers.get("companions", ())}
    alike = {"mysql", "mariadb"}
    if companion not in known and not (companion in alike and known & alike):
        found.add("companions", {"service": companion}, file, line, certainty)
