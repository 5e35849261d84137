"""Node.js: npm, yarn or pnpm; Express or a plain program."""

import json
import re
from collections.abc import Mapping
from typing import Any

from wizard.folder import Folder
from wizard.run_time_installs import moved
from wizard.stack import Detected, LanguageStack, OwnUser
from wizard.stacks.common import Findings, look_around, port_in, procfile, publish
from wizard.stacks.starting import look_into_compose, start_words
from wizard.workload import Workload

PNPM = "10.24.0"
YARN = "1.22.22"
_LOCKS = {"npm": "package-lock.json", "yarn": "yarn.lock", "pnpm": "pnpm-lock.yaml"}
_COMPANIONS = {"pg": "postgres", "postgres": "postgres", "redis": "redis", "ioredis": "redis"}
_VARIABLE = r"""process\.env(?:\.([A-Z][A-Z0-9_]*)|\[["']([A-Z][A-Z0-9_]*)["']\])"""
_FRAMEWORKS = ("express", "fastify", "koa", "hono")


class Node(LanguageStack):
    """Production dependencies are installed in a build stage; the program is started by node itself, never by npm."""

    id = "node"
    title = "Node.js (npm, yarn, pnpm; Express, plain)"
    default_version = "24"
    own_user = OwnUser("node", 1000, 1000)
    frameworks = _FRAMEWORKS
    package_managers = ("npm", "yarn", "pnpm")
    evidence = "built and run by the engine tests"

    def image(self, workload: Workload, pinned: bool = True) -> str:
        return f"node:{self.version(workload)}-slim" if pinned else "node:slim"

    def health(self, url: str | None, port: int) -> tuple[str, ...]:
        if url:
            ask = "fetch(process.argv[1],{signal:AbortSignal.timeout(3000)}).then(r=>process.exit(r.ok?0:1),()=>process.exit(1))"
            return ("node", "-e", ask, url)
        dial = "require('net').connect(+process.argv[1],'127.0.0.1',()=>process.exit(0)).on('error',()=>process.exit(1))"
        return ("node", "-e", dial, str(port))

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
        try:
            package = json.loads(folder.text("package.json"))
        except (ValueError, RecursionError):
            package = {}
        package = package if isinstance(package, dict) else {}
        found = Findings(folder)
        found.say("stack.language", "node", "package.json")
        self._packages(found, package)
        self._version(found, package)
        dependencies = _mapping(package, "dependencies")
        if framework := next((f for f in _FRAMEWORKS if f in dependencies), None):
            found.say("stack.framework", framework, "package.json", _line(folder, framework))
        scripts = _mapping(package, "scripts")
        if "build" in scripts:
            manager = found.answers["stack"].get("package_manager", "npm")
            found.say("stack.build", [manager, "run", "build"], "package.json", _line(folder, "build"))
        if "prepare" in scripts:
            found.say("stack.quirks", ["prepare-script"], "package.json", _line(folder, "prepare"))
        sources = folder.sources(".js", ".mjs", ".cjs", ".ts")
        self._start(found, package, str(scripts.get("start", "")), sources)
        look_into_compose(found, self.id)
        look_around(found, sources, _VARIABLE, {k: v for k, v in _COMPANIONS.items() if k in dependencies}, "package.json")
        return found.done()

    def _packages(self, found: Findings, package: dict[str, Any]) -> None:
        declared = str(package.get("packageManager", "")).partition("@")[0]
        manager = declared if declared in _LOCKS else next((m for m, lock in _LOCKS.items() if found.folder.has(lock)), "npm")
        found.say("stack.package_manager", manager, "package.json" if manager == declared else _LOCKS[manager])
        if found.folder.has(_LOCKS[manager]):
            found.say("stack.lockfile", _LOCKS[manager], _LOCKS[manager])

    def _version(self, found: Findings, package: dict[str, Any]) -> None:
        if match := found.folder.search(r"^\s*v?(\d{2})\b", ".nvmrc", ".node-version"):
            found.say("stack.version", match[0], match.file, match.line)
        elif engine := re.match(r"(?:\^|~|=)?\s*(\d{2})(?:\.|$)", str(_mapping(package, "engines").get("node", ""))):
            found.say("stack.version", engine[1], "package.json", _line(found.folder, "engines"))

    def _start(self, found: Findings, package: dict[str, Any], start: str, sources: tuple[str, ...]) -> None:
        folder, port = found.folder, 3000
        where = folder.search(r"(?:PORT\W{1,12}|\.listen\(\s*|port\s*[:=]\s*)(\d{4,5})\b", *sources)
        port = int(where[0]) if where and int(where[0]) <= 65535 else port
        scripts = _mapping(package, "scripts")
        if (match := procfile(folder)) and not _script_of(match[0], scripts):
            found.say("command", start_words(found, self.id, match[0], match.file, match.line, port), match.file, match.line)
            port = port_in(match[0]) or port
        elif start := _script_of(match[0], scripts) if match else start:
            command = start_words(found, self.id, start, "package.json", _line(folder, "start"), port)
            local = command[0] not in ("node", "/bin/sh") and "/" not in command[0]
            found.say("command", [f"node_modules/.bin/{command[0]}", *command[1:]] if local else command, "package.json", _line(folder, "start"))
        elif main := next((m for m in (package.get("main"), "server.js", "index.js", "app.js") if isinstance(m, str) and folder.has(m)), None):
            found.say("command", ["node", main], main)
        found.add("ports", publish(port), where.file if where else "package.json", where.line if where else 1)


def _script_of(line: str, scripts: Mapping[str, Any]) -> str:
    """The script that a line runs by its name, behind what it installs first; nothing where it runs something else."""
    named = re.fullmatch(r"(?:npm|yarn|pnpm)\s+(?:run\s+)?([\w:-]+)", moved(line, "node").line)
    return str(scripts.get(named[1], "")) if named else ""


def _mapping(package: dict[str, Any], key: str) -> dict[str, Any]:
    value = package.get(key)
    return value if isinstance(value, dict) else {}


def _line(folder: Folder, name: str) -> int:
    match = folder.search(rf'("{re.escape(name)}")\s*:', "package.json")
    return match.line if match else 1
