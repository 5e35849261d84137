#!/bin/sh
# Own code with the behaviour of the official image.
set -e
if [ "$(id -u)" = 0 ]; then chown -R mosquitto:mosquitto /mosquitto || true; fi
exec "$@"
