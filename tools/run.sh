#!/bin/sh
# `make run`: the main job, by default on a copy of a sample app, so that a newcomer loses nothing.
set -eu
if [ -n "${DIR}" ]; then
  folder=$DIR
else
  folder=sample/ledger
  if [ ! -d "$folder" ]; then
    mkdir -p sample
    cp -R tests/apps/ledger "$folder"
    echo "A copy of the sample app tests/apps/ledger: $folder  (your own: make run DIR=path)"
  fi
fi
if [ -t 0 ] && [ -t 1 ]; then
  exec "$BIN/seawall" new "$folder"
fi
exec "$BIN/seawall" new "$folder" --yes
