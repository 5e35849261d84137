#!/bin/sh
# The parts of the tests side by side: those with an engine wait for containers most of the time, so they are two. BIN is the environment's folder.
# Judges that are required are fetched meanwhile: only the part without an engine asks them.
set -u
apart="tests/engine/test_companions.py tests/engine/test_fix.py tests/engine/test_joining.py tests/engine/test_stacks.py tests/fix/test_fixed_images.py"
others=
for file in $apart; do others="$others --ignore=$file"; done
first=$(mktemp)
second=$(mktemp)
"$BIN/python" -m pytest -m engine $others >"$first" 2>&1 &
engine=$!
"$BIN/python" -m pytest -m engine $apart >"$second" 2>&1 &
companions=$!
trap 'kill $engine $companions 2>/dev/null; rm -f "$first" "$second"; exit 130' INT TERM
judges=0
if [ "${SEAWALL_REQUIRE_JUDGES:-}" = 1 ]; then
  sh tools/judges.sh
  judges=$?
fi
"$BIN/python" -m pytest -n 4 -m "not engine"
plain=$?
wait $companions
code=$?
wait $engine
code=$((code + $?))
cat "$second" "$first"
rm -f "$first" "$second"
[ $judges -eq 0 ] && [ $plain -eq 0 ] && [ $code -eq 0 ]
