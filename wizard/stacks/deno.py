"""Deno: deno.json, or programs that import from deno.land or jsr."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from wizard.clues.around import look_around
from wizard.clues.commands import LONGEST, procfile, words
from wizard.clues.findings import Findings
from wizard.clues.manifests import key_line, read_json, table, text_at, tool_version
from wizard.clues.node_start import PORTS
from wizard.clues.package_json import ASKS, BARE, ENDINGS
from wizard.clues.ports import listens
from wizard.folder import Folder, Match
from wizard.stack import Detected, LanguageStack, OwnUser
from wizard.workload import Workload

_ENTRIES = ("main.ts", "main.js", "main.tsx", "main.mjs", "server.ts", "app.ts", "index.ts", "mod.ts", "src/main.ts", "src/server.ts", "src/index.ts")
_FRAMEWORKS = {"fresh": r"\$?fresh/|@fresh/core|deno\.land/x/fresh", "oak": r"@oak/oak|deno\.land/x/oak", "hono": r"@?hono(?:/hono)?[\"'@/]"}
LAST_OF_1 = "1.46.3"
"""The last release before 2. Images are named by whole versions alone (denoland/deno_docker#173)."""
_MANIFESTS = ("deno.json*", "deno.lock*", "package.json*", "import_map.json*")
"""What packages are installed from, where it is there: the star makes each of them one that may be missing."""
_ASK = "const r=await fetch(Deno.args[0],{signal:AbortSignal.timeout(3000)});Deno.exit(r.ok?0:1)"
_DIAL = "(await Deno.connect({hostname:'127.0.0.1',port:+Deno.args[0]})).close()"
_PROGRAM = re.compile(r"(?!-)[\w@./-]{1,200}\.[cm]?[jt]sx?\Z")


def _whole(version: str) -> str:
    """A version with all its parts: the newest known one that it names, else the first."""
    if version.count(".") > 1:
        return version
    newest = next((known for known in (Deno.default_version, LAST_OF_1) if f"{known}.".startswith(f"{version}.")), "")
    return newest or ".".join([*version.split("."), "0", "0"][:3])


def program_of(command: Sequence[str]) -> str:
    """The module that a command of Deno starts, or nothing: what it imports is fetched by its name."""
    if command[:1] != ("deno",) or command[1:2] not in (("run",), ("serve",)):
        return ""
    return next((word for word in command[2:] if _PROGRAM.match(word)), "")


class Deno(LanguageStack):
    """The start task with its own permissions, else the main file with those that a service needs; what it imports is fetched when it is built."""

    id = "deno"
    name = "Deno"
    title = "Deno (Fresh, Oak, Hono, plain)"
    default_version = "2.9.6"
    own_user = OwnUser("deno", 1993, 1993)
    given_away = ("/deno-dir",)
    frameworks = tuple(_FRAMEWORKS)
    package_managers = ("deno",)
    evidence = "built and run by the engine tests"

    def version(self, workload: Workload) -> str:
        """A whole version, since no image is named by half a one."""
        return _whole(super().version(workload))

    def image(self, workload: Workload, pinned: bool = True) -> str:
        return f"denoland/deno:{self.version(workload)}" if pinned else "denoland/deno:latest"

    def health(self, url: str | None, port: int) -> tuple[str, ...]:
        return ("deno", "eval", _ASK, url) if url else ("deno", "eval", _DIAL, str(port))

    def environment(self, workload: Workload) -> Mapping[str, str]:
        settings = {"DENO_DIR": "/deno-dir", "DENO_NO_UPDATE_CHECK": "1"}
        return settings | ({"PORT": str(workload.ports[0].container)} if workload.ports else {})

    def values(self, workload: Workload) -> Mapping[str, Any]:
        frozen = " --frozen" if workload.stack and workload.stack.lockfile else ""
        return {"manifests": " ".join(_MANIFESTS), "frozen": frozen, "program": program_of(workload.command)}

    def ignored(self) -> tuple[str, ...]:
        return ("coverage", "cov_profile")

    def detect(self, folder: Folder) -> Detected | None:
        config = folder.first("deno.json", "deno.jsonc") or folder.first("deno.lock")
        sources = folder.sources(*ENDINGS)[:40]
        remote = None
        if not config and not folder.has("package.json"):
            remote = folder.search(r"^[ \t]*(?:import|export)\b.*from\s+[\"'](https://deno\.land|jsr:)", *sources) or folder.search(
                r"\b(Deno)\.serve", *sources
            )
        if not config and not remote:
            return None
        where = config or (remote.file if remote else "")
        found = Findings(folder, self.id, where, 1 if config else remote.line if remote else 1)
        found.say("stack.package_manager", "deno", where)
        data = read_json(folder, config) if config else {}
        match = folder.search(r"^[ \t]*v?(\d+\.\d+(?:\.\d+)?)", ".deno-version", ".dvmrc") or tool_version(folder, "deno")
        if match:
            _say_version(found, match)
        for name, pattern in _FRAMEWORKS.items():
            seen = folder.search(rf"[\"'][^\"'\n]*?({pattern})", *([config] if config else []), "import_map.json", *sources)
            if seen:
                found.at("stack.framework", name, seen, "inferred")
                break
        _packages(found, data, config or "")
        _start(found, data, config or "", sources)
        look_around(found, sources, ASKS, {}, BARE)
        return found.done()


def _say_version(found: Findings, match: Match) -> None:
    """A whole version is what it is built with; of half a one only the major version binds."""
    whole = match[0].count(".") > 1 or match[0].startswith("1")
    found.version(_whole(match[0]) if whole else match[0], match, least=not whole, default=Deno.default_version)


def _packages(found: Findings, data: dict[str, object], config: str) -> None:
    """The lock file, and what is read beside the manifests when packages are installed."""
    if found.folder.has("deno.lock"):
        found.say("stack.lockfile", "deno.lock", "deno.lock")
    imports = text_at(data, "importMap")
    beside = next((key for key in ("workspace", "workspaces", "links", "patch") if data.get(key)), "")
    if imports and imports.removeprefix("./") != "import_map.json":
        beside = "importMap"
    if beside:
        found.say("stack.quirks", ["local-references"], config, key_line(found.folder, config, beside))
    tasks = _tasks(data)
    if "build" in tasks:
        found.say("stack.build", ["deno", "task", "build"], config, key_line(found.folder, config, "build"))


def _tasks(data: dict[str, object]) -> dict[str, str]:
    """The tasks with their commands; one that does nothing but call another one has that one's."""
    rows = {name: row if isinstance(row, str) else text_at(row, "command") for name, row in table(data, "tasks").items()}
    short = {name: row.strip() for name, row in rows.items() if len(row) <= LONGEST}
    called = {name: re.fullmatch(r"deno task (?:run )?([\w:-]+)", row) for name, row in short.items()}
    return {name: short.get(seen[1], row) if (seen := called[name]) else row for name, row in short.items()}


def _start(found: Findings, data: dict[str, object], config: str, sources: tuple[str, ...]) -> None:
    usual = 8000 if found.framework or found.folder.search(r"(Deno\.serve|\bserve\(|\.listen\(|Deno\.listen)", *sources) else 0
    tasks = _tasks(data)
    name = next((name for name in ("start", "serve", "prod") if tasks.get(name)), "")
    if line := procfile(found.folder):
        found.at("command", words(line[0], 8000), line)
        listens(found, line[0], PORTS, sources, usual, line.file, line.line)
    elif name and not re.search(r"--watch|--unstable-hmr|\bvite\b", tasks[name]):
        at = key_line(found.folder, config, name)
        command = words(tasks[name], 8000)
        if found.framework == "fresh" and command[-1:] == ["dev.ts"] and found.folder.has("main.ts"):
            command[-1] = "main.ts"  # The other one watches the files and writes what it makes of them.
        found.say("command", command, config, at)
        listens(found, tasks[name], PORTS, sources, usual, config, at)
    elif entry := found.folder.first(*_ENTRIES):
        found.say("command", ["deno", "run", "--allow-net", "--allow-env", "--allow-read", entry], entry, 1, "inferred")
        listens(found, "", PORTS, sources, usual, entry)
    elif found.framework:
        listens(found, "", PORTS, sources, usual, config)
    if kept := found.folder.search(r"Deno\.(openKv)\(\s*\)", *sources):
        found.warn(
            f"{kept.file}:{kept.line} keeps its data where Deno keeps its packages, which is read-only: give openKv a path in a folder of its own"
        )
