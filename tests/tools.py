"""What several tests need: the Compose binary, BuildKit's parser, the sample apps, the command line in a process."""

import shutil
import signal
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
APPS = ROOT / "tests" / "apps"
APP_NAMES = ("ledger", "api", "gate", "brochure")


def seawall(*arguments: str, cwd: Path = ROOT, stdin: str | None = None, timeout: float = 120) -> subprocess.CompletedProcess[str]:
    """Run the command line as a user would, without a terminal."""
    return subprocess.run(
        [sys.executable, "-m", "wizard", *arguments],
        cwd=cwd, input=stdin if stdin is not None else "", capture_output=True, text=True, timeout=timeout,
        env={"PATH": "/usr/local/bin:/usr/bin:/bin", "PYTHONPATH": str(ROOT), "HOME": "/nonexistent", "LANG": "C.UTF-8"},
    )  # fmt: skip


def copy_app(name: str, folder: Path) -> Path:
    """A copy of a sample app."""
    target = folder / name
    shutil.copytree(APPS / name, target, ignore=shutil.ignore_patterns("node_modules", "__pycache__"))
    return target


def compose_config(text: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """What the real Compose says of a file (`config`); no engine is needed."""
    path = folder / "compose.yaml"
    path.write_text(text, encoding="utf-8")
    binary = Path(sys.executable).parent / "docker-compose"
    return subprocess.run(
        [str(binary), "-f", str(path), "config", "--format", "json"],
        capture_output=True, text=True, timeout=60, cwd=folder, env={"PATH": "/usr/bin:/bin", "HOME": "/nonexistent"},
    )  # fmt: skip


def hear_interrupts() -> None:
    """For children of a test: one that runs in the background ignores SIGINT, and they would inherit that."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
