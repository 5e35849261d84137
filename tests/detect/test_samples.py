"""Every sample folder is read right; one table says how often, and how often what was wrong was said with certainty."""

import shlex
from pathlib import Path

import pytest
from msgspec import Struct

from tests.detect.samples import Sample, samples
from wizard.detect import detect
from wizard.detect_report import as_json, as_text
from wizard.errors import UsageError
from wizard.scaffold import Request, begin, outcome, what_is_missing
from wizard.several import language_of, manager_of, version_of
from wizard.stack import Detected

SAMPLES = samples()
ALWAYS = ("language", "version", "framework", "package_manager", "command", "ports")
"""Facts that are compared in every sample: one that is not written there is not to be found."""

_EVIDENCE = {
    "language": ("stack.language",), "version": ("stack.version", "at_least"), "framework": ("stack.framework",),
    "package_manager": ("package_manager", "stack.package_manager"), "command": ("command",), "ports": ("ports",), "health": ("health",),
    "companions": ("companions",), "writes": ("writable",), "source": ("stack.source",), "static": ("static",), "folder": ("folder",),
}  # fmt: skip


class Compared(Struct, frozen=True):
    """One fact of one sample."""

    fact: str
    expected: str
    seen: str
    certain: bool

    @property
    def right(self) -> bool:
        """Whether it is what the sample says."""
        if self.fact in ("warns", "cannot"):
            return self.expected in self.seen
        return self.expected == self.seen


def seen_of(found: Detected, fact: str) -> str:
    """A fact as the samples spell it."""
    answers, stack, told = found.answers, found.stack, found.told
    rows = [row["service"] for row in answers.get("companions", ())]
    values = {
        "language": language_of(found), "version": version_of(found), "framework": stack.get("framework"), "package_manager": manager_of(found),
        "command": shlex.join(answers.get("command", ())), "ports": ", ".join(str(port["container"]) for port in answers.get("ports", ())),
        "health": answers.get("health", {}).get("http", "none"), "companions": ", ".join(rows) or "none",
        "writes": ", ".join(row["path"] for row in answers.get("writable", ()) if row["path"] != "/tmp"), "source": stack.get("source"), "lockfile": stack.get("lockfile"), "quirks": " ".join(stack.get("quirks", ())), "build": shlex.join(stack.get("build", ())),
        "arguments": " ".join(f"{name}={value}" for name, value in stack.get("arguments", {}).items()), "packages": " ".join(stack.get("packages", ())),
        "system_packages": " ".join(stack.get("system_packages", ())),
        "static": told.get("static"), "folder": told.get("folder"), "services": ", ".join(row["path"] for row in told.get("services", ())),
        "secrets": ", ".join(told.get("secrets", ())), "warns": "; ".join(found.warnings), "cannot": found.cannot,
    }  # fmt: skip
    return str(values[fact] or "")


def compared(sample: Sample, folder: Path) -> list[Compared]:
    """Every fact of a sample."""
    found = detect(sample.unpack(folder))
    sure = {entry.fact for entry in found.evidence if entry.certainty != "assumed"}
    rows = []
    for fact in dict.fromkeys((*ALWAYS, *sample.expected)):
        expected = sample.expected.get(fact, "")
        if fact == "command":
            expected = shlex.join(shlex.split(expected))
        rows.append(Compared(fact, expected, seen_of(found, fact), bool(sure & set(_EVIDENCE.get(fact, ())))))
    return rows


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.name)
def test_a_sample_is_read_right(sample: Sample, tmp_path: Path) -> None:
    assert [(row.fact, row.seen) for row in compared(sample, tmp_path) if not row.right] == [], {
        row.fact: row.expected for row in compared(sample, tmp_path) if not row.right
    }


def test_how_often_each_fact_is_right(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = [row for number, sample in enumerate(SAMPLES) for row in compared(sample, tmp_path / str(number))]
    lines = [f"{'fact':18}{'samples':>8}{'right':>8}{'sure and wrong':>16}"]
    for fact in dict.fromkeys(row.fact for row in rows):
        of_it = [row for row in rows if row.fact == fact]
        right, wrong = sum(row.right for row in of_it), sum(not row.right and row.certain and bool(row.seen) for row in of_it)
        lines.append(f"{fact:18}{len(of_it):8}{right:8}{wrong:16}")
    with capsys.disabled():
        print("\n" + "\n".join(lines))
    assert len(SAMPLES) >= 60
    assert not [row for row in rows if not row.right and row.certain and row.seen]


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.name)
def test_what_is_made_of_a_sample_is_whole_or_refused_in_one_line(sample: Sample, tmp_path: Path) -> None:
    folder = sample.unpack(tmp_path / "app")
    request = Request(folder, folder)
    session = begin(request)
    problem = what_is_missing(session)
    if sample.expected.get("cannot"):
        assert problem is not None
        assert sample.expected["cannot"] in problem
    if problem:
        assert problem.isprintable()
        with pytest.raises(UsageError):
            outcome(session, request)
    else:
        assert any(change.file.path == "Dockerfile" for change in outcome(session, request).plan.changes)
    assert sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()) == sorted(sample.files)


@pytest.mark.parametrize("sample", [sample for sample in SAMPLES if sample.expected.get("language")], ids=lambda sample: sample.name)
def test_every_fact_has_a_place_and_every_line_fits(sample: Sample, tmp_path: Path) -> None:
    found = detect(sample.unpack(tmp_path))
    assert as_json(found)
    for entry in found.evidence:
        lines = sample.files[entry.file].split("\n")
        assert 1 <= entry.line <= len(lines), entry
    assert max(map(len, as_text(found).splitlines())) <= 80


def test_the_wizard_says_what_it_found_and_cannot_build(tmp_path: Path) -> None:
    from wizard.prompts.words import opening
    from wizard.wording import uncertain

    sample = next(sample for sample in SAMPLES if sample.name == "go-rust/rust-library")
    folder = sample.unpack(tmp_path / "app")
    session = begin(Request(folder, folder))
    said = "It has no binary, so there is nothing that could be started"
    assert said in " ".join(opening(session).split())
    assert [said in doubt.text for doubt in uncertain(session)] == [True]
    other = begin(Request(folder, folder, ("image=ghcr.io/acme/notes:1", "user=1000:1000")))
    assert what_is_missing(other) is None
    assert [change.file.path for change in outcome(other, Request(folder, folder)).plan.changes if change.file.path == "Dockerfile"] == []
