"""`seawall doctor` on engines as they describe themselves."""

import gzip
import os
from pathlib import Path
from typing import Any

import pytest

from wizard.engine.doctor import findings, numbers
from wizard.engine.kernel import Option, option

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
    ({"SecurityOptions": ["name=userns"]}, "users", "ok"),
    ({"SecurityOptions": []}, "users", "note"),
    ({"ServerVersion": "29.0.1"}, "engine", "note"),
    ({"SwapLimit": False}, "limits", "lacks"),
    ({"PidsLimit": False}, "limits", "lacks"),
    ({"LiveRestoreEnabled": False}, "live-restore", "note"),
    ({"LoggingDriver": "json-file"}, "logs", "note"),
    ({"compose": ""}, "Compose", "lacks"),
    ({"compose": "1.29.2"}, "Compose", "lacks"),
])  # fmt: skip
def test_what_an_engine_lacks_is_said(changed: dict[str, Any], about: str, verdict: str) -> None:
    assert verdicts(**changed)[about] == verdict


ROOTLESS = {"SecurityOptions": ["name=seccomp,profile=default", "name=rootless"], "CgroupVersion": "1", "CgroupDriver": "none", "MemoryLimit": False,
            "SwapLimit": False, "PidsLimit": False, "CpuCfsQuota": False}  # fmt: skip
"""What an engine without root said of itself (20.10.24 with rootlesskit 1.1.0, cgroups of version 1)."""


def test_an_engine_without_root_and_without_limits_is_told_what_to_do() -> None:
    said = {found.about: found for found in findings(NEWEST | ROOTLESS, "5.6.1")}
    assert said["users"].seen == "rootless"
    assert "ignores mem_limit, memswap_limit, pids_limit, cpus without a word" in said["limits"].means
    assert "Delegate=" in said["limits"].means
    assert "swapaccount=1" in {found.about: found for found in findings(NEWEST | {"SwapLimit": False}, "5.6.1")}["limits"].means


@pytest.mark.parametrize(("file", "text", "seen"), [
    ("proc/config.gz", gzip.compress(b"CONFIG_SECCOMP=y\nCONFIG_SECCOMP_FILTER=y\n", mtime=0), "y"),
    (f"boot/config-{os.uname().release}", b"# CONFIG_SECCOMP_FILTER is not set\nCONFIG_SECCOMP_FILTER_X=y\n", "n"),
    ("proc/config.gz", b"no gzip", None),
    ("proc/other", b"", None),
])  # fmt: skip
def test_the_kernel_says_how_it_was_built(tmp_path: Path, file: str, text: bytes, seen: str | None) -> None:
    (tmp_path / file).parent.mkdir()
    (tmp_path / file).write_bytes(text)
    found = option("CONFIG_SECCOMP_FILTER", tmp_path)
    assert (found and found.value) == seen
    assert found is None or found.file == f"/{file}"


def test_a_kernel_that_is_not_the_engines_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wizard.engine.kernel.option", lambda name: Option("n", "/proc/config.gz"))
    assert verdicts(KernelVersion=os.uname().release)["CONFIG_SECCOMP_FILTER"] == "lacks"
    assert "CONFIG_SECCOMP_FILTER" not in verdicts(KernelVersion="another")


@pytest.mark.parametrize(("text", "found"), [("20.10.24+dfsg1", (20, 10, 24)), ("v2.26.1-desktop", (2, 26, 1)), ("dev", ()), ("", ())])
def test_versions_are_read_by_their_numbers(text: str, found: tuple[int, ...]) -> None:
    assert numbers(text) == found
