"""A second engine, of this host's own dockerd, with settings of its own: nothing of the host is changed, and the first one is left alone."""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from tests.engine.running import Engine, until

_HOME = """
set -e
ip link set lo up
mount -t overlay overlay -o lowerdir=/etc,upperdir=$1/etc,workdir=$1/work /etc
echo ready
exec sleep infinity
"""
"""A network of its own, since two engines in one delete each other's rules; an /etc of its own, since userns-remap makes a user."""


class SecondEngine:
    """It runs between `start` and `stop`, several times if need be; its containers may live on in between."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.engine = Engine({**os.environ, "DOCKER_HOST": f"unix://{folder}/docker.sock"})
        self.daemon: subprocess.Popen[bytes] | None = None
        self.home = subprocess.Popen(["unshare", "--mount", "--net", "sh", "-c", _HOME, "sh", str(folder)], stdout=subprocess.PIPE)
        assert self.home.stdout
        assert self.home.stdout.readline() == b"ready\n"

    def start(self, settings: Mapping[str, Any]) -> None:
        """Start it with these settings, and wait until it answers. Raises AssertionError with the end of its log."""
        (self.folder / "daemon.json").write_text(json.dumps(settings))
        where = ("--data-root", f"{self.folder}/data", "--exec-root", f"{self.folder}/exec", "--pidfile", f"{self.folder}/pid")
        with (self.folder / "log").open("wb") as log:
            self.daemon = subprocess.Popen(
                ["nsenter", f"--target={self.home.pid}", "--mount", "--net", "dockerd", "--config-file", f"{self.folder}/daemon.json", *where,
                 "--host", f"unix://{self.folder}/docker.sock"], stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True,
            )  # fmt: skip
        until(
            lambda: (self.daemon and self.daemon.poll() is not None) or self.engine.run("version", check=False).count("Version") > 1, bool, within=30
        )
        assert self.daemon.poll() is None, (self.folder / "log").read_text()[-2000:]

    def stop(self) -> None:
        """End it, not its containers."""
        assert self.daemon
        self.daemon.send_signal(signal.SIGTERM)
        self.daemon.wait(timeout=30)
        self.daemon = None

    def reload(self, settings: Mapping[str, Any]) -> None:
        """Have it read its settings again while it runs."""
        assert self.daemon
        (self.folder / "daemon.json").write_text(json.dumps(settings))
        self.daemon.send_signal(signal.SIGHUP)

    def close(self) -> None:
        """Take away whatever runs on it, and itself."""
        if self.daemon is None and (self.folder / "daemon.json").exists():
            # Containers may have outlived it.
            self.start(json.loads((self.folder / "daemon.json").read_text()))
        if self.daemon and self.daemon.poll() is None:
            if left := self.engine.run("ps", "--all", "--quiet", check=False).split():
                self.engine.run("rm", "--force", *left, check=False)
            self.stop()
        self.home.kill()
        self.home.communicate()
        shutil.rmtree(self.folder, ignore_errors=True)


@contextlib.contextmanager
def second_engine() -> Iterator[SecondEngine]:
    """One that is not started yet."""
    # Not below pytest's folders: users that are remapped have to pass through all of them.
    folder = Path(tempfile.mkdtemp(prefix="seawall-second-", dir="/var/tmp"))
    folder.chmod(0o755)
    for name in ("etc", "work"):
        (folder / name).mkdir(mode=0o755)
    second = SecondEngine(folder)
    try:
        yield second
    finally:
        second.close()
