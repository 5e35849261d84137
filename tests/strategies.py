"""Answers as hypothesis draws them: valid ones over the whole schema, and hostile text for any place in it."""

from typing import Any

from hypothesis import strategies as st

from wizard.capabilities import CAPABILITIES
from wizard.controls import CONTROLS
from wizard.controls.capabilities import NEEDS
from wizard.syscalls import GROUPS

HOSTILE = st.sampled_from(
    (
        "a\nb", "a\r\nb: c", "\0", "'", '"', "`id`", "$(id)", "${HOME}", "$$", "$HOME", "{{ 7*7 }}", "{% raw %}", "&a", "*a", "!!python/object",
        "<<: *x", "a # b", "#", "- a", "? a", ": ", "|", ">", "%YAML 1.1", "---", "...", "\u202eabc", "\u2066", "\ufeff", "x" * 5000, "../x",
        "/../etc", "a\\", "\\n", "\x1b[31m", "\x7f", "\u0085", "\u2028", "é", "\U0001f600", "'; DROP", "a\tb", " a", "a ", "", "null", "yes", "0o17",
        "1e3", "2026-01-01", "=", ";", "&&", "|| true", "\ud800",
    )
)  # fmt: skip
TEXT = st.one_of(HOSTILE, st.text(max_size=30))
NAME = st.from_regex(r"[a-z0-9]([a-z0-9-]{0,10}[a-z0-9])?", fullmatch=True)
PATH = st.from_regex(r"(/(data|srv|var/lib/x|opt/y|cache|tmp|run)(/[a-z .'$-]{1,8})?)", fullmatch=True)
PORT = st.integers(1, 65535)
VARIABLE = st.from_regex(r"[A-Z_][A-Z0-9_]{0,10}", fullmatch=True)
REASON = st.one_of(st.just("because it is so"), TEXT)


def _some(**keys: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({}, optional=keys)


STACK = st.one_of(
    st.fixed_dictionaries({"language": st.just("python")}, optional={
        "version": st.sampled_from(("3.12", "3.13")), "framework": st.sampled_from(("flask", "django")),
        "package_manager": st.sampled_from(("pip", "uv", "poetry")), "lockfile": st.sampled_from(("requirements.txt", "pyproject.toml")),
        "packages": st.just(["gunicorn==23.0.0"]), "system_packages": st.just(["curl", "libpq5"]), "build": st.lists(TEXT, max_size=3)}),
    st.fixed_dictionaries({"language": st.just("node")}, optional={
        "package_manager": st.sampled_from(("npm", "yarn", "pnpm")), "lockfile": st.sampled_from(("package-lock.json", "yarn.lock")),
        "build": st.just(["npm", "run", "build"]), "runtime": st.sampled_from(("slim", "distroless", "scratch"))}),
    st.fixed_dictionaries({"language": st.just("rust")}, optional={
        "version": st.sampled_from(("1.85", "1.98")), "lockfile": st.just("Cargo.lock"), "source": st.just("crates/api"), "framework": st.just("rocket"),
        "runtime": st.sampled_from(("slim", "distroless")), "system_packages": st.just(["libpq5"])}),
    st.fixed_dictionaries({"language": st.just("bun")}, optional={
        "version": st.sampled_from(("1", "1.1")), "lockfile": st.sampled_from(("bun.lock", "package-lock.json")),
        "quirks": st.just(["prepare-script"]), "build": st.just(["bun", "run", "build"])}),
    st.fixed_dictionaries({"language": st.just("deno")}, optional={
        "version": st.sampled_from(("2", "2.1.4")), "lockfile": st.just("deno.lock"), "build": st.just(["deno", "task", "build"])}),
    st.fixed_dictionaries({"language": st.just("go")}, optional={"quirks": st.just(["files-beside"]), "source": st.sampled_from((".", "cmd/server")), "lockfile": st.just("go.sum"), "runtime": st.sampled_from(("distroless", "scratch"))}),
    st.fixed_dictionaries({"language": st.just("php")}, optional={
        "framework": st.sampled_from(("laravel", "symfony")), "package_manager": st.just("composer"), "lockfile": st.just("composer.lock"),
        "extensions": st.lists(st.sampled_from(("gd", "pdo_pgsql", "redis", "swoole")), max_size=2), "source": st.sampled_from((".", "public")),
        "build": st.lists(TEXT, max_size=2)}),
    st.fixed_dictionaries({"language": st.just("static")}, optional={"source": st.sampled_from((".", "public"))}),
    st.fixed_dictionaries({"language": st.just("static"), "package_manager": st.sampled_from(("npm", "pnpm", "pip", "none")), "build": st.just(["make"])}, optional={
        "source": st.sampled_from(("dist", ".vitepress/dist")), "arguments": st.dictionaries(VARIABLE, TEXT, max_size=2), "lockfile": st.just("a.lock"),
        "quirks": st.just(["single-page"])}),
    st.fixed_dictionaries({"language": st.just("java")}, optional={
        "version": st.sampled_from(("8", "17", "21.0.5")), "framework": st.sampled_from(("spring-boot", "quarkus")), "build": st.lists(TEXT, max_size=3),
        "package_manager": st.sampled_from(("maven", "gradle")), "quirks": st.lists(st.sampled_from(("wrapper", "jar-layers")), max_size=2, unique=True)}),
    st.fixed_dictionaries({"language": st.just("dotnet")}, optional={
        "version": st.just("8.0"), "framework": st.just("aspnetcore"), "source": st.sampled_from((".", "src/Shop.Api")), "lockfile": st.just("Shop.csproj"),
        "quirks": st.just(["locked-restore"])}),
)  # fmt: skip

PUBLISHED = st.builds(lambda a, p: f"{a}:{p}", st.sampled_from(("127.0.0.1", "0.0.0.0", "[::1]", "10.1.2.3")), PORT)
WRITABLE = st.one_of(
    st.fixed_dictionaries({"path": PATH, "tmpfs": st.sampled_from(("1M", "16M", "512K"))}),
    st.fixed_dictionaries({"path": PATH, "volume": NAME}),
)
HEALTH = st.one_of(
    st.fixed_dictionaries({"http": st.sampled_from(("/", "/health?x=1"))}, optional={"port": PORT}),
    st.fixed_dictionaries({"tcp": PORT}),
    st.fixed_dictionaries({"command": st.lists(TEXT, min_size=1, max_size=3)}),
    st.fixed_dictionaries({"none": REASON}),
)
AMOUNT = st.one_of(st.integers(0, 1 << 40), st.sampled_from(("64M", "1G", "unlimited", "0M")))
ULIMIT = st.fixed_dictionaries({"name": st.sampled_from(("core", "nproc", "memlock", "stack", "nofile")), "soft": AMOUNT}, optional={"hard": AMOUNT})
DISK = st.fixed_dictionaries(
    {"path": st.sampled_from(("/dev/vda", "/dev/nvme0n1"))},
    optional={"read": st.sampled_from(("1M", "512K")), "write": st.just("2G"), "read_iops": st.integers(0, 5000), "write_iops": st.just(1)},
)
LIMITS = _some(
    swap=st.sampled_from(("64M", "1G", "3K")), shares=st.integers(1, 262145), cpuset=st.sampled_from(("0", "0-1,3", "1,0", "3-1")),
    oom_score_adj=st.integers(-1, 1000), ulimits=st.lists(ULIMIT, max_size=2), disks=st.lists(DISK, max_size=2), disk_weight=st.integers(9, 1000),
    memory=st.sampled_from(("256M", "1G", "512M")), cpus=st.floats(0.1, 8).map(lambda n: round(n, 2)), pids=st.integers(2, 5000),
    nofile=st.integers(64, 65536), reservation=st.sampled_from(("32M", "64M")), shm=st.sampled_from(("1M", "32M")),
)  # fmt: skip
COMPANION = st.fixed_dictionaries(
    {"service": st.sampled_from(("postgres", "redis"))},
    optional={"name": NAME, "version": st.sampled_from(("17", "17-alpine", "8.0")), "environment": st.dictionaries(VARIABLE, TEXT, max_size=2),
        "limits": LIMITS, "command": st.lists(TEXT, max_size=2), "restart": st.just("on-failure:3"), "writable": st.lists(WRITABLE, max_size=1),
        "ports": st.lists(st.fixed_dictionaries({"container": PORT}, optional={"publish": PUBLISHED}), max_size=1),
    },
)  # fmt: skip

ACCESS = st.sampled_from(("r", "w", "rw", "rwm"))
DEVICE = st.fixed_dictionaries({"path": st.sampled_from(("/dev/ttyUSB0", "/dev/sda")), "why": REASON}, optional={"access": ACCESS})
DEVICE_RULE = st.fixed_dictionaries(
    {"devices": st.sampled_from(("c 188:*", "c 4:64", "b 8:0", "a *:*", "c 1:1")), "why": REASON}, optional={"access": ACCESS}
)
ANSWERS = st.fixed_dictionaries(
    {"name": st.one_of(NAME, NAME, TEXT), "stack": STACK},
    optional={
        "command": st.lists(TEXT, max_size=4),
        "user": st.fixed_dictionaries({"uid": st.integers(0, 70000), "gid": st.integers(1, 70000)}),
        "ports": st.lists(
            st.fixed_dictionaries({"container": st.one_of(PORT, st.sampled_from((0, 65536)))},
                                  optional={"publish": PUBLISHED, "protocol": st.sampled_from(("tcp", "udp"))}), max_size=3),
        "writable": st.lists(WRITABLE, max_size=3),
        "needs": st.lists(st.sampled_from([need.id for need in NEEDS]), max_size=3, unique=True),
        "capabilities": st.lists(st.fixed_dictionaries({"name": st.sampled_from(CAPABILITIES), "why": REASON}), max_size=2),
        "limits": LIMITS,
        "logs": st.fixed_dictionaries({}, optional={"size": st.sampled_from(("10M", "1K", "5 M")), "files": st.integers(0, 101)}),
        "health": HEALTH,
        "internet": st.booleans(),
        "egress": st.lists(st.one_of(st.sampled_from(("api.example.com", "*.example.org:8443", "10.1.2.3:80", "localhost", "127.0.0.1")), TEXT), max_size=2),
        "ingress": st.sampled_from(("proxy", "direct")),
        "companions": st.lists(COMPANION, max_size=3),
        "secrets": st.lists(st.fixed_dictionaries({"name": st.one_of(NAME, TEXT)}, optional={"env": VARIABLE}), max_size=2),
        "environment": st.dictionaries(st.one_of(VARIABLE, TEXT), TEXT, max_size=4),
        "mounts": st.lists(st.fixed_dictionaries(
            {"path": PATH, "source": st.one_of(st.sampled_from(("./a.toml", "/srv/x", "./$x y")), TEXT)},
            optional={"read_only": st.booleans(), "relabel": st.sampled_from(("shared", "private", "Z"))}), max_size=2),
        "restart": st.sampled_from(("unless-stopped", "on-failure:5", "no", "always")),
        "stop_grace": st.integers(1, 3600),
        "dns": st.lists(st.sampled_from(("9.9.9.9", "::1", "x")), max_size=2),
        "hostname": NAME,
        "extras": st.sampled_from(([], [], [], ["runbook"], ["docker-run"], ["ci", "signing"])),
        "repository": st.one_of(st.just("Acme/shop.api"), TEXT),
        "digests": st.lists(st.builds(lambda n, d: f"{n}@sha256:{d:064x}", st.sampled_from(("python:3.13-slim", "redis:8", "redis")), st.just(7)), max_size=2),
        "groups": st.lists(st.integers(1, 60000), max_size=2),
        "devices": st.lists(DEVICE, max_size=1),
        "device_rules": st.lists(DEVICE_RULE, max_size=2),
        "seccomp": st.sampled_from(("default", "trimmed", "audit", "./my.json", "../x.json")),
        "calls": st.lists(st.sampled_from([group.id for group in GROUPS]), max_size=3, unique=True),
        "apparmor": st.sampled_from(("my-profile", "rendered", "a b")),
        "selinux": st.sampled_from(("type:container_t", "disable")),
        "waivers": st.lists(
            st.fixed_dictionaries({"control": st.sampled_from([c.id for c in CONTROLS]), "why": REASON}), max_size=2),
    },
)  # fmt: skip
"""Answers over the whole schema, most of them valid: the laws hold for those that are, the others are refused in one line."""
