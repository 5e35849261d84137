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


def test_the_default_network_that_is_the_host_s_is_found_where_no_other_is_named(tmp_path: Path) -> None:
    text = GOOD.replace("    networks: [inside]\n", "").replace("  inside: {internal: true}", "  default: {external: true, name: host}")
    (found,) = check([written(tmp_path, {"compose.yaml": text})])[0].findings
    assert (found.severity.value, found.place.line, found.message) == ("stop", 17, "network_mode: host shares the host's namespace")
    for own in ("network_mode: none", "networks: [other]"):
        other = text.replace("    init: true\n", f"    init: true\n    {own}\n").replace("  default:", "  other: {internal: true}\n  default:")
        assert not check([written(tmp_path, {"compose.yaml": other})])[0].findings


@pytest.mark.parametrize(("old", "new", "said", "mend"), [
    ("[no-new-privileges:true]", "[no-new-privileges=false]", "no-new-privileges is switched off", "write no-new-privileges:true in its place"),
    ("mem_limit: 1g", "mem_limit: 0", "mem_limit: 0 is no limit", "write mem_limit: 512m"),
    ("    memswap_limit: 1g\n", "    memswap_limit: -1\n", "memswap_limit: -1 is no limit", "write memswap_limit: as much as mem_limit"),
    ("pids_limit: 9", "pids_limit: -1", "pids_limit: -1 is no limit", "write pids_limit: 100"),
    ("{test: [CMD, x]}", '{disable: "true"}', "the health check is switched off", "see with one that it works"),
])  # fmt: skip
def test_one_fault_is_said_once_with_a_remedy_that_mends_it(old: str, new: str, said: str, mend: str, tmp_path: Path) -> None:
    assert old in GOOD
    (found,) = check([written(tmp_path, {"compose.yaml": GOOD.replace(old, new, 1)})])[0].findings
    assert found.message == said
    assert found.remedy.startswith(mend)


def test_a_health_check_that_a_dockerfile_switches_off_is_said_in_its_line(tmp_path: Path) -> None:
    report, _ = check([written(tmp_path, {"Dockerfile": "FROM debian:13\nUSER 5:5\nHEALTHCHECK NONE\nCMD true\n"})])
    assert [(one.control, one.place.line, one.message) for one in report.findings] == [
        ("health-check", 3, "HEALTHCHECK NONE: nothing sees whether it works")
    ]
