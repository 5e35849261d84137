"""A stack out of a `catalog.yaml`: facts and a template, or one of `wizard.stacks` with some facts of its own."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

from msgspec.structs import replace

from wizard.catalogs import templates
from wizard.catalogs.facts import StackFacts, lacking
from wizard.clues.commands import procfile, publish, words
from wizard.clues.findings import Findings
from wizard.folder import Folder
from wizard.stack import Detected, LanguageStack, OwnUser, Runtime
from wizard.workload import Workload

_HAS_TO_SAY = ("title", "name", "version", "image", "template", "detect", "health")


class _Declared(LanguageStack):
    """What the facts say, on top of the stack that is extended."""

    facts: ClassVar[StackFacts]
    folder: ClassVar[Path]
    catalog: ClassVar[str]

    def image(self, workload: Workload, pinned: bool = True) -> str:
        pattern = self.facts.image if pinned else self.facts.moving or self.facts.image
        return self._named(pattern, workload) if pattern else super().image(workload, pinned)  # type: ignore[safe-super]

    def build_image(self, workload: Workload) -> str:
        return self._named(self.facts.build_image, workload) if self.facts.build_image else super().build_image(workload)

    def _named(self, pattern: str, workload: Workload) -> str:
        return pattern.replace("{version}", self.version(workload))

    def health(self, url: str | None, port: int) -> tuple[str, ...]:
        health = self.facts.health
        if not health:
            return super().health(url, port)  # type: ignore[safe-super]
        return tuple(word.replace("{url}", url or "").replace("{port}", str(port)) for word in (health.http if url else health.tcp))

    def environment(self, workload: Workload) -> Mapping[str, str]:
        return {**super().environment(workload), **self.facts.environment}

    def values(self, workload: Workload) -> Mapping[str, Any]:
        return {**super().values(workload), "build_image": self.build_image(workload)}

    def ignored(self) -> tuple[str, ...]:
        return (*super().ignored(), *self.facts.ignored)

    def not_built(self, manager: str | None = None, quirks: Sequence[str] = ()) -> str:
        if self.facts.extends and not (self.facts.image or self.facts.build_image or self.facts.template):
            return super().not_built(manager, quirks)
        return "" if self.facts.built else f"{self.name} as the catalog {self.catalog} has it"

    def dockerfile(self, values: Mapping[str, Any]) -> str:
        return templates.render(self.folder, self.facts.template, values) if self.facts.template else super().dockerfile(values)

    def detect(self, folder: Folder) -> Detected | None:
        detect = self.facts.detect
        if not detect:
            return super().detect(folder)  # type: ignore[safe-super]
        file = folder.first(*detect.files)
        if not file:
            return None
        found = Findings(folder, self.id, file)
        version = folder.search(detect.version_pattern, detect.version_file) if detect.version_file else None
        if version and re.fullmatch(r"[0-9][A-Za-z0-9._-]{0,40}", version[0]):
            found.version(version[0], version)
        port = self.facts.port
        if port:
            found.add("ports", publish(port), file, 1, "assumed")
        if line := procfile(folder):
            found.at("command", words(line[0], port or 8080), line)
        if self.facts.health and self.facts.health.path and port:
            found.say("health", {"http": self.facts.health.path}, file, 1, "assumed")
        found.strength = 3 if self.default_command is not None else 1
        return found.done()


def stack(facts: StackFacts, catalog: str, folder: Path, base: LanguageStack | None) -> LanguageStack:
    """The stack that the facts describe; `base` is the one that they extend. Raises ValueError for what is missing or cannot be."""
    if base is None and (name := lacking(facts, *_HAS_TO_SAY)):
        raise ValueError(f"{name} is missing; it is needed unless another stack is extended")
    if facts.template and not (folder / facts.template).is_file():
        raise ValueError(f"there is no file {facts.template} beside catalog.yaml")
    if facts.detect:
        _check_pattern(facts.detect.version_pattern)
    attributes: dict[str, Any] = {
        "facts": facts, "folder": folder, "catalog": catalog,
        "id": facts.id, "title": facts.title, "name": facts.name, "default_version": facts.version,
        "template": (base.template or base.id) if base else None, "default_command": facts.command,
        "own_user": _user(facts),
        "shell": facts.shell, "unprivileged": facts.unprivileged, "must_write": facts.must_write, "given_away": facts.given_away,
        "calls": facts.calls, "frameworks": facts.frameworks, "package_managers": facts.package_managers,
        "evidence": f"{facts.built}, as the catalog {catalog} says" if facts.built else f"said by the catalog {catalog}, not yet built",
        "__doc__": f"{facts.title or (base.title if base else '')}, as the catalog {catalog} has it.",
    }  # fmt: skip
    if base and base.runtimes:
        attributes["runtimes"] = _runtimes(facts, base)
    bases = (_Declared, type(base)) if base else (_Declared,)
    made: LanguageStack = type(f"{facts.id} of {catalog}", bases, {name: value for name, value in attributes.items() if value is not None})()
    return made


def _runtimes(facts: StackFacts, base: LanguageStack) -> tuple[Runtime, ...]:
    """The kinds of image to choose from; one that was said here is the only one, like the usual one but for what was said of it."""
    said: dict[str, Any] = {"shell": facts.shell, "unprivileged": facts.unprivileged, "given_away": facts.given_away, "own_user": _user(facts)}
    changed = {name: value for name, value in said.items() if value is not None}
    return (replace(base.runtimes[0], **changed),) if facts.image or changed else base.runtimes


def _user(facts: StackFacts) -> OwnUser | None:
    return OwnUser(facts.user.name, facts.user.uid, facts.user.gid) if facts.user else None


def _check_pattern(pattern: str) -> None:
    try:
        groups = re.compile(pattern).groups
    except re.error as error:
        raise ValueError(f"detect.version_pattern: {error}") from None
    if groups != 1:
        raise ValueError("detect.version_pattern: accepted: an expression with one group, which is the version")
