"""What a folder says about the service in it. Files are read, nothing is run."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from wizard.answers import Layer
from wizard.companions import COMPANIONS, entry_of
from wizard.folder import Folder
from wizard.several import best_of, look_deeper
from wizard.spelling import Data
from wizard.stack import Detected
from wizard.stacks import KNOWN, STACKS
from wizard.text import slug
from wizard.workload import Companion

NOTHING = Detected({})


def detect(path: Path, language: str | None = None) -> Detected:
    """What the folder says; with `language`, as that language or not at all."""
    folder = Folder(path)
    found = best_of(folder, language)
    if language is None:
        found = look_deeper(folder, found)
    if found is None:
        return NOTHING
    found = _with_what_is_not_built(_with_a_reason(found))
    known = {entry.id for entry in COMPANIONS}
    further = [
        (row["service"], place)
        for row, place in zip(found.answers.get("companions", ()), _places(found), strict=False)
        if row["service"] not in known
    ]
    words = tuple(f"it works with {service} ({place}), which Seawall does not set up beside it yet" for service, place in further)
    return replace(found, warnings=(*found.warnings, *words))


def _places(found: Detected) -> list[str]:
    return [str(entry) for entry in found.evidence if entry.fact == "companions"]


def _with_a_reason(found: Detected) -> Detected:
    """The same, with why it cannot be built where its language has no Dockerfile yet."""
    language = found.stack.get("language")
    if found.cannot or language in {stack.id for stack in STACKS}:
        return found
    known = next(stack for stack in KNOWN if stack.id == language)
    framework = f" ({found.stack['framework']})" if found.stack.get("framework") else ""
    where = next(str(entry) for entry in found.evidence if entry.fact == "stack.language")
    return replace(found, cannot=f"this is {known.name}{framework}, seen at {where}, which Seawall cannot build yet; "
                   "give an image of your own with --set image=NAME:VERSION")  # fmt: skip


def _with_what_is_not_built(found: Detected) -> Detected:
    """The same, telling what of the way to its image no test has gone yet."""
    stack = next((stack for stack in STACKS if stack.id == found.stack.get("language")), None)
    if stack is None or found.cannot:
        return found
    part = stack.not_built(found.stack.get("package_manager"), found.stack.get("quirks", ()))
    return replace(found, told={**found.told, "not_built": part}) if part else found


def detected_layer(found: Detected, above: Mapping[str, Data]) -> Layer:
    """Detected answers, with what its code reads of the companions that `above`, or the folder itself, asks for."""
    answers = dict(found.answers)
    if rows := [row for row in answers.pop("companions", ()) if row["service"] in {entry.id for entry in COMPANIONS}]:
        answers["companions"] = rows
    companions = above.get("companions", answers.get("companions", ()))
    secrets: list[Data] = []
    environment = dict(answers.get("environment", {}))
    for row in companions if isinstance(companions, (list, tuple)) else ():
        if not isinstance(row, Mapping) or row.get("service") not in ("postgres", "redis"):
            continue
        companion = Companion(row["service"], name=row.get("name"))
        entry = entry_of(companion.service)
        environment |= {n: v for n, v in entry.aliases(companion).items() if n in found.reads and n not in environment}
        for variable, secret in entry.secret_aliases(companion).items():
            as_file = f"{variable}_FILE" in found.reads
            if variable in found.reads and not as_file and secret not in [s["name"] for s in secrets]:
                secrets.append({"name": secret, "env": variable})
    if secrets:
        answers["secrets"] = [*answers.get("secrets", ()), *secrets]
    if environment:
        answers["environment"] = environment
    evidence = {entry.fact: str(entry) for entry in reversed(found.evidence)}
    return Layer("detected", answers, given=False, evidence=evidence)


def defaults(path: Path, language: str | None) -> Layer:
    """What holds where nobody says otherwise."""
    data: dict[str, Any] = {"name": slug(path.resolve().name), "writable": [{"path": "/tmp", "tmpfs": "64M"}]}
    stack = next((stack for stack in STACKS if stack.id == language), None)
    if stack and stack.default_command:
        data["command"] = list(stack.default_command)
    return Layer("default", data, given=False)
