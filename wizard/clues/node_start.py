"""What starts a program in JavaScript: the Procfile, its start script without the tools of developers, its framework, its main file."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from wizard.clues.commands import LONGEST, procfile
from wizard.clues.findings import Findings
from wizard.clues.manifests import key_line, table, text_at
from wizard.clues.node_frameworks import DEV_SERVER, Framework
from wizard.clues.ports import in_code, listens, variable_port
from wizard.clues.starting import start_words
from wizard.run_time_installs import moved

_ENV = r"(?:process\.env(?:\.PORT\b|\[[\"']PORT[\"']\])|(?:Bun|import\.meta)\.env\.PORT\b|Deno\.env\.get\(\s*[\"']PORT[\"']\s*\)|\benv\.PORT\b)"
PORTS = (
    *variable_port(_ENV),
    r"\.listen\(\s*\{?\s*(?:port\s*:\s*)?(\d{4,5})\b",
    r"(?:serve|Server)\(\s*\{[^}]{0,200}?\bport\s*:\s*(\d{4,5})\b",
    r"\b(?:PORT|port)\s*(?::\s*number\s*)?=\s*(?:Number\(|parseInt\(|\+)?[\"']?(\d{4,5})\b",
    r"\bport\W{1,3}\s*(\d{4,5})\b",
    r"\bPORT\W{1,12}(\d{4,5})\b",
)
ENTRIES = ("server.js", "index.js", "app.js", "main.js", "server.mjs", "index.mjs", "app.mjs", "server.cjs", "index.cjs",
           "src/server.js", "src/index.js", "src/app.js", "src/main.js", "src/server.mjs", "src/index.mjs", "bin/www")  # fmt: skip
_LISTENS = r"(\.listen\(|createServer\(|\bserve\(|express\(\)|from [\"']node:https?[\"'])"
_TYPED = ("index.ts", "server.ts", "app.ts", "main.ts", "src/index.ts", "src/server.ts", "src/app.ts", "src/main.ts")
MANY = re.compile(
    r"^cd\s|\s-w\s|--workspace|--filter|--prefix|\byarn\s+workspace|\b(?:turbo|nx|lerna|concurrently|npm-run-all|run-p|run-s|moon|rush|wsrun"
    r"|ultra|preconstruct|changeset|pnpm\s+-r|pnpm\s+--parallel)\b"
)
"""What starts several services at once is no start command of one."""
_STEP = r"(^(?:exec )?|&& |; )([a-z][\w-]*)(?= )"
_BUILT_IN = (
    "cd",
    "export",
    "set",
    "echo",
    "sleep",
    "exec",
    "mkdir",
    "test",
    "if",
    "then",
    "else",
    "fi",
    "for",
    "do",
    "done",
    "while",
    "cp",
    "rm",
    "cat",
    "ls",
)
_PROGRAMS = (
    "node",
    "bunx",
    "pnpx",
    "npx",
    "npm",
    "yarn",
    "pnpm",
    "pm2",
    "/bin/sh",
    "bun",
    "deno",
    "bash",
    "sh",
    "python",
    "python3",
    "docker",
    "java",
)


def look_for_start(found: Findings, package: dict[str, Any], framework: Framework | None, sources: Sequence[str]) -> None:
    """The start command and the port of what package.json describes."""
    scripts = {name: script for name, script in table(package, "scripts").items() if isinstance(script, str) and len(script) <= LONGEST}
    usual = framework.port if framework else 3000 if found.folder.search(_LISTENS, *sources) else 0
    own = () if framework and framework.output else PORTS
    seen = in_code(found, own, sources)
    port = seen[0] if seen else usual or 3000
    line = procfile(found.folder)
    if line and not _script_of(line[0], scripts):
        found.at("command", local(start_words(found, "node", line[0], line.file, line.line, port)), line)
        listens(found, line[0], PORTS, sources, usual, line.file, line.line)
        return
    name, script = (_script_of(line[0], scripts) or ("", "")) if line else _script(scripts)
    at = key_line(found.folder, "package.json", name) if name else 1
    if script and not (framework and framework.output):
        command = local(start_words(found, "node", _production(script), "package.json", at, port))
        found.say("command", command, "package.json", at)
        _needs_developers(found, package, command, at)
        listens(found, script, PORTS, sources, usual, "package.json", at)
    elif framework and (framework.command or framework.output):
        if framework.command:
            found.say("command", list(framework.command), "package.json", at, "inferred")
        listens(found, "", own, sources, usual, "package.json", at)
    elif main := _main(found, package, scripts):
        found.say("command", [_runtime(found.language), main], main if found.folder.has(main) else "package.json", 1, "inferred")
        listens(found, "", PORTS, sources, usual, main if found.folder.has(main) else "package.json")
    elif framework:
        listens(found, "", PORTS, sources, usual, "package.json")


def _runtime(language: str) -> str:
    return "bun" if language == "bun" else "node"


def _script(scripts: Mapping[str, str]) -> tuple[str, str]:
    """The script that starts it in production, and its name."""
    for name in ("start:prod", "start:production", "start", "serve:prod", "production", "serve"):
        script = _followed(scripts.get(name, ""), scripts)
        if script and not MANY.search(script) and not DEV_SERVER.match(_without_tools(script)):
            return name, script
    return "", ""


def _followed(script: str, scripts: Mapping[str, str]) -> str:
    """A script, or the one that it does nothing but call."""
    for _ in range(4):
        called = re.fullmatch(r"(?:npm|yarn|pnpm|bun)\s+(?:run\s+|run-script\s+)?([\w:-]+)", script.strip())
        if not called or called[1] not in scripts or scripts[called[1]] == script:
            break
        script = scripts[called[1]]
    return script.strip()


def _script_of(line: str, scripts: Mapping[str, str]) -> tuple[str, str] | None:
    """The script that a line runs by its name, behind what it installs first; nothing where it runs something else."""
    named = re.fullmatch(r"(?:npm|yarn|pnpm|bun)\s+(?:run\s+)?([\w:-]+)", moved(line, "node").line)
    script = _followed(scripts.get(named[1], ""), scripts) if named else ""
    return (named[1], script) if named and script else None


def _without_tools(script: str) -> str:
    """A script without what only sets variables for it."""
    script = re.sub(r"^(?:cross-env\s+|env\s+)?((?:NODE_ENV=[\"']?production[\"']?\s+)+)", "", script)
    return re.sub(r"^cross-env\s+(?=[A-Z_]+=)", "", script)


def _production(script: str) -> str:
    """A start script as it is meant when nobody is editing the code; `npx` would ask the network."""
    script = re.sub(r"^(?:npx\s+)?nodemon\s+(?:--\S+\s+)*(?:-e\s+\S+\s+)?(?=\S+\.[cm]?js\b)", "node ", _without_tools(script))
    return re.sub(r"^npx\s+(?:--\S+\s+)*(?=[a-z])", "", script)


def local(command: list[str]) -> list[str]:
    """A program that a package brings is in node_modules."""
    if command[:2] == ["/bin/sh", "-c"]:
        return [*command[:2], re.sub(_STEP, lambda m: m[0] if m[2] in (*_PROGRAMS, *_BUILT_IN) else f"{m[1]}node_modules/.bin/{m[2]}", command[2])]
    if command[0] in (*_PROGRAMS, *_BUILT_IN) or "/" in command[0]:
        return command
    return [f"node_modules/.bin/{command[0]}", *command[1:]]


def _needs_developers(found: Findings, package: dict[str, Any], command: list[str], line: int) -> None:
    """A tool that only developers have is not there when it runs."""
    developers = table(package, "devDependencies")
    for tool in re.findall(r"(?:^|\s)node_modules/\.bin/([\w-]+)", " ".join(command)):
        if tool in developers:
            found.warn(f"package.json:{line} starts it with {tool}, which only developers get (devDependencies): move it to dependencies")


def _main(found: Findings, package: dict[str, Any], scripts: Mapping[str, str]) -> str:
    """The file that is run: what package.json calls main, or one of a usual name."""
    main = text_at(package, "main").removeprefix("./") or text_at(package, "module").removeprefix("./")
    for name in (main, f"{main}.js", f"{main}/index.js") if main else ():
        if found.folder.has(name) and name.endswith((".js", ".mjs", ".cjs", ".ts")):
            return name
    if "build" in scripts and re.fullmatch(r"(?:dist|build|out|lib)/[\w/-]{1,60}\.[cm]?js", main):
        return main
    typed = _TYPED if found.language == "bun" else ()
    return found.folder.first(*typed, *ENTRIES) or ""
