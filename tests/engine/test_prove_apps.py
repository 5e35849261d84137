"""Each sample app, and each companion that a test boots, is proven green by `seawall prove`: built, probed, restarted, probed again."""

import json
from pathlib import Path

import pytest

from tests.engine.running import PORTS, Engine, scaffold
from tests.engine.test_companions import BOOTED
from tests.thorough import thorough
from tests.tools import APP_NAMES, APPS, seawall

pytestmark = pytest.mark.engine


def _is_green(folder: Path) -> None:
    done = seawall("prove", str(folder), "--format", "json")
    data = json.loads(done.stdout)
    assert [one for one in data["evidence"] if not one["passed"]] == []
    assert (done.returncode, data["passed"], data["troubles"]) == (0, True, [])
    print(f"{folder.name}: {len(data['evidence'])} of {len(data['evidence'])}, {len(data['unprovable'])} not provable here, {data['seconds']}")


@pytest.mark.parametrize("app", thorough(APP_NAMES, ()))
def test_each_sample_app_is_proven(engine: Engine, tmp_path: Path, app: str) -> None:
    _is_green(scaffold(engine, APPS / app, tmp_path / app, inside=PORTS[app]).folder)


@pytest.mark.parametrize("companion", thorough(BOOTED, ()))
def test_each_companion_is_proven(engine: Engine, tmp_path: Path, companion: str) -> None:
    (tmp_path / "source").mkdir()
    settings = ("name=client", "image=python:3.13-slim", "user=10001:10001", "command=python -m http.server 8000", "ports=8000", "health=none: it is the client",
                f"companions={companion}")  # fmt: skip
    words = [word for setting in settings for word in ("--set", setting)]
    _is_green(scaffold(engine, tmp_path / "source", tmp_path / companion, *words, inside=8000).folder)
