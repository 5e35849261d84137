"""A secret that moves into a file beside a Dockerfile does not get into the image."""

from pathlib import Path

import pytest

from wizard.fix import images
from wizard.fix.applying import Agrees
from wizard.fix.fixing import Fixed, fix

_COMPOSE = "services:\n  web:\n    build: {}\n  db:\n    image: postgres:17\n    environment: {{POSTGRES_PASSWORD: hunter2}}\n"
_RULES = "# Added by seawall fix: not for the image.\nsecrets/db_postgres_password\nDockerfile.orig\ncompose.yaml.orig\n"


def _fixed(folder: Path, monkeypatch: pytest.MonkeyPatch, dockerfile: str = "FROM python:3.12-slim\nCOPY . /srv\n", build: str = ".") -> Fixed:
    monkeypatch.chdir(folder)
    monkeypatch.setattr(images, "held", lambda project, mounts, folder: ())
    (folder / build).mkdir(exist_ok=True)
    Path("compose.yaml").write_text(_COMPOSE.format(build))
    Path(build, "Dockerfile").write_text(dockerfile)
    result = fix([Path()], lambda one: "", lambda texts, group: Agrees())
    assert list(result.secrets)
    return result


def _rules(result: Fixed, name: str = ".dockerignore") -> str:
    return result.texts.changed.get(name, ("", ""))[1]


def test_the_ignore_file_is_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert _rules(_fixed(tmp_path, monkeypatch)) == _RULES


@pytest.mark.parametrize("there, head", [
    ("*\n!app.py\n!secrets\n", "*\n!app.py\n!secrets\n"), ("node_modules", "node_modules\n"), ("a\r\n", "a\r\n"),
])  # fmt: skip
def test_what_is_in_it_stays_and_the_rules_come_last(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, there: str, head: str) -> None:
    (tmp_path / ".dockerignore").write_bytes(there.encode())
    assert _rules(_fixed(tmp_path, monkeypatch)) == head + (_RULES.replace("\n", "\r\n") if "\r" in there else _RULES)


def test_the_one_that_counts_for_the_dockerfile_gets_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".dockerignore").write_text("a\n")
    (tmp_path / "Dockerfile.dockerignore").write_text("b\n")
    result = _fixed(tmp_path, monkeypatch)
    assert _rules(result, "Dockerfile.dockerignore") == f"b\n{_RULES}" and not _rules(result)


@pytest.mark.parametrize("dockerfile", ["COPY app.py /srv/", "COPY --from=base . /srv", "COPY src/ /srv\nRUN cp . /x"])
def test_an_image_that_does_not_take_the_folder_needs_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, dockerfile: str) -> None:
    assert not _rules(_fixed(tmp_path, monkeypatch, f"FROM python:3.12-slim AS base\nFROM base\n{dockerfile}\n"))


@pytest.mark.parametrize("dockerfile", ["copy ./ /srv", 'ADD --chown=1:1 ["./", "/srv/"]', "COPY \\\n    app.py . /srv/", "ARG X\nCOPY $X /srv"])
def test_every_way_to_take_it_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, dockerfile: str) -> None:
    assert "secrets/db_postgres_password" in _rules(_fixed(tmp_path, monkeypatch, f"FROM python:3.12-slim\n{dockerfile}\n"))


def test_a_context_that_does_not_hold_them_needs_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    result = _fixed(tmp_path, monkeypatch, build="web")
    assert not any("ignore" in name for name in result.texts.changed)


def test_one_that_cannot_be_read_is_a_warning(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".dockerignore").mkdir()
    assert any(".dockerignore" in warning and "secrets" in warning for warning in _fixed(tmp_path, monkeypatch).warnings)
