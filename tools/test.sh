#!/bin/sh
# The parts of the tests side by side: those with an engine wait for containers half of the time, so they are three. BIN is the environment's folder.
# Judges that are required are fetched meanwhile: only the part without an engine asks them. SEAWALL_THOROUGH=1: every example of every rule.
set -u
kinds="tests/engine/test_companions.py tests/engine/test_fix.py tests/engine/test_joining.py tests/fix/test_fixed_images.py
  tests/engine/test_stacks.py tests/engine/test_java.py tests/engine/test_runtimes.py tests/engine/test_catalog.py
  tests/engine/test_profiles.py tests/engine/test_demo.py tests/engine/test_symptoms.py"
laws="tests/engine/test_laws_5.py tests/engine/test_law_8.py tests/engine/test_hardening.py tests/engine/test_network.py tests/engine/test_limits.py"
others=tests/engine
for file in $kinds $laws; do others="$others --ignore=$file"; done
said=$(mktemp -d)
part() {
  name=$1
  shift
  "$BIN/python" -m pytest -m engine "$@" >"$said/$name" 2>&1
}
part kinds $kinds & started=$!
part laws $laws & started="$started $!"
part others $others & started="$started $!"
trap 'kill $started 2>/dev/null; rm -rf "$said"; exit 130' INT TERM
failed=0
make --no-print-directory check || failed=1
if [ "${SEAWALL_REQUIRE_JUDGES:-}" = 1 ]; then
  sh tools/judges.sh || failed=1
fi
"$BIN/python" -m pytest -n 2 -m "not engine" || failed=1
for process in $started; do
  wait "$process" || failed=1
done
cat "$said"/*
rm -rf "$said"
exit $failed
