"""Law 4, and of law 2 that what is read is read as Compose reads it, of files that hypothesis draws."""

import os
import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, assume, given, settings

from tests.check.test_dockerfiles import told_by_buildkit
from tests.check.test_reading import written
from tests.fix.law_4 import mended
from tests.fix.strategies import DOCKERFILE, DOCUMENT, Written
from tests.fix.test_corpus import compose_config, read_by_both
from tests.thorough import examples
from wizard.check.dockerfiles import dockerfile
from wizard.check.source import NotReadError

_EXAMPLES = int(os.environ.get("SEAWALL_EXAMPLES", examples(36)))
"""How many of each are drawn; with thousands it takes a while and finds more."""

_SETTINGS = settings(max_examples=_EXAMPLES, derandomize="SEAWALL_EXAMPLES" not in os.environ, deadline=None, phases=[Phase.generate, Phase.shrink],
                     suppress_health_check=list(HealthCheck))  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the files of one example after the other stand; without Compose our own reading alone decides."""
    monkeypatch.setattr("wizard.fix.second_opinion.command", lambda: ())
    return tmp_path / "project"


def anew(folder: Path, files: dict[str, str]) -> Path:
    """The folder with these files alone."""
    shutil.rmtree(folder, ignore_errors=True)
    return written(folder, files)


@_SETTINGS
@given(DOCUMENT)
def test_law_4_holds_of_compose_documents_in_every_shape(folder: Path, document: Written) -> None:
    mended(anew(folder, {"compose.yaml": document.text()}))


@settings(_SETTINGS, max_examples=max(_EXAMPLES // 3, 1))
@given(DOCUMENT)
def test_law_2_documents_are_read_as_compose_reads_them_before_and_after(folder: Path, document: Written) -> None:
    anew(folder, {"compose.yaml": document.text()})
    assume(accepted(folder))
    ours, theirs = read_by_both(folder)
    assert ours == theirs
    mended(folder)
    ours, theirs = read_by_both(folder)
    assert ours == theirs


def accepted(folder: Path) -> bool:
    """Whether Compose accepts it: what it refuses as a whole (two kinds of limits that differ) is nobody's file."""
    try:
        compose_config(folder)
    except AssertionError:
        return False
    return True


@_SETTINGS
@given(DOCKERFILE)
def test_law_4_holds_of_dockerfiles_in_every_spelling(folder: Path, text: str) -> None:
    try:
        dockerfile(text.removeprefix("\ufeff"), "Dockerfile")
    except NotReadError:
        return  # an argument without a value, a heredoc without an end
    anew(folder, {"compose.yaml": "services:\n  app:\n    build: .\n", "Dockerfile": text})
    mended(folder)
    with open(folder / "Dockerfile", encoding="utf-8-sig", newline="") as file:
        rest = iter([name for name, _, _ in told_by_buildkit(file.read())])
    assert all(name in rest for name, _, _ in told_by_buildkit(text.removeprefix("\ufeff")) if name != "USER")
