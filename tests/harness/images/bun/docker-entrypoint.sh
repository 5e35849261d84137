#!/bin/sh
# Own code with the official behaviour: run the arguments under bun unless the
# first one is a command of this system.
set -e

is_command() {
    case "$1" in -*) return 1 ;; esac
    found=$(command -v "$1") || return 1
    # dash also "finds" a plain file of the working directory; only executables count
    [ ! -f "$found" ] || [ -x "$found" ]
}

is_command "$1" || set -- bun "$@"
exec "$@"
