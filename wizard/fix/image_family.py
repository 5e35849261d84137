"""What an image is made of, as far as its name or the commands of its Dockerfile say: with what it makes users, and which it has."""

import re
from collections.abc import Iterable, Mapping

from msgspec import Struct
from msgspec.structs import replace

from wizard.check.images import known_image, split
from wizard.image_users import Tools

_RED_HAT = frozenset(("almalinux", "centos", "fedora", "oraclelinux", "rockylinux"))
_SHADOW = _RED_HAT | {
    "buildpack-deps", "debian", "eclipse-temurin", "elixir", "erlang", "golang", "gradle", "maven", "node", "openjdk", "perl", "php", "pypy",
    "python", "ruby", "rust", "swift", "tomcat", "ubuntu",
}  # fmt: skip
_WITHOUT_SHADOW = frozenset(("amazonlinux", "amazoncorretto"))
"""Of the Red Hat kind, and without useradd until shadow-utils is installed; so are those named slim, minimal or micro."""
_BUSYBOX = frozenset(("alpine", "busybox", "composer"))
_CHAINGUARD = frozenset(
    f"cgr.dev/chainguard/{name}" for name in ("static", "glibc-dynamic", "busybox", "go", "jdk", "jre", "node", "python", "ruby", "wolfi-base")
)
"""Those for programs of one's own: all of them run as 65532. Those of services have users of their own."""
_OWN = {
    "node": ("node", 1000, 1000), "php": ("www-data", 33, 82), "oven/bun": ("bun", 1000, 1000), "denoland/deno": ("deno", 1993, 1993),
    "nginxinc/nginx-unprivileged": ("nginx", 101, 101),
}  # fmt: skip
"""Images that have a user for the program, whether they start as it or as root: its name, its number, and that on Alpine."""
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
    home: bool = False
    """Whether whom it is made to run as has a home that it may write to."""
    start_is_known: bool = True
    """Whether it is known what it starts with, where a Dockerfile does not say."""


def family(base: str | None, commands: Iterable[str] = ()) -> Family:
    """What an image that a stage begins with is made of; `commands` are the RUN lines, which show what an unknown one has."""
    commands = tuple(commands)
    found = _by_name(base, commands) if base is not None else None
    if found is None:
        found = Family(_from_commands(commands), start_is_known=False)
    uid, _, gid = known_image(base).suggestion.partition(":")
    if not uid or found.stays_root:
        return found
    pair = (int(uid), int(gid))
    return found if pair in found.own.values() else replace(found, own={**found.own, "": pair})


def _by_name(base: str, commands: tuple[str, ...]) -> Family | None:
    name, tag = split(base)
    alpine = "alpine" in tag or "alpine" in name.rpartition("/")[2]
    usual = Tools.BUSYBOX if alpine else Tools.SHADOW
    if name == "scratch":
        return Family(Tools.NONE)
    if name.startswith("gcr.io/distroless/") or name in _CHAINGUARD:
        return Family(Tools.NONE, {"nonroot": (65532, 65532), "nobody": (65534, 65534)}, (65532, 65532), home=True)
    if name.startswith("mcr.microsoft.com/dotnet/"):
        return _dotnet(tag, usual)
    if "linuxserver/" in name or name.startswith("phusion/"):
        return Family(stays_root="its init system starts as root and steps down by itself")
    if name in _ROOT:
        return Family(stays_root=_ROOT[name] or f"what {name} writes as root is not known")
    if name in _STEPS_DOWN:
        uid, _, gid = known_image(base).suggestion.partition(":")
        return Family(usual, {name.rpartition("/")[2]: (int(uid), int(gid))}, (int(uid), int(gid)), home=True)
    if name in _OWN:
        user, number, other = _OWN[name]
        number = other if alpine else number
        return Family(
            Tools.NONE if "distroless" in tag else usual,
            {user: (number, number)},
            (number, number),
            home=name not in ("denoland/deno", "php", "nginxinc/nginx-unprivileged"),
        )
    if name in _BUSYBOX or (alpine and name in _SHADOW):
        return Family(Tools.BUSYBOX, {"nobody": (65534, 65534)})
    if name in _WITHOUT_SHADOW or (f"{name}:{tag}".startswith("oraclelinux:") and "slim" in tag) or re.search(r"minimal|micro", f"{name}:{tag}"):
        return Family(Tools.SHADOW if any("shadow-utils" in command for command in commands) else None)
    if name in _SHADOW:
        return Family(Tools.SHADOW, {"nobody": (65534, 65534)} | ({} if name in _RED_HAT else {"nogroup": (65534, 65534), "www-data": (33, 33)}))
    return None


def _dotnet(tag: str, usual: Tools) -> Family:
    """Since 8 each image has the user app, 1654; the smallest have no shell and start as it."""
    version = re.match(r"(\d+)\.", tag)
    own = {"app": (1654, 1654)} if version and int(version[1]) >= 8 else {}
    if "nanoserver" in tag or "windows" in tag:
        return Family()
    return Family(Tools.NONE if "chiseled" in tag or "distroless" in tag else usual, own, own.get("app"), home=bool(own))


def _from_commands(commands: tuple[str, ...]) -> Tools | None:
    """A package manager that is called is there, and with it the tools of its distribution."""
    text = "\n".join(commands)
    if re.search(r"\bapk\s+(?:-\S+\s+)*(?:add|update|upgrade|del)\b", text):
        return Tools.BUSYBOX
    if re.search(r"\bapt(?:-get)?\s+(?:-\S+\s+)*(?:install|update|upgrade|purge|remove)\b", text):
        return Tools.SHADOW
    if re.search(r"\b(?:dnf|yum)\s+(?:-\S+\s+)*(?:install|update|upgrade|remove)\b", text) or "shadow-utils" in text:
        return Tools.SHADOW
    return None
