"""A service, or only its companions, in a Compose file that was there before: all of it starts, and works together."""

import shutil
from pathlib import Path

import pytest

from tests.engine.running import Engine, Running, free_port, new_name, started, until
from tests.thorough import thorough
from tests.tools import APPS, seawall

pytestmark = pytest.mark.engine

THEIRS = """services:
  old:
    image: redis:7   # stays
    healthcheck: {test: [CMD, redis-cli, ping], interval: 2s}
"""
APP = """services:
  web:
    build: .
    ports: ["127.0.0.1:%d:8000"]
    environment: {DATA_DIR: /data}
    tmpfs: [/data]
"""
DOCKERFILE = """FROM python:3.13-slim
WORKDIR /app
COPY requirements.txt .
RUN pip install --no-cache-dir -r requirements.txt
COPY . .
CMD ["gunicorn", "--bind", "0.0.0.0:8000", "app:app"]
"""


@pytest.mark.parametrize("app_is_there", thorough([False, True], [True]))
def test_what_is_joined_works_beside_what_was_there(app_is_there: bool, engine: Engine, tmp_path: Path) -> None:
    folder, port = Path(shutil.copytree(APPS / "ledger", tmp_path / "ledger")), free_port()
    (folder / "compose.yaml").write_text(APP % port if app_is_there else THEIRS)
    if app_is_there:
        (folder / "Dockerfile").write_text(DOCKERFILE)
    done = seawall(str(folder), "--yes", "--join", "--set", f"ports=127.0.0.1:{port}:8000")
    assert done.returncode == 0, done.stderr
    with started(Running(engine, folder, new_name("joined"), port)) as project:
        _, body = until(lambda: project.ask("/health"), lambda answer: answer[0] == 200)
        assert '"database":"ok","redis":"ok"' in body.replace(" ", "")
