#!/bin/bash
# Own code with the visible behaviour of the official image: see ../../README.md.
set -Eeuo pipefail

say() { printf '%s\n' "$@"; }
die() { say "$@" >&2; exit 1; }

# setting NAME [DEFAULT]: $NAME, or the content of the file named by $NAME_FILE; never both
setting() {
    local name=$1 file=${1}_FILE value=${2:-}
    if [ -n "${!name:-}" ] && [ -n "${!file:-}" ]; then
        die "error: both $name and $file are set (but are exclusive)"
    elif [ -n "${!name:-}" ]; then value=${!name}
    elif [ -n "${!file:-}" ]; then value=$(<"${!file}")
    fi
    export "$name=$value"
    unset "$file"
}

prepare_directories() {
    mkdir -p "$PGDATA"
    # both may fail when the directory is a mount of somebody else's: the server judges it
    chmod 0700 "$PGDATA" || true
    { mkdir -p /var/run/postgresql && chmod 3775 /var/run/postgresql; } || true
    if [ "$(id -u)" = 0 ]; then
        find "$PGDATA" /var/run/postgresql ! -user postgres -exec chown postgres {} +
    fi
}

require_password() {
    if [ -z "$POSTGRES_PASSWORD" ] && [ "$POSTGRES_HOST_AUTH_METHOD" != trust ]; then
        die 'Error: Database is uninitialized and superuser password is not specified.' \
            '       Set POSTGRES_PASSWORD (or POSTGRES_PASSWORD_FILE) to a non-empty value.'
    fi
}

# the >= 18 layout refuses data, or a lone mount, at the place of the older layout
refuse_old_layout() {
    [ "$PGDATA" = "/var/lib/postgresql/$PG_MAJOR/docker" ] || return 0
    local old
    for old in /var/lib/postgresql /var/lib/postgresql/data /var/lib/postgresql/*/docker; do
        [ ! -s "$old/PG_VERSION" ] || die "Error: in 18+ the data lies below /var/lib/postgresql/$PG_MAJOR." \
            "       There is PostgreSQL data of the older layout in: $old"
    done
    ! mountpoint -q /var/lib/postgresql/data || die \
        "Error: in 18+ the data lies below /var/lib/postgresql/$PG_MAJOR; mount one volume at /var/lib/postgresql." \
        '       Unused mount: /var/lib/postgresql/data (unused mount/volume)'
}

initialise() {
    # initdb wants its user in passwd: lend it a name when started with a foreign uid
    local lent=
    if ! getent passwd "$(id -u)" >/dev/null; then
        lent=$(mktemp -d)
        say "postgres:x:$(id -u):$(id -g)::$PGDATA:/bin/false" >"$lent/passwd"
        say "postgres:x:$(id -g):" >"$lent/group"
        export LD_PRELOAD=libnss_wrapper.so NSS_WRAPPER_PASSWD=$lent/passwd NSS_WRAPPER_GROUP=$lent/group
    fi
    # POSTGRES_INITDB_ARGS is shell text, as in the original
    eval "initdb --username=\"\$POSTGRES_USER\" --pwfile=<(printf '%s\n' \"\$POSTGRES_PASSWORD\") $POSTGRES_INITDB_ARGS"
    if [ -n "$lent" ]; then
        rm -r "$lent"
        unset LD_PRELOAD NSS_WRAPPER_PASSWD NSS_WRAPPER_GROUP
    fi
    local method=${POSTGRES_HOST_AUTH_METHOD:-$(postgres -C password_encryption)}
    say '' "host all all all $method" >>"$PGDATA/pg_hba.conf"
}

sql() { PGHOST= PGHOSTADDR= psql -v ON_ERROR_STOP=1 --no-psqlrc --no-password -U "$POSTGRES_USER" -d "$POSTGRES_DB" "$@"; }

run_init_files() {
    local f
    for f in /docker-entrypoint-initdb.d/*; do
        case $f in
            *.sh)
                if [ -x "$f" ]; then say "$0: running $f"; "$f"; else say "$0: sourcing $f"; . "$f"; fi ;;
            *.sql) say "$0: running $f"; sql -f "$f" ;;
            *.sql.gz) say "$0: running $f"; gunzip -c "$f" | sql ;;
            *.sql.xz) say "$0: running $f"; xzcat "$f" | sql ;;
            *.sql.zst) say "$0: running $f"; zstd -dc "$f" | sql ;;
            *) [ ! -e "$f" ] || say "$0: ignoring $f" ;;
        esac
    done
}

first_start() {
    require_password
    refuse_old_layout
    ls /docker-entrypoint-initdb.d >/dev/null
    initialise
    # socket only: nobody must take a half made database for a ready one
    export PGPASSWORD=${PGPASSWORD:-$POSTGRES_PASSWORD}
    shift
    set -- "$@" -c listen_addresses= -p "${PGPORT:-5432}"
    PGUSER=$POSTGRES_USER pg_ctl -D "$PGDATA" -o "$(printf '%q ' "$@")" -w start
    local db=$POSTGRES_DB
    if [ -z "$(POSTGRES_DB=postgres sql -At -v db="$db" <<<"SELECT 1 FROM pg_database WHERE datname = :'db'")" ]; then
        POSTGRES_DB=postgres sql -v db="$db" <<<'CREATE DATABASE :"db"'
    fi
    run_init_files
    pg_ctl -D "$PGDATA" -m fast -w stop
    unset PGPASSWORD
    say '' 'PostgreSQL init process complete; ready for start up.' ''
}

only_asks() {
    local a
    for a; do case $a in -'?' | --help | --describe-config | -V | --version) return 0 ;; esac; done
    return 1
}

case ${1:-} in -*) set -- postgres "$@" ;; esac
if [ "${1:-}" = postgres ] && ! only_asks "$@"; then
    # root reads the *_FILE secrets before it steps down, so they may be root's own
    setting POSTGRES_PASSWORD
    setting POSTGRES_USER postgres
    setting POSTGRES_DB "$POSTGRES_USER"
    setting POSTGRES_INITDB_ARGS
    : "${POSTGRES_HOST_AUTH_METHOD:=}"
    prepare_directories
    [ "$(id -u)" != 0 ] || exec gosu postgres "$0" "$@"
    if [ -s "$PGDATA/PG_VERSION" ]; then
        say '' 'PostgreSQL Database directory appears to contain a database; Skipping initialization' ''
    else
        first_start "$@"
    fi
fi
exec "$@"
