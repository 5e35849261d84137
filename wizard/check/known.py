"""Well-known images: what they start as, run as and write, by variant. Read from their Dockerfiles and entrypoints, not asked of a registry."""

from collections.abc import Mapping

from msgspec import Struct

_STEPS_DOWN = ("CHOWN", "DAC_OVERRIDE", "SETGID", "SETUID")


class Known(Struct, frozen=True):
    """An image: `start` is its USER, `own` whom it is made to run as, `alpine` the same of that variant where it differs.

    `memory` and `data` are the folders that it writes, `root` the capabilities that its start script takes as root.
    """

    start: str = "0"
    own: str = ""
    alpine: str = ""
    memory: tuple[str, ...] = ()
    data: tuple[str, ...] = ()
    root: tuple[str, ...] = ()

    def user(self, tag: str) -> str:
        """Whom the variant of a tag is made to run as."""
        return self.alpine if self.alpine and "alpine" in tag else self.own


IMAGES: Mapping[str, Known] = {
    "postgres": Known("0", "999:999", "70:70", ("/tmp", "/var/run/postgresql"), ("/var/lib/postgresql",), _STEPS_DOWN),
    "mysql": Known("0", "999:999", "", ("/tmp", "/var/run/mysqld"), ("/var/lib/mysql",), _STEPS_DOWN),
    "mariadb": Known("0", "999:999", "", ("/tmp", "/run/mysqld"), ("/var/lib/mysql",), _STEPS_DOWN),
    "mongo": Known("0", "999:999", "", ("/tmp",), ("/data/db", "/data/configdb"), _STEPS_DOWN),
    "redis": Known("0", "999:999", "999:1000", (), ("/data",), ("CHOWN", "SETGID", "SETPCAP", "SETUID")),
    "valkey/valkey": Known("0", "999:999", "999:1000", (), ("/data",), ("CHOWN", "SETGID", "SETUID")),
    "memcached": Known("11211", "11211:11211"),
    "rabbitmq": Known("0", "999:999", "100:101", ("/tmp", "/var/log/rabbitmq"), ("/var/lib/rabbitmq",), _STEPS_DOWN),
    "nats": Known("0", "65534:65534", "", ("/tmp",), ("/data",)),
    "apache/kafka": Known("1000", "1000:1000", "", ("/tmp", "/opt/kafka/config", "/opt/kafka/logs"), ("/var/lib/kafka/data",)),
    "nginx": Known("0", "101:101", "", ("/var/cache/nginx", "/run", "/tmp"), (), ("CHOWN", "SETGID", "SETUID")),
    "nginxinc/nginx-unprivileged": Known("101", "101:101", "", ("/tmp",)),
    "traefik": Known("0", "65532:65532", "", ("/tmp",)),
    "caddy": Known("0", "65532:65532", "", ("/tmp",), ("/data", "/config"), ("NET_BIND_SERVICE",)),
    "haproxy": Known("99", "99:99", "", ("/var/lib/haproxy", "/tmp")),
    "minio/minio": Known("0", "", "", ("/tmp",), ("/data",)),
    "docker.elastic.co/elasticsearch/elasticsearch": Known("1000:0", "1000:0", "", ("/tmp", "/usr/share/elasticsearch/logs")),
    "elasticsearch": Known("1000:0", "1000:0", "", ("/tmp", "/usr/share/elasticsearch/logs")),
    "opensearchproject/opensearch": Known("1000", "1000:1000", "", ("/tmp", "/usr/share/opensearch/logs")),
    "grafana/grafana": Known("472", "472:0", "", ("/tmp",), ("/var/lib/grafana",)),
    "prom/prometheus": Known("nobody", "65534:65534", "", (), ("/prometheus",)),
    "hashicorp/vault": Known("0", "100:1000", "", ("/tmp",), ("/vault/file", "/vault/logs"), ("CHOWN", "IPC_LOCK", "SETFCAP", "SETGID", "SETUID")),
    "quay.io/keycloak/keycloak": Known("1000", "1000:0", "", ("/tmp", "/opt/keycloak/data/tmp")),
    "node": Known("0", "1000:1000"),
    **dict.fromkeys((
        "almalinux", "alpine", "amazoncorretto", "amazonlinux", "archlinux", "buildpack-deps", "busybox", "centos", "composer", "debian",
        "eclipse-temurin", "elixir", "erlang", "fedora", "golang", "gradle", "httpd", "maven", "mcr.microsoft.com/dotnet/sdk", "openjdk",
        "oraclelinux", "perl", "php", "pypy", "python", "registry", "rockylinux", "ruby", "rust", "swift", "tomcat", "ubuntu", "wordpress",
    ), Known()),
}  # fmt: skip
"""By the name without the default registry. Those without further facts start as root, and what they write is not known."""
