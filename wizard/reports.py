"""What the light commands print: text for people, JSON with the keys of the design."""

import json
import shlex
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from wizard.errors import UsageError


def _json(data: Any) -> str:
    return json.dumps(data, ensure_ascii=False, indent=2) + "\n"


def table(rows: Iterable[Sequence[str]]) -> str:
    """Rows as columns of equal width, two spaces between them."""
    cells = [tuple(str(cell) for cell in row) for row in rows]
    widths = [max(len(row[column]) for row in cells) for column in range(len(cells[0]))] if cells else []
    return "".join("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() + "\n" for row in cells)


def detected(folder: Path, form: str) -> str:
    """What a folder says. Raises UsageError when it is no folder or nothing is recognised in it."""
    from wizard.detect import detect

    if not folder.is_dir():
        raise UsageError(f"{folder} is no folder; give the folder of the project")
    found = detect(folder)
    if not found.answers:
        own = next((name for name in ("Dockerfile", "Containerfile", "compose.yaml", "docker-compose.yml") if (folder / name).is_file()), None)
        there = f"; its {own} is judged by: seawall check {shlex.quote(str(folder))}" if own else " (seawall stacks lists what is known)"
        raise UsageError(f"{folder}: nothing here shows what the service is written in{there}")
    from wizard.detect_report import as_json, as_text

    return as_json(found) if form == "json" else as_text(found)


def controls(form: str) -> str:
    """All controls."""
    from wizard.controls import CONTROLS

    if form == "json":
        return _json([
            {"id": c.id, "title": c.title, "severity": c.severity.value, "settings": list(c.settings), "references": list(c.page.references)}
            for c in CONTROLS
        ])  # fmt: skip
    return table((c.id, c.severity.value, c.title) for c in CONTROLS)


def stacks(form: str) -> str:
    """All language stacks."""
    from wizard.stacks import STACKS

    if form == "json":
        return _json([
            {"id": s.id, "title": s.title, "version": s.default_version, "frameworks": list(s.frameworks),
             "package_managers": list(s.package_managers), "evidence": s.evidence}
            for s in STACKS
        ])  # fmt: skip
    return "\n".join((*(f"{s.id}  {s.default_version}\n{_filled(s.title, 2)}{_filled(s.evidence, 6).rstrip()}" for s in STACKS), ""))


def companions(form: str) -> str:
    """All companions, with what is known to hold and what to beware of."""
    import itertools

    from wizard.companions import COMPANIONS

    if form == "json":
        return _json([
            {"id": c.id, "title": c.title, "image": c.image, "version": c.default_version, "port": c.port, "group": c.group,
             "warnings": list(c.warnings), "evidence": c.evidence}
            for c in COMPANIONS
        ])  # fmt: skip
    lines: list[str] = []
    for group, entries in itertools.groupby(COMPANIONS, lambda entry: entry.group):
        lines += ["", group] if lines else [group]
        for c in entries:
            lines += [
                f"  {c.id}  {c.image}:{c.tag(c.default_version)}  {c.title}",
                *(_filled(text, 6).rstrip("\n") for text in (*c.warnings, c.evidence)),
            ]
    return "\n".join((*lines, ""))


def schema() -> str:
    """The JSON Schema of seawall.yaml."""
    import copy

    from wizard.companions import COMPANIONS
    from wizard.decode import schema as schema_of
    from wizard.stacks import STACKS
    from wizard.workload import Workload

    root = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "seawall.yaml"}
    made = copy.deepcopy(root | schema_of(Workload))
    # What may be named there depends on the catalogs in use.
    made["$defs"]["Stack"]["properties"]["language"]["enum"] = [stack.id for stack in STACKS]
    made["$defs"]["Companion"]["properties"]["service"]["enum"] = [entry.id for entry in COMPANIONS]
    return _json(made)


def examined(form: str) -> tuple[str, bool]:
    """What this machine can enforce, and whether it lacks nothing. Raises NoEngineError."""
    from wizard.engine.doctor import examine

    found = examine()
    whole = all(finding.verdict != "lacks" for finding in found)
    if form == "json":
        rows = [{"about": f.about, "seen": f.seen, "verdict": f.verdict, "means": f.means} for f in found]
        return _json({"findings": rows, "passed": whole}), whole
    heads = table((f.verdict, f.about, _printable(f.seen)) for f in found).splitlines()
    return "".join(f"{head}\n{_filled(finding.means, 6)}" for head, finding in zip(heads, found, strict=True)), whole


def _filled(text: str, indent: int = 0) -> str:
    """A paragraph for a terminal of 80 columns."""
    import textwrap

    return textwrap.fill(text, 78, initial_indent=" " * indent, subsequent_indent=" " * indent, break_on_hyphens=False) + "\n"


def _printable(line: str) -> str:
    return "".join(c if c.isprintable() or c == "\t" else ascii(c)[1:-1] for c in line)
