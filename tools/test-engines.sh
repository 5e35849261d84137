#!/bin/sh
# Laws 5 and 8 once more on the newest engine that Debian has, which runs beside the usual one in a network of its own
# (tests/harness). That one has no way out, so images are built on the usual engine and handed over.
set -eu
cd "$(dirname "$0")/.."
harness=tests/harness/engine.sh
bash $harness start
bash $harness start28
bash $harness images28
newest=unix://${SEAWALL_HARNESS_DIR:-/var/tmp/seawall-harness}/engine28/tree/run/docker28.sock
DOCKER_HOST=$newest docker version --format 'engine {{.Server.Version}}'
exec nsenter --net=/run/netns/seawall28 env \
  DOCKER_HOST="$newest" SEAWALL_BUILD_HOST=unix:///var/run/docker.sock SEAWALL_REQUIRE_ENGINE=1 \
  "${BIN:-.venv/bin}/python" -m pytest -m engine tests/engine/test_laws_5.py tests/engine/test_law_8.py "$@"
