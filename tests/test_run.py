"""What is asked for without click (wizard.run) is what `seawall new` means, and no command is taken for a folder."""

from pathlib import Path

import pytest

from tests.tools import copy_app
from wizard.new import Options
from wizard.run import run
from wizard.scaffold import Request


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[tuple[Request, Options]]:
    """What was asked for, in place of asking."""
    calls: list[tuple[Request, Options]] = []
    monkeypatch.setattr("wizard.new.make_service", lambda request, options: calls.append((request, options)) or 0)
    return calls


@pytest.mark.parametrize("said", [[], ["./api"], ["api"], ["--no-animation", "api"], ["new", "api"]])
def test_a_folder_alone_is_what_new_means(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, asked: list[object], said: list[str]) -> None:
    app = copy_app("api", tmp_path)
    monkeypatch.chdir(app if not said else tmp_path)
    assert run(said) == 0
    folder = Path(said[-1] if said else ".")
    assert asked == [(Request(folder, folder), Options(ask=True))]


def test_a_folder_with_the_name_of_a_command_stays_a_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, asked: list[object], capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "controls").mkdir()
    monkeypatch.chdir(tmp_path)
    assert run(["controls"]) == 0
    assert "read-only-rootfs" in capsys.readouterr().out
    assert not asked


def test_a_folder_that_is_not_there_is_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run([f"{tmp_path}/nothing"]) == 2
    assert capsys.readouterr().err.count("\n") == 1
