"""A site that tools in JavaScript make: the script that makes it, the folder it lands in, whether one page shows all its paths."""

import re
from collections.abc import Mapping, Sequence
from posixpath import normpath
from typing import Any

from wizard.clues.findings import Findings
from wizard.clues.manifests import key_line, table
from wizard.clues.node_frameworks import Framework
from wizard.clues.public_variables import look_for_public_variables
from wizard.folder import Evidence, Match

_SCRIPTS = {
    "next": r"next\s+build", "nuxt": r"nux[it]\s+(?:generate|build\s+--prerender)", "sveltekit": r"vite\s+build",
    "react-router": r"react-router\s+build", "remix": r"remix\s+(?:vite:)?build", "gatsby": r"gatsby\s+build", "docusaurus": r"docusaurus\s+build",
    "vitepress": r"vitepress\s+build", "vuepress": r"vuepress\s+build", "eleventy": r"(?:@11ty/)?eleventy\b(?!.*--serve)", "astro": r"astro\s+build",
    "hexo": r"hexo\s+g", "expo": r"expo\s+export",
    "angular": r"ng\s+build", "create-react-app": r"(?:react-scripts|craco|react-app-rewired)\s+build", "vue-cli": r"vue-cli-service\s+build",
    "vite": r"vite\s+build", "parcel": r"parcel\s+build",
}  # fmt: skip
"""What the script that makes the site calls, and without such a script what is called in its place."""
_WITHOUT_A_SCRIPT = {
    "nuxt": ("nuxt", "generate"), "eleventy": ("eleventy",), "hexo": ("hexo", "generate"), "angular": ("ng", "build"),
    "create-react-app": ("react-scripts", "build"), "vue-cli": ("vue-cli-service", "build"), "sveltekit": ("vite", "build"),
    "expo": ("expo", "export", "--platform", "web"),
}  # fmt: skip
_BUILT = frozenset(("astro", "eleventy", "sveltekit", "vite", "vitepress"))
"""Those of which one was built and served by a test, or by hand on the engine: the others are read in their documentation."""
_CALLS_OTHERS = re.compile(r"\b(?:npm|yarn|pnpm|bun)\s+(?:run\s+)?[a-z]|\b(?:npm-run-all|run-[ps]|turbo|nx|gulp|grunt|make|concurrently)\b")
_FOLDER = r"((?:\.{1,2}/)*\.?[A-Za-z0-9_][\w./-]{0,60}?)/?"
_OPTION = re.compile(rf"(?:--outDir|--out-dir|--dist-dir|--output|--output-path|--dest|BUILD_PATH)(?:=|\s+)[\"']?{_FOLDER}(?=[\"'\s]|$)")
_OF_FOLDER = re.compile(rf"\b(?:vitepress|vuepress)\s+build\s+{_FOLDER}(?=\s|$)")
_QUOTED = rf"\s*(?:(?:path\.)?(?:resolve|join)\(\s*(?:import\.meta\.dirname|__dirname)\s*,\s*)?[\"'`]{_FOLDER}[\"'`]"
_SETTINGS = {
    "vite": "outDir", "astro": "outDir", "vue-cli": "outputDir", "next": "distDir", "sveltekit": "pages", "eleventy": "output", "parcel": "distDir",
}  # fmt: skip
_CONFIG = re.compile(
    r"(?:next|nuxt|astro|svelte|vite|react-router|app|vue|docusaurus|gatsby|gatsby-config|eleventy)(?:\.config)?\.[cm]?[jt]s\Z|\.eleventy\.c?js\Z"
)
_ROUTERS = (
    "@angular/router", "@reach/router", "@solidjs/router", "@tanstack/react-router", "@tanstack/vue-router", "navigo", "preact-iso", "preact-router",
    "react-router", "react-router-dom", "svelte-navigator", "svelte-routing", "tinro", "vue-router", "wouter",
)  # fmt: skip
"""Packages by which one page shows all the paths of a site."""
_PAGES = ("angular", "create-react-app", "vite", "vue-cli", "parcel")
"""What leaves the paths to such a package; the others make a page of each."""
_BELOW = r"\b(?:base|basePath|baseUrl|pathPrefix|publicPath)\s*:\s*[\"'](/[\w.-][\w./-]{0,60})[\"']"


def look_at_site(found: Findings, package: Mapping[str, Any], framework: Framework, sources: Sequence[str]) -> None:
    """Everything that its image is made from: what makes it, the folder, and what its server has to know."""
    file, scripts = "package.json", {name: text for name, text in table(package, "scripts").items() if isinstance(text, str)}
    name = _script(framework.name, scripts)
    manager = str(found.stack.get("package_manager", "npm"))
    tool = _WITHOUT_A_SCRIPT.get(framework.name, (framework.name, "build"))
    if name:
        found.say("stack.build", [manager, "run", name], file, key_line(found.folder, file, name))
    else:
        found.say("stack.build", [f"node_modules/.bin/{tool[0]}", *tool[1:]], file, 1, "inferred")
    configs = tuple(one for one in found.folder.files if "/" not in one and _CONFIG.match(one))
    output, seen = _output(found, framework, scripts.get(name, ""), configs)
    line = Match(file, key_line(found.folder, file, name), ()) if name else Match(file, 1, ())
    found.tell("static", output, (seen or line).file, (seen or line).line, "stated" if seen else "inferred")
    found.say("stack.source", output, (seen or line).file, (seen or line).line, "stated" if seen else "inferred")
    found.say("health", {"http": "/"}, file, 1, "inferred")
    if whole := found.folder.first(".npmrc", "pnpm-workspace.yaml"):
        _quirk(found, "local-references", Match(whole, 1, ()))
    if page := _single_page(found, package, framework, configs):
        _quirk(found, "single-page", page)
    if framework.name not in _BUILT:
        found.warn(f"a site of {framework.name} was not yet built by a test of Seawall: that it lands in {output} was read in its documentation")
    if below := found.folder.search(_BELOW, *configs):
        found.warn(f"{below.file}:{below.line} makes the site for the path {below[0]}, and it is served at /: its pages would not find their files")
    look_for_public_variables(found, sources)


def _script(framework: str, scripts: Mapping[str, str]) -> str:
    """The name of the script that makes the site: the one called build before one that calls its tool, unless that makes something else."""
    build, tool = scripts.get("build", ""), _SCRIPTS.get(framework, re.escape(framework))
    if build and (re.search(tool, build) or _CALLS_OTHERS.search(build)):
        return "build"
    others = (name for name, text in scripts.items() if re.search(tool, text) and not re.search(r"--watch|\bdeploy\b|gh-pages", text))
    return next(others, "build" if build else "")


def _output(found: Findings, framework: Framework, script: str, configs: Sequence[str]) -> tuple[str, Match | None]:
    """The folder of the site as the script, the configuration or the tool's habit has it, and where the configuration says so."""
    if option := _OPTION.search(script):
        return _inside(option[1], framework.output), None
    if folder := _OF_FOLDER.search(script):
        return _inside(f"{folder[1]}/{framework.output}", framework.output), None
    setting = _SETTINGS.get(framework.name)
    seen = found.folder.search(rf"\b{setting}\s*:{_QUOTED}", *configs) if setting else None
    root = found.folder.search(rf"\broot\s*:{_QUOTED}", *configs) if framework.name == "vite" else None
    if seen or root:
        path = "/".join(part for part in (root[0] if root else "", seen[0] if seen else framework.output) if part)
        return _inside(path, framework.output), seen or root
    if framework.name == "hexo" and (named := found.folder.search(rf"^public_dir:\s*{_FOLDER}\s*$", "_config.yml")):
        return _inside(named[0], framework.output), named
    return framework.output, None


def _inside(path: str, usual: str) -> str:
    """The path without steps up and down; the usual one where it leads out of the project."""
    plain = normpath(path)
    return plain if re.fullmatch(r"\.?[A-Za-z0-9_-][\w.-]*(/\.?[A-Za-z0-9_-][\w.-]*)*", plain) else usual


def _single_page(found: Findings, package: Mapping[str, Any], framework: Framework, configs: Sequence[str]) -> Match | None:
    """What shows that the server has to answer every path with the same page."""
    if framework.name == "sveltekit":
        return found.folder.search(r"\bfallback\s*:\s*[\"'](?:200|index)\.html[\"']", *configs)
    if framework.name == "expo":
        return None if found.folder.search(r"\"output\"\s*:\s*\"(static)\"", "app.json") else Match("package.json", 1, ())
    if framework.name in ("nuxt", "react-router", "remix"):
        return found.folder.search(r"\bssr\s*:\s*false", *configs)
    needed = {**table(package, "devDependencies"), **table(package, "dependencies")}
    router = next((name for name in _ROUTERS if name in needed), None) if framework.name in _PAGES else None
    return Match("package.json", key_line(found.folder, "package.json", router), ()) if router else None


def _quirk(found: Findings, quirk: str, seen: Match) -> None:
    rows = found.stack.setdefault("quirks", [])
    if quirk not in rows:
        rows.append(quirk)
        found.evidence.append(Evidence("stack.quirks", seen.file, seen.line))
