"""Files that are as Seawall wrote them are renewed without asking; one that a person edited is theirs."""

from pathlib import Path

import pytest

from tests.tools import copy_app
from wizard.finish import finish
from wizard.scaffold import Request, begin, outcome


@pytest.fixture
def app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return copy_app("ledger", tmp_path)


def write(folder: Path, *settings: str, overwrite: bool = False) -> tuple[tuple[str, str], ...]:
    request = Request(folder, folder, settings)
    session = begin(request)
    return finish(outcome(session, request), request, session, overwrite).backups


def conflicts(folder: Path, *settings: str) -> list[str]:
    request = Request(folder, folder, settings)
    return [change.file.path for change in outcome(begin(request), request).plan.conflicts]


def test_a_changed_answer_renews_what_was_written_and_keeps_no_copies(app: Path) -> None:
    write(app)
    assert conflicts(app, "limits.memory=768M") == []
    assert write(app, "limits.memory=768M") == ()
    assert "768m" in (app / "compose.yaml").read_text()
    assert not list(app.glob("*.orig"))


def test_an_edited_file_is_the_persons(app: Path) -> None:
    write(app)
    (app / "compose.yaml").write_text((app / "compose.yaml").read_text() + "# mine\n")
    assert conflicts(app, "limits.memory=768M") == ["compose.yaml"]
    assert write(app, "limits.memory=768M", overwrite=True) == (("compose.yaml", "compose.yaml.orig"),)
    assert (app / "compose.yaml.orig").read_text().endswith("# mine\n")


def test_what_was_there_before_is_the_persons(app: Path) -> None:
    (app / "Dockerfile").write_text("FROM scratch\n")
    assert conflicts(app) == ["Dockerfile"]


def test_without_a_state_folder_everything_that_differs_is_the_persons(app: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", "/proc/nowhere")
    write(app)
    assert "compose.yaml" in conflicts(app, "limits.memory=768M")


def test_another_folder_is_not_known_by_this_one(app: Path, tmp_path: Path) -> None:
    write(app)
    (tmp_path / "other").mkdir()
    other = copy_app("ledger", tmp_path / "other")
    (other / "compose.yaml").write_text((app / "compose.yaml").read_text())
    assert conflicts(other, "limits.memory=768M") == ["compose.yaml"]
