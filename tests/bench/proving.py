"""How long `prove` takes for three services on the engine, beside building and starting them: what is left is its own."""

import json
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.tools import ROOT
from wizard.engine.docker import Docker
from wizard.errors import SeawallError

MOST = 5.0
"""Seconds that looking may take, twice, with reading and taking away."""


def report() -> str:
    """One project, once: the seconds of each part. Nothing where there is no engine."""
    try:
        Docker().version()
    except SeawallError as error:
        return f"proving: {error}\n"
    service = {"image": "python:3.13-slim", "init": True, "user": "10001:10001", "read_only": True, "cap_drop": ["ALL"], "command": ["sleep", "99"]}
    with TemporaryDirectory() as folder:
        Path(folder, "compose.yaml").write_text(json.dumps({"services": dict.fromkeys(("one", "two", "three"), service)}), encoding="utf-8")
        began = time.monotonic()
        done = subprocess.run(
            [sys.executable, "-m", "wizard", "prove", folder, "--format", "json"], cwd=ROOT, capture_output=True, text=True, check=False
        )
        took = time.monotonic() - began
    seconds = json.loads(done.stdout)["seconds"]
    own = took - sum(seconds[part] for part in ("build", "start", "health", "start again"))
    parts = "".join(f"  {part:<12} {seconds[part]:6.2f} s\n" for part in seconds)
    return f"proving three services (at most {MOST:g} s beside build and start)\n{parts}  {'all its own':<12} {own:6.2f} s\n"
