"""SARIF 2.1.0 as GitHub's code scanning takes it: one rule a control, its page as help."""

import json
from heapq import nsmallest
from typing import Any
from urllib.parse import quote

from wizard import __version__
from wizard.check.baseline import fingerprint
from wizard.check.judging import NOT_READ
from wizard.check.model import Found, Report, Waived
from wizard.check.sources import Sources
from wizard.control import Severity
from wizard.controls import CONTROLS
from wizard.glossary import GLOSSARY

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
MOST = 5000
"""Results that GitHub shows of a run; the worst come first."""
_LONGEST = 1024
_LEVELS = {Severity.STOP: "error", Severity.INVALID: "error", Severity.WARN: "warning", Severity.INFO: "note"}
_SCORES = {Severity.STOP: "9.5", Severity.INVALID: "7.5", Severity.WARN: "5.0", Severity.INFO: "2.0"}


def references(control: str) -> list[str]:
    """What a control goes back to."""
    found = next((one for one in CONTROLS if one.id == control), None)
    return list(found.page.references) if found else []


def sarif(report: Report, sources: Sources) -> str:
    """The report as one run."""
    rules = [_rule(one.id, one.title, one.page.reason, _help(one.page.sections), one.severity) for one in CONTROLS]
    rules.append(_rule(NOT_READ, "What was not judged", "A part that is not on this disk is unknown, not clean.", GLOSSARY[NOT_READ], Severity.WARN))
    index = {rule["id"]: number for number, rule in enumerate(rules)}
    order = list(Severity)
    worst = nsmallest(MOST, report.findings, key=lambda one: (order.index(one.severity), one.rank))
    results = [_result(one, index) for one in worst]
    results += [{**_result(one.finding, index), "suppressions": [_suppression(one)]} for one in report.waived]
    driver = {"name": "Seawall", "version": __version__, "semanticVersion": __version__, "rules": rules}
    notices = [{"level": "error", "message": {"text": problem}} for problem in report.problems]
    invocation = {"executionSuccessful": not report.problems, "toolExecutionNotifications": notices}
    run = {"tool": {"driver": driver}, "automationDetails": {"id": "seawall/"}, "columnKind": "unicodeCodePoints",
           "invocations": [invocation], "results": results}  # fmt: skip
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, ensure_ascii=True, indent=1) + "\n"


def _help(sections: Any) -> str:
    return "\n\n".join(f"{name}: {text}" for name, text in sections.items())


def _rule(name: str, title: str, reason: str, text: str, severity: Severity) -> dict[str, Any]:
    return {
        "id": name,
        "name": "".join(word.capitalize() for word in name.split("-")),
        "shortDescription": {"text": title[:_LONGEST]},
        "fullDescription": {"text": reason[:_LONGEST]},
        "help": {"text": text},
        "defaultConfiguration": {"level": _LEVELS[severity]},
        "properties": {"tags": ["security", "docker", "compose"], "precision": "high", "security-severity": _SCORES[severity]},
    }


def _result(one: Found, index: dict[str, int]) -> dict[str, Any]:
    where = f"{one.service}: " if one.service else ""
    return {
        "ruleId": one.control,
        "ruleIndex": index[one.control],
        "level": _LEVELS[one.severity],
        "message": {"text": f"{where}{one.message}; {one.remedy}"},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {"uri": quote(one.place.file)},
                    "region": {"startLine": one.place.line, "startColumn": one.place.column},
                }
            }
        ],
        "partialFingerprints": {"seawall/v1": fingerprint(one)},
    }


def _suppression(one: Waived) -> dict[str, str]:
    return {"kind": "inSource", "status": "accepted", "justification": one.why}
