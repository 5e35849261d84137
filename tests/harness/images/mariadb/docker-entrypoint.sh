#!/bin/bash
# Own code with the visible behaviour of the official image: see ../../README.md.
set -eo pipefail

die() { printf '%s\n' "$@" >&2; exit 1; }

# setting NAME: $MARIADB_NAME or $MYSQL_NAME, or the content of the file that one with _FILE names
setting() {
    local prefix name file
    for prefix in MARIADB MYSQL; do
        name=${prefix}_$1 file=${prefix}_$1_FILE
        [ -z "${!name:-}" ] || [ -z "${!file:-}" ] || die "Both $name and $file are set (but are exclusive)"
        if [ -n "${!name:-}" ]; then printf '%s' "${!name}"; return; fi
        if [ -n "${!file:-}" ]; then printf '%s' "$(<"${!file}")"; return; fi
    done
}

quoted() { local text=${1//\\/\\\\}; printf "'%s'" "${text//\'/\\\'}"; }

first_start() {
    local root password database user server i
    root=$(setting ROOT_PASSWORD) password=$(setting PASSWORD) database=$(setting DATABASE) user=$(setting USER)
    [ -n "$root${MARIADB_ALLOW_EMPTY_ROOT_PASSWORD:-}${MARIADB_RANDOM_ROOT_PASSWORD:-}" ] || die \
        'Database is uninitialized and password option is not specified' \
        'You need to specify one of MARIADB_ROOT_PASSWORD, MARIADB_ALLOW_EMPTY_ROOT_PASSWORD and MARIADB_RANDOM_ROOT_PASSWORD'
    mariadb-install-db --datadir=/var/lib/mysql --auth-root-authentication-method=normal --skip-test-db >/dev/null
    # socket only: nobody must take a half made database for a ready one
    mariadbd --skip-networking --socket=/run/mysqld/mysqld.sock --wsrep_on=OFF &
    server=$!
    for ((i = 0; i < 300; i++)); do
        ! mariadb-admin -uroot ping --silent >/dev/null 2>&1 || break
        kill -0 "$server" || die 'Unable to start server.'
        sleep 0.1
    done
    {
        echo "CREATE USER root@'%' IDENTIFIED BY $(quoted "$root"); GRANT ALL ON *.* TO root@'%' WITH GRANT OPTION;"
        [ -z "$database" ] || echo "CREATE DATABASE IF NOT EXISTS \`$database\`;"
        if [ -n "$user" ] && [ -n "$password" ]; then
            echo "CREATE USER $(quoted "$user")@'%' IDENTIFIED BY $(quoted "$password");"
            [ -z "$database" ] || echo "GRANT ALL ON \`${database//_/\\_}\`.* TO $(quoted "$user")@'%';"
        fi
        echo "SET PASSWORD FOR root@localhost = PASSWORD($(quoted "$root"));"
    } | mariadb -uroot
    kill "$server"
    wait "$server"
    echo 'MariaDB init process done. Ready for start up.'
}

case ${1:-} in -*) set -- mariadbd "$@" ;; esac
if [ "${1:-}" = mariadbd ] || [ "${1:-}" = mysqld ]; then
    if [ "$(id -u)" = 0 ]; then
        find /var/lib/mysql /run/mysqld ! -user mysql -exec chown mysql: {} +
        exec gosu mysql "$0" "$@"
    fi
    [ -d /var/lib/mysql/mysql ] || first_start
fi
exec "$@"
