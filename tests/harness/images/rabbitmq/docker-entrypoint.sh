#!/bin/bash
# Own code with the visible behaviour of the official image.
set -euo pipefail
for name in RABBITMQ_DEFAULT_PASS_FILE RABBITMQ_DEFAULT_USER_FILE; do
    if [ -n "${!name:-}" ]; then
        echo >&2 "error: $name is set but deprecated; use a configuration file instead"
        exit 1
    fi
done
if [[ "${1:-}" == rabbitmq* ]] && [ "$(id -u)" = 0 ]; then
    [ "$1" != rabbitmq-server ] || find /var/lib/rabbitmq ! -user rabbitmq -exec chown rabbitmq {} +
    exec gosu rabbitmq "$0" "$@"
fi
exec "$@"
