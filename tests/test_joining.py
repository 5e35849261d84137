"""A service, or only its companions, added to a Compose file that is there: its own lines stay as they are."""

import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.check.tools import seawall
from tests.test_prompts import REVIEW, Scripted, agreed
from wizard.prompts.interview import JOIN, Interview
from wizard.scaffold import Request, begin, outcome

APPS = Path(__file__).parent / "apps"
THEIRS = "# ours since 2019\nservices:\n  old:\n    image: own/old:1   # stays\n    networks: [x]\n\nnetworks:\n  x: {}\n"
WITH_APP = "services:\n  web:\n    build: .\n    environment:\n      - LOG=1   # loud\n    depends_on: [other]\n  other: {image: 'own/x:1'}\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    return Path(shutil.copytree(APPS / "api", tmp_path / "api"))


def services(path: Path) -> dict[str, Any]:
    import yaml

    return dict(yaml.safe_load(path.read_text())["services"])


def test_a_service_is_added_beside_those_that_are_there(folder: Path) -> None:
    (folder / "docker-compose.yml").write_text(THEIRS)
    done = seawall("new", ".", "--yes", "--join", "--set", "companions=postgres", "--set", "name=shop", cwd=folder)
    assert (done.returncode, done.stderr) == (0, "")
    text = (folder / "docker-compose.yml").read_text()
    assert all(line in text for line in THEIRS.splitlines())
    assert not (folder / "compose.yaml").exists()
    assert (folder / "docker-compose.yml.orig").read_text() == THEIRS
    assert services(folder / "docker-compose.yml").keys() == {"old", "shop", "postgres", "ingress"}
    found = seawall("check", "--format", "json", cwd=folder).stdout
    assert '"service": "shop"' not in found
    assert '"service": "postgres"' not in found


def test_what_was_added_is_renewed_when_an_answer_changes_and_the_rest_is_not(folder: Path) -> None:
    (folder / "compose.yaml").write_text(THEIRS)
    seawall("new", ".", "--yes", "--join", "--set", "name=shop", cwd=folder)
    once = (folder / "compose.yaml").read_text()
    seawall("new", ".", "--yes", "--join", cwd=folder)
    assert (folder / "compose.yaml").read_text() == once
    done = seawall("new", ".", "--yes", "--join", "--set", "limits.memory=300M", cwd=folder)
    assert done.returncode == 0
    assert services(folder / "compose.yaml")["shop"]["mem_limit"] == "300m"
    assert all(line in (folder / "compose.yaml").read_text() for line in THEIRS.splitlines())


def test_an_app_that_is_there_stays_and_is_connected_to_the_companion(folder: Path) -> None:
    (folder / "compose.yaml").write_text(WITH_APP)
    done = seawall("new", ".", "--yes", "--join", "--set", "companions=postgres", cwd=folder)
    assert (done.returncode, done.stderr) == (0, "")
    found = services(folder / "compose.yaml")
    web = found["web"]
    assert "      - LOG=1   # loud\n" in (folder / "compose.yaml").read_text()
    assert web["build"] == "."
    assert set(web["environment"]) >= {"LOG=1", "PGHOST=postgres", "PGPORT=5432", "DATABASE_URL_FILE=/run/secrets/database_url"}
    assert web["networks"] == ["default", *found["postgres"]["networks"]]
    assert web["depends_on"] == ["other", "postgres"]
    assert set(web["secrets"]) == {"postgres_password", "database_url"}
    assert found["postgres"]["user"] == "999:999"
    assert "curl" not in done.stdout  # where it answers is its own matter
    # Nothing else of the app is written: it is not Seawall's.
    assert not (folder / "Dockerfile").exists()
    assert not (folder / "seawall.yaml").exists()
    assert (folder / "secrets" / "postgres_password").is_file()
    assert "Nothing to change" in seawall("new", ".", "--yes", "--join", "--set", "companions=postgres", cwd=folder).stdout


@pytest.mark.parametrize(("text", "options", "said"), [
    (None, (), "no Compose file is there"),
    (WITH_APP, (), "has the service «web» already"),
    (WITH_APP.replace("other:", "postgres:"), ("--set", "companions=postgres"), "a service «postgres» already"),
    (THEIRS.replace("  x: {}", "  front: {}"), ("--set", "name=shop"), "has networks: «front» already"),
    ("services: []\n", (), "would change"),
])  # fmt: skip
def test_what_cannot_be_added_is_said_in_one_line_and_nothing_is_written(text: str | None, options: tuple[str, ...], said: str, folder: Path) -> None:
    if text is not None:
        (folder / "compose.yaml").write_text(text)
    before = sorted(path.name for path in folder.iterdir())
    done = seawall("new", ".", "--yes", "--join", *options, cwd=folder)
    assert done.returncode == 2
    assert said in done.stderr
    assert done.stderr.count("\n") == 1
    assert sorted(path.name for path in folder.iterdir()) == before


def test_without_join_the_error_says_that_there_is_this_way(folder: Path) -> None:
    (folder / "compose.yaml").write_text(THEIRS)
    assert "--join" in seawall("new", ".", "--yes", cwd=folder).stderr


def test_a_file_of_our_own_is_not_added_to(folder: Path) -> None:
    seawall("new", ".", "--yes", cwd=folder)
    before = (folder / "compose.yaml").read_text()
    seawall("new", ".", "--yes", "--join", cwd=folder)
    assert (folder / "compose.yaml").read_text() == before


@pytest.mark.parametrize("joins", [True, False])
def test_the_plain_prompts_offer_it_first(joins: bool, folder: Path) -> None:
    (folder / "compose.yaml").write_text(THEIRS)
    person = Scripted()
    person.replies[JOIN] = [joins]
    person.replies[REVIEW] = [] if joins else ["write"]
    person.replies["Replace compose.yaml? (kept as NAME.orig)"] = [True]
    request = Request(folder, folder)
    found = agreed(Interview(person, begin(request), request).run())
    assert person.messages[0] == JOIN
    assert "old" in " ".join(person.said)
    text = next(change.file.text for change in outcome(found.session, found.request).plan.changes if change.file.path == "compose.yaml")
    assert ("own/old:1" in text) is joins
