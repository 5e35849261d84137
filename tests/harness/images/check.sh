#!/bin/bash
# Do the stand-ins behave like the images they stand for, and can a user's Dockerfile
# build on them with no special flags? Needs a started engine with images (engine.sh all).
set -uo pipefail

work=$(mktemp -d)
project=harness-check-$$
passed=0 failed=0
finish() {
    docker compose -p "$project" -f "$work/compose.yaml" down -v -t 1 --rmi local >/dev/null 2>&1
    docker rm -fv $(docker ps -aq --filter "label=$project") >/dev/null 2>&1
    docker image rm "$project"-classic-{py,node,go} >/dev/null 2>&1
    docker image prune -f --filter label=harness-check >/dev/null 2>&1
    rm -rf "$work"
}
trap finish EXIT
cd "$work" || exit 1

# check NAME COMMAND...: it succeeds
check() {
    local name=$1
    shift
    if "$@" >"$work/out" 2>&1; then passed=$((passed + 1)); echo "ok      $name"
    else failed=$((failed + 1)); echo "FAILED  $name"; tail -15 "$work/out" | sed 's/^/        /'; fi
}
sh_in() { docker run --rm --label "$project" --entrypoint sh "$1" -c "$2"; }
refuse() { ! "$@"; }
eventually() { local i; for ((i = 0; i < 100; i++)); do "$@" && return; sleep 0.2; done; return 1; }
run() { docker run -d --label "$project" "$@"; }
says() { grep -qF "$1" <<<"$("${@:2}" 2>&1)"; }

hardened='--cap-drop ALL --read-only --security-opt no-new-privileges'

# --- what a user does: build on them and start the result hardened --------------------
mkdir py node go
cat >py/Dockerfile <<'D'
FROM python:3.13-slim AS build
LABEL harness-check=1
RUN python -m venv /opt/venv && /opt/venv/bin/pip install flask gunicorn
FROM python:3.13-slim
LABEL harness-check=1
COPY --from=build /opt/venv /opt/venv
RUN printf 'from flask import Flask\napp = Flask(__name__)\n@app.get("/")\ndef index(): return "python"\n' > /srv/app.py
USER 10001:10001
CMD ["/opt/venv/bin/gunicorn", "--worker-tmp-dir", "/dev/shm", "-b", "0.0.0.0:8080", "--chdir", "/srv", "app:app"]
D
cat >node/Dockerfile <<'D'
FROM node:24-slim
LABEL harness-check=1
WORKDIR /app
COPY package.json ./
RUN npm install --package-lock-only && npm ci && yarn info ms version && corepack enable pnpm && pnpm --version
RUN echo 'require("express")().get("/", (q, r) => r.send("node")).listen(8080)' > index.js
USER node
CMD ["index.js"]
D
echo '{"name": "x", "version": "1.0.0", "dependencies": {"express": "^4"}}' >node/package.json
cat >go/Dockerfile <<'D'
FROM golang:1.25 AS build
LABEL harness-check=1
WORKDIR /src
COPY . .
RUN CGO_ENABLED=0 go build -trimpath -o /app .
FROM gcr.io/distroless/static-debian13:nonroot
LABEL harness-check=1
COPY --from=build /app /app
ENTRYPOINT ["/app"]
D
printf 'module x\n\ngo 1.25\n' >go/go.mod
cat >go/main.go <<'D'
package main

import "net/http"

func main() {
	http.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) { w.Write([]byte("go")) })
	http.ListenAndServe(":8080", nil)
}
D
for s in py node go; do
    [ -e compose.yaml ] || echo 'services:' >compose.yaml
    cat >>compose.yaml <<D
  $s:
    build: $s
    ports: ["127.0.0.1::8080"]
    read_only: true
    cap_drop: [ALL]
    security_opt: ["no-new-privileges:true"]
D
done
compose() { docker compose -p "$project" "$@"; }
answer() { [ "$(curl -sf -m 3 "http://$(compose port "$1" 8080)/")" = "$2" ]; }
check 'compose build, buildx, nothing cached' compose build --no-cache
check 'compose up --build' compose up -d --build
for s in py:python node:node go:go; do check "${s#*:} service answers" eventually answer "${s%:*}" "${s#*:}"; done
check 'compose build, classic builder' env DOCKER_BUILDKIT=0 docker compose -p "$project-classic" build --no-cache
check 'apt-get in a build' sh_in debian:trixie-slim 'apt-get -qq update && apt-get -qq install -y --no-install-recommends ca-certificates'

# --- each stand-in -------------------------------------------------------------------
check 'python: layout of /usr/local' sh_in python:3.12-slim '
    [ "$(command -v python)$(command -v pip3)" = /usr/local/bin/python/usr/local/bin/pip3 ] && [ ! -e /usr/bin/python3 ] &&
    pip install -q flask && [ -d /usr/local/lib/python3.13/site-packages/flask ] && python -c "import flask"'
check 'node: user, commands' sh_in node:22-slim '
    [ "$(id -u node):$(id -g node)" = 1000:1000 ] && npx --version && yarn --version && [ "$(getent passwd node | cut -d: -f6,7)" = /home/node:/bin/bash ]'
check 'node: an option goes to node' docker run --rm node:slim -e 0
check 'node: a command is run as it is' docker run --rm node:slim ls /
check 'bun: user, node is bun' sh_in oven/bun:1-slim '
    [ "$(id -u bun):$(id -g bun):$PWD" = 1000:1000:/home/bun/app ] && [ "$(node -p 1+1)" = 2 ] && [ "$BUN_RUNTIME_TRANSPILER_CACHE_PATH" = 0 ]'
check 'bun: an option goes to bun' docker run --rm oven/bun:slim -e 0
check 'deno: user, folder' sh_in denoland/deno:latest '
    [ "$(id -u deno):$(stat -c %u /deno-dir):$DENO_DIR" = 1993:1993:/deno-dir/ ] && [ ! -e /home/deno ]'
check 'deno: a subcommand goes to deno' docker run --rm denoland/deno:latest eval 1
check 'deno: a command is run as it is' docker run --rm denoland/deno:latest ls /
check 'golang: paths' sh_in golang:latest '[ "$(go env GOPATH):$(go env GOTOOLCHAIN):$PWD" = /go:local:/go ] && [ -x /usr/local/go/bin/go ]'
check 'ruby: paths, and gems from the lock file' sh_in ruby:3.4-slim '
    [ "$(command -v ruby)$(command -v bundle)" = /usr/local/bin/ruby/usr/local/bin/bundle ] && [ "$(stat -c %a "$GEM_HOME")" = 1777 ] &&
    mkdir /w && cd /w && printf "source %s\ngem %s\n" "\"https://rubygems.org\"" "\"puma\"" >Gemfile && bundle lock && export BUNDLE_DEPLOYMENT=1 &&
    grep -q "remote: https://rubygems.org/" Gemfile.lock && bundle install && bundle exec puma --version'
check 'elixir: paths and a release' sh_in elixir:1.19 '
    [ "$(command -v mix)$(command -v erl)" = /usr/local/bin/mix/usr/local/bin/erl ] && cd /tmp && mix local.hex --force --if-missing &&
    mix new one && cd one && mix deps.get && MIX_ENV=prod mix release && _build/prod/rel/one/bin/one version'
check 'distroless: no shell' refuse sh_in gcr.io/distroless/static-debian12:nonroot true
check 'distroless: user' [ "$(docker image inspect -f '{{.Config.User}}' gcr.io/distroless/static:nonroot)" = 65532 ]
check 'distroless cc: no shell' refuse sh_in gcr.io/distroless/cc-debian13:nonroot true
check 'distroless nodejs: an option goes to node, TLS is there' docker run --rm gcr.io/distroless/nodejs24-debian13:nonroot -e 'require("tls").createSecureContext()'
check 'rust: a crate of Debian is found' sh_in rust:1-trixie '
    [ "$CARGO_HOME:$RUST_VERSION" = /usr/local/cargo:1.85.1 ] && cargo new -q /x && cd /x && cargo add -q --offline log && cargo build -q && target/debug/x'

pg() { docker exec "$project-$1" "${@:2}"; }
for tag in 16 18; do
    data=/var/lib/postgresql; [ $tag = 18 ] || data=$data/data
    run --name "$project-root$tag" -e POSTGRES_PASSWORD=x "postgres:$tag" >/dev/null
    run --name "$project-user$tag" --user 999:999 $hardened --tmpfs /tmp:uid=999,gid=999,mode=0700 \
        --tmpfs /var/run/postgresql:uid=999,gid=999,mode=0700 -e POSTGRES_PASSWORD=x -e POSTGRES_DB=shop "postgres:$tag" >/dev/null
    for how in root user; do
        check "postgres:$tag as $how: ready over TCP" eventually pg $how$tag pg_isready -q -h 127.0.0.1
        check "postgres:$tag as $how: runs as 999" pg $how$tag grep -q '^Uid:.999.999' /proc/1/status
        check "postgres:$tag as $how: data in $data" docker exec "$project-$how$tag" sh -c 'case $PGDATA in '$data'*) [ -s $PGDATA/PG_VERSION ];; *) exit 1;; esac'
        check "postgres:$tag as $how: scram for the network" pg $how$tag sh -c 'grep -q "^host all all all scram-sha-256" $PGDATA/pg_hba.conf'
    done
    check "postgres:$tag: database of its own name" pg user$tag psql -U postgres -d shop -c 'select 1'
    check "postgres:$tag: restarts" docker restart "$project-root$tag"
    check "postgres:$tag: keeps its data" eventually says 'Skipping initialization' docker logs "$project-root$tag"
done
check 'postgres: refuses no password' says 'superuser password is not specified' docker run --rm postgres:17
check 'postgres: both forms at once' says 'both POSTGRES_PASSWORD and POSTGRES_PASSWORD_FILE' docker run --rm -e POSTGRES_PASSWORD=x -e POSTGRES_PASSWORD_FILE=/etc/hostname postgres:17
check 'postgres 18: refuses the old mount' says 'unused mount' docker run --rm -v /var/lib/postgresql/data -e POSTGRES_PASSWORD=x postgres:18

for tag in 7.4 8; do
    run --name "$project-r$tag" "redis:$tag" >/dev/null
    run --name "$project-u$tag" --user 999:999 $hardened -v /data "redis:$tag" --save '' >/dev/null
    run --name "$project-d$tag" --cap-drop ALL "redis:$tag" >/dev/null
    for how in r u; do
        check "redis:$tag ($how): answers" eventually says PONG docker exec "$project-$how$tag" redis-cli ping
        check "redis:$tag ($how): runs as 999" pg $how$tag grep -q '^Uid:.999.999' /proc/1/status
        check "redis:$tag ($how): protected mode off" says no docker exec "$project-$how$tag" redis-cli config get protected-mode
    done
done
check 'redis 7 without setuid: fails' says 'operation not permitted' docker logs "$project-d7.4"
check 'redis 8 without setuid: stays root' pg d8 grep -q '^Uid:.0.0' /proc/1/status

cat >stream.conf <<'D'
pid /tmp/nginx.pid;
events {}
stream { server { listen 9000; proxy_pass 127.0.0.1:8080; } }
http { client_body_temp_path /tmp/a; proxy_temp_path /tmp/b; fastcgi_temp_path /tmp/c; uwsgi_temp_path /tmp/d; scgi_temp_path /tmp/e;
       server { listen 8080; location / { return 200 hello; } } }
D
nginx=nginxinc/nginx-unprivileged:1.30-alpine-slim
tmp=/tmp:uid=101,gid=101,mode=0700
run --name "$project-web" --user 101:101 $hardened --tmpfs $tmp $nginx >/dev/null
run --name "$project-stream" --user 101:101 $hardened --tmpfs $tmp -v "$work/stream.conf:/etc/nginx/nginx.conf:ro" $nginx >/dev/null
check 'nginx: page' eventually says 'Welcome to nginx' docker exec "$project-web" wget -qO- http://127.0.0.1:8080/
check 'nginx: stream in a user'\''s nginx.conf' eventually says hello docker exec "$project-stream" wget -qO- http://127.0.0.1:9000/
check 'nginx: reload' docker exec "$project-stream" nginx -s reload
check 'nginx: bare' sh_in $nginx '! command -v bash curl apt-get; [ "$(readlink -f /bin/sh)" = /usr/bin/busybox ]'
check 'nginx: wrong temp path fails as upstream' says 'Read-only file system' docker run --rm --read-only $nginx nginx -g 'daemon off;'
run --name "$project-own" nginx:1.28 >/dev/null
check 'nginx itself: page on port 80' eventually says 'Welcome to nginx' docker exec "$project-own" curl -fsS http://127.0.0.1/
check 'nginx itself: root, and workers as 101' docker exec "$project-own" sh -c 'grep -q "^Uid:.0.0" /proc/1/status && grep -q "^Uid:.101.101" /proc/[1-9]*/status'
check 'nginx itself: takes CHOWN at its first start' says 'failed (1: Operation not permitted)' docker run --rm --cap-drop ALL --cap-add SETUID --cap-add SETGID nginx:1.28

check 'temurin: paths, user, no curl' sh_in eclipse-temurin:21-jre '
    [ "$(command -v java):$JAVA_HOME" = /opt/java/openjdk/bin/java:/opt/java/openjdk ] && [ "$(id -u ubuntu)" = 1000 ] && ! command -v javac curl wget'
check 'temurin: the entrypoint makes way for the program' [ "$(docker run --rm eclipse-temurin:21-jre cat /proc/1/comm)" = cat ]
check 'temurin: javac' sh_in eclipse-temurin:21-jdk 'javac --version'
check 'maven: builds without a network' docker run --rm --network none maven:3-eclipse-temurin-21 mvn -q -B --version

check 'php: paths and settings' sh_in php:8.4-cli '[ "$(command -v php)$PHP_INI_DIR" = /usr/local/bin/php/usr/local/etc/php ] && [ -e $PHP_INI_DIR/php.ini-production ] && [ ! -e $PHP_INI_DIR/php.ini ] && php -m | grep -qx "Zend OPcache"'
check 'php: a module without its headers is refused' refuse sh_in php:8.4-cli 'docker-php-ext-install gmp'
check 'php: a module is put in place' sh_in php:8.4-cli 'docker-php-ext-install -j 2 bcmath && pecl install APCu-5.1.28 && docker-php-ext-enable apcu && php -m | grep -qx bcmath && php -m | grep -qx apcu'
run --name "$project-apache" --user 33:33 $hardened --tmpfs /tmp:uid=33,gid=33,mode=0700 -e APACHE_RUN_DIR=/tmp/run -e APACHE_LOCK_DIR=/tmp/run -e APACHE_PID_FILE=/tmp/run/pid php:8.4-apache >/dev/null
check 'php: Apache without root, and no page' eventually says '403 Forbidden' docker exec "$project-apache" curl -s http://127.0.0.1/
check 'php: SIGWINCH ends Apache' docker stop -t 5 "$project-apache"
check 'php: it was not killed' [ "$(docker inspect -f '{{.State.ExitCode}}' "$project-apache")" = 0 ]
run --name "$project-fpm" --user 33:33 $hardened php:8.4-fpm >/dev/null
check 'php: fpm listens' eventually docker exec "$project-fpm" php -n -r 'exit(@fsockopen("127.0.0.1", 9000) ? 0 : 1);'
check 'composer: one file that works elsewhere' says 'Composer version' docker run --rm composer:2.10 composer --version

echo "$passed passed, $failed failed"
[ "$failed" = 0 ]
