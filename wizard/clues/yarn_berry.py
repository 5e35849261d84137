"""Yarn 2 and later: how it puts packages where programs find them, and what of that cannot be built."""

import re

from wizard.clues.findings import Findings
from wizard.clues.manifests import key_line

_LINKS = "set «nodeLinker: node-modules» in .yarnrc.yml, and run yarn install"


def look_for_berry(found: Findings, version: str) -> None:
    """Say that it is Yarn 2 or later where `version` (of packageManager), its settings or its lock file do."""
    folder = found.folder
    locked = folder.search(r"^__metadata:\s*\n\s+version:\s*(\d+)", "yarn.lock")
    if not (folder.has(".yarnrc.yml") or re.match(r"[2-9]\.", version) or locked):
        return
    file = folder.first(".yarnrc.yml", "yarn.lock") or "package.json"
    found.add("stack.quirks", "yarn-berry", file)
    linker = folder.search(r"^nodeLinker:\s*[\"']?(node-modules|pnpm|pnp)\b", ".yarnrc.yml")
    if not linker or linker[0] == "pnp":
        found.add("stack.quirks", "plug-n-play", linker.file if linker else file, linker.line if linker else 1)
    release = folder.search(r"^yarnPath:.*?yarn-(\d+)\.", ".yarnrc.yml")
    old = version[:1] in ("2", "3") if version else (release[0] in ("2", "3") if release else locked and int(locked[0]) < 8)
    if old and not folder.search(r"(plugin-workspace-tools)", ".yarnrc.yml"):
        found.refuse(
            "Yarn 2 and 3 leave developers' packages out only with a plugin: run «yarn plugin import workspace-tools» and keep what it writes, "
            "or move to Yarn 4 with «yarn set version stable»"
        )


def refuse_without_node_modules(found: Findings, kind: str) -> None:
    """Refuse what Plug'n'Play cannot start; `kind` is the `type` of package.json."""
    if "plug-n-play" not in found.stack.get("quirks", ()):
        return
    if any("node_modules/" in word for word in found.answers.get("command", ())):
        found.refuse(f"its command is a program of a package, and Yarn's Plug'n'Play keeps no node_modules to start it from: {_LINKS}")
    elif kind == "module":
        line = key_line(found.folder, "package.json", "type")
        found.refuse(f"package.json:{line} has modules, which Yarn's Plug'n'Play finds only with a loader of its own that Node warns of: {_LINKS}")
