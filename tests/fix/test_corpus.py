"""Files as people write them: read as Compose and BuildKit read them, judged within bounds, mended without a loss."""

import json
import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.check.test_dockerfiles import told_by_buildkit
from tests.check.test_reading import comparable, written
from tests.check.tools import seawall
from tests.fix.corpus_files import DOCKERFILES, PROJECTS
from tests.fix.law_4 import mended
from wizard.check.dockerfiles import dockerfile, instructions
from wizard.check.finding_files import find
from wizard.check.forms import shaped
from wizard.check.project import load
from wizard.check.sources import Sources
from wizard.fix.yaml_edits import put

_LONGEST = 2.0
"""Seconds of this process that one project may take to be judged: some hundred times what it takes."""

Services = dict[str, dict[str, Any]]


def compose_config(folder: Path) -> str:
    """What the real Compose makes of a folder, its profiles included."""
    binary = Path(sys.executable).parent / "docker-compose"
    ran = subprocess.run([str(binary), "--profile", "*", "config"], cwd=folder, capture_output=True, text=True, timeout=60,
                         env={"PATH": "/usr/bin:/bin", "HOME": "/home/somebody"})  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


def read_by_both(folder: Path) -> tuple[Services, Services]:
    """The services of a folder as they are read here, and as Compose reads them; what hangs on a variable without a value is left out."""
    paths = next(group.paths for group in find([folder]).groups if group.paths[0].parent == folder and not group.extra)
    ours, unknown = _read(paths, folder)
    told = written(folder / "told", {"compose.yaml": compose_config(folder)})
    theirs, _ = _read((told / "compose.yaml",), told)
    shutil.rmtree(told)
    for name, key in unknown:
        ours[name].pop(key, None)
        theirs[name].pop(key, None)
    for name, service in theirs.items():  # which variables its files set is not in ours
        if not ours[name]["environment"]:
            service["environment"] = {}
    return ours, theirs


def _read(paths: tuple[Path, ...], folder: Path) -> tuple[Services, set[tuple[str, str]]]:
    compose = load(paths, Sources(folder))
    forms = {name: shaped(node, compose.shared) for name, node in compose.services.items()}
    services = {name: _comparable(form.fragment, compose.folders[name]) for name, form in forms.items()}
    return services, {(name, key) for name, form in forms.items() for key, _, _ in form.unknown}


def _comparable(fragment: dict[str, Any], folder: Path) -> dict[str, Any]:
    """The normalised service in the spelling that both have."""
    if "env_file" in fragment:
        fragment["environment"] = {}  # Compose has what the files set among it
    out = comparable(fragment)
    for volume in out.get("volumes", ()):
        if volume["type"] == "bind":
            volume["source"] = str((folder / str(volume["source"]).replace("~", "/home/somebody", 1)).resolve())
    out["ports"] = sorted(one for port in out["ports"] for one in _single_ports(port))
    if isinstance(out.get("command"), str):
        out["command"] = shlex.split(out["command"])
    if test := out.pop("healthcheck", {}).get("test"):
        out["healthcheck"] = ["CMD-SHELL", test] if isinstance(test, str) else test
    for key in ("mem_limit", "pids_limit", "cpus"):
        if not out.get(key, 1):
            del out[key]  # 0 is as much as there is
    return out


def _single_ports(port: str) -> Iterator[str]:
    """A range of ports that are published as themselves, each by itself."""
    *where, published, target = port.split(":") if ":" in port else ("", port)
    first, dash, last = target.partition("-")
    if not dash or published != target:
        yield port
        return
    for number in range(int(first), int(last) + 1):
        yield ":".join((*where, str(number), str(number)))


@pytest.mark.parametrize("name", PROJECTS)
def test_a_project_is_read_as_compose_reads_it(name: str, tmp_path: Path) -> None:
    folder = written(tmp_path, PROJECTS[name].files) / PROJECTS[name].start
    ours, theirs = read_by_both(folder)
    assert ours == theirs


@pytest.mark.parametrize("name", DOCKERFILES)
def test_a_dockerfile_is_read_as_buildkit_reads_it(name: str) -> None:
    text = DOCKERFILES[name].decode("utf-8-sig")
    read = list(instructions(text, "Dockerfile"))
    assert [(one.name, one.line, one.flags) for one in read] == told_by_buildkit(text)
    dockerfile(text, "Dockerfile")


def _checked(folder: Path) -> list[dict[str, Any]]:
    """The findings of a folder; it is understood as a whole, and soon."""
    before = time.process_time()
    ran = seawall("check", "--format", "json", cwd=folder)
    assert time.process_time() - before < _LONGEST
    assert ran.returncode in (0, 1), ran.stderr
    assert ran.stderr == ""
    report = json.loads(ran.stdout)
    assert not report.get("problems")
    findings: list[dict[str, Any]] = report["findings"]
    return findings


@pytest.mark.parametrize("name", [*PROJECTS, *DOCKERFILES])
def test_it_is_judged_and_every_finding_stands_once_and_in_a_line_that_there_is(name: str, tmp_path: Path) -> None:
    files = PROJECTS[name].files if name in PROJECTS else {"Dockerfile": DOCKERFILES[name]}
    found = _checked(written(tmp_path, files))
    for one in found:
        lines = (tmp_path / one["file"]).read_text("utf-8").splitlines()
        assert lines[one["line"] - 1].strip()
        assert one["message"].isprintable()
        assert one["remedy"].isprintable()
    said = [(one["file"], one["line"], one["service"], one["control"], one["message"]) for one in found]
    assert len(said) == len(set(said))


@pytest.fixture
def no_second_opinion(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without Compose our own reading alone decides, and the result is asked of Compose afterwards."""
    monkeypatch.setattr("wizard.fix.second_opinion.command", lambda: ())


@pytest.mark.usefixtures("no_second_opinion")
@pytest.mark.parametrize("name", PROJECTS)
def test_law_4_a_project_is_mended_without_a_loss(name: str, tmp_path: Path) -> None:
    folder = written(tmp_path, PROJECTS[name].files)
    report = mended(folder)
    if report["changes"]:
        compose_config(folder / PROJECTS[name].start)


@pytest.mark.usefixtures("no_second_opinion")
@pytest.mark.parametrize("name", DOCKERFILES)
def test_law_4_a_dockerfile_that_a_service_builds_is_mended_without_a_loss(name: str, tmp_path: Path) -> None:
    before = DOCKERFILES[name]
    folder = written(tmp_path, {"compose.yaml": "services: {app: {build: .}}\n", "Dockerfile": before})
    mended(folder)
    after = (folder / "Dockerfile").read_bytes()
    old, new = told_by_buildkit(before.decode("utf-8-sig")), told_by_buildkit(after.decode("utf-8-sig"))
    kept = iter(command for command, _, _ in new)
    assert all(command in kept for command, _, _ in old if command != "USER")


def test_comments_below_the_last_entry_stay_with_it() -> None:
    text = "services:\n  a:\n    image: x\n    depends_on:\n      - db\n      # - es\n     # why\n    # of a\n  # of the services\n"
    assert put(text, "f", ("services", "a", "init"), True) == text.replace("     # why\n", "     # why\n    init: true\n")
