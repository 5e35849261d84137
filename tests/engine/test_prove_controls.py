"""A control that somebody took out of what was rendered, or broke by hand, is caught by `seawall prove` and named by its id: every control."""

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.engine.running import DISK, PORTS, Engine, scaffold
from tests.thorough import thorough
from tests.tools import APPS, seawall
from wizard.controls import CONTROLS

pytestmark = pytest.mark.engine

ASKED = {
    "ingress": "direct", "egress": "api.example.com", "secrets": "token", "limits.ulimits": "core=1K", "limits.shares": "512", "limits.cpuset": "0",
    "limits.disks": f"{DISK} read=10M",
}  # fmt: skip
"""What makes every control do something."""
APP = "brochure"
Change = Callable[[dict[str, Any], Path], object]
"""Takes the Compose file as data, which it may change, and the folder of the project."""


def _lacks(*keys: str) -> Change:
    return lambda data, _: [data["services"][APP].pop(key) for key in keys]


def _says(key: str, value: Any) -> Change:
    return lambda data, _: data["services"][APP].update({key: value})


def _of_list(key: str, kept: Callable[[str], bool], *more: str) -> Change:
    return lambda data, _: data["services"][APP].update({key: [*filter(kept, data["services"][APP].get(key) or ()), *more]})


def _in_file(name: str, old: str, new: str) -> Change:
    def change(_: dict[str, Any], folder: Path) -> None:
        text = (folder / name).read_text()
        assert old in text, f"{old} is not in {name}"
        (folder / name).write_text(text.replace(old, new))

    return change


def _without_proxy(data: dict[str, Any], _: Path) -> None:
    there = data["services"][APP]["environment"]
    data["services"][APP]["environment"] = {name: value for name, value in there.items() if "proxy" not in name.lower()}


_BROKEN: dict[str, Change] = {
    "pinned-base-image": _in_file("Dockerfile", ":1.30-alpine-slim", ":stable-alpine-slim"),
    "init-and-grace": _lacks("init"),
    "non-root-user": _says("user", "0:0"),
    "files-owned-by-root": _in_file("Dockerfile", "COPY .seawall/site.conf", "RUN chmod a+w /etc/nginx/nginx.conf\nCOPY .seawall/site.conf"),
    "no-setuid-files": _in_file("Dockerfile", "COPY --from=site", "RUN chmod u+s /usr/sbin/nginx\nCOPY --from=site"),
    "read-only-rootfs": _lacks("read_only"),
    "writable-paths": _says("tmpfs", ["/tmp:mode=0700,size=64M"]),
    "minimal-capabilities": _lacks("cap_drop"),
    "no-new-privileges": _of_list("security_opt", lambda one: not one.startswith("no-new")),
    "confinement-profiles": _of_list("security_opt", bool, "seccomp:unconfined"),
    "no-host-access": _says("pid", "host"),
    "secrets-as-files": _lacks("secrets"),
    "loopback-ports": lambda data, _: data["services"][APP].update(
        {"ports": [port.removeprefix("127.0.0.1:") for port in data["services"][APP]["ports"]]}
    ),
    "declared-listeners": _in_file(".seawall/site.conf", "listen 8080;", "listen 8080;\n    listen 9090;"),
    "internal-networks": lambda data, _: data["networks"]["egress"].pop("internal"),
    "egress-allow-list": _without_proxy,
    "health-check": _says("healthcheck", {"disable": True}),
    "resource-limits": _lacks("pids_limit"),
    "process-limits": lambda data, _: data["services"][APP]["ulimits"].pop("core"),
    "fair-share": _lacks("cpu_shares"),
    "disk-rates": _lacks("blkio_config"),
    "restart-policy": _lacks("restart"),
    "log-rotation": _lacks("logging"),
}


def test_there_is_a_way_to_break_each_control() -> None:
    assert list(_BROKEN) == [control.id for control in CONTROLS]


@pytest.fixture(scope="module")
def made(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project as it was rendered."""
    assert DISK, "this host has no disk whose rates can be limited"
    settings = [word for key, value in ASKED.items() for word in ("--set", f"{key}={value}")]
    return scaffold(engine, APPS / APP, tmp_path_factory.mktemp("made") / APP, *settings, inside=PORTS[APP]).folder


@pytest.fixture
def folder(made: Path, tmp_path: Path) -> Iterator[Path]:
    """A copy of it."""
    yield shutil.copytree(made, tmp_path / APP)


def _prove(folder: Path) -> Any:
    done = seawall("prove", str(folder), "--format", "json")
    assert done.returncode in (0, 1), done.stderr
    data = json.loads(done.stdout)
    assert not data["troubles"], data["troubles"]
    return data


def _broken(folder: Path, *controls: str) -> set[str]:
    """The controls that a proof names once these are broken."""
    file = folder / "compose.yaml"
    data = yaml.safe_load(file.read_text())
    for control in controls:
        _BROKEN[control](data, folder)
    file.write_text(yaml.safe_dump(data, sort_keys=False))
    return {one["control"] for one in _prove(folder)["evidence"] if not one["passed"]}


@pytest.mark.parametrize("controls", thorough([list(_BROKEN), [], *([control] for control in _BROKEN)], [list(_BROKEN)]), ids=",".join)
def test_controls_that_are_broken_are_named_and_no_others(folder: Path, controls: list[str]) -> None:
    assert _broken(folder, *controls) == set(controls)


if WAIVED := thorough(list(_BROKEN), ()):

    @pytest.mark.parametrize("control", WAIVED)
    def test_a_control_that_is_waived_is_listed_with_its_reason(engine: Engine, tmp_path: Path, control: str) -> None:
        settings = [word for key, value in ASKED.items() for word in ("--set", f"{key}={value}")]
        folder = scaffold(engine, APPS / APP, tmp_path / APP, *settings, "--waive", f"{control}=a test", inside=PORTS[APP]).folder
        data = _prove(folder)
        assert data["passed"], [one for one in data["evidence"] if not one["passed"]]
        assert {(one["control"], one["why"]) for one in data["waived"]} == {(control, "a test")}
        assert control not in {one["control"] for one in data["evidence"]}
