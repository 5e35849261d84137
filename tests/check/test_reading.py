"""Compose files are read as Compose reads them, with the place of everything; what is not understood is never clean."""

import json
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from tests.check.shapes import REFUSED, SHAPES, UNREAD
from tests.check.tools import seawall
from wizard.check.finding_files import Group, find
from wizard.check.forms import shaped
from wizard.check.nodes import documents, scalar
from wizard.check.parts import judge_group
from wizard.check.project import load
from wizard.check.source import NotReadError, Place
from wizard.check.sources import Sources
from wizard.check.variables import filled
from wizard.foreign import Unknown

_JUDGED = ("privileged", "read_only", "init", "user", "cap_add", "cap_drop", "security_opt", "volumes", "ports", "tmpfs", "environment", "mem_limit",
           "pids_limit", "cpus", "image", "hostname", "command", "logging", "healthcheck", "dns")  # fmt: skip


def written(folder: Path, files: Mapping[str, str | bytes]) -> Path:
    """A folder with these files."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return folder


def read(folder: Path, paths: tuple[Path, ...] | None = None) -> dict[str, dict[str, Any]]:
    """The normalised services of a folder."""
    compose = load(paths or find([folder]).groups[0].paths, Sources(folder))
    return {name: shaped(node, compose.shared).fragment for name, node in compose.services.items()}


def told_by_compose(folder: Path) -> dict[str, dict[str, Any]]:
    """The same, of what the real Compose makes of the folder."""
    binary = Path(sys.executable).parent / "docker-compose"
    ran = subprocess.run([str(binary), "--profile", "*", "config", "--no-path-resolution"], cwd=folder, capture_output=True, text=True, timeout=60,
                         env={"PATH": "/usr/bin:/bin"})  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    other = folder / "told" / "compose.yaml"
    other.parent.mkdir()
    other.write_text(ran.stdout)
    return read(other.parent, (other,))


def comparable(fragment: Mapping[str, Any]) -> dict[str, Any]:
    """What the controls judge, in the spelling that both have."""
    out = {key: fragment[key] for key in _JUDGED if fragment.get(key) not in (None, [], {})}
    for volume in out.get("volumes", ()):
        for spare in ("bind", "volume", "tmpfs"):
            volume.pop(spare, None)
    out["environment"] = {name: f"{value:g}" if isinstance(value, float) else str(value) for name, value in out.get("environment", {}).items()}
    out["ports"] = sorted(port.removesuffix("/tcp") for port in out.get("ports", []))
    for key in ("mem_limit", "cpus", "pids_limit"):
        if key in out:
            out[key] = _number(str(out[key]))
    for key in ("tty", "privileged", "init", "read_only"):
        if out.get(key) is False:
            del out[key]
    return out


def _number(text: str) -> float:
    units = {"k": 1024, "m": 1024**2, "g": 1024**3}
    text = text.lower().removesuffix("b")
    return float(text[:-1]) * units[text[-1]] if text[-1] in units else float(text)


@pytest.mark.parametrize("name", SHAPES)
def test_every_shape_is_read_as_compose_reads_it(name: str, tmp_path: Path) -> None:
    folder = written(tmp_path / "p", SHAPES[name])
    ours, theirs = read(folder), told_by_compose(folder)
    assert {service: comparable(fragment) for service, fragment in ours.items()} == {
        service: comparable(fragment) for service, fragment in theirs.items()
    }


@pytest.mark.parametrize("name", REFUSED)
def test_what_compose_refuses_is_refused_with_its_line(name: str, tmp_path: Path) -> None:
    text, said = REFUSED[name]
    written(tmp_path, {"compose.yaml": text})
    ran = seawall("check", cwd=tmp_path)
    assert ran.returncode == 2
    assert said in ran.stderr
    assert ran.stdout == ""
    assert ran.stderr.count("\n") == 1
    assert "Traceback" not in ran.stderr
    config = subprocess.run([str(Path(sys.executable).parent / "docker-compose"), "config"], cwd=tmp_path, capture_output=True, text=True, timeout=60,
                            env={"PATH": "/usr/bin:/bin"})  # fmt: skip
    assert config.returncode != 0


@pytest.mark.parametrize("name", UNREAD)
def test_what_is_not_understood_is_an_error_in_bounded_time(name: str, tmp_path: Path) -> None:
    raw, said = UNREAD[name]
    written(tmp_path, {"compose.yaml": raw})
    before = time.process_time()
    part = judge_group(Group((tmp_path / "compose.yaml",)), Sources(tmp_path))
    assert time.process_time() - before < 5
    [problem] = part.problems
    assert said in problem
    assert problem.isprintable()


def test_a_file_that_is_not_understood_does_not_hide_what_is_found_in_others(tmp_path: Path) -> None:
    written(tmp_path, {"a/compose.yaml": "services: {a: {image: 'x:1', privileged: true}}\n", "b/compose.yaml": "services: {}\n"})
    ran = seawall("check", "--format", "json", cwd=tmp_path)
    report = json.loads(ran.stdout)
    assert ran.returncode == 2
    assert "no-host-access" in {row["control"] for row in report["findings"]}
    assert report["services"] == 1
    assert [problem.partition(":")[0] for problem in report["problems"]] == ["b/compose.yaml"]


def test_a_pipe_a_folder_and_a_link_in_a_circle_are_not_waited_for(tmp_path: Path) -> None:
    import os

    os.mkfifo(tmp_path / "compose.yaml")
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "again").symlink_to(tmp_path)
    (tmp_path / "sub" / "docker-compose.yml").symlink_to("docker-compose.yml")
    ran = seawall("check", cwd=tmp_path)
    assert ran.returncode == 2
    assert "is no file" in ran.stderr


@pytest.mark.parametrize(("text", "value"), [
    ("yes", "yes"), ("True", True), ("~", None), ("0440", 288), ("0o440", 288), ("089", 89.0), ("0x1F", 31), ("1_000", 1000), (".5", 0.5), ("1e3", 1000.0),
    ("1:30", "1:30"), ("2001-01-01", "2001-01-01"), ("-", "-"), (".", "."), ("5:5", "5:5"), ("+1", 1), ("1.2.3", "1.2.3"), ("-.5", -0.5),
])  # fmt: skip
def test_plain_scalars(text: str, value: object) -> None:
    assert scalar(text) == value
    assert type(scalar(text)) is type(value)


@pytest.mark.parametrize(("text", "value"), [
    ("$A", "1"), ("${A}", "1"), ("$$A", "$A"), ("${N:-d}", "d"), ("${N-d}", "d"), ("${E:-d}", "d"), ("${E-d}", ""), ("${A:+y}", "y"), ("${A?needed}", "1"),
    ("${N:-${A}}", "1"), ("${N:-${M:-x}}", "x"), ("a${A}b$A", "a1b1"), ("${N:-}", ""), ("${N:+y}", ""), ("x$", "x$"), ("a$1b", "a$1b"), ("$ $$", "$ $"),
])  # fmt: skip
def test_variables(text: str, value: str) -> None:
    assert filled(text, {"A": "1", "E": ""}, Place("f")) == value


@pytest.mark.parametrize("text", ["$N", "${N}", "a${N}", "${N:?needed}", "${N:-$M}", "${E:?needed}"])
def test_what_nothing_sets_is_unknown_and_not_empty(text: str) -> None:
    found = filled(text, {"A": "1", "E": ""}, Place("f"))
    assert isinstance(found, Unknown)
    assert found == text


def test_every_key_and_entry_has_its_place() -> None:
    text = 'services:\r\n  "a":\r\n    image: x # y\r\n    cap_add: [A,\r\n      B]\r\n    environment:\r\n    - C=1\r\n'
    (root,) = documents(text.removeprefix("\ufeff"), "f")
    service = root.value["services"].value["a"]
    assert (service.place.line, service.place.column) == (2, 3)
    assert [(one.place.line, one.place.column) for one in service.value["cap_add"].value] == [(4, 15), (5, 7)]
    assert service.value["environment"].value[0].place == Place("f", 7, 7)


_PIECES = st.sampled_from(("services:", "\n", "  ", "a:", " {", "}", "[", "]", ",", "image: x", "&a", "*a", "<<: ", "!!str ", "!x ", "- ", "? ", "|", ">", '"', "'",
                           "#", "${X:-", "}", "$", "privileged: yes", "\t", "\r\n", "---", "...", "%YAML 1.2", "extends: ", "include: ", "volumes: ", "\ufeff",
                           "\u2028", "\x85", "é", "ports: [80]", "build: .", "deploy: ", "environment: ", "null", "0777"))  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.lists(_PIECES, max_size=40).map("".join))
def test_whatever_it_is_it_is_read_or_refused(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    folder = tmp_path_factory.getbasetemp() / "fuzz"
    folder.mkdir(exist_ok=True)
    path = folder / "compose.yaml"
    path.write_text(text, encoding="utf-8", newline="")
    from wizard.check.judging import judge

    try:
        sources = Sources(folder)
        judge(load((path,), sources), sources)
    except NotReadError as error:
        assert str(error).isprintable()


_WORDS = st.sampled_from(("a", "5", "yes", "0", "~x", "a b", "no", "1.5", "a#b", "é", "x-y", "ALL", "null", "0440"))
_SERVICE = st.fixed_dictionaries({"image": st.sampled_from(("x", "x:1", "r.example/x@sha256:" + "a" * 64))}, optional={
    "privileged": st.sampled_from((True, False, "yes", "off", "${T:-true}")), "read_only": st.booleans(), "init": st.booleans(),
    "user": st.sampled_from(("5", "5:5", "root", "${U:-7}:8")), "cap_add": st.lists(st.sampled_from(("A", "B", "CAP_C", "d")), unique=True, max_size=3),
    "cap_drop": st.just(["ALL"]), "security_opt": st.lists(st.sampled_from(("no-new-privileges:true", "seccomp=unconfined", "label:disable")), unique=True),
    "tmpfs": st.one_of(st.just("/t"), st.just(["/t", "/u:size=1m"])),
    "environment": st.one_of(st.dictionaries(st.sampled_from(("A", "B", "C")), _WORDS), st.just(["A=1", "B=x=y"])),
    "volumes": st.lists(st.sampled_from(("/a:/b", "/a:/b:ro", "/c", "named:/d", "/e:/f:z")), unique=True, max_size=3).filter(
        lambda v: not {"/a:/b", "/a:/b:ro"} <= set(v)),
    "ports": st.lists(st.sampled_from(("80", "81:81", "127.0.0.1:82:82", "83:83/udp")), unique=True, max_size=3),
    "mem_limit": st.sampled_from(("1g", "512m", "1048576")), "cpus": st.sampled_from(("0.5", "2")), "pids_limit": st.sampled_from((5, "7")),
    "dns": st.sampled_from(("1.1.1.1", ["1.1.1.1", "::1"])), "hostname": st.sampled_from(("h", "h-1")),
})  # fmt: skip


@settings(max_examples=12, deadline=None, phases=[Phase.generate])
@given(base=st.dictionaries(st.sampled_from(("a", "b", "c")), _SERVICE, min_size=1), over=st.dictionaries(st.sampled_from(("a", "b")), _SERVICE),
       flow=st.sampled_from((True, False, None)), quotes=st.sampled_from((None, '"', "'")))  # fmt: skip
def test_random_projects_are_read_as_compose_reads_them(
    tmp_path_factory: pytest.TempPathFactory, base: Any, over: Any, flow: bool | None, quotes: str | None
) -> None:
    import yaml

    folder = tmp_path_factory.mktemp("random")

    def text(services: Any) -> str:
        return yaml.dump(
            {"services": services, "volumes": {"named": None}}, default_flow_style=flow, default_style=quotes, allow_unicode=True, indent=3
        )

    files = {"compose.yaml": text(base)} | ({"compose.override.yaml": text(over)} if over else {})
    ours, theirs = read(written(folder, files)), told_by_compose(folder)
    for fragments in (ours, theirs):
        for fragment in fragments.values():
            for key in ("cap_add", "security_opt", "volumes", "tmpfs"):
                fragment[key] = sorted(fragment.get(key) or [], key=str)
    assert {service: comparable(fragment) for service, fragment in ours.items()} == {
        service: comparable(fragment) for service, fragment in theirs.items()
    }
