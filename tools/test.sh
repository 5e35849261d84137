#!/bin/sh
# Both halves of the tests side by side: those with an engine wait for containers most of the time. BIN is the environment's folder.
# Judges that are required are fetched meanwhile: only the other half asks them.
set -u
log=$(mktemp)
"$BIN/python" -m pytest -m engine >"$log" 2>&1 &
engine=$!
trap 'kill $engine 2>/dev/null; rm -f "$log"; exit 130' INT TERM
judges=0
if [ "${SEAWALL_REQUIRE_JUDGES:-}" = 1 ]; then
  sh tools/judges.sh
  judges=$?
fi
"$BIN/python" -m pytest -n 4 -m "not engine"
plain=$?
wait $engine
code=$?
cat "$log"
rm -f "$log"
[ $judges -eq 0 ] && [ $plain -eq 0 ] && [ $code -eq 0 ]
