"""A registry on this machine's own loopback, which every engine takes without TLS: Debian's docker-registry, in a folder of its own."""

import contextlib
import os
import shutil
import signal
import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.engine.running import free_port, until

PROGRAM = "docker-registry"


@contextlib.contextmanager
def registry(folder: Path) -> Iterator[str]:
    """Its address while it runs. Skips where the program is not installed."""
    if not shutil.which(PROGRAM):
        pytest.skip(f"{PROGRAM} is not installed (the Debian package of that name)")
    address = f"127.0.0.1:{free_port()}"
    config = folder / "registry.yaml"
    config.write_text(
        f"version: 0.1\nlog: {{level: error}}\nstorage: {{filesystem: {{rootdir: {folder / 'registry'}}}}}\nhttp: {{addr: '{address}'}}\n"
    )
    with subprocess.Popen([PROGRAM, "serve", config], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=dict(os.environ)) as running:
        try:
            until(lambda: answers(f"http://{address}/v2/")[0], lambda status: status == 200, within=20)
            yield address
        finally:
            running.send_signal(signal.SIGTERM)


def answers(url: str) -> tuple[int, str]:
    """Status, and the digest that the registry gives for a manifest; status 0 when nothing answers."""
    accept = "application/vnd.docker.distribution.manifest.v2+json"
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(urllib.request.Request(url, headers={"Accept": accept}), timeout=5) as found:
            return found.status, found.headers.get("Docker-Content-Digest", "")
    except urllib.error.HTTPError as error:
        with error:
            return error.code, ""
    except OSError:
        return 0, ""
