"""Deno: deno.json, or programs that import from deno.land or jsr."""

import re

from wizard.clues.around import look_around
from wizard.clues.commands import LONGEST, procfile, words
from wizard.clues.findings import Findings
from wizard.clues.manifests import key_line, read_json, short, table, text_at, tool_version
from wizard.clues.node_start import PORTS
from wizard.clues.package_json import ASKS, BARE, ENDINGS
from wizard.clues.ports import listens
from wizard.folder import Folder
from wizard.stack import Detected, KnownStack

_ENTRIES = ("main.ts", "main.js", "main.tsx", "main.mjs", "server.ts", "app.ts", "index.ts", "mod.ts", "src/main.ts", "src/server.ts", "src/index.ts")
_FRAMEWORKS = {"fresh": r"\$?fresh/|@fresh/core|deno\.land/x/fresh", "oak": r"@oak/oak|deno\.land/x/oak", "hono": r"@?hono(?:/hono)?[\"'@/]"}


class Deno(KnownStack):
    """The start task, else the main file with the permissions that a service needs."""

    id = "deno"
    name = "Deno"
    title = "Deno"

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
        match = folder.search(r"^[ \t]*v?(\d+\.\d+)", ".deno-version", ".dvmrc") or tool_version(folder, "deno")
        if match:
            found.version(short(match[0]), match)
        for name, pattern in _FRAMEWORKS.items():
            seen = folder.search(rf"[\"'][^\"'\n]*?({pattern})", *([config] if config else []), "import_map.json", *sources)
            if seen:
                found.at("stack.framework", name, seen, "inferred")
                break
        self._start(found, data, config or "", sources)
        look_around(found, sources, ASKS, {}, BARE)
        return found.done()

    def _start(self, found: Findings, data: dict[str, object], config: str, sources: tuple[str, ...]) -> None:
        usual = 8000 if found.framework or found.folder.search(r"(Deno\.serve|\bserve\(|\.listen\(|Deno\.listen)", *sources) else 0
        tasks = {name: row if isinstance(row, str) else text_at(row, "command") for name, row in table(data, "tasks").items()}
        name = next((name for name in ("start", "serve", "prod") if tasks.get(name) and len(tasks[name]) <= LONGEST), "")
        line = procfile(found.folder)
        if line:
            found.at("command", words(line[0], 8000), line)
            listens(found, line[0], PORTS, sources, usual, line.file, line.line)
        elif name and not re.search(r"--watch|--unstable-hmr|\bvite\b", tasks[name]):
            at = key_line(found.folder, config, name)
            found.say("command", words(tasks[name], 8000), config, at)
            listens(found, tasks[name], PORTS, sources, usual, config, at)
        elif entry := found.folder.first(*_ENTRIES):
            found.say("command", ["deno", "run", "--allow-net", "--allow-env", "--allow-read", entry], entry, 1, "inferred")
            listens(found, "", PORTS, sources, usual, entry)
        elif found.framework:
            listens(found, "", PORTS, sources, usual, config)
