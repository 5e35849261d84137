"""What is already in the folder: a .dockerignore keeps its lines, secrets are kept and used, others are conflicts."""

from pathlib import Path

import pytest

from tests.tools import copy_app, seawall


def test_a_dockerignore_keeps_its_lines_and_gets_what_it_lacks(tmp_path: Path) -> None:
    app = copy_app("api", tmp_path)
    (app / ".dockerignore").write_text("# mine\nfixtures\n.git/\n!keep.key")
    assert seawall(str(app), "--yes").returncode == 2
    assert seawall(str(app), "--yes", "--force").returncode == 0
    lines = (app / ".dockerignore").read_text().splitlines()
    assert lines[:4] == ["# mine", "fixtures", ".git/", "!keep.key"]
    assert "secrets" in lines
    assert ".git" not in lines
    again = seawall(str(app), "--yes")
    assert "Nothing to change" in again.stdout
    assert (app / ".dockerignore.orig").read_text().endswith("!keep.key")


def test_a_secret_that_is_there_is_kept_and_used(tmp_path: Path) -> None:
    app = copy_app("ledger", tmp_path)
    (app / "secrets").mkdir(mode=0o700)
    (app / "secrets" / "postgres_password").write_text("p@ss/w:rd %\n")
    result = seawall(str(app), "--yes")
    assert result.returncode == 0, result.stderr
    assert (app / "secrets" / "postgres_password").read_text() == "p@ss/w:rd %\n"
    assert (app / "secrets" / "database_url").read_text() == "postgresql://app:p%40ss%2Fw%3Ard%20%25@postgres:5432/app"
    assert "p@ss" not in result.stdout + result.stderr
    assert "p%40" not in result.stdout + result.stderr


def test_secrets_are_random_long_and_never_made_again(tmp_path: Path) -> None:
    values = set()
    for number in range(3):
        (tmp_path / str(number)).mkdir()
        app = copy_app("ledger", tmp_path / str(number))
        assert seawall(str(app), "--yes").returncode == 0
        secret = app / "secrets" / "postgres_password"
        values.add(secret.read_text())
        assert seawall(str(app), "--yes", "--set", "ports=8111", "--force").returncode == 0
        assert secret.read_text() in values
        assert (secret.stat().st_mode & 0o777, secret.parent.stat().st_mode & 0o777) == (0o444, 0o700)
        assert (app / "secrets" / ".gitignore").read_text() == "*\n"
    assert len(values) == 3
    assert all(len(value) >= 43 for value in values)


@pytest.mark.parametrize("text", ["", "  \n"])
def test_an_empty_secret_is_refused(tmp_path: Path, text: str) -> None:
    app = copy_app("ledger", tmp_path)
    (app / "secrets").mkdir(mode=0o700)
    (app / "secrets" / "postgres_password").write_text(text)
    result = seawall(str(app), "--yes")
    assert result.returncode == 2
    assert "is empty" in result.stderr


def test_a_file_of_the_person_is_a_conflict_until_a_yes(tmp_path: Path) -> None:
    app = copy_app("api", tmp_path)
    (app / "Dockerfile").write_text("FROM mine\n")
    result = seawall(str(app), "--yes")
    assert result.returncode == 2
    assert "-FROM mine" in result.stdout
    assert (app / "Dockerfile").read_text() == "FROM mine\n"
    assert not (app / "compose.yaml").exists()
    forced = seawall(str(app), "--yes", "--force")
    assert forced.returncode == 0
    assert "Dockerfile.orig" in forced.stdout
    assert (app / "Dockerfile.orig").read_text() == "FROM mine\n"


def test_dry_run_writes_nothing(tmp_path: Path) -> None:
    app = copy_app("ledger", tmp_path)
    before = sorted(str(path) for path in app.rglob("*"))
    result = seawall(str(app), "--dry-run")
    assert result.returncode == 0
    assert "a random secret would be created" in result.stdout
    assert sorted(str(path) for path in app.rglob("*")) == before
