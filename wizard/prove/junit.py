"""The proof as JUnit XML, which every CI shows: a suite a service, a case a look; what is not provable here is skipped."""

import io
import re
from collections.abc import Iterator
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from wizard.prove.evidence import Evidence, NotProvable, Report, Trouble
from wizard.text import visible_all


def junit(report: Report) -> str:
    """The whole report."""
    root = Element("testsuites", name=f"seawall prove {_text(report.subject)}")
    looks: list[Evidence | NotProvable | Trouble] = [*report.evidence, *report.unprovable, *report.troubles]
    for service in dict.fromkeys(one.service for one in looks):
        suite = SubElement(root, "testsuite", name=_text(service or "project"))
        cases = [*_cases(suite, report, service)]
        counts = {"tests": len(cases), "failures": len(suite.findall("*/failure")), "skipped": len(suite.findall("*/skipped")), "errors": 0}
        for name, number in counts.items():
            suite.set(name, str(number))
        suite.set("time", f"{sum(float(case.get('time', '0')) for case in cases):.3f}")
    for name in ("tests", "failures", "errors"):
        root.set(name, str(sum(int(suite.get(name, "0")) for suite in root)))
    root.set("time", f"{sum(report.seconds.values()):.3f}")
    ElementTree.indent(root)
    out = io.StringIO()
    ElementTree.ElementTree(root).write(out, encoding="unicode", xml_declaration=True)
    return out.getvalue() + "\n"


def _cases(suite: Element, report: Report, service: str) -> Iterator[Element]:
    looks: list[Evidence | NotProvable] = [*report.evidence, *report.unprovable]
    yield from (_case(suite, one) for one in looks if one.service == service)
    for trouble in report.troubles:
        if trouble.service == service:
            case = SubElement(suite, "testcase", classname=f"{_text(service)}.{trouble.control}", name="why it does not run")
            where = f"{trouble.place}: " if trouble.place else ""
            SubElement(case, "failure", message=_text(trouble.seen), type="trouble").text = _text(f"{where}{trouble.change}. {trouble.why}")
            yield case


def _case(suite: Element, one: Evidence | NotProvable) -> Element:
    again = " (restarted)" if isinstance(one, Evidence) and one.round == "restarted" else ""
    case = SubElement(suite, "testcase", classname=f"{_text(one.service)}.{one.control}", name=_text(one.what + again))
    if isinstance(one, NotProvable):
        SubElement(case, "skipped", message=_text(f"not provable here: {one.why}"))
        return case
    case.set("time", f"{one.seconds:.3f}")
    if not one.passed:
        said = f"expected {one.expected}; observed {one.observed}"
        SubElement(case, "failure", message=_text(said), type="evidence").text = _text(f"{said}; {one.place or one.how}")
    return case


def _text(text: str) -> str:
    """Without what XML cannot hold, escaped or not."""
    return re.sub("[\ud800-\udfff\ufffe\uffff]", "?", visible_all(text))
