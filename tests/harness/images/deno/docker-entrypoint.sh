#!/bin/sh
# Own code with the official behaviour: a subcommand of deno is run by deno, anything else as it is.
set -e

case "$1" in
    -* | bundle | cache | compile | completions | doc | eval | fmt | help | info | install | repl | run | serve | task | test | types)
        set -- deno "$@" ;;
esac
exec "$@"
