#!/bin/sh
# Own code with the official behaviour: before nginx starts, run or source what lies in
# /docker-entrypoint.d, in version order.
set -e

log() { [ -n "${NGINX_ENTRYPOINT_QUIET_LOGS:-}" ] || echo "$0: $*"; }

case ${1:-} in
    nginx | nginx-debug)
        for f in $(find /docker-entrypoint.d -follow -type f 2>/dev/null | sort -V); do
            case $f in
                *.envsh | *.sh)
                    if [ ! -x "$f" ]; then log "Ignoring $f, not executable"; continue; fi ;;
                *) log "Ignoring $f"; continue ;;
            esac
            case $f in
                *.envsh) log "Sourcing $f"; . "$f" ;;
                *) log "Launching $f"; "$f" ;;
            esac
        done
        log 'Configuration complete; ready for start up' ;;
esac
exec "$@"
