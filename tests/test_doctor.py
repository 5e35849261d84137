"""`seawall doctor` on engines as they describe themselves."""

from typing import Any

import pytest

from wizard.engine.doctor import findings, numbers

NEWEST = {
    "ServerVersion": "28.5.2", "CgroupVersion": "2", "SecurityOptions": ["name=seccomp,profile=builtin", "name=apparmor", "name=cgroupns"],
    "MemoryLimit": True, "SwapLimit": True, "PidsLimit": True, "CpuCfsQuota": True, "LiveRestoreEnabled": True, "LoggingDriver": "local",
}  # fmt: skip


def verdicts(compose: str = "5.6.1", **changed: Any) -> dict[str, str]:
    """The verdict on each thing, for an engine that differs from the newest by this."""
    return {found.about: found.verdict for found in findings(NEWEST | changed, compose)}


def test_the_newest_engine_lacks_nothing() -> None:
    assert set(verdicts().values()) == {"ok", "note"}
    assert "engine ports" not in verdicts()


@pytest.mark.parametrize(("changed", "about", "verdict"), [
    ({"ServerVersion": "19.03.15"}, "engine", "lacks"),
    ({"ServerVersion": "20.10.24+dfsg1"}, "engine names", "note"),
    ({"ServerVersion": "27.5.1"}, "engine ports", "note"),
    ({"SecurityOptions": []}, "seccomp", "lacks"),
    ({"SecurityOptions": None}, "seccomp", "lacks"),
    ({"SecurityOptions": ["name=seccomp,profile=unconfined"]}, "seccomp", "note"),
    ({"SecurityOptions": ["name=seccomp,profile=default"]}, "AppArmor", "note"),
    ({"SecurityOptions": ["name=selinux"]}, "SELinux", "ok"),
    ({"SecurityOptions": ["name=rootless"]}, "users", "ok"),
    ({"PidsLimit": False}, "limits", "lacks"),
    ({"LiveRestoreEnabled": False}, "live-restore", "note"),
    ({"LoggingDriver": "json-file"}, "logs", "note"),
    ({"compose": ""}, "Compose", "lacks"),
    ({"compose": "1.29.2"}, "Compose", "lacks"),
])  # fmt: skip
def test_what_an_engine_lacks_is_said(changed: dict[str, Any], about: str, verdict: str) -> None:
    assert verdicts(**changed)[about] == verdict


@pytest.mark.parametrize(("text", "found"), [("20.10.24+dfsg1", (20, 10, 24)), ("v2.26.1-desktop", (2, 26, 1)), ("dev", ()), ("", ())])
def test_versions_are_read_by_their_numbers(text: str, found: tuple[int, ...]) -> None:
    assert numbers(text) == found
