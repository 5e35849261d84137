"""Compose projects and Dockerfiles as hypothesis draws them: realistic data for the keys of the schema, written in every style."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from hypothesis import strategies as st
from msgspec import Struct

from wizard.yaml_text import is_plain

_KNOWN = ("postgres:17", "postgres:16-alpine", "docker.io/library/redis:7", "redis", "mysql:8.4", "mariadb:11", "mongo:7", "nginx:1.27", "rabbitmq:4-alpine",
          "traefik:v3", "caddy:2-alpine", "memcached:1.6", "prom/prometheus:v2.53.0", "grafana/grafana:11.1.0", "node:22", "python:3.13-slim")  # fmt: skip
_UNKNOWN = ("acme/app:1", "registry.example.com:5000/team/app", "ghcr.io/acme/api@sha256:" + "a" * 64, "${REGISTRY:-docker.io}/acme/app:${TAG:-2}")
NAMES = ("web", "db", "cache", "a-b", "x_1", "api.v1")


def _some(**keys: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({}, optional=keys)


_ENV = st.sampled_from((
    {"A": "1"}, {"POSTGRES_PASSWORD": "geheim # x"}, {"MYSQL_ROOT_PASSWORD": "p'w", "TZ": "UTC"}, ["A=1", "B"], ["POSTGRES_PASSWORD=a=b"],
    {"POSTGRES_PASSWORD_FILE": "/run/secrets/x"}, {"URL": "http://x/?a=1#b", "EMPTY": "", "N": None}, {"API_KEY": "${API_KEY:-}"}, ["REDIS_PASSWORD=$$x"], {},
))  # fmt: skip
_PORTS = st.lists(st.sampled_from(("80", 8080, "80:80", "5432:5432", "127.0.0.1:81:81", "0.0.0.0:82:82/udp", "[::1]:83:83", "9000-9002:9000-9002",
                                   {"target": 90, "published": "91"}, {"target": 92, "published": 93, "host_ip": "127.0.0.1"}, "${P:-84}:84")),
                  unique_by=str, max_size=3)  # fmt: skip
_VOLUMES = st.lists(st.sampled_from(("data:/var/lib/data", "./x:/x", "./conf:/conf:ro", "/anonymous", "/var/run/docker.sock:/var/run/docker.sock",
                                     {"type": "bind", "source": "/etc", "target": "/host/etc", "read_only": True}, {"type": "tmpfs", "target": "/t"},
                                     {"type": "volume", "source": "data", "target": "/d"}, "data:/var/lib/postgresql/data")), unique_by=str, max_size=3)  # fmt: skip
SERVICE = st.fixed_dictionaries(
    {"image": st.one_of(st.sampled_from(_KNOWN), st.sampled_from(_UNKNOWN))},
    optional={
        "user": st.sampled_from(("1000", "1000:1000", "root", "0", "${UID:-5}:5", "postgres")),
        "read_only": st.booleans(), "init": st.booleans(), "privileged": st.booleans(),
        "cap_add": st.lists(st.sampled_from(("NET_ADMIN", "CAP_CHOWN", "SYS_PTRACE", "net_bind_service")), unique=True, max_size=2),
        "cap_drop": st.sampled_from((["ALL"], ["NET_RAW"], [])),
        "security_opt": st.lists(st.sampled_from(("no-new-privileges", "no-new-privileges:false", "seccomp=unconfined", "label:disable")), unique=True, max_size=2),
        "ports": _PORTS, "expose": st.just(["80"]), "volumes": _VOLUMES, "environment": _ENV,
        "tmpfs": st.sampled_from(("/tmp", ["/tmp"], ["/run:size=1m", "/tmp:uid=5,gid=5,mode=0700,size=8m"])),
        "command": st.sampled_from(("run --fast", ["run", "# no comment"], 'sh -c "a; b"')), "entrypoint": st.just(["/entry.sh"]),
        "restart": st.sampled_from(("always", "no", "unless-stopped", "on-failure:3")),
        "healthcheck": st.sampled_from(({"test": ["CMD", "true"]}, {"test": "curl -f http://localhost/ || exit 1", "interval": "5s"}, {"disable": True}, {"interval": "9s"})),
        "logging": st.sampled_from(({"driver": "local"}, {"driver": "json-file", "options": {"max-size": "1m"}}, {"options": {"tag": "x"}}, {"driver": "none"})),
        "mem_limit": st.sampled_from(("512m", "1g", 1073741824)), "pids_limit": st.sampled_from((50, -1, 0)), "cpus": st.sampled_from(("0.5", 2)),
        "deploy": st.sampled_from(({"replicas": 2}, {"resources": {"limits": {"memory": "1G"}}}, {"resources": {"limits": {"cpus": "0.5", "pids": 9}}},
                                   {"restart_policy": {"condition": "on-failure"}})),
        "networks": st.sampled_from((["front"], ["front", "back"], {"back": None}, {"front": {"aliases": ["w"]}})), "network_mode": st.sampled_from(("host", "none")),
        "labels": st.sampled_from((["a=b"], {"traefik.enable": "true"}, ["traefik.http.routers.x.rule=Host(`a`) && !Path(`/b`)"])),
        "ulimits": st.sampled_from(({"nofile": 65536}, {"nproc": {"soft": 10, "hard": 20}})), "sysctls": st.sampled_from(({"net.core.somaxconn": 1}, ["net.ipv4.tcp_syncookies=0"])),
        "devices": st.just(["/dev/ttyUSB0:/dev/ttyACM0"]), "shm_size": st.just("64m"), "stop_grace_period": st.just("30s"), "hostname": st.just("h"),
        "group_add": st.just(["mail"]), "pid": st.just("host"), "ipc": st.just("host"), "tty": st.booleans(), "stdin_open": st.booleans(),
        "extra_hosts": st.sampled_from((["a:10.0.0.1"], {"a": "10.0.0.1"})), "dns": st.sampled_from(("9.9.9.9", ["9.9.9.9"])), "profiles": st.just(["debug"]),
        "secrets": st.just(["token"]), "configs": st.just([{"source": "conf", "target": "/c"}]), "working_dir": st.just("/srv"), "x-note": st.just({"by": "hand"}),
    },
).map(lambda service: {key: value for key, value in service.items() if key != "networks" or "network_mode" not in service}
      if service.get("network_mode") != "host" else {key: value for key, value in service.items() if key not in ("networks", "ports", "sysctls", "expose")})  # fmt: skip
"""A service; none of what Compose refuses."""


class Style(Struct, frozen=True):
    """How a document is written."""

    indent: int = 2
    lists: int = 2
    """Columns from a key to the dashes of its list."""
    quotes: str = ""
    flow: int = 99
    """The depth from which on everything is in flow style."""
    comments: int = 0
    """Behind every so many lines stands one; none with 0."""
    blank: int = 0
    newline: str = "\n"
    mark: str = ""
    end: bool = True
    start: bool = False


STYLE = st.builds(
    Style, indent=st.integers(1, 8), lists=st.sampled_from((0, 0, 2, 4)), quotes=st.sampled_from(("", "", "'", '"')), flow=st.sampled_from((99, 99, 0, 1, 2, 3, 4)),
    comments=st.sampled_from((0, 0, 1, 2, 3)), blank=st.sampled_from((0, 0, 3, 5)), newline=st.sampled_from(("\n", "\n", "\r\n")),
    mark=st.sampled_from(("", "", "\ufeff")), end=st.booleans(), start=st.booleans(),
)  # fmt: skip


class Written(Struct):
    """A document on its way to text: its data, and what of its services is taken from others by an anchor or a merge key."""

    services: dict[str, dict[str, Any]]
    shared: str = ""
    """`alias`: the last service is the first one; `merge`: it takes the first one's keys in; `x`: each takes in those of an x- field."""
    style: Style = Style()

    def text(self) -> str:
        """The file."""
        style = self.style
        lines = list(self._lines())
        out = ["---"] if style.start else []
        for number, line in enumerate(lines):
            if style.blank and number and number % style.blank == 0:
                out.append("")
            if style.comments and number % style.comments == 0 and style.flow > 1:
                out.append(f"{' ' * (number % 5)}# before {number}")
            out.append(f"{line}  # behind {number}" if style.comments and number % style.comments == 1 % style.comments else line)
        return style.mark + style.newline.join(out) + (style.newline if style.end else "")

    def _lines(self) -> Iterator[str]:
        style, names = self.style, list(self.services)
        top: dict[str, Any] = {"volumes": {"data": None}, "networks": {"front": None, "back": {"internal": True}},
                               "secrets": {"token": {"file": "./token"}}, "configs": {"conf": {"file": "./conf"}}}  # fmt: skip
        shared = self.shared if style.flow > 1 else ""
        if shared == "x":
            yield "x-common: &common"
            yield from _block({"restart": "always", "init": False, "labels": {"a": "b"}}, style, style.indent, 1)
        if style.flow == 0:
            yield _flow({"services": self.services, **top}, style)
            return
        yield f"{_key('services', style)}:" + (f" {_flow(self.services, style)}" if style.flow == 1 else "")
        for name in names if style.flow > 1 else ():
            pad = " " * style.indent
            if shared == "alias" and name == names[-1] != names[0]:
                yield f"{pad}{_key(name, style)}: *first"
                continue
            anchor = " &first" if shared in ("alias", "merge") and name == names[0] else ""
            merged = {"merge": "first", "x": "common"}.get(shared, "") if shared == "x" or (name == names[-1] != names[0]) else ""
            if style.flow == 2:
                body = _flow(self.services[name], style)
                yield f"{pad}{_key(name, style)}:{anchor} " + (f"{{<<: *{merged}, {body[1:]}" if merged else body)
                continue
            yield f"{pad}{_key(name, style)}:{anchor}"
            if merged:
                yield f"{pad * 2}<<: *{merged}"
            yield from _block(self.services[name], style, style.indent * 2, 2)
        yield from _block(top, style, 0, 0)


def _block(data: Mapping[str, Any], style: Style, column: int, depth: int) -> Iterator[str]:
    pad = " " * column
    for name, value in data.items():
        key = f"{pad}{_key(name, style)}:"
        if value is None:
            yield key
        elif isinstance(value, (dict, list)) and value and depth + 1 < style.flow:
            yield key
            if isinstance(value, dict):
                yield from _block(value, style, column + style.indent, depth + 1)
            else:
                yield from _list(value, style, column + style.lists, depth + 1)
        else:
            yield f"{key} {_flow(value, style)}"


def _list(values: list[Any], style: Style, column: int, depth: int) -> Iterator[str]:
    pad = " " * column
    for value in values:
        if isinstance(value, dict) and depth + 1 < style.flow:
            first, *rest = _block(value, style, column + 2, depth + 1)
            yield f"{pad}- {first.lstrip()}"
            yield from rest
        else:
            yield f"{pad}- {_flow(value, style)}"


def _flow(value: Any, style: Style) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_key(name, style)}: {_flow(one, style)}" for name, one in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_flow(one, style) for one in value) + "]"
    return _scalar(value, style)


def _key(name: str, style: Style) -> str:
    return f"{style.quotes}{name}{style.quotes}" if style.quotes and name != "<<" else name


def _scalar(value: Any, style: Style) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, (int, float)):
        return str(value)
    if style.quotes == "'":
        return "'" + value.replace("'", "''") + "'"
    if style.quotes == '"':
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return value if is_plain(value) else json.dumps(value)


DOCUMENT = st.builds(
    Written, services=st.dictionaries(st.sampled_from(NAMES), SERVICE, min_size=1, max_size=3), shared=st.sampled_from(("", "", "alias", "merge", "x")), style=STYLE,
)  # fmt: skip


_BASES = st.sampled_from(("debian:12", "alpine:3.20", "node:22-slim", "python:3.13-slim", "golang:1.24", "nginx:1.27", "scratch", "acme/base:1", "ubuntu", "postgres:17",
                          "gcr.io/distroless/static-debian12:nonroot", "${BASE}", "docker.io/library/php:8.3-apache"))  # fmt: skip
_STEPS = st.sampled_from((
    "WORKDIR /app", "COPY . .", "COPY --chown=app:app . /app", "COPY --from=0 /out /app", "ADD x.tar /", "ENV A=b C=\"d e\"", "ENV A b", "ENV API_TOKEN=abc", "ARG V=1",
    "ARG DB_PASSWORD=x", "EXPOSE 8080", "EXPOSE 80/tcp", "VOLUME /data", "USER root", "USER app", "USER 1000", "USER 1000:1000", "user 0", "USER ${V}", "LABEL a=b \\\n  c=d",
    "RUN apt-get update && apt-get install -y curl", "RUN apk add --no-cache bash \\\n # why\n  curl", "RUN useradd -u 1000 app", "RUN adduser -D app", "RUN chmod u+s /bin/ping",
    "RUN --mount=type=cache,target=/x make", "RUN <<EOF\nUSER root\n# text\nEOF", "COPY <<a <<-b /x/\nUSER x\na\n\t# y\n\tb", "RUN chown -R app /data", "HEALTHCHECK NONE",
    "HEALTHCHECK --interval=5s CMD curl -f http://localhost/ || exit 1", "ONBUILD USER 7", "SHELL [\"/bin/sh\", \"-c\"]", "STOPSIGNAL SIGINT", "# a comment", "   # indented", "",
    "RUN a \\\n\n  b", "MAINTAINER a <b@c>", "ENTRYPOINT [\"/app\"]", "ENTRYPOINT exec java -jar x.jar", "CMD [\"serve\"]", "CMD serve --port 80", "cmd [\"nginx\", \\\n \"-g\"]",
))  # fmt: skip
_STAGE = st.builds(
    lambda base, alias, steps: [f"FROM {base}{alias}", *steps], _BASES, st.sampled_from(("", " AS build", " as Final")), st.lists(_STEPS, max_size=6)
)
DOCKERFILE = st.builds(
    lambda head, stages, newline, mark, end: mark + newline.join("\n".join([*head, *(line for stage in stages for line in stage)]).split("\n")) + newline * end,
    st.lists(st.sampled_from(("# syntax=docker/dockerfile:1", "# first", "ARG BASE=debian:12", "ARG BASE", "")), unique=True, max_size=2), st.lists(_STAGE, min_size=1, max_size=3),
    st.sampled_from(("\n", "\n", "\r\n")), st.sampled_from(("", "", "\ufeff")), st.booleans(),
)  # fmt: skip
"""A Dockerfile of one to three stages in any of its spellings."""
