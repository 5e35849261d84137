"""What an image is made of, as far as its name or the commands of its Dockerfile say: with what it makes users, and which it has."""

import re
from collections.abc import Iterable, Mapping

from msgspec import Struct

from wizard.check.images import known_image, split
from wizard.image_users import Tools

_RED_HAT = frozenset(("almalinux", "centos", "fedora", "oraclelinux", "rockylinux"))
_SHADOW = _RED_HAT | {
    "buildpack-deps", "debian", "eclipse-temurin", "elixir", "erlang", "golang", "gradle", "maven", "node", "openjdk", "perl", "php", "pypy",
    "python", "ruby", "rust", "swift", "tomcat", "ubuntu",
}  # fmt: skip
_WITHOUT_SHADOW = ("amazonlinux", "amazoncorretto", "oraclelinux:8-slim", "oraclelinux:9-slim")
"""Of the Red Hat kind, and without useradd until shadow-utils is installed; so are all whose name says `minimal` or `micro`."""
_BUSYBOX = frozenset(("alpine", "busybox", "composer"))
_EMPTY = ("gcr.io/distroless/", "cgr.dev/chainguard/")
_DOTNET = "mcr.microsoft.com/dotnet/"
_STEPS_DOWN = frozenset(("mariadb", "mongo", "mysql", "postgres", "rabbitmq", "redis", "valkey/valkey"))
"""Their start scripts step down from root to their own user, and start as that user as well."""
_ROOT = {
    "nginx": "nginx opens its log and writes its process number as root: begin with nginxinc/nginx-unprivileged, which listens on 8080",
    "httpd": "httpd writes its process number beside its programs, which are root's",
    "traefik": "", "registry": "", "wordpress": "",
}  # fmt: skip


class Family(Struct, frozen=True):
    """`tools` is None where nothing says what is in the image. `own` are its users with their numbers, `preferred` whom it is made to run as."""

    tools: Tools | None = None
    own: Mapping[str, tuple[int, int]] = {}
    preferred: tuple[int, int] | None = None
    stays_root: str = ""
    """Why it has to start as root."""
    start_is_known: bool = True
    """Whether it is known what it starts with, where a Dockerfile does not say."""


def family(base: str | None, commands: Iterable[str] = ()) -> Family:
    """What an image that a stage begins with is made of; `commands` are the RUN lines, which show what an unknown one has."""
    if base is None:
        return Family(_from_commands(commands), start_is_known=False)
    name, tag = split(base)
    alpine = "alpine" in tag or "alpine" in name.rpartition("/")[2]
    if name == "scratch":
        return Family(Tools.NONE)
    if name.startswith(_EMPTY):
        return Family(Tools.NONE, {"nonroot": (65532, 65532), "nobody": (65534, 65534)}, (65532, 65532))
    if name.startswith(_DOTNET):
        return _dotnet(tag, alpine)
    if "linuxserver/" in name or name.startswith("phusion/") or "s6-overlay" in name:
        return Family(stays_root="its init system starts as root and steps down by itself: give it PUID and PGID")
    if name in _ROOT:
        return Family(stays_root=_ROOT[name] or f"what {name} writes as root is not known")
    if name in _STEPS_DOWN:
        uid, _, gid = known_image(base).suggestion.partition(":")
        return Family(Tools.BUSYBOX if alpine else Tools.SHADOW, {name: (int(uid), int(gid))}, (int(uid), int(gid)))
    if name == "node":
        return Family(Tools.BUSYBOX if alpine else Tools.SHADOW, {"node": (1000, 1000)}, (1000, 1000))
    if name == "php":
        number = 82 if alpine else 33
        return Family(Tools.BUSYBOX if alpine else Tools.SHADOW, {"www-data": (number, number)}, (number, number))
    if name in ("oven/bun", "denoland/deno"):
        own, number = ("bun", 1000) if name == "oven/bun" else ("deno", 1993)
        tools = Tools.NONE if "distroless" in tag else Tools.BUSYBOX if alpine else Tools.SHADOW
        return Family(tools, {} if tools is Tools.NONE else {own: (number, number)}, None if tools is Tools.NONE else (number, number))
    if name in _BUSYBOX or (alpine and name in _SHADOW):
        return Family(Tools.BUSYBOX, {"nobody": (65534, 65534)})
    if name.startswith(_WITHOUT_SHADOW) or f"{name}:{tag}".startswith(_WITHOUT_SHADOW) or re.search(r"minimal|micro", f"{name}:{tag}"):
        return Family(Tools.SHADOW if any("shadow-utils" in command for command in commands) else None)
    if name in _SHADOW:
        return Family(Tools.SHADOW, {"nobody": (65534, 65534)} | ({} if name in _RED_HAT else {"www-data": (33, 33)}))
    return Family(_from_commands(commands), start_is_known=False)


def _dotnet(tag: str, alpine: bool) -> Family:
    """Since 8 each image has the user app, 1654; the smallest have no shell and start as it."""
    version = re.match(r"(\d+)\.", tag)
    own = {"app": (1654, 1654)} if version and int(version[1]) >= 8 else {}
    preferred = own.get("app")
    if "chiseled" in tag or "distroless" in tag:
        return Family(Tools.NONE, own, preferred or (65532, 65532))
    return Family(Tools.BUSYBOX if alpine else Tools.SHADOW if "nanoserver" not in tag and "windows" not in tag else None, own, preferred)


def _from_commands(commands: Iterable[str]) -> Tools | None:
    """A package manager that is called is there, and with it the tools of its distribution."""
    text = "\n".join(commands)
    if re.search(r"\bapk\s+(?:-\S+\s+)*(?:add|update|upgrade|del)\b", text):
        return Tools.BUSYBOX
    if re.search(r"\bapt(?:-get)?\s+(?:-\S+\s+)*(?:install|update|upgrade|purge|remove)\b", text):
        return Tools.SHADOW
    if re.search(r"\b(?:dnf|yum)\s+(?:-\S+\s+)*(?:install|update|upgrade|remove)\b", text) or "shadow-utils" in text:
        return Tools.SHADOW
    return None
