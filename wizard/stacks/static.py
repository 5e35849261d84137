"""Static site: files served by nginx, which runs without root; made beforehand, or built by tools that stay behind."""

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from wizard.clues.commands import publish
from wizard.clues.findings import Findings
from wizard.clues.site_generators import look_for_generator
from wizard.digests import pinned
from wizard.folder import Folder
from wizard.stack import Detected, LanguageStack, OwnUser, SupportFile
from wizard.stacks.bun import Bun
from wizard.stacks.node import Node
from wizard.stacks.python import Python
from wizard.text import quoted_value
from wizard.workload import Stack, Workload

NGINX = "nginxinc/nginx-unprivileged"
NGINX_CALLS = ("kernel-aio",)


class Builder(Struct, frozen=True):
    """What makes a site: the stack whose image and package managers do it, and the folder in which its tools keep what they may need again."""

    stack: LanguageStack
    cache: str


_BUILDERS = (Builder(Bun(), "/app/node_modules/.cache"), Builder(Node(), "/app/node_modules/.cache"), Builder(Python(), "/root/.cache"))
_QUIET = {
    "angular": {"NG_CLI_ANALYTICS": "false"}, "astro": {"ASTRO_TELEMETRY_DISABLED": "1"}, "gatsby": {"GATSBY_TELEMETRY_DISABLED": "1"},
    "next": {"NEXT_TELEMETRY_DISABLED": "1"}, "nuxt": {"NUXT_TELEMETRY_DISABLED": "1"},
}  # fmt: skip
"""What keeps a build from telling its makers about itself."""


class Static(LanguageStack):
    """The site's files are copied into nginx's unprivileged image, owned by root, and served on a high port."""

    id = "static"
    name = "static site"
    title = "Static site (nginx, unprivileged)"
    default_version = "1.30"
    takes = frozenset(("arguments", "packages", "source"))
    own_user = OwnUser("nginx", 101, 101)
    unprivileged = True
    calls = NGINX_CALLS
    given_away = ("/etc/nginx", "/var/cache/nginx")
    default_command = ()
    must_write = ("/tmp",)
    package_managers = ("none", *(manager for builder in _BUILDERS for manager in builder.stack.package_managers))
    evidence = "built and run by the engine tests"

    def image(self, workload: Workload, pinned: bool = True) -> str:
        version = self.default_version if _builder(workload) else self.version(workload)
        return f"{NGINX}:{version}-alpine-slim" if pinned else f"{NGINX}:stable-alpine-slim"

    def build_image(self, workload: Workload) -> str:
        builder = _builder(workload)
        return builder.stack.image(workload) if builder else self.image(workload)

    def usual_version(self, workload: Workload) -> str:
        builder = _builder(workload)
        return builder.stack.usual_version(workload) if builder else self.default_version

    def health(self, url: str | None, port: int) -> tuple[str, ...]:
        # -Y off: busybox takes http_proxy and knows no exceptions from it (measured).
        return ("wget", "-q", "-Y", "off", "-T", "3", "-O", "/dev/null", url or f"http://127.0.0.1:{port}/")

    def values(self, workload: Workload) -> Mapping[str, Any]:
        builder, stack = _builder(workload), workload.stack
        if not builder or not stack:
            return {"builder": ""}
        return {
            **builder.stack.values(workload),
            "builder": pinned(self.build_image(workload), workload),
            "packages_by": f"{builder.stack.id}_packages.j2",
            "cache": builder.cache,
            "quiet": _QUIET.get(stack.framework or "", {}),
            "arguments": [f"{name}={quoted_value(value)}" if value else name for name, value in stack.arguments.items()],
        }

    def files(self, workload: Workload) -> tuple[SupportFile, ...]:
        port = workload.ports[0].container if workload.ports else 8080
        single = workload.stack is not None and "single-page" in workload.stack.quirks
        return (SupportFile(".seawall/site.conf", "site.conf", {"port": port, "built": bool(_builder(workload)), "single_page": single}),)

    def left_out(self, workload: Workload) -> tuple[str, ...]:
        builder = _builder(workload)
        made = workload.stack.source if workload.stack else "."
        return (*builder.stack.left_out(workload), made) if builder else ("**/*.md", "Makefile")

    def detect(self, folder: Folder) -> Detected | None:
        if generated := look_for_generator(folder):
            return generated
        served = folder.search(r"^root:\s*(\w[\w./-]{0,60}?)/?\s*$", "Staticfile")
        pages = (f"{served[0]}/index.html",) if served else ()
        index = folder.first(
            *pages, "index.html", "public/index.html", "www/index.html", "site/index.html", "html/index.html", "htdocs/index.html", "src/index.html"
        )
        if not index:
            return None
        found = Findings(folder, self.id, index)
        found.say("stack.package_manager", "none", index)
        if "/" in index:
            found.say("stack.source", index.rpartition("/")[0], index)
        if fallback := folder.search(r"^index_fallback:\s*(true)\b", "Staticfile"):
            found.add("stack.quirks", "single-page", fallback.file, fallback.line)
        found.add("ports", publish(8080), index, 1, "assumed")
        found.say("health", {"http": "/"}, index)
        found.strength = 2
        return found.done()


def _builder(workload: Workload) -> Builder | None:
    """What makes the site; None where its files are there already."""
    stack: Stack | None = workload.stack
    if stack is None or not stack.build:
        return None
    return next((builder for builder in _BUILDERS if stack.package_manager in builder.stack.package_managers), None)
