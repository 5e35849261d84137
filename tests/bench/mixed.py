"""Compose files and Dockerfiles as people write them, made by numbers: as many as wanted, each a little different, always the same."""

from pathlib import Path
from random import Random

_IMAGES = (
    "nginx:1.27",
    "postgres:17",
    "redis:7-alpine",
    "ghcr.io/acme/{name}:2.4.1",
    "mysql",
    "rabbitmq:3-management",
    "traefik:v3.1",
    "node:22-slim",
)
_BASES = ("python:3.12-slim", "node:22-alpine", "golang:1.23 AS build", "debian:13", "eclipse-temurin:21-jre", "ruby:3.3")
_PIECES = (
    '    ports:\n      - "{port}:80"\n      - "127.0.0.1:1{port}:8443"\n',
    "    ports:\n      - target: 80\n        published: {port}\n        protocol: tcp\n",
    "    environment:\n      LOG_LEVEL: info\n      WORKERS: 4\n      DATABASE_URL: postgres://db:5432/{name}\n",
    "    environment:\n      - LOG_LEVEL=info\n      - DB_PASSWORD=${{DB_PASSWORD:-changeme}}\n",
    "    volumes:\n      - data-{name}:/var/lib/data\n      - ./config/{name}.toml:/etc/app.toml:ro\n",
    "    volumes:\n      - type: bind\n        source: ./src\n        target: /app\n      - /var/run/docker.sock:/var/run/docker.sock\n",
    '    user: "{port}:{port}"\n    read_only: true\n    tmpfs:\n      - /tmp:size=64m,uid={port},gid={port}\n',
    "    cap_drop: [ALL]\n    cap_add:\n      - NET_BIND_SERVICE\n    security_opt:\n      - no-new-privileges:true\n",
    '    healthcheck:\n      test: ["CMD", "curl", "-f", "http://localhost/health"]\n      interval: 30s\n      timeout: 5s\n      retries: 3\n',
    "    deploy:\n      resources:\n        limits:\n          memory: 512M\n          cpus: \"0.5\"\n",
    "    logging:\n      driver: json-file\n      options: {{max-size: 10m, max-file: \"3\"}}\n",
    "    networks:\n      - front\n      - back\n    restart: unless-stopped # survives a reboot\n",
    "    labels:\n      traefik.enable: \"true\"\n      traefik.http.routers.{name}.rule: Host(`{name}.example.org`)\n",
    "    command: [\"serve\", \"--port\", \"80\"]\n    init: true\n",
    "    privileged: true\n    pid: host\n",
    "    mem_limit: 1g\n    memswap_limit: 1g\n    cpus: 1.5\n    pids_limit: 200\n",
)  # fmt: skip
_STEPS = (
    "ENV PYTHONUNBUFFERED=1 \\\n    PIP_NO_CACHE_DIR=1\n",
    "RUN apt-get update \\\n    # what it is built with\n    && apt-get install -y --no-install-recommends curl ca-certificates \\\n    && rm -rf /var/lib/apt/lists/*\n",
    "WORKDIR /app\nCOPY requirements.txt ./\nRUN pip install -r requirements.txt\n",
    "COPY --chown=app:app . /app\n",
    "ARG VERSION=1.2.3\nLABEL org.opencontainers.image.version=$VERSION\n",
    "RUN --mount=type=cache,target=/root/.cache go build -o /out/app ./cmd/app\n",
    "ENV API_TOKEN=abc123\n",
    "RUN groupadd -g 10001 app && useradd -u 10001 -g app app\nUSER 10001:10001\n",
    "EXPOSE 8080\nHEALTHCHECK --interval=30s CMD curl -f http://localhost:8080/ || exit 1\n",
    "RUN <<EOT\nset -e\necho one\nEOT\n",
    "VOLUME /data\nSTOPSIGNAL SIGTERM\n",
)


def compose(number: int) -> str:
    """The Compose file of a number: one to eight services, about 2 KiB."""
    random = Random(number)
    services = []
    for index in range(random.randint(1, 8)):
        name = f"s{index}"
        image = "    build: .\n" if index == 0 and number % 2 else f"    image: {random.choice(_IMAGES).format(name=name)}\n"
        pieces = random.sample(_PIECES, random.randint(3, 8))
        services.append(f"  {name}:\n{image}" + "".join(_once(pieces)).format(name=name, port=8000 + index))
    head = "# what runs here\nservices:\n" if number % 3 else 'version: "3.8"\nservices:\n'
    volumes = "".join(f"  data-s{index}:\n" for index in range(len(services)))
    return f"{head}{chr(10).join(services)}\nnetworks:\n  front:\n  back:\n    internal: true\n\nvolumes:\n{volumes}"


def one_file(services: int) -> str:
    """One Compose file of so many services, each with an image and some of the pieces."""
    rows = []
    for number in range(services):
        random = Random(number)
        head = f"  s{number}:\n    image: {random.choice(_IMAGES).format(name='web')}\n"
        rows.append(head + "".join(_once(random.sample(_PIECES, 5))).format(name=f"s{number}", port=8000 + number))
    volumes = "".join(f"  data-s{number}:\n" for number in range(services))
    return f"services:\n{chr(10).join(rows)}\nnetworks:\n  front:\n  back:\n\nvolumes:\n{volumes}"


def _once(pieces: list[str]) -> list[str]:
    """Those of the pieces whose first key is not there yet."""
    return list({piece.partition(":")[0]: piece for piece in pieces}.values())


def dockerfile(number: int) -> str:
    """The Dockerfile of a number: one or two stages, about 0.5 KiB."""
    random = Random(number)
    stages = [f"FROM {random.choice(_BASES)}\n{''.join(random.sample(_STEPS, random.randint(3, 8)))}" for _ in range(random.randint(1, 2))]
    return "\n".join(stages) + 'CMD ["/app/run"]\n'


def written(folder: Path, pairs: int) -> int:
    """Write so many pairs of a Compose file and a Dockerfile, a folder each; the bytes of the Compose files."""
    size = 0
    for number in range(pairs):
        here = folder / f"p{number // 100:03}" / f"{number:05}"
        here.mkdir(parents=True)
        text = compose(number)
        size += len(text.encode())
        (here / "compose.yaml").write_text(text, encoding="utf-8")
        (here / "Dockerfile").write_text(dockerfile(number), encoding="utf-8")
    return size
