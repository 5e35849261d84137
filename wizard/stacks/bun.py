"""Bun: a package.json whose packages Bun installs."""

from collections.abc import Mapping
from typing import Any

from wizard.clues.findings import Findings
from wizard.clues.manifests import read_json, short, tool_version
from wizard.clues.package_json import look_into_package, runs_on_bun
from wizard.clues.sites import as_site
from wizard.folder import Folder
from wizard.javascript import frozen_by_bun, health_by
from wizard.stack import Detected, LanguageStack, OwnUser
from wizard.workload import Workload


class Bun(LanguageStack):
    """Recognised by its lock file or `packageManager`; Bun installs, builds and runs it, TypeScript as it is."""

    id = "bun"
    name = "Bun"
    title = "Bun (Elysia, Hono, Express, plain; TypeScript as it is)"
    default_version = "1"
    own_user = OwnUser("bun", 1000, 1000)
    frameworks = ("elysia", "hono", "express", "fastify", "koa")
    package_managers = ("bun",)
    evidence = "built and run by the engine tests"

    def image(self, workload: Workload, pinned: bool = True) -> str:
        return f"oven/bun:{self.version(workload)}-slim" if pinned else "oven/bun:slim"

    def health(self, url: str | None, port: int) -> tuple[str, ...]:
        return health_by("bun", url, port)

    def environment(self, workload: Workload) -> Mapping[str, str]:
        # What it makes of TypeScript would go into a cache beside the program; 0 is none, as the image has it, too.
        settings = {"NODE_ENV": "production", "BUN_RUNTIME_TRANSPILER_CACHE_PATH": "0"}
        return settings | ({"PORT": str(workload.ports[0].container)} if workload.ports else {})

    def values(self, workload: Workload) -> Mapping[str, Any]:
        return {"frozen": frozen_by_bun(workload.stack)}

    def ignored(self) -> tuple[str, ...]:
        return ("coverage", ".next", ".turbo", "*.bun-build")

    def detect(self, folder: Folder) -> Detected | None:
        package = read_json(folder, "package.json")
        if not runs_on_bun(folder, package):
            return None
        found = Findings(folder, self.id, "package.json" if folder.has("package.json") else "bun.lock")
        if not folder.has("package.json"):
            found.refuse("it has no package.json, without which Bun installs nothing: make one (bun init)")
        look_into_package(found, package, "")
        match = folder.search(r'"packageManager"\s*:\s*"bun@(\d+\.\d+)', "package.json") or tool_version(folder, "bun")
        match = match or folder.search(r"^[ \t]*v?(\d+\.\d+)", ".bun-version")
        if match:
            found.version(short(match[0]), match)
        return as_site(found.done())
