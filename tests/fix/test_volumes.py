"""Which volumes may hold somebody's data: by the names of Compose, by who was started from the folder, and rather one too many."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from wizard.errors import NoEngineError
from wizard.fix import volumes
from wizard.fix.volumes import Volume, held

_PROJECT = {"name": "shop", "volumes": {"data": {"name": "shop_data"}, "named": {"name": "elsewhere"}}}
_MOUNTS = {"data": "/data", "named": "/named"}


class _Engine:
    """Has what a test gives it: volumes with their project and key, and projects with the folder that they were started from."""

    has: tuple[str, ...] = ()
    started: tuple[str, ...] = ()

    def do(self, words: Sequence[str], seconds: float) -> tuple[int, str]:
        return 0, "\n".join(self.has if words[0] == "volume" else self.started)


@pytest.fixture(autouse=True)
def engine(monkeypatch: pytest.MonkeyPatch) -> type[_Engine]:
    monkeypatch.setattr(volumes, "Docker", _Engine)
    monkeypatch.setattr(_Engine, "has", ("shop_data\tshop\tdata", "other_data\tother\tdata", "loose\t\t"))
    monkeypatch.setattr(_Engine, "started", ("/somewhere\tother",))
    return _Engine


def test_those_of_the_project_by_the_name_that_the_engine_knows(engine: type[_Engine]) -> None:
    assert held(_PROJECT, _MOUNTS, Path("/shop")) == (Volume("shop_data", "/data", "shop"),)
    engine.has = ("elsewhere\t\t",)
    assert held(_PROJECT, _MOUNTS, Path("/shop")) == (Volume("elsewhere", "/named", ""),)


def test_those_of_a_project_that_was_started_here_under_another_name(engine: type[_Engine], tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path)
    engine.started = (f"{tmp_path}/link\tother", "\t")
    assert [one.name for one in held(_PROJECT, _MOUNTS, tmp_path)] == ["shop_data", "other_data"]


def test_every_one_that_may_be_meant_where_compose_does_not_say(engine: type[_Engine]) -> None:
    assert [one.name for one in held({}, _MOUNTS, Path("/shop"))] == ["shop_data", "other_data"]


def test_all_of_them_where_nobody_can_be_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody() -> None:
        raise NoEngineError("no engine")

    monkeypatch.setattr(volumes, "Docker", nobody)
    assert [one.name for one in held(_PROJECT, _MOUNTS, Path("/shop"))] == ["shop_data", "elsewhere"]
