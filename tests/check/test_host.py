"""What `check` says of the host: how bad each kind of mount is, and what does in its place."""

from pathlib import Path

import pytest

from tests.check.test_check import GOOD
from tests.check.test_reading import written
from tests.check.tools import seawall
from wizard.check.model import Found
from wizard.check.running import check


def of_host(folder: Path, volume: str) -> Found:
    """The one finding of a mount."""
    text = GOOD.replace("    init: true\n", f"    init: true\n    volumes:\n      - {volume}\n")
    report, _ = check([written(folder, {"compose.yaml": text})])
    (found,) = report.findings
    assert (found.control, found.place.line) == ("no-host-access", 8)
    return found


@pytest.mark.parametrize(("volume", "severity", "said"), [
    (".:/app", "invalid", "can be changed from inside"), ("./:/app:rw,z", "invalid", "can be changed from inside"),
    ("${PWD}:/app", "invalid", "can be changed from inside"), (".:/app:ro", "warn", "can be read from inside"),
    ("{type: bind, source: ., target: /app, read_only: true}", "warn", "can be read from inside"),
    ("{type: bind, source: ./., target: /app}", "invalid", "can be changed from inside"),
    ("..:/app", "stop", "around the project"), ("../..:/app:ro", "stop", "around the project"), ("./secrets:/app:ro", "stop", "secrets"),
    ("/:/app", "stop", "of the host"), ("/etc:/app:ro", "stop", "of the host"), ("~/.ssh:/app:ro", "stop", "of the host"),
])  # fmt: skip
def test_the_project_s_own_folder_is_broken_and_what_lies_around_it_stops(volume: str, severity: str, said: str, tmp_path: Path) -> None:
    found = of_host(tmp_path, volume)
    assert found.severity.value == severity
    assert said in found.message


@pytest.mark.parametrize("volume", ["./src:/app", "./conf/app.toml:/etc/app.toml:ro", "data:/app"])
def test_a_folder_or_file_in_the_project_is_nothing(volume: str, tmp_path: Path) -> None:
    text = GOOD.replace("    init: true\n", f"    init: true\n    volumes:\n      - {volume}\n") + "volumes: {data: }\n"
    assert not check([written(tmp_path, {"compose.yaml": text})])[0].findings


@pytest.mark.parametrize(("volume", "instead"), [
    ("/var/run/docker.sock:/s:ro", "docker-socket-proxy"), ("/run/podman/podman.sock:/s", "docker-socket-proxy"),
    ("/etc:/x", "a copy in the project of the one file"), (".:/app", "./src:/app/src:ro"),
])  # fmt: skip
def test_the_remedy_says_what_does_for_less(volume: str, instead: str, tmp_path: Path) -> None:
    found = of_host(tmp_path, volume)
    assert found.remedy.startswith("in its place: ")
    assert instead in found.remedy
    assert found.remedy.endswith("or waive this control with a reason")


def test_a_full_image_is_mended_by_the_small_one(tmp_path: Path) -> None:
    text = GOOD.replace("image: app:1", "image: node:24")
    (found,) = check([written(tmp_path, {"compose.yaml": text})])[0].findings
    assert "node:24-slim" in found.message
    assert "version" not in found.remedy


def test_what_was_not_judged_is_explained(tmp_path: Path) -> None:
    for asked in ("not-judged", "not judged"):
        ran = seawall("explain", asked, cwd=tmp_path)
        assert ran.returncode == 0
        assert "unknown, not clean" in ran.stdout
