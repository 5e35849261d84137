#!/bin/bash
# The original copies files for the local repository out of the image first.
exec "$@"
