"""The reports of a proof: what each of them says, that nothing in it gets out of its place, and what passes."""

import json
from html.parser import HTMLParser
from xml.etree import ElementTree

import pytest

from wizard.prove.command import shown
from wizard.prove.evidence import Evidence, NotProvable, Report, Trouble, Waived
from wizard.prove.text_report import Teller, ending

NASTY = "</code><script>alert(1)</script>]]>&\x1b[31m\x00‮ end"


def _report(nasty: str = "written") -> Report:
    return Report(
        "seawall-prove-1",
        [
            Evidence("web", "read-only-rootfs", "creating a file in /", "EROFS", "EROFS", True, 0.004, "awk", "", "started"),
            Evidence("web", "read-only-rootfs", "creating a file in /", "EROFS", nasty, False, 0.004, "awk", "compose.yaml:3", "restarted"),
        ],
        [NotProvable("web", "confinement-profiles", "apparmor:x", "this engine's kernel has no AppArmor")],
        [Waived("web", "log-rotation", "it says nothing")],
        [Trouble("db", f"cannot write {nasty}", "read-only-rootfs", "compose.yaml:9", "add to tmpfs", "so it runs", True)],
        seconds={"start": 1.5},
        before_and_after=[("user", "root", "10001", 0.0)],
    )


def test_json_has_the_keys_of_the_contract() -> None:
    data = json.loads(shown(_report(), "json"))
    assert {"service", "control", "expected", "observed", "passed", "seconds"} <= data["evidence"][0].keys()
    assert data["passed"] is False
    assert [one["why"] for one in data["unprovable"]] == ["this engine's kernel has no AppArmor"]


def test_a_proof_passes_only_where_something_was_seen_and_all_of_it_was_right() -> None:
    right = _report().evidence[0]
    assert not Report("x").passed
    assert Report("x", [right]).passed
    assert not Report("x", [right, _report().evidence[1]]).passed
    assert not Report("x", [right], troubles=_report().troubles).passed
    assert Report("x", [right], unprovable=_report().unprovable).passed


def test_junit_counts_what_failed_and_what_is_not_provable() -> None:
    root = ElementTree.fromstring(shown(_report(), "junit"))
    web, db = root.findall("testsuite")
    assert (web.get("name"), web.get("tests"), web.get("failures"), web.get("skipped")) == ("web", "3", "1", "1")
    assert db.find("testcase/failure") is not None
    failed = web.find("testcase/failure")
    assert failed is not None and "expected EROFS; observed written; compose.yaml:3" in (failed.text or "")


_ALLOWED = {
    "testsuites": ({"name", "tests", "failures", "errors", "time", "disabled"}, {"testsuite"}),
    "testsuite": ({"name", "tests", "failures", "errors", "skipped", "time", "timestamp", "hostname"}, {"testcase"}),
    "testcase": ({"name", "classname", "time"}, {"failure", "skipped", "error"}),
    "failure": ({"message", "type"}, set()),
    "skipped": ({"message"}, set()),
}
"""Attributes and children, as the schema that Jenkins publishes has them (junit-10.xsd)."""


def test_junit_has_the_shape_that_ci_reads() -> None:
    report = _report(NASTY)
    root = ElementTree.fromstring(shown(report, "junit"))
    for element in root.iter():
        attributes, children = _ALLOWED[element.tag]
        assert set(element.attrib) <= attributes and {child.tag for child in element} <= children, element.tag
        assert "name" in element.attrib or element.tag in ("failure", "skipped")
        assert all(float(element.get(name, "0")) >= 0 for name in ("tests", "failures", "errors", "skipped", "time"))
    cases = root.findall("*/testcase")
    assert root.get("tests") == str(len(cases)) == str(len(report.evidence) + len(report.unprovable) + len(report.troubles))
    assert root.get("failures") == str(len(root.findall("*/*/failure"))) == "2"
    assert [one.get("message") for one in root.findall("*/*/skipped")] == ["not provable here: this engine's kernel has no AppArmor"]
    names = [(case.get("classname"), case.get("name")) for case in cases]
    assert len(set(names)) == len(names)  # CI takes two of one name for one.


_VOID = {"meta", "br"}


class _Tags(HTMLParser):
    """Every tag is closed by its own, but for those that have no end."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.links: list[str] = []
        self.open: list[str] = []
        self.said: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.links += [value or "" for name, value in attrs if name in ("src", "href")]
        assert len(dict(attrs)) == len(attrs)
        self.open += [tag] if tag not in _VOID else []

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.said.append(data)


def read_page(report: Report) -> _Tags:
    read = _Tags()
    read.feed(shown(report, "html"))
    read.close()
    assert not read.open
    return read


def test_the_page_shows_what_is_done_without_a_control_beside_what_was_seen_here() -> None:
    said = " ".join(" ".join(read_page(_report(NASTY)).said).split())
    assert "GET /shell.py: the web shell runs as uid 65534" in said  # recorded: wizard/demos/recorded.json
    assert f"FAIL creating a file in /: {NASTY[:10]}" in said
    # All of it in words, for whoever sees no colour.
    assert "FAIL read-only-rootfs" in said and "ok read-only-rootfs" in said and "web: not proven" in said.replace("seawall-prove-1", "web")


def test_the_page_needs_nothing_else_and_shows_before_and_after() -> None:
    report = _report()
    # What the answers ask for is no picture of what did not hold.
    assert "Before and after" not in shown(report, "html")
    held = Report("x", report.evidence[:1], before_and_after=report.before_and_after)
    page, read = shown(held, "html"), read_page(held)
    assert not read.tags & {"script", "link", "img", "iframe"} and not read.links
    assert "not proven" not in page
    assert "Before and after" in page


@pytest.mark.parametrize("form", ["html", "junit", "json"])
def test_what_was_seen_does_not_get_out_of_its_place(form: str) -> None:
    text = shown(_report(NASTY), form)
    assert "<script>" not in text or form == "json"
    assert not {"\x1b", "\x00"} & set(text)
    if form == "junit":
        ElementTree.fromstring(text)


def test_the_text_names_each_service_once_and_says_of_the_second_round_only_what_is_new() -> None:
    lines: list[str] = []
    tell = Teller(lines.append, lambda _: None)
    report = _report(NASTY)
    first, second = report.evidence
    for one in (first, first, second, report.unprovable[0], report.troubles[0]):
        tell(one)
    before = len(lines)
    broken = Evidence("db", "runs", "runs", "running", "exited", False, 0.0, round="started")
    tell(broken)
    tell(Evidence("db", "runs", "runs", "running", "exited", False, 0.0, round="restarted"))
    assert lines.count("web") == 1 and lines[0] == "web"
    assert "  ok    creating a file in /: EROFS [read-only-rootfs]" in lines
    assert any("after a restart" in line for line in lines)
    assert len(lines) == before + 2
    assert all(len(line) <= 80 and line.isprintable() for line in lines)
    assert "1 of 2 looks as expected, 1 not provable here" in list(ending(report))
