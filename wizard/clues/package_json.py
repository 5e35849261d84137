"""What package.json and the lock files beside it say: who installs, for which version, with which framework. For Node and Bun alike."""

import re
from typing import Any

from wizard.clues.around import look_around
from wizard.clues.findings import Findings
from wizard.clues.manifests import key_line, read_json, table, text_at, texts_at, tool_version
from wizard.clues.node_frameworks import framework_of, say_framework
from wizard.clues.node_packages import look_at_packages
from wizard.clues.node_sites import look_at_site
from wizard.clues.node_start import MANY, look_for_start
from wizard.clues.siblings import look_for_siblings
from wizard.clues.yarn_berry import look_for_berry, refuse_without_node_modules
from wizard.folder import Folder, Match

LOCKS = {"npm": "package-lock.json", "yarn": "yarn.lock", "pnpm": "pnpm-lock.yaml", "bun": "bun.lock"}
_ALSO = {"npm-shrinkwrap.json": "npm", "bun.lockb": "bun"}
_LTS = {
    "argon": 4,
    "boron": 6,
    "carbon": 8,
    "dubnium": 10,
    "erbium": 12,
    "fermium": 14,
    "gallium": 16,
    "hydrogen": 18,
    "iron": 20,
    "jod": 22,
    "krypton": 24,
}
ASKS = r"\.env\[|[cC]onfig(?:Service)?\.get(?:OrThrow)?(?:<\w+>)?\(|Deno\.env\.get\("
BARE = r"\.env\.([A-Z][A-Z0-9_]{1,60})\b"
_OWN_PAGES = ("angular.json", "index.js", "server.js", "app.js", "src/main.ts", "src/index.js", "src/server.js", "src/index.ts")
"""What a project has that makes something itself, besides being the frame of others."""
_OWN_TYPED = ("index.ts", "server.ts", "app.ts", "main.ts")
"""The same, where TypeScript is run as it is."""
_BUILDS = {
    "next": ("next", "build"), "nuxt": ("nuxt", "build"), "nest": ("nest", "build"), "astro": ("astro", "build"), "sveltekit": ("vite", "build"),
    "react-router": ("react-router", "build"), "remix": ("remix", "vite:build"), "tanstack-start": ("vite", "build"),
}  # fmt: skip
"""What makes the server of a framework where no script called build does."""
ENDINGS = (".js", ".mjs", ".cjs", ".ts", ".mts", ".jsx", ".tsx")


def runs_on_bun(folder: Folder, package: dict[str, Any]) -> bool:
    """Whether Bun installs it, and is what it is meant to run on."""
    declared, start = text_at(package, "packageManager"), text_at(package, "scripts", "start")
    if re.match(r"bun\s", start):
        return True
    if re.match(r"node\s", start):
        return False
    if declared:
        return declared.startswith("bun@")
    return _lock(folder)[0] == "bun"


def look_into_package(found: Findings, package: dict[str, Any], default: str) -> None:
    """Everything but the language itself; `default` is the version that is taken where only a least one is named."""
    folder = found.folder
    _manager(found, package)
    if found.language == "node":
        _version(found, package, default)
    scripts = table(package, "scripts")
    start = str(scripts.get("start", ""))
    framework = framework_of(folder, package, "" if MANY.search(start) else start)
    if framework:
        name = next(name for name in framework.packages if name in _dependencies(package))
        say_framework(found, framework, key_line(folder, "package.json", name))
    site = framework if framework and framework.output else None
    if "build" in scripts and not site:
        manager = found.stack.get("package_manager", "npm")
        found.say("stack.build", [manager, "run", "build"], "package.json", key_line(folder, "package.json", "build"))
    if "prepare" in scripts:
        found.add("stack.quirks", "prepare-script", "package.json", key_line(folder, "package.json", "prepare"))
    members: object = texts_at(package, "workspaces") or texts_at(package, "workspaces", "packages") or folder.has("pnpm-workspace.yaml")
    _what_installing_reads(found, package)
    if not members:
        look_for_siblings(found, _dependencies(package))
    sources = tuple(
        name for name in folder.sources(*ENDINGS)
        if not re.search(r"\.(?:test|spec|stories|d|min|config)\.|(?:^|/)(?:public|static|assets|examples?|docs|scripts)/", name)
    )  # fmt: skip
    sources = folder.own(sources, "package.json") or sources
    pages, sources = (sources, ()) if site else ((), sources)
    look_for_start(found, package, framework, sources)
    if framework and "build" not in scripts and framework.name in _BUILDS and found.answers.get("command") == list(framework.command):
        line = key_line(folder, "package.json", framework.packages[0])
        found.say("stack.build", [f"node_modules/.bin/{_BUILDS[framework.name][0]}", *_BUILDS[framework.name][1:]], "package.json", line, "inferred")
    if framework and framework.quirk and found.answers.get("command") == list(framework.command):
        # With a start script of its own it runs from the whole folder.
        found.add("stack.quirks", framework.quirk, "package.json", key_line(folder, "package.json", framework.packages[0]))
    refuse_without_node_modules(found, text_at(package, "type"))
    many = bool(members) or folder.first("nx.json", "turbo.json", "lerna.json", "rush.json") is not None
    own_pages = (*_OWN_PAGES, *(_OWN_TYPED if found.language == "bun" else ()))
    if many and (MANY.search(start) or not start) and not folder.first(*own_pages) and not _configured(folder):
        found.answers.pop("command", None)
        found.answers.pop("ports", None)
        found.cannot = ""
        found.evidence = [entry for entry in found.evidence if entry.fact not in ("command", "ports", "stack.framework")]
        members, site = True, None
    if members and not found.answers.get("command") and not site:
        found.tell("workspace", True, "package.json")
        found.answers.get("stack", {}).pop("framework", None)
    if framework and framework.name == "sveltekit" and not framework.command and not framework.output and "command" not in found.answers:
        named = next((name for name in _dependencies(package) if name.startswith("@sveltejs/adapter-")), "")
        why = f"with {named} nothing is built that" if named else "without an adapter nothing is built that"
        found.refuse(f"package.json has no @sveltejs/adapter-node, and {why} could be started here: add it and set it in svelte.config.js")
    if framework and framework.name == "tanstack-start" and found.answers.get("command") == list(framework.command):
        _needs_nitro(found, package, framework.packages)
    if match := folder.search(r"multer\(\s*\{\s*dest\s*:\s*[\"']\.?/?(\w[\w/-]{0,40}?)/?[\"']", *sources):
        found.writes(match[0], match.file, match.line, keep=True)
    if site:
        look_at_site(found, package, site, pages)
    look_at_packages(found, package)
    needed = {name.lower(): ("package.json", key_line(folder, "package.json", name)) for name in table(package, "dependencies")}
    look_around(found, sources, ASKS, needed, BARE)


def _needs_nitro(found: Findings, package: dict[str, Any], names: tuple[str, ...]) -> None:
    """Since its release candidate TanStack Start leaves the server to a plugin of Vite."""
    every = _dependencies(package)
    name = next(name for name in names if name in every)
    old = re.match(r"\D{0,2}1\.(\d+)", str(every[name]))
    if any("nitro" in one for one in every) or (old and int(old[1]) < 132) or str(table(package, "scripts").get("start", "")):
        return
    found.answers.pop("command")
    found.evidence = [entry for entry in found.evidence if entry.fact != "command"]
    line = key_line(found.folder, "package.json", name)
    found.refuse(
        f"package.json:{line} has no nitro beside it, without which TanStack Start builds no server that could be started: "
        "add the plugin nitro() to vite.config.ts, or a start script"
    )


def _what_installing_reads(found: Findings, package: dict[str, Any]) -> None:
    """Say that packages cannot be installed from package.json and its lock file alone, at the first sign of it."""
    keys = [key for key in ("workspaces", "patchedDependencies") if package.get(key)]
    keys += [name for name in ("preinstall", "install", "postinstall") if name in table(package, "scripts")]
    keys += [name for name, where in _dependencies(package).items() if re.match(r"(?:file|link|portal|patch|workspace):", str(where))]
    if keys:
        found.add("stack.quirks", "local-references", "package.json", key_line(found.folder, "package.json", keys[0]))
    elif file := found.folder.first("pnpm-workspace.yaml", ".npmrc", ".yarnrc", ".yarnrc.yml", "bunfig.toml", ".pnpmfile.cjs"):
        found.add("stack.quirks", "local-references", file)


def _configured(folder: Folder) -> bool:
    """Whether a framework is configured here, and not only in the parts of a project."""
    return any(
        re.match(r"(?:next|nuxt|astro|svelte|vite|react-router|app|gatsby|vue)[.-]config\.\w+\Z", name) for name in folder.files if "/" not in name
    )


def _dependencies(package: dict[str, Any]) -> dict[str, Any]:
    return {**table(package, "devDependencies"), **table(package, "dependencies")}


def _lock(folder: Folder) -> tuple[str, str]:
    """The manager whose lock file is here, or in the project this is a part of; and the file."""
    for manager, lock in (*LOCKS.items(), *((m, name) for name, m in _ALSO.items())):
        if folder.has(lock):
            return manager, lock
    if folder.above:
        manager, lock = _lock(folder.above)
        return manager, f"../{lock}" if lock else ""
    return "", ""


def _manager(found: Findings, package: dict[str, Any]) -> None:
    folder = found.folder
    here = [manager for manager, lock in LOCKS.items() if folder.has(lock)]
    declared, _, version = text_at(package, "packageManager").partition("@")
    line = key_line(folder, "package.json", "packageManager")
    if declared not in LOCKS and folder.above:
        declared, _, version = text_at(read_json(folder.above, "package.json"), "packageManager").partition("@")
        line = 0
    manager, lock = _lock(folder)
    if declared in LOCKS:
        if manager != declared and here:
            found.warn(f"package.json:{line} names {declared}, and {LOCKS[here[0]]} is another one's: its versions are not used")
        found.say("stack.package_manager", declared, "package.json" if line else "../package.json", line or 1)
        manager, lock = declared, LOCKS[declared] if folder.has(LOCKS[declared]) else ""
    elif manager:
        if len(here) > 1:
            found.warn(f"{' and '.join(LOCKS[name] for name in here)} are both here: {lock} is taken; remove the other one")
        found.say("stack.package_manager", manager, lock, 1, "inferred" if len(here) > 1 else "stated")
    else:
        engine = next((name for name in ("pnpm", "yarn", "bun") if text_at(package, "engines", name)), "")
        manager = engine or ("bun" if found.language == "bun" else "npm")
        found.say("stack.package_manager", manager, "package.json", 1, "inferred" if engine else "assumed")
    if lock and folder.has(lock):
        found.say("stack.lockfile", lock, lock)
    if found.language == "node" and manager == "pnpm" and declared != "pnpm":
        _pnpm(found, package)
    if found.language == "node" and manager == "yarn":
        look_for_berry(found, version)
    elif found.language == "bun" and manager != "bun":
        # Bun takes the versions from the lock files of others.
        found.tell("package_manager", manager, lock if lock and folder.has(lock) else "package.json")
        found.stack["package_manager"] = "bun"


_PNPM_OF_LOCKS = {"5.1": "pnpm-7", "5.2": "pnpm-7", "5.3": "pnpm-7", "5.4": "pnpm-7", "6.0": "pnpm-8", "6.1": "pnpm-8"}


def _pnpm(found: Findings, package: dict[str, Any]) -> None:
    """Which pnpm installs it: it refuses a project whose engines name another one, and a lock file of a time before its own."""
    if re.match(r"[\^~]?\d{1,2}(?:\.(?:\d+|x)){0,2}$", text_at(package, "engines", "pnpm").strip()):
        found.add("stack.quirks", "pnpm-of-engines", "package.json", key_line(found.folder, "package.json", "engines"))
    elif (locked := found.folder.search(r"^lockfileVersion:\s*[\"']?(\d\.\d)", "pnpm-lock.yaml")) and locked[0] in _PNPM_OF_LOCKS:
        found.add("stack.quirks", _PNPM_OF_LOCKS[locked[0]], locked.file, locked.line)


def _version(found: Findings, package: dict[str, Any], default: str) -> None:
    folder = found.folder
    match = folder.search(r"^[ \t]*v?(\d{1,2})(?:\.|\s|$)", ".nvmrc", ".node-version") or tool_version(folder, "nodejs", "node")
    if named := folder.search(r"^[ \t]*lts/([a-z]+)\s*$", ".nvmrc", ".node-version"):
        match = match or (Match(named.file, named.line, (str(_LTS[named[0]]),)) if named[0] in _LTS else None)
    if not match and (pinned := re.match(r"(\d{1,2})\b", text_at(package, "volta", "node"))):
        match = Match("package.json", key_line(folder, "package.json", "volta"), (pinned[1],))
    if match:
        found.version(match[0].partition(".")[0], match)
        return
    wanted = text_at(package, "engines", "node").strip()
    line = key_line(folder, "package.json", "engines")
    # The last of several ranges is the newest; with an upper bound the least version is what surely fits.
    last = wanted.rpartition("||")[2].strip()
    if seen := re.match(r"(>=|>|\^|~|=|v)?\s*v?(\d{1,2})(?:\.|x|\s|$)", last):
        least = seen[1] in (">=", ">") and "<" not in last
        found.version(seen[2], Match("package.json", line, ()), least=least, default=default)
