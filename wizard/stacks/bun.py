"""Bun: a package.json whose packages Bun installs."""

from wizard.clues.findings import Findings
from wizard.clues.manifests import read_json, tool_version
from wizard.clues.package_json import look_into_package, runs_on_bun
from wizard.folder import Folder
from wizard.stack import Detected, KnownStack


class Bun(KnownStack):
    """Recognised by its lock file or `packageManager`; its scripts are run by bun itself."""

    id = "bun"
    name = "Bun"
    title = "Bun"

    def detect(self, folder: Folder) -> Detected | None:
        package = read_json(folder, "package.json")
        if not runs_on_bun(folder, package):
            return None
        found = Findings(folder, self.id, "package.json" if folder.has("package.json") else "bun.lock")
        match = folder.search(r'"packageManager"\s*:\s*"bun@(\d+\.\d+)', "package.json") or tool_version(folder, "bun")
        if match := match or folder.search(r"^[ \t]*v?(\d+\.\d+)", ".bun-version"):
            found.version(".".join(match[0].split(".")[:2]), match)
        look_into_package(found, package, "")
        return found.done()
