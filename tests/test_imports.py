"""Law 10: light commands stay light, seen over `sys.modules` of a process that ran them."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.tools import APPS, ROOT, copy_app

HEAVY = frozenset(("textual", "questionary", "prompt_toolkit", "rich", "jinja2", "ruamel", "docker", "requests"))
"""What a light command has no need of; the top-level name of each."""

_RUN = """
import json, sys
from wizard.__main__ import main
sys.argv = ["seawall", *sys.argv[1:]]
code = 0
try:
    main()
except SystemExit as ended:
    code = ended.code or 0
print(json.dumps([code, sorted({name.partition(".")[0] for name in sys.modules})]), file=sys.stderr)
"""


def imported(*arguments: str, folder: Path = ROOT) -> frozenset[str]:
    """Top-level names of all modules that a command imported; it has to end well."""
    ran = subprocess.run(
        [sys.executable, "-c", _RUN, *arguments], cwd=folder, capture_output=True, text=True, timeout=60, stdin=subprocess.DEVNULL,
        env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT), "HOME": "/nonexistent", "LANG": "C.UTF-8"},
    )  # fmt: skip
    code, modules = json.loads(ran.stderr.splitlines()[-1])
    assert code == 0, ran.stderr
    return frozenset(modules)


@pytest.mark.parametrize(
    "command",
    [
        ("--version",), ("--help",), ("new", "--help"), ("explain",), ("explain", "read_only"), ("explain", "NET_RAW"), ("controls",),
        ("explain", "--cap-drop"), ("explain", "EROFS"), ("explain", "--decode", "a80425fb"), ("explain", "volumes", "--format", "json"),
        ("controls", "--format", "json"), ("stacks",), ("companions",), ("schema",), ("demo",), ("demo", "--replay", "log-rotation"), ("detect", str(APPS / "ledger")),
    ],
    ids=lambda command: "-".join(Path(word).name for word in command),
)  # fmt: skip
def test_light_commands_import_nothing_heavy(command: tuple[str, ...]) -> None:
    assert not imported(*command) & HEAVY


def test_version_imports_no_package_but_ours() -> None:
    assert not imported("--version") & {"click", "msgspec", "inspect"}


def test_the_package_itself_imports_nothing() -> None:
    code = "import sys; before = set(sys.modules); import wizard; print(sorted(set(sys.modules) - before))"
    ran = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert ran.stdout == "['wizard']\n"


def test_without_questions_no_front_end_is_imported(tmp_path: Path) -> None:
    modules = imported("new", str(copy_app("ledger", tmp_path)), "--yes")
    assert not modules & {"questionary", "prompt_toolkit", "textual", "rich", "docker", "requests"}


def test_check_imports_no_front_end_no_templates_and_no_engine(tmp_path: Path) -> None:
    (tmp_path / "compose.yaml").write_text("services:\n  a:\n    image: postgres:17\n    build: .\n")
    (tmp_path / "Dockerfile").write_text("FROM debian:13\nUSER 5:5\n")
    modules = imported("check", "--fail-on", "stop", str(tmp_path))
    assert not modules & (HEAVY)
    (tmp_path / "Dockerfile").unlink()
    assert not imported("check", "--fail-on", "stop", str(tmp_path)) & HEAVY


@pytest.mark.parametrize("module", sorted((ROOT / "wizard" / "tui").glob("*.py")), ids=lambda module: module.stem)
def test_a_module_of_the_wizard_is_read_in_one_go(module: Path) -> None:
    assert len(module.read_text(encoding="utf-8").splitlines()) <= 300
