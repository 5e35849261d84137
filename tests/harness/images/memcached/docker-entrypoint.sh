#!/bin/sh
# Own code: an option alone means: for the server.
set -e
case ${1:-} in -*) set -- memcached "$@" ;; esac
exec "$@"
