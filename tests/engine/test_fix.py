"""`seawall fix --apply` on projects that run and hold data: they go on with the very same data, and are hardened."""

import json
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tests.engine.insecure import HERE, KEPT, Insecure, copied
from tests.engine.running import Engine
from tests.thorough import thorough
from tests.tools import seawall
from wizard.capabilities import mask

pytestmark = pytest.mark.engine

WITH_CONSENT = {"shop": ("--take-over-volumes",), "odd": ("--take-over-volumes",)}
"""Whose owners also let volumes change hands."""


@dataclass(frozen=True)
class Hard:
    """What the kernel must show of a service after it was mended, beside no-new-privileges."""

    user: str
    root: str
    """What a file in / gives: EROFS, or `written` where read_only was left to a person."""
    capabilities: tuple[str, ...] = ()


_DEFAULT = ("AUDIT_WRITE", "CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "MKNOD", "NET_BIND_SERVICE", "NET_RAW", "SETFCAP", "SETGID", "SETPCAP",
            "SETUID", "SYS_CHROOT")  # fmt: skip
"""What the engine gives where a person has to say what is needed."""
_OWN, _LEFT = Hard("999:999", "EROFS"), Hard("0:0", "written", _DEFAULT)
HARDENED: Mapping[str, Mapping[str, Hard]] = {
    "shop": {"web": Hard("10001:10001", "written"), "db": _OWN, "cache": _OWN},
    "site": {"nginx": Hard("0:0", "EROFS", ("CHOWN", "SETGID", "SETUID")), "app": _LEFT},
    "blog": {"blog": _LEFT},
    "odd": {"app": Hard("10001:10001", "written"), "store": _OWN},
    "layered": {"notes": Hard("0:0", "written", (*_DEFAULT, "SYS_ADMIN"))},
    "gopher": {"gopher": _LEFT},
    "archive": {"postgres": _OWN},
    "steps": {"notes": Hard("1000:1000", "written", _DEFAULT)},
    "queue": {"redis": _OWN},
}


@dataclass
class Story:
    """What became of a project."""

    kept: dict[str, tuple[object, object]] = field(default_factory=dict)
    """What it had kept before something was done to it, and after."""
    live: dict[str, Hard] = field(default_factory=dict)
    gaining: dict[str, str] = field(default_factory=dict)
    copied: list[str] = field(default_factory=list)
    """Secrets of its own folder that are in its images."""
    needs: object = None
    found: object = None


def _mended(*arguments: str) -> dict[str, Any]:
    done = seawall(*arguments, "--format", "json")
    assert done.returncode in (0, 1), f"seawall {' '.join(arguments)}: exit {done.returncode}\n{done.stdout}\n{done.stderr}"
    report: dict[str, Any] = json.loads(done.stdout)
    return report


def _rows(findings: list[dict[str, Any]]) -> object:
    return sorted((one["control"], one["service"], one["line"], one["message"]) for one in findings)


def _told(project: Insecure) -> Story:
    """Start it as it is, have it keep something, mend it, and go on with it."""
    story = Story()
    project.compose("up", "--build", "--detach", timeout=600)
    project.keep("insecure")
    before = project.kept()
    report = _mended("fix", "--apply", *WITH_CONSENT.get(project.stack, ()), str(project.folder))
    story.needs = _rows(report["needs_you"])
    for what, commands in {
        "fixed": [("up", "--build", "--detach")],
        "restarted": [("restart",)],
        "taken down": [("down",), ("up", "--detach", "--wait", "--wait-timeout", "120")],
    }.items():
        for command in commands:
            project.compose(*command, timeout=600)
        story.kept[what] = before, project.kept()
        project.keep(what.replace(" ", "-"))
        before = project.kept()
    for service in project.definition["services"]:
        seen = project.live(service)
        uid, gid = (seen.status(name).split()[1] for name in ("Uid", "Gid"))
        bounds, wanted = seen.status("CapBnd"), HARDENED[project.stack][service].capabilities
        story.live[service] = Hard(f"{uid}:{gid}", seen.create("/", 0, 0, False), wanted if bounds == mask(wanted) else (bounds,))
        story.gaining[service] = seen.status("NoNewPrivs")
        work = seen.inspect()["Config"]["WorkingDir"].rstrip("/")
        story.copied += [secret.name for secret in project.folder.glob("secrets/[!.]*") if seen.stat(f"{work}/secrets/{secret.name}") != "ENOENT"]
    story.found = _rows(_mended("check", str(project.folder))["findings"])
    return story


def _tell(project: Insecure) -> Story:
    try:
        return _told(project)
    except AssertionError as error:
        raise AssertionError(f"{error}\n{project.logs()}") from None
    finally:
        project.down()


@pytest.fixture(scope="module")
def stories(engine: Engine, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Iterator[Mapping[str, Future[Story]]]:
    """What became of each project that is asked for, two at a time."""
    named = {item.callspec.params.get("stack") for item in request.session.items if hasattr(item, "callspec") and item.module is request.module}
    folder = tmp_path_factory.mktemp("fix")
    with ThreadPoolExecutor(2) as pool:
        yield {stack: pool.submit(_tell, copied(engine, stack, folder)) for stack in HARDENED if stack in named}


@pytest.mark.parametrize("stack", thorough(HARDENED, ("shop", "odd")))
def test_it_serves_what_it_served_and_goes_on(stories: Mapping[str, Future[Story]], stack: str) -> None:
    kept = stories[stack].result().kept
    assert list(kept) == ["fixed", "restarted", "taken down"]
    for what, (before, after) in kept.items():
        assert before == after, what


@pytest.mark.parametrize("stack", thorough(HARDENED, ("shop", "odd")))
def test_the_kernel_shows_it_hardened(stories: Mapping[str, Future[Story]], stack: str) -> None:
    story = stories[stack].result()
    assert story.live == HARDENED[stack]
    assert set(story.gaining.values()) == {"1"}
    assert not story.copied


@pytest.mark.parametrize("stack", thorough(HARDENED, ("shop", "odd")))
def test_check_finds_what_fix_left_and_nothing_else(stories: Mapping[str, Future[Story]], stack: str) -> None:
    story = stories[stack].result()
    assert story.found == story.needs


REFUSED = {"family": ("confinement-profiles", "read-only-rootfs"), "agent": ("no-host-access", "no-host-access")}
"""What cannot be mended: the control that says to stop, and the one that says why nothing is done."""


@pytest.mark.parametrize("stack", REFUSED)
def test_what_is_not_its_to_mend_is_refused_with_the_reason(engine: Engine, tmp_path: Path, stack: str) -> None:
    stop, why = REFUSED[stack]
    project = copied(engine, stack, tmp_path)
    before = (project.folder / "compose.yaml").read_bytes()
    report = _mended("fix", "--apply", str(project.folder))
    assert {one["control"] for one in report["needs_you"] if one["severity"] == "stop"} == {stop}
    said = " ".join(one["why"] for one in report["needs_you"] if one["control"] == why)
    assert ("the file says that a program makes it" in said) == (stack == "family") and said
    lines = (project.folder / "compose.yaml").read_bytes().splitlines()
    assert all(line in lines for line in before.splitlines() if b":9000" not in line), "a line was changed that was not its to change"
    assert (stack == "family") == (lines == before.splitlines())
    assert _rows(_mended("check", str(project.folder))["findings"]) == _rows(report["needs_you"])


def test_every_stack_is_told_of() -> None:
    folders = {folder.name for folder in HERE.iterdir() if folder.is_dir() and folder.name != "__pycache__"}
    assert folders - set(REFUSED) == set(HARDENED) == set(KEPT)
