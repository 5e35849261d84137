#!/bin/sh
# Laws 5 and 8 and the derived profiles once more on the newest engine that Debian has, which runs beside the usual one in a network of its own
# (tests/harness). That one has no way out, so images are built on the usual engine and handed over.
set -eu
cd "$(dirname "$0")/.."
harness=tests/harness/engine.sh
bash $harness start
bash $harness start28
bash $harness images28
tree=${SEAWALL_HARNESS_DIR:-/var/tmp/seawall-harness}/engine28/tree
newest=unix://$tree/run/docker28.sock
# Bind mounts need a folder that both engines see under one name.
shared=/var/tmp/seawall-tests
mkdir -p "$tree$shared" "$shared"
mountpoint -q "$shared" || mount --bind "$tree$shared" "$shared"
trap 'umount "$shared"' EXIT
DOCKER_HOST=$newest docker version --format 'engine {{.Server.Version}}'
# Its published ports exist in its own network only; «ip netns exec» would replace /sys, and the cgroups with it.
nsenter --net=/run/netns/seawall28 env \
  DOCKER_HOST="$newest" SEAWALL_BUILD_HOST=unix:///var/run/docker.sock SEAWALL_REQUIRE_ENGINE=1 \
  "${BIN:-.venv/bin}/python" -m pytest --basetemp="$shared/run" -m engine tests/engine/test_laws_5.py tests/engine/test_law_8.py tests/engine/test_profiles.py "$@"
