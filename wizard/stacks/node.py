"""Node.js: npm, yarn, pnpm or bun; Express, Next.js and their like, or a plain program."""

from collections.abc import Mapping, Sequence
from typing import Any

from wizard.clues.findings import Findings, numbers
from wizard.clues.manifests import read_json
from wizard.clues.node_frameworks import ENVIRONMENT, FRAMEWORKS
from wizard.clues.package_json import look_into_package, runs_on_bun
from wizard.clues.sites import as_site
from wizard.clues.starting import look_into_compose
from wizard.digests import pinned as by_digest
from wizard.errors import UsageError
from wizard.folder import Folder
from wizard.javascript import frozen_by_bun, health_by
from wizard.stack import Detected, LanguageStack, OwnUser, Runtime
from wizard.workload import Workload

PNPM = "10.24.0"
OLDER_PNPM = {"pnpm-7": "7.33.7", "pnpm-8": "8.15.9"}
"""The last ones that read the lock files of their time: a newer one refuses those."""
YARN = "1.22.22"
DISTROLESS = (22, 24, 26)
"""Versions that there are distroless images for (GoogleContainerTools/distroless, nodejs/)."""
BUN = "1.4.5"
NEEDED_EARLY = frozenset(("openssl",))
"""Packages of Debian that installing looks for, too: Prisma fetches its engines for the OpenSSL that it finds."""
_FOCUS = "YARN_ENABLE_SCRIPTS=0 yarn workspaces focus --all --production"
"""How Yarn 2 and later leave developers' packages out."""


class Node(LanguageStack):
    """Production dependencies are installed in a build stage; the program is started by node itself, never by npm."""

    id = "node"
    name = "Node.js"
    title = "Node.js (npm, yarn, pnpm, bun; Express, plain)"
    default_version = "24"
    takes = frozenset(("system_packages",))
    runtimes = (
        Runtime("slim", "node slim: Debian with node, npm and a shell", "no curl, no compiler", OwnUser("node", 1000, 1000),
                evidence="built and run by the engine tests"),
        Runtime("distroless", "distroless: node and its libraries", "no shell, no npm, no curl", OwnUser("nonroot", 65532, 65532), shell=False,
                unprivileged=True, evidence="built and run by the engine tests"),
    )  # fmt: skip
    frameworks = ("express", "fastify", "koa", "hono")
    package_managers = ("npm", "yarn", "pnpm", "bun")
    evidence = "built and run by the engine tests; a workspace and the standalone output of Next.js by hand"

    def image(self, workload: Workload, pinned: bool = True) -> str:
        if self.runtime(workload).id == "distroless":
            return f"gcr.io/distroless/nodejs{self._major(workload)}-debian13:nonroot"
        return f"node:{self.version(workload)}-slim" if pinned else "node:slim"

    def build_image(self, workload: Workload) -> str:
        return f"node:{self.version(workload)}-slim"

    def _major(self, workload: Workload) -> int:
        return next(iter(numbers(self.version(workload))), 0)

    def refuse(self, workload: Workload) -> None:
        super().refuse(workload)
        if self.runtime(workload).id != "distroless":
            return
        if (major := self._major(workload)) not in DISTROLESS:
            raise UsageError(f"stack.runtime: there is no distroless image for Node.js {major}; accepted: {', '.join(map(str, DISTROLESS))}, or slim")
        if workload.command[:1] not in ((), ("node",), ("/nodejs/bin/node",)):
            raise UsageError("stack.runtime: the distroless image starts nothing but node; accepted: a command such as «node server.js», or slim")

    def health(self, url: str | None, port: int) -> tuple[str, ...]:
        return health_by("node", url, port)

    def environment(self, workload: Workload) -> Mapping[str, str]:
        settings = {"NODE_ENV": "production", "NPM_CONFIG_UPDATE_NOTIFIER": "false"}
        if self.runtime(workload).id == "distroless":
            settings["PATH"] = "/nodejs/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
        if workload.stack:
            settings |= ENVIRONMENT.get(workload.stack.framework or "", {})
            if "plug-n-play" in workload.stack.quirks:
                settings["NODE_OPTIONS"] = "--require /app/.pnp.cjs"
        return settings | ({"PORT": str(workload.ports[0].container)} if workload.ports else {})

    def values(self, workload: Workload) -> Mapping[str, Any]:
        quirks = workload.stack.quirks if workload.stack else ()
        needed_early = [name for name in (workload.stack.system_packages if workload.stack else ()) if name in NEEDED_EARLY]
        writes = next((known.writes for known in FRAMEWORKS if workload.stack and known.name == workload.stack.framework), ())
        return {
            "pnpm": self._pnpm(workload),
            "early_packages": (*needed_early, *(("git", "ca-certificates") if "from-git" in quirks else ())),
            "pnpm_of_engines": "pnpm-of-engines" in quirks,
            "yarn": YARN,
            "distroless": self.runtime(workload).id == "distroless",
            "builder": by_digest(self.build_image(workload), workload),
            "bun_version": BUN,
            "frozen": frozen_by_bun(workload.stack),
            "berry": "yarn-berry" in quirks,
            "plug_n_play": "plug-n-play" in quirks,
            "for_production": ("rm -rf .yarn/cache && " if "plug-n-play" in quirks else "") + _FOCUS,
            "build_cache": next(iter(writes), ""),
            "standalone": "standalone-output" in quirks,
        }

    def _pnpm(self, workload: Workload) -> str:
        """The pnpm that reads the lock file, and that this Node.js can run."""
        quirks = workload.stack.quirks if workload.stack else ()
        major = self._major(workload) or 99
        old = "pnpm-7" if major < 16 else "pnpm-8" if major < 18 else ""
        return next((version for quirk, version in OLDER_PNPM.items() if quirk in quirks), OLDER_PNPM.get(old, PNPM))

    def not_built(self, manager: str | None = None, quirks: Sequence[str] = ()) -> str:
        return "the standalone output of Next.js" if "standalone-output" in quirks else ""

    def ignored(self) -> tuple[str, ...]:
        return (".npm", ".yarn/cache", "coverage", ".next", ".turbo", "npm-debug.log*")

    def detect(self, folder: Folder) -> Detected | None:
        if not folder.has("package.json"):
            return None
        package = read_json(folder, "package.json")
        if runs_on_bun(folder, package):
            return None
        found = Findings(folder, self.id, "package.json")
        look_into_package(found, package, self.default_version)
        look_into_compose(found, self.id)
        return as_site(found.done())
