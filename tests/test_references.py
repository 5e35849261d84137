"""References: each names a standard in its own spelling, and a number that the standard has."""

import re

import pytest

from wizard.control import Control
from wizard.controls import CONTROLS

KNOWN = {
    "CIS Docker": [*(f"2.{n}" for n in range(1, 19)), *(f"4.{n}" for n in range(1, 13)), *(f"5.{n}" for n in range(1, 33))],
    "OWASP Docker rule": [*map(str, range(14)), "5a"],
    "NIST SP 800-190": [*(f"4.1.{n}" for n in range(1, 6)), *(f"4.2.{n}" for n in range(1, 4)), *(f"4.3.{n}" for n in range(1, 6)),
                        *(f"4.4.{n}" for n in range(1, 6)), *(f"4.5.{n}" for n in range(1, 6))],
    "Pod Security Standards:": ["runAsNonRoot", "runAsUser", "capabilities", "allowPrivilegeEscalation", "seccompProfile", "appArmorProfile",
                                "seLinuxOptions", "privileged", "hostPath", "hostNetwork", "hostPID", "hostIPC", "hostPort"],
    "NSA/CISA Kubernetes guide": ["1.0", "1.1", "1.2", "1.3", "1.4", "1.5", "1.6", "1.7", "1.8", "1.9", "1.10"],
}  # fmt: skip
"""What each standard has: CIS as docker-bench-security counts (1.6), OWASP's cheat sheet, the sections of chapter 4 of NIST SP 800-190."""
_OTHER = re.compile(
    r"Docker docs: (Building best practices|Running containers|Define services in Docker Compose|Seccomp security profiles for Docker|"
    r"Docker security non-events)(, «.+»)?|(moby|docker/compose) issues? \d+( and \d+)*|measured\b.+"
)
STANDARD_FREE = {"init-and-grace"}
"""Controls that no standard asks for; what was measured speaks for them."""


@pytest.mark.parametrize("control", CONTROLS, ids=lambda control: control.id)
def test_every_reference_names_what_is_there(control: Control) -> None:
    standards = 0
    for reference in control.page.references:
        found = next((name for name in KNOWN if reference.startswith(f"{name} ")), None)
        if found is None:
            assert _OTHER.fullmatch(reference), reference
            continue
        standards += 1
        numbers = reference.removeprefix(f"{found} ").split(", ")
        assert set(numbers) <= set(KNOWN[found]), reference
        assert numbers == sorted(numbers, key=KNOWN[found].index), reference
    assert (standards == 0) is (control.id in STANDARD_FREE)


@pytest.mark.parametrize(("control", "page"), [
    ("non-root-user", "Building best practices"), ("read-only-rootfs", "Define services in Docker Compose"), ("minimal-capabilities", "Running containers"),
    ("confinement-profiles", "Seccomp security profiles for Docker"), ("no-new-privileges", "Docker security non-events"),
])  # fmt: skip
def test_the_policy_s_evidence_matrix_stands_on_the_pages(control: str, page: str) -> None:
    references = next(c for c in CONTROLS if c.id == control).page.references
    assert any(reference.startswith(f"Docker docs: {page}") for reference in references)
