"""What `fix` did, or would do: the changes with their reasons, the diff, and what needs a person."""

import json
import os
from collections.abc import Iterator

from wizard.check.machine import row
from wizard.check.model import ORDER, Found, Report
from wizard.check.text_report import SECRETS, filled, hidden, number
from wizard.files.diffs import printable, unified
from wizard.fix.applying import Meant
from wizard.fix.fixing import Fixed, Needs
from wizard.text import visible_all


def diffs(result: Fixed) -> Iterator[str]:
    """A unified diff of each file that changes, without the values of secrets: a report lands in logs."""
    for name, (before, after) in sorted(result.texts.changed.items()):
        secret = _secret_lines(result.before, name, before) | _secret_lines(result.report, name, after)
        for line in unified(name, before, after).splitlines(keepends=True):
            text = line[1:].removesuffix("\n")
            yield f"{line[0]}{hidden(text)}\n" if text in secret else line
    yield from (f"new file {os.path.relpath(path)}: a secret that stood in the file\n" for path in result.secrets)


def _secret_lines(report: Report, name: str, text: str) -> set[str]:
    """The lines of a file that hold a secret, as a diff shows them."""
    lines = text.removeprefix("\ufeff").split("\n")
    found = [*report.findings.of(name), *(one.finding for one in report.waived if one.finding.place.file == name)]
    numbers = {one.place.line for one in found if one.control == SECRETS}
    return {printable(lines[number - 1]) for number in numbers if number <= len(lines)}


def shown(result: Fixed, applied: bool) -> str:
    """The report for people; 80 columns but for the diff."""
    parts = [
        "\n".join(_changes(result.done)),
        "".join(diffs(result)).rstrip("\n"),
        "\n".join(_needs(result.needs)),
        "\n".join(line for warning in result.warnings for line in filled(f"! {visible_all(warning)}", 0, 2)),
        "\n".join(_sum(result, applied)),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def as_json(result: Fixed, applied: bool, wrote: tuple[str, ...]) -> str:
    """`changes`, `needs_you`, `diff`, `applied`; files by name."""
    data = {
        "changes": [
            {"control": one.mend.control, "service": one.service, "file": one.place.file, "line": one.place.line, "why": one.mend.why,
             "behaviour": one.mend.behaviour}
            for one in result.done
        ],
        "needs_you": [{**row(one.finding), "why": one.why, "lines": list(one.lines)} for one in result.needs],
        "diff": "".join(diffs(result)),
        "applied": applied,
        "written": list(wrote),
        "warnings": result.warnings,
        "problems": result.report.problems,
    }  # fmt: skip
    return json.dumps(data, ensure_ascii=True, indent=2) + "\n"


def change(one: Meant) -> Iterator[str]:
    """One change with its reason, and what it changes for those who use the service."""
    yield from filled(f"{visible_all(one.mend.why)}  [{one.mend.control}]", 4, 4)
    if one.mend.behaviour:
        yield from filled(f"! {visible_all(one.mend.behaviour)}", 4, 6)


def _changes(done: list[Meant]) -> Iterator[str]:
    """By reason, so that each stands there once, with the services that it is for."""
    reasons: dict[tuple[str, str], list[Meant]] = {}
    for one in done:
        reasons.setdefault((one.mend.control, one.mend.why), []).append(one)
    for (control, why), several in reasons.items():
        yield from filled(f"{control}: {', '.join(dict.fromkeys(visible_all(one.service or one.place.file) for one in several))}", 0, 4)
        yield from filled(visible_all(why), 4, 4)
        yield from (
            line for one in several if one.mend.behaviour for line in filled(f"! {visible_all(f'{one.service}: {one.mend.behaviour}')}", 4, 6)
        )


def _needs(needs: list[Needs]) -> Iterator[str]:
    """By file and reason, so that each stands there once, with the lines to write, and below it what it is about."""
    files: dict[str, dict[tuple[str, str, tuple[str, ...]], list[Found]]] = {}
    for one in sorted(needs, key=lambda one: (ORDER.index(one.finding.severity), one.finding.rank)):
        files.setdefault(one.finding.place.file, {}).setdefault((one.finding.control, one.why, one.lines), []).append(one.finding)
    if files:
        yield "needs you"
    for file, reasons in sorted(files.items()):
        yield f"  {visible_all(file)}"
        for (control, why, lines), found in reasons.items():
            yield from filled(f"{found[0].severity.value:<7}  {control}: {visible_all(why)}", 4, 13)
            for message in dict.fromkeys(one.message for one in found):
                where = ", ".join(f"{one.service + ' ' if one.service else ''}(line {one.place.line})" for one in found if one.message == message)
                yield from filled(f"- {visible_all(message)}: {visible_all(where)}", 13, 15)
            yield from (f"{'':15}{visible_all(line)}" for line in lines)


def _sum(result: Fixed, applied: bool) -> Iterator[str]:
    files = len(result.texts.changed) + len(result.secrets)
    risky = sum(bool(one.mend.behaviour) for one in result.done)
    text = f"{number(len(result.done), 'change')} in {number(files, 'file')}; {len(result.needs)} left to you"
    if not result.done:
        understood = result.report.services or result.report.images
        yield (
            text
            if result.needs
            else "nothing to mend" + " in what was understood" * bool(result.report.problems)
            if understood
            else "nothing was understood"
        )
    elif applied:
        yield f"{text}. Written; what was there is kept as NAME.orig."
        yield "docker compose up --detach --build --wait starts it as it is now."
    else:
        yield f"{text}. Nothing was written: --apply writes it."
    if risky and not applied:
        yield f"{risky} of them, marked with !, change what the service does for others: --safe leaves them out."
