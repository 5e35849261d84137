"""Node.js: npm, yarn or pnpm; Express or a plain program."""

from collections.abc import Mapping
from typing import Any

from wizard.clues.findings import Findings
from wizard.clues.manifests import read_json
from wizard.clues.package_json import look_into_package, runs_on_bun
from wizard.clues.sites import as_site
from wizard.clues.starting import look_into_compose
from wizard.folder import Folder
from wizard.javascript import health_by
from wizard.stack import Detected, LanguageStack, OwnUser
from wizard.workload import Workload

PNPM = "10.24.0"
YARN = "1.22.22"


class Node(LanguageStack):
    """Production dependencies are installed in a build stage; the program is started by node itself, never by npm."""

    id = "node"
    name = "Node.js"
    title = "Node.js (npm, yarn, pnpm; Express, plain)"
    default_version = "24"
    own_user = OwnUser("node", 1000, 1000)
    frameworks = ("express", "fastify", "koa", "hono")
    package_managers = ("npm", "yarn", "pnpm")
    evidence = "built and run by the engine tests"

    def image(self, workload: Workload, pinned: bool = True) -> str:
        return f"node:{self.version(workload)}-slim" if pinned else "node:slim"

    def health(self, url: str | None, port: int) -> tuple[str, ...]:
        return health_by("node", url, port)

    def environment(self, workload: Workload) -> Mapping[str, str]:
        settings = {"NODE_ENV": "production", "NPM_CONFIG_UPDATE_NOTIFIER": "false"}
        return settings | ({"PORT": str(workload.ports[0].container)} if workload.ports else {})

    def values(self, workload: Workload) -> Mapping[str, Any]:
        return {"pnpm": PNPM, "yarn": YARN}

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
