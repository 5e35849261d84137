#!/bin/bash
# Own code with the behaviour of the official image from 8 on.
set -e

case ${1:-} in -* | *.conf) set -- redis-server "$@" ;; esac

may() { setpriv -d | grep -q "Capability bounding set:.*\\b$1\\b"; }

# a data directory with anything unknown in it is left as it is
own_data() {
    local strange file
    strange=$(find . -mindepth 1 -maxdepth 1 ! -name '*.rdb' ! -name appendonlydir -print -quit)
    if [ -n "$strange" ]; then
        echo "Notice: Unknown file '$strange' found in data dir. Permissions will not be modified."
        return
    fi
    find . -print0 | while IFS= read -r -d '' file; do
        if ! setpriv --reuid redis --regid redis --clear-groups test -r "$file" -a -w "$file"; then
            chown redis "$file" || echo "Warning: cannot change owner to 'redis' for '$file'."
        fi
    done
}

# without setuid and setgid in the bounding set (cap_drop ALL) it stays root and says nothing
if [ "${1:-}" = redis-server ] && [ "$(id -u)" = 0 ] && [ -z "${SKIP_DROP_PRIVS:-}" ] && may setuid && may setgid; then
    [ -n "${SKIP_FIX_PERMS:-}" ] || own_data
    exec setpriv --reuid redis --regid redis --clear-groups --nnp \
        --inh-caps=-all --ambient-caps=-all --bounding-set=-all "$0" "$@"
fi
[ "$(umask)" != 0022 ] || umask 0077
[ "${1:-}" != redis-server ] || echo 'Starting Redis Server'
exec "$@"
