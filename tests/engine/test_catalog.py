"""The example catalog on the engine, in a process of its own: which catalogs are in use is decided once a process."""

import os
import subprocess
import sys

import pytest

from tests.engine.running import Engine
from tests.tools import ROOT

pytestmark = [pytest.mark.engine, pytest.mark.slow]


def test_what_the_example_brings_is_built_boots_and_holds_every_probe(engine: Engine) -> None:
    words = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/engine/of_catalog.py"]
    environment = {**os.environ, "SEAWALL_CATALOG": str(ROOT / "examples/catalog"), "SEAWALL_REQUIRE_ENGINE": "1"}
    done = subprocess.run(words, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stdout
    assert done.stdout.splitlines()[-1].startswith("6 passed"), done.stdout
