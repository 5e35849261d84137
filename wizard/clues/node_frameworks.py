"""Frameworks of JavaScript: the package that shows each, what it makes, what starts it."""

import re
from collections.abc import Mapping

from msgspec import Struct
from msgspec.structs import replace

from wizard.clues.findings import Findings
from wizard.clues.manifests import read_json, table, text_at
from wizard.folder import Folder


class Framework(Struct, frozen=True):
    """A framework. `output` is the folder of a site it makes that anything can serve; empty for one that needs its own server."""

    name: str
    packages: tuple[str, ...]
    port: int = 3000
    command: tuple[str, ...] = ()
    output: str = ""
    builds: bool = True
    """Whether it has to be built before it can be started."""
    writes: tuple[str, ...] = ()
    quirk: str = ""
    """What its build has to know."""


_NITRO = ("node", ".output/server/index.mjs")
FRAMEWORKS = (
    Framework("next", ("next",), command=("node_modules/.bin/next", "start"), writes=(".next/cache",)),
    Framework("nuxt", ("nuxt", "nuxt3", "nuxt-edge"), command=_NITRO),
    Framework("nest", ("@nestjs/core",), command=("node", "dist/main")),
    Framework("remix", ("@remix-run/node", "@remix-run/react", "@remix-run/serve"), command=("node_modules/.bin/remix-serve",
    "build/server/index.js")),
    Framework("react-router", ("@react-router/dev", "@react-router/serve"), command=("node_modules/.bin/react-router-serve",
    "build/server/index.js")),
    Framework("sveltekit", ("@sveltejs/kit",), command=("node", "build")),
    Framework("tanstack-start", ("@tanstack/react-start", "@tanstack/start", "@tanstack/solid-start"), command=_NITRO),
    Framework("solid-start", ("@solidjs/start",), command=_NITRO),
    Framework("analog", ("@analogjs/platform",), command=("node", "dist/analog/server/index.mjs")),
    Framework("gatsby", ("gatsby",), 8080, output="public"),
    Framework("docusaurus", ("@docusaurus/core",), 8080, output="build"),
    Framework("vitepress", ("vitepress",), 8080, output=".vitepress/dist"),
    Framework("vuepress", ("vuepress",), 8080, output=".vuepress/dist"),
    Framework("hexo", ("hexo",), 8080, output="public"),
    Framework("eleventy", ("@11ty/eleventy",), 8080, output="_site"),
    Framework("astro", ("astro",), 8080, output="dist"),
    Framework("expo", ("expo",), 8080, output="dist"),
    Framework("angular", ("@angular/core",), 8080, output="dist"),
    Framework("strapi", ("@strapi/strapi",), 1337, ("node_modules/.bin/strapi", "start")),
    Framework("adonis", ("@adonisjs/core",), 3333, ("node", "build/bin/server.js")),
    Framework("express", ("express",), builds=False),
    Framework("fastify", ("fastify",), builds=False),
    Framework("koa", ("koa",), builds=False),
    Framework("hono", ("hono",), builds=False),
    Framework("elysia", ("elysia",), builds=False),
    Framework("hapi", ("@hapi/hapi", "hapi"), builds=False),
    Framework("restify", ("restify",), 8080, builds=False),
    Framework("polka", ("polka",), builds=False),
    Framework("apollo", ("@apollo/server", "apollo-server"), 4000, builds=False),
    Framework("create-react-app", ("react-scripts",), 8080, output="build"),
    Framework("vue-cli", ("@vue/cli-service",), 8080, output="dist"),
    Framework("vite", ("vite",), 8080, output="dist"),
    Framework("parcel", ("parcel", "parcel-bundler"), 8080, output="dist"),
)  # fmt: skip
"""In the order in which they are looked for: what is built on another one stands before it."""

ENVIRONMENT: Mapping[str, Mapping[str, str]] = {
    # The engine names each container in HOSTNAME, and Next.js would listen on that address alone.
    "next": {"HOSTNAME": "0.0.0.0", "NEXT_TELEMETRY_DISABLED": "1"},
    "astro": {"HOST": "0.0.0.0"}, "adonis": {"HOST": "0.0.0.0"},
}  # fmt: skip
"""Variables by which a framework listens where others reach it, and writes to nobody."""

_SERVERS = frozenset(("express", "fastify", "koa", "hono", "hapi", "restify", "polka", "apollo", "elysia"))
DEV_SERVER = re.compile(
    r"^(?:npx\s+)?(?:vite(?!\S)(?!\s+preview\s+--host)|react-scripts\s+start|ng\s+serve|vue-cli-service\s+serve|gatsby\s+(?:develop|serve)"
    r"|next\s+dev|nuxt\s+dev|nuxi?\s+dev|webpack(?:-dev-server|\s+serve)|parcel|astro\s+(?:dev|preview)|expo\s+|nest\s+start|strapi\s+develop|remix\s+dev"
    r"|docusaurus\s+(?:start|serve)|vitepress\s+(?:dev|preview)|eleventy\s+--serve|react-router\s+dev|serve\s+|http-server\b|live-server\b|craco\s+start|rsbuild\s+dev"
    r"|vinxi\s+dev|storybook|ionic\s+serve|svelte-kit\s+dev|sirv\s+|nuxt\s+(?:start|preview)|nuxi?\s+preview|solid-start\s+|adonis|node\s+ace\s+serve)"
)
"""Scripts called «start» that are for developers, or that serve what any web server serves."""


def framework_of(folder: Folder, package: dict[str, object], start: str) -> Framework | None:
    """The framework that package.json names; a server counts only where it is needed at run time."""
    needed, all_of = table(package, "dependencies"), {**table(package, "devDependencies"), **table(package, "dependencies")}
    for framework in FRAMEWORKS:
        among = needed if framework.name in _SERVERS else all_of
        if not any(name in among for name in framework.packages):
            continue
        if framework.name == "vitepress" and ("vite" in needed or "next" in needed):
            continue
        if framework.name in ("vite", "parcel") and not _is_site(folder, package, start):
            continue
        return _as_configured(folder, framework, all_of, text_at(package, "scripts", "build"))
    return None


def _is_site(folder: Folder, package: dict[str, object], start: str) -> bool:
    """Whether a bundler makes a site here, rather than a library or a part of a program that has a server."""
    if start and not DEV_SERVER.match(start):
        return False
    scripts = table(package, "scripts")
    builds = any(re.search(r"\b(?:vite|parcel)\b", str(script)) for script in scripts.values())
    return builds and folder.first("index.html", "src/index.html", "src/main.html", "public/index.html") is not None


def _as_configured(folder: Folder, framework: Framework, packages: dict[str, object], build: str) -> Framework:
    """The framework with what its configuration changes: whether it needs a server, and where its output goes."""
    configs = folder.files
    own = tuple(name for name in configs if "/" not in name and re.match(r"(?:next|nuxt|astro|svelte|vite|react-router|app)\.config\.", name))
    if framework.name == "next" and folder.search(r"\boutput\s*:\s*[\"'](export)[\"']", *own):
        return Framework("next", framework.packages, 8080, output="out")
    if framework.name == "next" and folder.search(r"\boutput\s*:\s*[\"'](standalone)[\"']", *own):
        return replace(framework, command=("node", "server.js"), quirk="standalone-output")
    if framework.name == "nuxt" and (folder.search(r"^[ \t]*ssr\s*:\s*(false)", *own) or re.search(r"\bnux[it]\s+generate\b", build)):
        return Framework("nuxt", framework.packages, 8080, output=".output/public")
    if framework.name == "astro" and ("@astrojs/node" in packages):
        return Framework("astro", framework.packages, 4321, ("node", "dist/server/entry.mjs"))
    if framework.name == "sveltekit":
        if "@sveltejs/adapter-static" in packages:
            return Framework("sveltekit", framework.packages, 8080, output="build")
        if "@sveltejs/adapter-node" not in packages:
            return Framework("sveltekit", framework.packages)
    if framework.name in ("react-router", "remix") and folder.search(r"\bssr\s*:\s*(false)", *own):
        return Framework(framework.name, framework.packages, 8080, output="build/client")
    if framework.name == "expo" and "react-native-web" not in packages:
        return Framework("expo", framework.packages)
    if framework.name == "angular":
        return _angular(folder, framework, packages)
    return framework


def _angular(folder: Folder, framework: Framework, packages: dict[str, object]) -> Framework:
    projects = table(read_json(folder, "angular.json"), "projects")
    name, project = next(((n, p) for n, p in projects.items() if text_at(p, "projectType") == "application"), ("", {}))
    if not re.fullmatch(r"[\w.-]{1,60}", name):
        return framework
    if "@angular/ssr" in packages:
        return Framework("angular", framework.packages, 4000, ("node", f"dist/{name}/server/server.mjs"))
    builder = text_at(project, "architect", "build", "builder")
    options = table(project, "architect", "build", "options")
    output = text_at(options, "outputPath") or f"dist/{name}"
    return Framework(
        "angular", framework.packages, 8080, output=f"{output}/browser" if builder.endswith((":application", "build:application")) else output
    )


def say_framework(found: Findings, framework: Framework, line: int) -> None:
    """Record the framework and what it writes."""
    found.say("stack.framework", framework.name, "package.json", line)
    for path in framework.writes:
        found.writes(path, "package.json", line)
