"""A companion out of a `catalog.yaml`: an entry like those of `wizard.companions`, or one of these with some facts of its own."""

from collections.abc import Mapping
from typing import Any, ClassVar

import msgspec
from msgspec.structs import replace

from wizard.catalogs.facts import CompanionFacts, lacking
from wizard.companion import CatalogueEntry, password
from wizard.known_image import Kept, Known, Scratch
from wizard.project import SecretFile, SecretUse
from wizard.workload import Companion

_HAS_TO_SAY = ("title", "group", "image", "version", "port", "user", "health")


class _Declared(CatalogueEntry):
    """What the facts say, on top of the entry that is extended."""

    facts: ClassVar[CompanionFacts]
    catalog: ClassVar[str]

    @property
    def evidence(self) -> str:
        if self.facts.booted:
            return f"{self.facts.booted} booted by the tests of the catalog {self.catalog}, as it says"
        return f"said by the catalog {self.catalog}, not yet booted"

    def health(self, version: str) -> tuple[str, ...]:
        return self.facts.health or super().health(version)

    def answers(self, companion: Companion) -> Mapping[str, Any]:
        below = super().answers(companion)
        said: dict[str, Any] = {"command": list(self.facts.command)} if self.facts.command else {}
        limits = {**({"memory": self.facts.memory} if self.facts.memory else {}), **_plain(self.facts.limits)}
        files = {secret.file_variable: _file(companion, secret.name) for secret in self.facts.secrets if secret.file_variable}
        return {
            **below, **said, "limits": {**below.get("limits", {}), **limits},
            "environment": {**below.get("environment", {}), **self.facts.environment, **files},
        }  # fmt: skip

    def secret_files(self, companion: Companion) -> tuple[SecretFile, ...]:
        return (*super().secret_files(companion), *(SecretFile(password(companion, secret.name)) for secret in self.facts.secrets))

    def own_secrets(self, companion: Companion) -> tuple[SecretUse, ...]:
        own = (SecretUse(password(companion, secret.name)) for secret in self.facts.secrets if secret.file_variable)
        return (*super().own_secrets(companion), *own)

    def handed(self, companion: Companion) -> Mapping[str, str]:
        files = {secret.handed_as: _file(companion, secret.name) for secret in self.facts.secrets if secret.handed_as}
        return {**super().handed(companion), **_filled(self.facts.handed, companion), **files}

    def handed_secrets(self, companion: Companion) -> tuple[SecretUse, ...]:
        own = (SecretUse(password(companion, secret.name)) for secret in self.facts.secrets if secret.handed_as)
        return (*super().handed_secrets(companion), *own)

    def aliases(self, companion: Companion) -> Mapping[str, str]:
        return {**super().aliases(companion), **_filled(self.facts.aliases, companion)}


def companion(facts: CompanionFacts, catalog: str, base: CatalogueEntry | None) -> CatalogueEntry:
    """The entry that the facts describe; `base` is the one that they extend. Raises ValueError for what is missing."""
    if base is None and (name := lacking(facts, *_HAS_TO_SAY)):
        raise ValueError(f"{name} is missing; it is needed unless another companion is extended")
    known = base.known if base else Known(start="0")
    said: dict[str, Any] = {
        "start": facts.start, "own": facts.user, "health": facts.health, "mem_limit": facts.memory,
        "scratch": None if facts.scratch is None else tuple(Scratch(one.path, one.size, one.why) for one in facts.scratch),
        "kept": None if facts.kept is None else tuple(Kept(one.path, one.why, one.declared) for one in facts.kept),
    }  # fmt: skip
    own: dict[str, Any] = {name: value for name, value in said.items() if value is not None}
    if base is None:
        own.setdefault("mem_limit", "256M")
    # What was said here holds for every variant.
    variants = tuple(replace(one, changes={key: value for key, value in one.changes.items() if key not in own}) for one in known.variants)
    # What is known of the other's image was not seen on this one.
    booted = facts.booted or ("" if facts.image else base.booted if base else "")
    attributes: dict[str, Any] = {
        "facts": facts, "catalog": catalog, "id": facts.id, "booted": booted, "known": replace(known, **own, variants=variants),
        "names": facts.names, "__doc__": f"{facts.title or (base.title if base else '')}, as the catalog {catalog} has it.",
        "title": facts.title, "group": facts.group, "image": facts.image, "default_version": facts.version, "port": facts.port,
        "also": facts.also or None, "calls": facts.calls, "warnings": facts.warnings,
    }  # fmt: skip
    bases = (_Declared, type(base)) if base else (_Declared,)
    made: CatalogueEntry = type(f"{facts.id} of {catalog}", bases, {name: value for name, value in attributes.items() if value is not None})()
    return made


def _plain(limits: Any) -> dict[str, Any]:
    said: dict[str, Any] = msgspec.to_builtins(limits) if limits else {}
    return said


def _file(companion: Companion, what: str) -> str:
    return f"/run/secrets/{password(companion, what)}"


def _filled(variables: Mapping[str, str], companion: Companion) -> dict[str, str]:
    return {name: value.replace("{host}", companion.hostname) for name, value in variables.items()}
