"""Well-known images: what they start as, run as and write, by variant. Read from their Dockerfiles and entrypoints, not asked of a registry."""

from collections.abc import Mapping

from wizard.known_image import Kept, Known, Scratch, Variant

_STEPS_DOWN = ("CHOWN", "DAC_OVERRIDE", "SETGID", "SETUID")
_TMP = Scratch("/tmp", "64M", "temporary files")
_UNPACKED = Kept("/tmp", "libraries that it unpacks there and runs, which a tmpfs does not allow", False)


def _alpine(own: str) -> tuple[Variant, ...]:
    return (Variant({"own": own}, "alpine"),)


IMAGES: Mapping[str, Known] = {
    "postgres": Known(
        own="999:999",
        scratch=(_TMP, Scratch("/var/run/postgresql", "16M", "its socket")),
        kept=(Kept("/var/lib/postgresql", "the databases"),),
        root=_STEPS_DOWN,
        # Over TCP: while it initialises, a temporary server listens on the socket only and would look ready. Any user is answered.
        health=("pg_isready", "-q", "-h", "127.0.0.1", "-U", "postgres"),
        secrets={"POSTGRES_PASSWORD": "POSTGRES_PASSWORD_FILE"},
        mem_limit="512M",
        variants=(*_alpine("70:70"), Variant({"kept": (Kept("/var/lib/postgresql/data", "the databases"),)}, before=(18,))),
    ),
    "mysql": Known(
        own="999:999",
        scratch=(_TMP, Scratch("/var/run/mysqld", "16M", "its socket")),
        kept=(Kept("/var/lib/mysql", "the databases"),),
        root=_STEPS_DOWN,
        health=("mysqladmin", "ping", "-h", "127.0.0.1", "--silent"),
        secrets={"MYSQL_ROOT_PASSWORD": "MYSQL_ROOT_PASSWORD_FILE", "MYSQL_PASSWORD": "MYSQL_PASSWORD_FILE"},
        mem_limit="1G",
    ),
    "mariadb": Known(
        own="999:999",
        scratch=(_TMP, Scratch("/run/mysqld", "16M", "its socket")),
        kept=(Kept("/var/lib/mysql", "the databases"),),
        root=_STEPS_DOWN,
        health=("mariadb-admin", "ping", "-h", "127.0.0.1", "--silent"),
        secrets={f"{kind}_{name}": f"{kind}_{name}_FILE" for kind in ("MARIADB", "MYSQL") for name in ("ROOT_PASSWORD", "PASSWORD")},
        mem_limit="512M",
        variants=(
            Variant({"start": "mysql", "scratch": (_TMP, Scratch("/run/mariadb", "16M", "its socket"))}, "ubi"),
            Variant({"health": ("mysqladmin", "ping", "-h", "127.0.0.1", "--silent")}, before=(10, 5)),
        ),
    ),
    "mongo": Known(
        own="999:999",
        scratch=(_TMP,),
        kept=(Kept("/data/db", "the databases"), Kept("/data/configdb", "settings of a cluster")),
        root=_STEPS_DOWN,
        health=("mongosh", "--quiet", "--norc", "--eval", "quit(db.adminCommand({ping:1}).ok ? 0 : 2)", "127.0.0.1:27017/admin"),
        secrets={"MONGO_INITDB_ROOT_PASSWORD": "MONGO_INITDB_ROOT_PASSWORD_FILE"},
        mem_limit="1G",
        variants=(Variant({"health": ()}, before=(6,)),),
    ),
    # An answer is enough: with a password set it says that one is wanted, and works.
    # Since 8 the image declares no volume; the append-only file is in a folder that only its own user may enter (measured).
    "redis": Known(
        own="999:999",
        kept=(Kept("/data", "snapshots and the append-only file", False),),
        root=("CHOWN", "DAC_OVERRIDE", "SETGID", "SETPCAP", "SETUID"),
        health=("redis-cli", "-h", "127.0.0.1", "ping"),
        mem_limit="256M",
        variants=(*_alpine("999:1000"), Variant({"kept": (Kept("/data", "snapshots and the append-only file"),)}, before=(8,))),
    ),
    "valkey/valkey": Known(
        own="999:999",
        kept=(Kept("/data", "snapshots and the append-only file"),),
        root=("CHOWN", "SETGID", "SETUID"),
        health=("valkey-cli", "-h", "127.0.0.1", "ping"),
        mem_limit="256M",
        variants=_alpine("999:1000"),
    ),
    "memcached": Known(
        "11211",
        "11211:11211",
        mem_limit="128M",
        health=("bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/11211 && printf 'version\\r\\n' >&3 && grep -q ^VERSION <&3"),
        variants=(Variant({"health": ("nc", "-z", "127.0.0.1", "11211")}, "alpine"),),
    ),
    "rabbitmq": Known(
        own="999:999",
        scratch=(_TMP, Scratch("/var/log/rabbitmq", "16M", "log files")),
        kept=(Kept("/var/lib/rabbitmq", "queues and the cookie"),),
        root=_STEPS_DOWN,
        health=("rabbitmq-diagnostics", "-q", "ping"),
        mem_limit="512M",
        variants=_alpine("100:101"),
    ),
    "nats": Known(
        own="65534:65534",
        scratch=(_TMP,),
        kept=(Kept("/data", "streams", False),),
        mem_limit="256M",
        variants=(Variant({"health": ("nc", "-z", "127.0.0.1", "4222")}, "alpine"),),
    ),
    "apache/kafka": Known(
        "1000",
        "1000:1000",
        mem_limit="1536M",
        scratch=(Scratch("/opt/kafka/config", "16M", "settings made at the start"), Scratch("/opt/kafka/logs", "16M", "log files")),
        kept=(Kept("/var/lib/kafka/data", "the topics, if KAFKA_LOG_DIRS names it"), _UNPACKED),
    ),
    "nginx": Known(
        own="101:101",
        scratch=(Scratch("/var/cache/nginx", "64M", "bodies of requests"), Scratch("/run", "16M", "its process number"), _TMP),
        root=("CHOWN", "SETGID", "SETUID"),
        mem_limit="128M",
    ),
    "nginxinc/nginx-unprivileged": Known("101", "101:101", scratch=(_TMP,), mem_limit="128M"),
    "traefik": Known(own="65532:65532", scratch=(_TMP,), mem_limit="256M"),
    "caddy": Known(
        own="65532:65532",
        scratch=(_TMP,),
        kept=(Kept("/data", "certificates", False), Kept("/config", "the last configuration", False)),
        root=("NET_BIND_SERVICE",),
        mem_limit="256M",
    ),
    "haproxy": Known("99", "99:99", scratch=(Scratch("/var/lib/haproxy", "16M", "sockets"), _TMP), mem_limit="256M"),
    "minio/minio": Known(
        scratch=(_TMP,),
        kept=(Kept("/data", "the objects", False),),
        mem_limit="1G",
        secrets={"MINIO_ROOT_PASSWORD": "MINIO_ROOT_PASSWORD_FILE", "MINIO_KMS_SECRET_KEY": "MINIO_KMS_SECRET_KEY_FILE"},
    ),
    **dict.fromkeys(
        ("docker.elastic.co/elasticsearch/elasticsearch", "elasticsearch"),
        Known(
            "1000:0",
            "1000:0",
            scratch=(Scratch("/usr/share/elasticsearch/logs", "64M", "log files"),),
            mem_limit="2G",
            kept=(
                Kept("/usr/share/elasticsearch/data", "the indices", False),
                Kept("/usr/share/elasticsearch/config", "the keystore and certificates made at the start", False),
                _UNPACKED,
            ),
            health=("bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/9200"),
            secrets={"ELASTIC_PASSWORD": "ELASTIC_PASSWORD_FILE"},
        ),
    ),
    "opensearchproject/opensearch": Known(
        "1000",
        "1000:1000",
        scratch=(Scratch("/usr/share/opensearch/logs", "64M", "log files"),),
        mem_limit="2G",
        kept=(
            Kept("/usr/share/opensearch/data", "the indices", False),
            Kept("/usr/share/opensearch/config", "the keystore and certificates made at the start", False),
            _UNPACKED,
        ),
        health=("bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/9200"),
    ),
    "grafana/grafana": Known(
        "472",
        "472:0",
        scratch=(_TMP,),
        kept=(Kept("/var/lib/grafana", "dashboards and users", False),),
        mem_limit="512M",
        health=("wget", "-q", "--spider", "http://127.0.0.1:3000/api/health"),
        secrets={"GF_SECURITY_ADMIN_PASSWORD": "GF_SECURITY_ADMIN_PASSWORD__FILE", "GF_DATABASE_PASSWORD": "GF_DATABASE_PASSWORD__FILE"},
        variants=(Variant({"health": ("curl", "-fsS", "-o", "/dev/null", "http://127.0.0.1:3000/api/health")}, "ubuntu"),),
    ),
    "prom/prometheus": Known(
        "nobody",
        "65534:65534",
        kept=(Kept("/prometheus", "what was measured"),),
        mem_limit="1G",
        health=("wget", "-q", "--spider", "http://127.0.0.1:9090/-/healthy"),
        variants=(Variant({"start": "65532", "own": "65532:65532", "health": ()}, "distroless"),),
    ),
    "hashicorp/vault": Known(
        own="100:1000",
        scratch=(_TMP,),
        kept=(Kept("/vault/file", "the secrets"), Kept("/vault/logs", "who asked for what")),
        root=("CHOWN", "IPC_LOCK", "SETFCAP", "SETGID", "SETUID"),
        mem_limit="512M",
    ),
    "quay.io/keycloak/keycloak": Known("1000", "1000:0", scratch=(_TMP, Scratch("/opt/keycloak/data/tmp", "64M", "themes")), mem_limit="1G"),
    "node": Known(own="1000:1000"),
    **dict.fromkeys(
        (
            "almalinux",
            "alpine",
            "amazoncorretto",
            "amazonlinux",
            "archlinux",
            "buildpack-deps",
            "busybox",
            "centos",
            "composer",
            "debian",
            "eclipse-temurin",
            "elixir",
            "erlang",
            "fedora",
            "golang",
            "gradle",
            "httpd",
            "maven",
            "mcr.microsoft.com/dotnet/sdk",
            "openjdk",
            "oraclelinux",
            "perl",
            "php",
            "pypy",
            "python",
            "registry",
            "rockylinux",
            "ruby",
            "rust",
            "swift",
            "tomcat",
            "ubuntu",
            "wordpress",
        ),
        Known(),
    ),
}
"""By the name without the default registry. Those without further facts start as root, and what they write is not known."""

# s6 is process 1 and refuses to be another; it starts as root, gives folders away and runs each program as PUID.
_S6 = Known(own_init=True)
PUBLISHERS: Mapping[str, Known] = {"lscr.io/linuxserver/": _S6, "ghcr.io/linuxserver/": _S6, "linuxserver/": _S6}
"""By how the name begins: publishers all of whose images start alike."""
