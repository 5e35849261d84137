"""What `seawall detect` prints: text for people in 80 columns, JSON with the keys of the design."""

import json
import textwrap
from collections.abc import Iterator
from typing import Any

from wizard.folder import Evidence
from wizard.several import language_of, manager_of, version_of
from wizard.stack import Detected
from wizard.text import visible_all

_WIDTH, _LABEL, _PLACE = 80, 16, 26
_FACTS = {
    "folder": "in folder", "stack.language": "language", "stack.version": "version", "at_least": "version", "stack.framework": "framework",
    "stack.package_manager": "packages by", "stack.lockfile": "lock file", "stack.source": "source", "stack.build": "built by",
    "stack.arguments": "build variables",
    "stack.packages": "added packages", "stack.system_packages": "Debian packages", "stack.extensions": "extensions",
    "command": "command", "ports": "ports", "health": "health",
    "writable": "writes", "companions": "works with", "environment": "environment", "variables": "variables", "secrets": "secrets",
    "static": "makes a site in", "server": "served by", "programs": "programs",
}  # fmt: skip


def as_json(found: Detected) -> str:
    """The facts, each with the file and line that show it and how sure that is."""
    answers, stack, told = found.answers, found.stack, found.told
    rest = {key: answers[key] for key in ("health", "writable", "companions") if key in answers}
    variables = {**told.get("variables", {}), **answers.get("environment", {})}
    more = {"environment": variables, "secrets": told.get("secrets"), "folder": told.get("folder"), "static": told.get("static"),
            "programs": told.get("programs"), "services": told.get("services"), "not_built": told.get("not_built")}  # fmt: skip
    return json.dumps({
        "language": language_of(found), "version": version_of(found), "framework": stack.get("framework"),
        "package_manager": manager_of(found), "command": answers.get("command", []),
        "ports": [port["container"] for port in answers.get("ports", ())],
        **rest, **{key: value for key, value in more.items() if value},
        "warnings": list(found.warnings), "buildable": not found.cannot, **({"why": found.cannot} if found.cannot else {}),
        "evidence": [{"fact": e.fact, "file": e.file, "line": e.line, "certainty": e.certainty} for e in found.evidence],
    }, ensure_ascii=False, indent=2) + "\n"  # fmt: skip


def as_text(found: Detected) -> str:
    """The facts as lines: what, where it was seen, and a question mark where nothing says it."""
    seen: dict[str, Evidence] = {}
    for entry in found.evidence:
        fact = "environment" if entry.fact.startswith("environment.") else entry.fact
        if fact not in seen or (seen[fact].certainty == "assumed" and entry.certainty != "assumed"):
            seen[fact] = entry
    lines = [line for fact, label in _FACTS.items() if fact in seen and (value := _value(found, fact)) for line in _row(label, value, seen[fact])]
    lines += _services(found)
    if any(entry.certainty == "assumed" for entry in seen.values()):
        lines += ["", "? what is usual: nothing in the folder says it"]
    missing = (("not yet built by a test of Seawall", found.told.get("not_built")), ("not yet", found.cannot))
    for word, message in (*(("beware", warning) for warning in found.warnings), *((word, said) for word, said in missing if said)):
        lines += ["", *textwrap.wrap(visible_all(f"{word}: {message}"), _WIDTH, subsequent_indent="  ", break_on_hyphens=False)]
    return "\n".join(lines) + "\n"


def _row(label: str, value: str, entry: Evidence) -> Iterator[str]:
    place = f"{entry}{' ?' if entry.certainty == 'assumed' else ''}"
    room = _WIDTH - _LABEL - 2 - min(len(place), _PLACE)
    first, *rest = textwrap.wrap(visible_all(value), max(room, 24), break_on_hyphens=False) or [""]
    if len(place) <= _PLACE:
        yield f"{label:<{_LABEL}}{first:<{_WIDTH - _LABEL - len(place)}}{place}"
        yield from (f"{'':{_LABEL}}{line}" for line in rest)
        return
    yield f"{label:<{_LABEL}}{first}"
    yield from (f"{'':{_LABEL}}{line}" for line in rest)
    yield f"{place:>{_WIDTH}}"


def _value(found: Detected, fact: str) -> str:
    told = found.told
    if fact == "at_least":
        return f"{told[fact]} or later" if not found.stack.get("version") else ""
    if fact == "stack.language":
        return str(language_of(found))
    if fact == "stack.package_manager":
        return str(manager_of(found))
    if fact == "variables":
        return ", ".join(sorted(told[fact]))
    if fact in told:
        return ", ".join(map(str, told[fact])) if isinstance(told[fact], list) else str(told[fact])
    if fact == "environment":
        return ", ".join(f"{name}={value}" for name, value in found.answers[fact].items())
    return _spelled(found, fact)


def _spelled(found: Detected, fact: str) -> str:
    from wizard.questions import question_of

    value: Any = found.answers
    for step in fact.split("."):
        value = value.get(step)
    if fact == "companions":
        return ", ".join(row["service"] for row in value)
    return question_of(fact).format(value)


def _services(found: Detected) -> Iterator[str]:
    rows = found.told.get("services", ())
    if len(rows) < 2:
        return
    yield ""
    yield "services of this folder"
    for row in rows:
        made = ", ".join(str(row[key]) for key in ("language", "framework") if row[key])
        ports = ", ".join(map(str, row["ports"]))
        yield f"  {visible_all(row['path']):<26}  {made:<28}  {ports}".rstrip()
