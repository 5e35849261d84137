"""`seawall doctor` on engines as they describe themselves."""

from collections.abc import Mapping
from typing import Any

import pytest

from wizard.engine.docker import Docker
from wizard.engine.doctor import examine, numbers
from wizard.errors import SeawallError
from wizard.run import run

NEWEST = {
    "ServerVersion": "28.5.2", "CgroupVersion": "2", "SecurityOptions": ["name=seccomp,profile=builtin", "name=apparmor", "name=cgroupns"],
    "MemoryLimit": True, "SwapLimit": True, "PidsLimit": True, "CpuCfsQuota": True, "LiveRestoreEnabled": True, "LoggingDriver": "local",
}  # fmt: skip


class Said(Docker):
    """An engine of a few words."""

    def __init__(self, info: Mapping[str, Any], compose: str = "5.6.1") -> None:
        super().__init__()
        object.__setattr__(self, "_info", info)
        object.__setattr__(self, "_compose", compose)

    def version(self) -> str:
        return str(self._info["ServerVersion"])  # type: ignore[attr-defined]

    def info(self) -> Mapping[str, Any]:
        return dict(self._info)  # type: ignore[attr-defined]

    def compose_version(self) -> str:
        if not self._compose:  # type: ignore[attr-defined]
            raise SeawallError("docker compose: is not a docker command")
        return str(self._compose)  # type: ignore[attr-defined]


def verdicts(compose: str = "5.6.1", **changed: Any) -> dict[str, str]:
    """The verdict on each thing, for an engine that differs from the newest by this."""
    return {found.about: found.verdict for found in examine(Said(NEWEST | changed, compose))}


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


def test_without_an_engine_it_ends_with_3(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("DOCKER_HOST", "unix:///nowhere/docker.sock")
    assert run(["doctor"]) == 3
    assert capsys.readouterr().err.count("\n") == 1
