"""What is already in the folder: a .dockerignore keeps its lines, secrets are kept and used, others are conflicts."""

import socket
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


def said(app: Path, *arguments: str) -> str:
    """What a run that works says."""
    result = seawall(str(app), "--yes", *arguments)
    assert result.returncode == 0, result.stderr
    return result.stdout


def test_nothing_lets_the_secrets_into_the_build_again(tmp_path: Path) -> None:
    app = copy_app("ledger", tmp_path)
    (app / ".dockerignore").write_text("secrets\n!secrets\n")
    said(app, "--force")
    assert (app / ".dockerignore").read_text().rstrip().endswith("\nsecrets")
    assert "Nothing to change" in said(app)


def test_a_gitignore_in_secrets_covers_them_in_the_end(tmp_path: Path) -> None:
    app = copy_app("ledger", tmp_path)
    (app / "secrets").mkdir(mode=0o700)
    (app / "secrets" / ".gitignore").write_text("*.md\n")
    said(app, "--force")
    assert (app / "secrets" / ".gitignore").read_text() == "*.md\n*\n"


def test_a_secret_that_the_service_cannot_read_is_named(tmp_path: Path) -> None:
    app = copy_app("ledger", tmp_path)
    (app / "secrets").mkdir(mode=0o700)
    (app / "secrets" / "postgres_password").write_text("mine")
    (app / "secrets" / "postgres_password").chmod(0o600)
    result = seawall(str(app), "--yes")
    assert result.returncode == 2
    assert "chmod 0444 secrets/postgres_password" in result.stderr


def test_a_stale_url_is_named(tmp_path: Path) -> None:
    app = copy_app("ledger", tmp_path)
    said(app)
    (app / "secrets" / "postgres_password").unlink()
    (app / "secrets" / "postgres_password").write_text("another")
    assert "secrets/database_url does not hold the present postgres_password" in said(app)


def test_what_a_container_mounts_can_be_read_again_after_a_strict_checkout(tmp_path: Path) -> None:
    app = copy_app("ledger", tmp_path)
    said(app)
    (app / ".seawall" / "ingress.conf").chmod(0o600)
    said(app)
    assert (app / ".seawall" / "ingress.conf").stat().st_mode & 0o777 == 0o644


@pytest.mark.parametrize("link", ["/var/run/docker.sock", "/", "/etc"])
def test_a_link_does_not_carry_the_host_in(tmp_path: Path, link: str) -> None:
    app = copy_app("api", tmp_path)
    (app / "inside").symlink_to(link)
    result = seawall(str(app), "--yes", "--set", "mounts=./inside:/x")
    assert result.returncode == 2
    assert "no-host-access" in result.stderr


def test_a_socket_is_not_carried_in(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    app = copy_app("api", tmp_path)
    monkeypatch.chdir(app)
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind("engine")
        result = seawall(str(app), "--yes", "--set", "mounts=./engine:/x")
    assert result.returncode == 2
    assert "no-host-access" in result.stderr


@pytest.mark.parametrize("setting", [
    "mounts=.:/x:rw", "mounts=./secrets:/x", "mounts=./docker.sock:/x", "mounts=/srv/podman.sock:/x", "devices=/dev/mapper/root: x",
    "devices=/dev/loop0: x", "devices=/dev/../dev/vda: x", "devices=/dev//sda: x",
])  # fmt: skip
def test_other_ways_to_the_host_are_closed(tmp_path: Path, setting: str) -> None:
    result = seawall(str(copy_app("api", tmp_path)), "--yes", "--set", setting)
    assert result.returncode == 2, result.stdout


def test_what_is_missing_or_beside_is_noted(tmp_path: Path) -> None:
    app = copy_app("api", tmp_path)
    (app / "docker-compose.yml").write_text("services: {}\n")
    (app / "compose.override.yaml").write_text("services: {}\n")
    notes = said(app, "--set", "mounts=./app.toml:/etc/app.toml", "--set", "image=redis:latest", "--set", "user=9:9")
    for part in ("./app.toml is not there yet", "docker-compose.yml is there as well", "compose.override.yaml is merged", "redis:latest moves"):
        assert part in notes


def test_written_elsewhere_it_says_where_it_builds(tmp_path: Path) -> None:
    app = copy_app("api", tmp_path)
    assert f"copy them into {app}" in said(app, "--output", str(tmp_path / "out"))
    assert not (app / "compose.yaml").exists()


def test_a_mistyped_command_is_helped() -> None:
    result = seawall("nosuch")
    assert (result.returncode, result.stderr.count("\n")) == (2, 1)
    assert "no command and no folder" in result.stderr
    assert "did you mean explain" in seawall("explan", "read_only").stderr


def test_a_waived_secrets_control_hands_all_of_them_over(tmp_path: Path) -> None:
    app = copy_app("ledger", tmp_path)
    said(app, "--waive", "secrets-as-files=the platform takes variables only", "--set", "secrets=api_key as API_KEY")
    variables = dict(line.split("=", 1) for line in (app / "secrets" / "ledger.env").read_text().splitlines())
    assert variables["API_KEY"] == (app / "secrets" / "api_key").read_text()
    assert variables["DATABASE_URL"] == (app / "secrets" / "database_url").read_text()
    assert "secrets/ledger.env" in (app / "compose.yaml").read_text()
