"""How long a project of six services takes to render: in a fresh process, and again after one changed answer.

In processor time, so that a busy machine counts less. The measure beside it is one full dump of the same Compose document
by ruamel.yaml in the same process.
`python -m tests.bench.rendering` is one such process; `report` starts several.
"""

import json
import subprocess
import sys
from statistics import median
from time import process_time
from typing import Any

from tests.bench.measure import environment, table
from tests.tools import ROOT

PROCESSES = 11
CHANGES = 31
ANSWERS: dict[str, Any] = {
    "name": "ledger",
    "stack": {"language": "python", "package_manager": "pip", "lockfile": "requirements.txt"},
    "command": ["gunicorn", "--bind", "0.0.0.0:8000", "app:app"],
    "ports": [{"container": 8000, "publish": "127.0.0.1:8000"}],
    "writable": [{"path": "/tmp", "tmpfs": "64M"}, {"path": "/data", "volume": "data"}],
    "health": {"http": "/health"},
    "environment": {"LOG_LEVEL": "info"},
    "companions": [
        {"service": "postgres"},
        {"service": "redis"},
        {"service": "postgres", "name": "ledger-db"},
        {"service": "redis", "name": "cache"},
    ],
}
"""An app, its proxy and four companions."""


def report() -> str:
    """Medians over several fresh processes."""
    seen = [_in_a_fresh_process() for _ in range(PROCESSES + 1)][1:]
    rows = {name: median(times[name] for times in seen) for name in seen[0]}
    return table(f"Six services, median of {PROCESSES} processes", rows, _DUMP, "times the full dump")


_DUMP = "full ruamel.yaml dump of the same document"


def _in_a_fresh_process() -> dict[str, float]:
    ran = subprocess.run([sys.executable, "-m", "tests.bench.rendering"], cwd=ROOT, env=environment(), capture_output=True, text=True, check=True)
    times: dict[str, float] = json.loads(ran.stdout)
    return times


def measured() -> dict[str, float]:
    """Milliseconds in this process, which must not have rendered yet."""
    began = process_time()
    import jinja2  # noqa: F401 - the rendering imports it when it needs it

    from wizard.render import render
    from wizard.workload import evolve, make

    imported = process_time()
    workload = make(ANSWERS)
    artifacts = render(workload)
    cold = process_time()
    changes = []
    for number in range(CHANGES):
        start = process_time()
        render(evolve(workload, environment={"LOG_LEVEL": f"level{number}"}))
        changes.append(process_time() - start)
    compose = next(artifact.text for artifact in artifacts if artifact.path == "compose.yaml")
    return {
        "imports": (imported - began) * 1000,
        "cold, after the imports": (cold - imported) * 1000,
        "after one changed answer": median(changes) * 1000,
        _DUMP: _full_dump(compose) * 1000,
    }


def _full_dump(text: str) -> float:
    from io import StringIO

    from ruamel.yaml import YAML

    yaml = YAML(typ="rt")
    document = yaml.load(text)
    assert len(document["services"]) == 6
    times = []
    for _ in range(5):
        start = process_time()
        yaml.dump(document, StringIO())
        times.append(process_time() - start)
    return median(times)


if __name__ == "__main__":
    print(json.dumps(measured()))
