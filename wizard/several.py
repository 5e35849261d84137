"""A folder with several services in it, or with one further down: each is listed, one is chosen."""

import re
import shlex
from collections.abc import Iterator, Sequence
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from wizard.folder import Certainty, Evidence, Folder
from wizard.stack import Detected
from wizard.stacks import KNOWN

_MANIFEST = re.compile(
    r"(?:package\.json|requirements\.txt|pyproject\.toml|Pipfile|go\.mod|Cargo\.toml|pom\.xml|build\.gradle(?:\.kts)?|[^/]+\.(?:cs|fs)proj"
    r"|composer\.json|Gemfile|mix\.exs|deno\.jsonc?|manage\.py)\Z"
)
_PAGES = re.compile(r"(?:^|/)(?:frontend|web|client|site|www|html|static-html)/index\.html\Z")
_ASIDE = re.compile(
    r"(?:^|/)(?:examples?|samples?|docs?|documentation|tools?|scripts?|bench(?:marks?)?|templates?|\w*[-.]?tests?|[\w.]*Tests|playground|infra|terraform|k8s"
    r"|migrations?|static|static_src|public|themes?|fixtures?"
    r"|stories|storybook|loadgenerator|load-test\w*|native|android|ios|assets|\w*config[\w-]*|remix\.init|spec)(?:/|$)", re.I
)  # fmt: skip
"""Folders whose manifests are for people who work on the project."""
_FIRST = ("api", "server", "backend", "app", "web", "service", "gateway", "core", "main", "result", "frontend", "client")
_DEEPEST = 3
_MOST = 40


class Service(Struct, frozen=True):
    """One of the services of a folder."""

    path: str
    found: Detected

    def row(self) -> dict[str, Any]:
        """It as plain data."""
        stack, answers = self.found.stack, self.found.answers
        return {
            "path": self.path, "language": language_of(self.found), "version": version_of(self.found), "framework": stack.get("framework"),
            "package_manager": manager_of(self.found), "command": answers.get("command", []),
            "ports": [port["container"] for port in answers.get("ports", ())],
        }  # fmt: skip

    def words(self) -> str:
        """It in words: `api (python, flask)`."""
        made = ", ".join(word for word in (language_of(self.found), self.found.stack.get("framework")) if word)
        return f"{self.path} ({made})"


def version_of(found: Detected) -> str | None:
    """The version it declares, if only as the least one."""
    version = found.stack.get("version") or found.told.get("at_least")
    return str(version) if version else None


def language_of(found: Detected) -> str | None:
    """The language it is written in, which of a site that is built is not what serves it."""
    return found.told.get("language") or found.stack.get("language")


def manager_of(found: Detected) -> str | None:
    """The package manager it is written for, which may not be the one it is built with."""
    return found.told.get("package_manager") or found.stack.get("package_manager")


def best_of(folder: Folder, language: str | None = None) -> Detected | None:
    """What speaks the most of one stack in this very folder."""
    seen = [(stack.id, found) for stack in KNOWN if (found := stack.detect(folder))]
    founds = [found for id, found in seen if language in (None, id, found.stack.get("language"))]
    return max(founds, key=lambda found: found.strength, default=None)


def look_deeper(folder: Folder, root: Detected | None) -> Detected | None:
    """The folder's own service beside those below it, or the one that is chosen of these; None where nothing is found at all."""
    alone = root is not None and root.strength == 3
    services = list(_below(folder, 2 if alone else _DEEPEST))
    if alone and root:
        if not services:
            return root
        listed = root.stack.get("source") in [service.path for service in services]
        rows = services if listed else [Service(".", root), *services]
        if len(rows) == 1:
            return root
        return replace(root, told={**root.told, "services": [service.row() for service in rows]})
    if not services or (root and root.strength == 2 and not any(service.found.stack.get("framework") for service in services)):
        return root
    if root and root.stack.get("language") not in ("node", "bun", "static") and all("static" in service.found.told for service in services):
        return root  # pages beside code of another language: what that makes of them, it says nowhere
    chosen = min(services, key=_rank)
    told = {**chosen.found.told, "folder": chosen.path, "services": [service.row() for service in services]}
    evidence = tuple(_moved(entry, chosen.path) for entry in chosen.found.evidence)
    certain: Certainty = "stated" if len(services) == 1 else "assumed"
    evidence += (Evidence("folder", evidence[0].file, 1, certain),)
    return replace(chosen.found, told=told, evidence=evidence, cannot=_which(folder, services, chosen), strength=2)


def _which(folder: Folder, services: Sequence[Service], chosen: Service) -> str:
    named = f"run seawall {shlex.quote(str(folder.path / chosen.path))}"
    if sibling := chosen.found.told.get("sibling"):
        named = f"it needs {sibling} beside it: {_as_a_whole(folder, chosen)}"
    if len(services) == 1:
        return f"the service is in {chosen.words()}: {named}"
    listed = "; ".join(service.words() for service in services[:6]) + (f"; and {len(services) - 6} more" if len(services) > 6 else "")
    return f"{len(services)} services are here, and each gets files of its own: {listed}; {named} for the first of them"


def _as_a_whole(folder: Folder, service: Service) -> str:
    """How a part is built that needs its siblings: all of the project, with the part's own command."""
    own = [_from_above(folder, service, word) for word in service.found.answers.get("command", ())]
    if own[1:] == ["start"] and own[0].endswith("/.bin/next"):
        own.append(service.path)
    command = shlex.quote(shlex.join(own) or f"node {service.path}/index.js")
    port = next((row["container"] for row in service.found.answers.get("ports", ())), 3000)
    language = service.found.stack["language"]
    return f"run seawall {shlex.quote(str(folder.path))} --set stack.language={language} --set command={command} --set ports={port}"


def _from_above(folder: Folder, service: Service, word: str) -> str:
    """A word of a part's command as it is in the folder of the whole: a program of a package is there, but for pnpm, which has it in the part."""
    packaged = word.startswith("node_modules/") and manager_of(service.found) == "pnpm"
    built = re.fullmatch(r"(?:\./)?(?:dist|build|out|lib|\.output)(?:/[\w./-]+)?", word)
    inside = packaged or built or folder.has(f"{service.path}/{word}")
    return f"{service.path}/{word.removeprefix('./')}" if inside else word


def _below(folder: Folder, deepest: int) -> Iterator[Service]:
    """Services in the folders below, each found once: what lies inside of one is a part of it."""
    taken: list[str] = []
    for place in _candidates(folder, deepest):
        if any(place.startswith(f"{other}/") for other in taken):
            continue
        found = best_of(folder.below(place))
        if not found or found.strength < 2 or not _is_service(found, folder, place):
            continue
        taken.append(place)
        yield Service(place, found)


def _candidates(folder: Folder, deepest: int) -> list[str]:
    places: dict[str, None] = {}
    for name in folder.files:
        place = name.rpartition("/")[0]
        if not place or place.count("/") >= deepest or place in places or len(places) >= _MOST:
            continue
        if (_MANIFEST.search(name.rpartition("/")[2]) or _PAGES.search(name)) and not _ASIDE.search(place):
            places[place] = None
    return list(places)


def _is_service(found: Detected, folder: Folder, place: str) -> bool:
    """Whether it is something that runs: a library of a project has neither a framework nor a port."""
    stack = found.stack
    if stack.get("framework") or stack.get("language") == "static":
        return True
    if not found.answers.get("command"):
        return False
    sure = any(entry.fact == "ports" for entry in found.evidence)
    return sure or folder.has(f"{place}/Dockerfile") or folder.has(f"{place}/Procfile")


def _rank(service: Service) -> tuple[int, int, int, str]:
    """What serves data stands before what serves pages, then the usual names, then the nearest."""
    name = service.path.rpartition("/")[2].lower()
    usual = next((number for number, word in enumerate(_FIRST) if word in re.split(r"[-_.]", name)), len(_FIRST))
    pages = "static" in service.found.told or service.found.stack.get("language") == "static"
    return (int(pages), usual, service.path.count("/"), service.path)


def _moved(entry: Evidence, below: str) -> Evidence:
    """Evidence of a part as evidence of the whole."""
    # What stands above a part is the whole project's, whatever folders lie between.
    return replace(entry, file=entry.file.removeprefix("../") if entry.file.startswith("../") else f"{below}/{entry.file}")
