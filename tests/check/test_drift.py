"""A compose.yaml with the seawall.yaml that it was rendered from beside it: what the answers ask for and the file does not have."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings

from tests.check.test_reading import written
from tests.check.tools import seawall
from tests.strategies import ANSWERS
from tests.test_laws import accepted
from tests.tools import copy_app
from wizard.check.asked import as_rendered
from wizard.check.dockerfiles import dockerfile
from wizard.check.drift import strays
from wizard.check.drift_image import built_by, image_strays
from wizard.check.judging import judge
from wizard.check.model import Found
from wizard.check.project import load
from wizard.check.running import check
from wizard.check.sources import Sources
from wizard.render import render
from wizard.resolve import resolve


def made(folder: Path, app: str, *said: str) -> Path:
    """A sample app for which the wizard wrote its files."""
    project = copy_app(app, folder)
    ran = seawall("new", ".", "--yes", *(word for setting in said for word in ("--set", setting)), cwd=project)
    assert ran.returncode == 0, ran.stderr
    return project


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made(tmp_path_factory.mktemp("made"), "ledger")


def changed(folder: Path, old: str, new: str, name: str = "compose.yaml") -> list[Found]:
    """What is found once the file has this in place of that."""
    path = folder / name
    before = path.read_text()
    assert old in before
    path.write_text(before.replace(old, new, 1))
    try:
        report, _ = check([folder])
    finally:
        path.write_text(before)
    assert not report.problems
    return report.findings


@pytest.mark.parametrize(("app", "said"), [
    ("ledger", ()), ("ledger", ("ingress=direct", "seccomp=trimmed")), ("ledger", ("internet=yes", "extras=runbook, docker-run, ci")),
    ("api", ("egress=api.example.com", "apparmor=rendered")), ("api", ("limits.swap=64M", "limits.ulimits=core=0", "limits.cpuset=0")),
    ("gate", ()), ("gate", ("hostname=gate", "dns=9.9.9.9", "groups=20")), ("brochure", ()), ("brochure", ("logs.size=1M", "restart=on-failure:3")),
])  # fmt: skip
def test_what_the_wizard_wrote_is_silent(app: str, said: tuple[str, ...], tmp_path: Path) -> None:
    report, _ = check([made(tmp_path, app, *said)])
    assert not report.problems
    assert not report.findings


@pytest.mark.parametrize(("old", "new", "control", "severity", "message", "mend"), [
    ('    stop_grace_period: "30s"\n', "", "init-and-grace", "warn", "no stop_grace_period, and seawall.yaml asks for 30s", "stop_grace_period: 30s"),
    ("retries: 3", "retries: 30", "health-check", "info", "healthcheck: retries is 30, and seawall.yaml asks for 3", "retries: 3"),
    ('    dns:\n      - "127.0.0.1"\n', "", "internal-networks", "invalid", "no dns, and seawall.yaml asks for [127.0.0.1]", "dns: [127.0.0.1]"),
    ("mode=0700", "mode=0777", "writable-paths", "invalid", "tmpfs: /tmp is", "write it so"),
    ("mem_limit: ", "mem_limit: 8g # ", "resource-limits", "info", "mem_limit is 8g, and seawall.yaml asks for 512m", "mem_limit: 512m"),
    ('inhibit_ipv4: "true"', 'inhibit_ipv4: "false"', "internal-networks", "invalid", "networks: front: driver_opts: com", "inhibit_ipv4"),
    ("    read_only: true\n", "    read_only: true\n    ports:\n      - 127.0.0.1:9229:9229\n", "loopback-ports", "warn", "ports is there", "take it away"),
    ("      - front\n", "      - front\n      - edge\n", "internal-networks", "warn", "networks has edge", "take it away"),
])  # fmt: skip
def test_a_deviation_is_a_finding_of_the_control_that_owns_it(
    old: str, new: str, control: str, severity: str, message: str, mend: str, ledger: Path
) -> None:
    found = changed(ledger, old, new)
    one = next(one for one in found if one.control == control and one.message.startswith(message))
    assert one.severity.value == severity
    assert mend in one.remedy
    assert one.remedy.endswith("and run seawall again") and "\n" not in one.remedy
    text = (ledger / "compose.yaml").read_text().replace(old, new, 1).splitlines()[one.place.line - 1]
    assert text.strip().split(":")[0].strip("- \"'") in (
        one.service,
        *old.replace('"', "").split(),
        *new.split(),
        "networks",
        "front",
        "/tmp",
        *message.split(),
    )


def test_the_same_in_another_spelling_is_the_same(ledger: Path) -> None:
    for old, new in (('stop_grace_period: "30s"', "stop_grace_period: 0m30s"), ('mem_limit: "512m"', "mem_limit: 524288k"), ("cpus: 1.0", 'cpus: "1"'),
                     ('    dns:\n      - "127.0.0.1"\n', "    dns: 127.0.0.1\n"), ("soft: 1024", 'soft: "1024"')):  # fmt: skip
        assert not changed(ledger, old, new), new


def test_what_a_control_says_of_everybody_is_not_said_twice(ledger: Path) -> None:
    for old in ("    read_only: true\n", "    init: true\n", '    mem_limit: "512m"\n', "    restart: unless-stopped\n"):
        found = changed(ledger, old, "")
        assert len([one for one in found if "memswap" not in one.message]) == 1, [one.message for one in found]


@pytest.mark.parametrize(("old", "new", "control"), [
    ("USER 10001:10001", "USER 10002:10002", "non-root-user"), ("HEALTHCHECK --interval=10s", "HEALTHCHECK --interval=9h", "health-check"),
    ("FROM python:3.13-slim\n", "FROM python:3.12-slim\n", "pinned-base-image"), (" -exec chmod a-s {} +", "", "no-setuid-files"),
])  # fmt: skip
def test_the_dockerfile_is_held_to_the_answers_as_well(old: str, new: str, control: str, ledger: Path) -> None:
    (found,) = changed(ledger, old, new, "Dockerfile")
    assert (found.control, found.place.file.endswith("Dockerfile")) == (control, True)


def test_a_waiver_in_the_answers_is_no_deviation(tmp_path: Path) -> None:
    project = made(tmp_path, "api")
    ran = seawall("new", ".", "--yes", "--force", "--waive", "read-only-rootfs=it writes everywhere", cwd=project)
    assert ran.returncode == 0, ran.stderr
    report, _ = check([project])
    assert not report.findings
    assert {one.why for one in report.waived} == {"it writes everywhere"}


def test_answers_that_the_wizard_would_refuse_are_said_and_what_is_found_is_reported(ledger: Path, tmp_path: Path) -> None:
    text = (ledger / "compose.yaml").read_text().replace("    read_only: true\n", "", 1)
    folder = written(tmp_path, {"compose.yaml": text, "seawall.yaml": "name: shop\nimage: own:1\nlimits: {memory: much}\n"})
    ran = seawall("check", "--format", "json", cwd=folder)
    assert ran.returncode == 2
    data: dict[str, Any] = json.loads(ran.stdout)
    assert len(data["problems"]) == 1
    assert data["problems"][0].startswith("seawall.yaml:3: ")
    assert "read-only-rootfs" in {row["control"] for row in data["findings"]}


def test_a_file_of_waivers_and_a_file_of_another_name_are_no_answers(ledger: Path, tmp_path: Path) -> None:
    text = (ledger / "compose.yaml").read_text().replace("retries: 3", "retries: 30", 1)
    answers = (ledger / "seawall.yaml").read_text()
    report, _ = check([written(tmp_path / "a", {"compose.yaml": text, "seawall.yaml": "waivers: []\n"})])
    assert not [one for one in report.findings if "seawall.yaml" in one.message]
    report, _ = check([written(tmp_path / "b", {"docker-compose.yml": text, "seawall.yaml": answers})])
    assert not [one for one in report.findings if "seawall.yaml" in one.message]


def test_beside_files_without_their_program_nobody_knows_what_was_asked(tmp_path: Path) -> None:
    project = copy_app("ledger", tmp_path)
    ran = seawall("new", ".", "--yes", "--output", str(tmp_path / "out"), cwd=project)
    assert ran.returncode == 0, ran.stderr
    assert "seawall.yaml" in {path.name for path in (tmp_path / "out").iterdir()}
    assert not check([tmp_path / "out"])[0].findings


@settings(max_examples=8, deadline=None, suppress_health_check=list(HealthCheck))
@given(ANSWERS)
def test_law_2_whatever_is_rendered_is_what_was_asked_for(tmp_path_factory: pytest.TempPathFactory, answers: Any) -> None:
    workload = accepted(answers)
    assume(workload is not None)
    assert workload is not None
    folder = written(tmp_path_factory.mktemp("law"), {artifact.path: artifact.text for artifact in render(workload)})
    sources, asked = Sources(folder), as_rendered(resolve(workload))
    compose = load((folder / "compose.yaml",), sources)
    shared = {key: node.value for key, node in compose.shared.items()}
    assert not list(strays(asked, judge(compose, sources).forms, compose.services, shared))
    for path in (path for path in (folder / "Dockerfile", folder / ".seawall/egress/Dockerfile") if path.is_file()):
        service = built_by(asked.project, path)
        assert service
        assert not list(image_strays(service, dockerfile(path.read_text(encoding="utf-8"), "Dockerfile")))
