#!/bin/sh
# /etc/nginx/templates/**.template -> /etc/nginx/conf.d, with ${VARIABLES} of the environment
set -e
from=${NGINX_ENVSUBST_TEMPLATE_DIR:-/etc/nginx/templates}
to=${NGINX_ENVSUBST_OUTPUT_DIR:-/etc/nginx/conf.d}
suffix=${NGINX_ENVSUBST_TEMPLATE_SUFFIX:-.template}

[ -d "$from" ] || exit 0
if [ ! -w "$to" ]; then
    echo "$(basename "$0"): ERROR: $from exists, but $to is not writable"
    exit 0
fi
# only variables that are set: the rest ($host, $uri, ...) belongs to nginx
known=$(env | sed -n "s/^\([A-Za-z_][A-Za-z0-9_]*\)=.*/\1/p" | grep -E "${NGINX_ENVSUBST_FILTER:-.}" | sed 's/.*/${&}/' | tr '\n' ' ')
find "$from" -follow -type f -name "*$suffix" | while read -r template; do
    out=$to/${template#"$from"/}
    out=${out%"$suffix"}
    mkdir -p "$(dirname "$out")"
    echo "$(basename "$0"): Running envsubst on $template to $out"
    envsubst "$known" <"$template" >"$out"
done
