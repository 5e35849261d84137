"""A container against its file: what the engine took without a word and without effect is named with its line, and nothing else is."""

from pathlib import Path
from typing import Any

import pytest

from wizard.engine.outside import EngineOnly
from wizard.prove.drift import drift
from wizard.prove.evidence import Evidence, NotProvable
from wizard.prove.files import read
from wizard.prove.probing import Live

FILE = """\
services:
  web:
    image: app:1.0
    user: "10001:10001"
    read_only: true
    init: true
    cap_drop: [ALL]
    security_opt: ["no-new-privileges:true"]
    mem_limit: 64m
    cpus: 0.5
    tmpfs: ["/tmp:uid=10001,gid=10001,size=1m"]
    volumes: ["./conf:/conf:ro", "data:/data"]
    ports: ["127.0.0.1:8000:80", "9000:90"]
    ulimits: {nofile: 1024}
    logging: {driver: json-file, options: {max-size: 10m}}
    network_mode: bridge
volumes: {data: {}}
"""
FORM: dict[str, Any] = {
    "user": "10001:10001", "read_only": True, "init": True, "cap_drop": ["ALL"], "security_opt": ["no-new-privileges:true"],
    "mem_limit": 64 << 20, "cpus": 0.5, "tmpfs": ["/tmp:size=1m"], "ports": ["127.0.0.1:8000:80", "9000:90"],
    "volumes": [{"type": "bind", "source": "/x", "target": "/conf", "read_only": True}, {"type": "volume", "source": "d", "target": "/data"}],
    "ulimits": {"nofile": {"soft": 1024, "hard": 1024}}, "logging": {"driver": "json-file", "options": {"max-size": "10m"}},
    "network_mode": "bridge",
}  # fmt: skip


def _drift(folder: Path, form: dict[str, Any], text: str = FILE, modules: frozenset[str] = frozenset(), internal: bool = False) -> list[Any]:
    (folder / "compose.yaml").write_text(text)
    live = Live("web", EngineOnly(None, {}, ""), form, (), (), {"net": internal})  # type: ignore[arg-type]
    return list(drift(read(folder), live, modules))


def test_a_container_that_is_what_its_file_says(tmp_path: Path) -> None:
    (found,) = _drift(tmp_path, FORM)
    assert isinstance(found, Evidence) and found.passed and found.control == "drift"
    assert found.expected.startswith("13 settings of ")


@pytest.mark.parametrize(
    ("key", "value", "control", "line"),
    [
        ("user", "0:0", "non-root-user", 4), ("user", "10001:0", "non-root-user", 4), ("read_only", False, "read-only-rootfs", 5),
        ("init", False, "init-and-grace", 6), ("cap_drop", ["NET_RAW"], "minimal-capabilities", 7), ("security_opt", None, "no-new-privileges", 8),
        ("mem_limit", None, "resource-limits", 9), ("cpus", 1.0, "resource-limits", 10), ("tmpfs", None, "writable-paths", 11),
        ("volumes", [{"type": "bind", "source": "/x", "target": "/conf"}, FORM["volumes"][1]], "writable-paths", 12),
        ("ports", ["8000:80", "9000:90"], "loopback-ports", 13), ("ports", [], "loopback-ports", 13),
        ("ulimits", {"nofile": {"soft": 1024, "hard": 4096}}, "resource-limits", 14), ("logging", {"driver": "json-file"}, "log-rotation", 15),
        ("network_mode", "host", "no-host-access", 16),
    ],
)  # fmt: skip
def test_a_setting_without_effect_is_named_with_its_line(tmp_path: Path, key: str, value: Any, control: str, line: int) -> None:
    form = {**FORM, key: value} if value is not None else {name: one for name, one in FORM.items() if name != key}
    found = _drift(tmp_path, form)
    assert found and not any(one.passed for one in found)
    assert {one.control for one in found} == {control}
    assert {one.place.rpartition(":")[2] for one in found} == {str(line)}


def test_a_port_of_a_service_on_internal_networks_alone_is_the_networks_matter(tmp_path: Path) -> None:
    found = _drift(tmp_path, {**FORM, "ports": []}, internal=True)
    assert {one.control for one in found} == {"internal-networks"}
    assert "all its networks are internal" in found[0].observed


@pytest.mark.parametrize(("option", "module", "title"), [("apparmor=mine", "apparmor", "AppArmor"), ("label=type:svirt", "selinux", "SELinux")])
def test_a_profile_that_the_kernel_cannot_enforce_is_not_provable_and_not_passed(tmp_path: Path, option: str, module: str, title: str) -> None:
    text = FILE.replace('"no-new-privileges:true"]', f'"no-new-privileges:true", "{option}"]')
    lacking = [one for one in _drift(tmp_path, FORM, text) if isinstance(one, NotProvable)]
    assert [(one.control, f"no {title}" in one.why, "compose.yaml:8" in one.what) for one in lacking] == [("confinement-profiles", True, True)]
    enforced = _drift(tmp_path, FORM, text, frozenset((module,)))
    assert [(one.control, one.passed) for one in enforced] == [("confinement-profiles", False)]
