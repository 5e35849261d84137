"""The policy (seeds/000): each rule with the severity that it asks for, its exemptions, and the review where ALL cannot be dropped."""

from typing import Any

import pytest

from tests.test_laws import FULL, stack_answers
from wizard.control import Severity
from wizard.controls import CONTROLS, control_of
from wizard.explain import explained
from wizard.render import as_data, notes, render, service_parts
from wizard.resolve import resolve
from wizard.workload import make

APP = resolve(make(FULL)).app


@pytest.mark.parametrize(("change", "control", "severity"), [
    ({"privileged": True}, "no-host-access", "stop"),
    ({"volumes": ["/var/run/docker.sock:/s"]}, "no-host-access", "stop"),
    ({"security_opt": ["seccomp=unconfined", "no-new-privileges:true"]}, "confinement-profiles", "stop"),
    ({"user": None}, "non-root-user", "invalid"),
    ({"user": "0:0"}, "non-root-user", "invalid"),
    ({"read_only": None}, "read-only-rootfs", "invalid"),
    ({"tmpfs": None}, "writable-paths", "invalid"),
    ({"cap_drop": None}, "minimal-capabilities", "warn"),
    ({"cap_add": ["ALL"]}, "minimal-capabilities", "invalid"),
    ({"security_opt": None}, "no-new-privileges", "warn"),
])  # fmt: skip
def test_a_broken_rule_has_the_severity_of_the_policy(change: dict[str, Any], control: str, severity: str) -> None:
    fragment = {key: value for key, value in (as_data(service_parts(APP)) | change).items() if value is not None}
    found = [finding for each in CONTROLS for finding in each.check(APP, fragment)]
    worst = [Severity.STOP, Severity.INVALID, Severity.WARN, Severity.INFO]
    assert min((finding.severity for finding in found if finding.control == control), key=worst.index) == severity
    assert all(finding.remedy for finding in found)


def test_where_all_cannot_be_dropped_the_review_is_asked_for() -> None:
    workload = make({**FULL, "waivers": [{"control": "minimal-capabilities", "why": "an old program"}]})
    said = next(message for control, _, message in notes(resolve(workload)) if control == "minimal-capabilities" and "review" in message)
    assert said.endswith("review these first, and drop by name what is not used: MKNOD, SETUID, SETGID, NET_RAW.")


@pytest.mark.parametrize("language", ["python", "node", "go", "static"])
def test_build_stages_may_be_root_and_write_and_the_last_one_may_not(language: str) -> None:
    text = next(made.text for made in render(make(stack_answers(language))) if made.path == "Dockerfile")
    build, last = text.rsplit("\nFROM ", 1)
    assert "RUN " in build
    users = [line for line in last.splitlines() if line.startswith("USER ")]
    assert users[-1] not in ("USER 0", "USER 0:0", "USER root")
    assert users[-1].removeprefix("USER ").replace(":", "").isdigit()


def test_an_image_without_a_shell_is_not_asked_for_one() -> None:
    project = resolve(make(stack_answers("go")))
    text = next(made.text for made in render(project.workload) if made.path == "Dockerfile")
    last = text.rsplit("\nFROM ", 1)[1]
    assert not project.app.image.shell
    assert not [line for line in last.splitlines() if line.startswith("RUN")]
    assert '["/usr/local/bin/healthcheck"' in last
    fragment = as_data(service_parts(project.app))
    assert not [finding for control in CONTROLS for finding in control.check(project.app, fragment)]


@pytest.mark.parametrize(("control", "words"), [
    ("non-root-user", "Stages that only build may be root"), ("non-root-user", "`scratch`"), ("read-only-rootfs", "Build stages write as they like"),
    ("no-setuid-files", "an image without a shell has none"), ("read-only-rootfs", "Packages that are installed at the start"),
])  # fmt: skip
def test_the_pages_name_the_exemptions(control: str, words: str) -> None:
    assert words in control_of(control).page.sections["What may break"]
    assert words.split()[0] in explained(control, "text")
