"""`seawall doctor` on the engine of the tests."""

import json

import pytest

from tests.engine.running import Engine
from wizard.run import run

pytestmark = pytest.mark.engine


def test_it_sees_this_engine_and_compose(engine: Engine, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["doctor", "--format", "json"]) == 0
    found = {row["about"]: row for row in json.loads(capsys.readouterr().out)["findings"]}
    assert found["engine"]["seen"] == engine.run("version", "--format", "{{.Server.Version}}").strip()
    assert found["Compose"]["seen"] == engine.run("compose", "version", "--short").strip()
    assert found["seccomp"]["verdict"] == "ok"
