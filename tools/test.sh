#!/bin/sh
# Both halves of the tests side by side: those with an engine wait for containers most of the time. BIN is the environment's folder.
set -u
log=$(mktemp)
"$BIN/python" -m pytest -m engine >"$log" 2>&1 &
engine=$!
trap 'kill $engine 2>/dev/null; rm -f "$log"; exit 130' INT TERM
"$BIN/python" -m pytest -n 2 -m "not engine"
plain=$?
wait $engine
code=$?
cat "$log"
rm -f "$log"
[ $plain -eq 0 ] && [ $code -eq 0 ]
