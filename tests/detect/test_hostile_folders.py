"""Whatever lies in a folder: it is read within bounds, never run, and never a traceback."""

import json
import os
import sys
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.detect.samples import samples
from wizard import folder as folder_module
from wizard.detect import NOTHING, detect
from wizard.detect_report import as_json, as_text
from wizard.folder import Folder
from wizard.stack import Detected

SAMPLES = samples()
NAMES = sorted({name for sample in SAMPLES for name in sample.files if "/" not in name} | {"mise.toml", ".tool-versions", "setup.cfg", "global.json"})


def told(found: Detected) -> None:
    """It can be shown, and stays in its place on a terminal."""
    if not found.answers:
        return
    data = json.loads(as_json(found))
    assert set(data) >= {"language", "version", "framework", "package_manager", "command", "ports", "evidence"}
    assert all(line.isprintable() for line in as_text(found).splitlines())


def write(root: Path, files: dict[str, bytes]) -> Path:
    for name, content in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return root


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(st.dictionaries(st.sampled_from(NAMES), st.binary(max_size=300), min_size=1, max_size=4))
def test_any_bytes_in_files_of_known_names(tmp_path_factory: pytest.TempPathFactory, files: dict[str, bytes]) -> None:
    told(detect(write(tmp_path_factory.mktemp("odd"), files)))


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(st.sampled_from(SAMPLES), st.data())
def test_a_sample_with_something_broken_in_it(tmp_path_factory: pytest.TempPathFactory, sample: object, data: st.DataObject) -> None:
    files = {name: text.encode() for name, text in sample.files.items()}  # type: ignore[attr-defined]
    name = data.draw(st.sampled_from(sorted(files)))
    at = data.draw(st.integers(0, len(files[name])))
    middle = data.draw(
        st.sampled_from([b"", b"\x00", b"\xff", b"{", b"]]", b'"', b"<!--", b"\n" * 50, b"[[[[", b"\x1b[2J", "\u202e".encode(), b"'" * 9])
    )
    files[name] = files[name][:at] + middle + files[name][at + data.draw(st.integers(0, 3)) :]
    told(detect(write(tmp_path_factory.mktemp("broken"), files)))


@pytest.mark.parametrize(("name", "content"), [
    ("package.json", "[" * 100_000), ("package.json", '{"a":' * 50_000), ("package.json", '{"scripts": [], "dependencies": 3, "engines": "x", "workspaces": {"packages": 1}}'),
    ("package.json", '{"scripts": {"start": {"a": 1}}, "packageManager": 7, "main": ["a"], "engines": {"node": 18}}'),
    ("package.json", '{"main": "../../../etc/passwd", "scripts": {"build": "x"}}'),
    ("pyproject.toml", "a = " + "[" * 20_000), ("pyproject.toml", 'project = 1\ntool = "x"\n'), ("pyproject.toml", "[project]\ndependencies = [1, {a = 2}]\n"),
    ("Cargo.toml", "bin = 1\ndependencies = []\n[package]\nname = '../x; rm'\n"), ("pom.xml", "<project>" + "<a>" * 60_000),
    ("pom.xml", '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><project><artifactId>&b;</artifactId></project>'),
    ("x.csproj", '<Project Sdk="Microsoft.NET.Sdk.Web"><AssemblyName>$(rm -rf)</AssemblyName></Project>'),
    ("requirements.txt", "flask " * 60_000), ("go.mod", "require (\n" * 50_000), ("Gemfile", "gem '" * 80_000), ("mix.exs", "{:" * 90_000),
    ("deno.json", "/*" * 100_000), ("composer.json", '{"require": ["php"]}'), ("Procfile", "web: " + "a" * 200_000), ("Procfile", "web: 'unclosed\n"),
    ("requirements.txt", " " * 400_000), ("app.py", "\n" * 400_000), ("app.py", "environ.get(" * 40_000), ("server.js", "listen(\n" * 60_000),
    ("pom.xml", "<parent>" * 50_000), ("config.toml", "\n" * 300_000), (".env.example", "A=" + "x" * 300_000), ("go.mod", "\t\n" * 200_000),
    ("setup.py", '"a' * 150_000), ("Pipfile", "[[packages]]\nx = 1\n"), ("angular.json", '{"projects": {"a": 1, "b": []}}'), ("global.json", '{"sdk": "x"}'),
])  # fmt: skip
def test_awkward_manifests(tmp_path: Path, name: str, content: str) -> None:
    beside = {"main.py": b"", "package.json": b'{"dependencies": {"@angular/core": "1"}}', "src/main/java/A.java": b"", "main.go": b"package main\n"}
    began = time.process_time()
    told(detect(write(tmp_path, beside | {name: content.encode()})))
    assert time.process_time() - began < 3


def test_nothing_of_the_folder_is_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    trap = b"import pathlib\npathlib.Path('ran').write_text('x')\n"
    names = ("setup.py", "app.py", "manage.py", "conftest.py", "gunicorn.conf.py", "tomllib.py", "json.py", "wizard.py")
    write(
        tmp_path,
        {
            **dict.fromkeys(names, trap),
            "requirements.txt": b"flask\n",
            "package.json": b'{"scripts": {"start": "touch ran", "prepare": "touch ran"}}',
        },
    )
    monkeypatch.chdir(tmp_path)
    before = set(sys.modules)
    detect(tmp_path)
    assert not (tmp_path / "ran").exists()
    assert not [name for name in set(sys.modules) - before if (getattr(sys.modules[name], "__file__", "") or "").startswith(str(tmp_path))]


def test_links_are_not_followed_and_loops_end(tmp_path: Path) -> None:
    outside = write(tmp_path / "outside", {"requirements.txt": b"flask\n", "app.py": b"print(1)\n"})
    inside = tmp_path / "inside"
    (inside / "a").mkdir(parents=True)
    (inside / "a" / "loop").symlink_to(inside)
    (inside / "linked").symlink_to(outside)
    (inside / "app.py").symlink_to(outside / "app.py")
    os.mkfifo(inside / "requirements.txt")
    assert detect(inside) is NOTHING


def test_as_many_files_as_there_may_be_and_no_more(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(folder_module, "MOST_FILES", 50)
    write(tmp_path, {f"deep/{number}/x.txt": b"" for number in range(80)} | {"go.mod": b"module x\n\ngo 1.22\n"})
    folder = Folder(tmp_path)
    assert len(folder.files) == 50
    assert folder.has("go.mod")  # what lies nearest is seen first


def test_huge_and_binary_files_are_passed_over(tmp_path: Path) -> None:
    write(tmp_path, {"main.py": b"port = 1234\n" * 100_000, "index.html": b"", "app.py": b"\x00" * 100})
    assert Folder(tmp_path).text("main.py") == ""
    assert Folder(tmp_path).text("app.py") == ""


def test_names_that_could_steer_a_terminal_are_passed_over(tmp_path: Path) -> None:
    write(tmp_path, {"a\x1b[2Jb/package.json": b'{"scripts": {"start": "node x"}, "dependencies": {"express": "1"}}', "\u202eapp.py": b"print(1)\n"})
    assert detect(tmp_path) is NOTHING


def test_a_usual_project_takes_less_than_a_tenth_of_a_second(tmp_path: Path) -> None:
    code = b"from django.db import models\n\n\nclass Thing(models.Model):\n    name = models.CharField(max_length=200)\n" * 20
    files = {f"shop/part{number}/module{number}.py": code for number in range(150)}
    write(
        tmp_path,
        {**files, "requirements.txt": b"django\npsycopg\n", "manage.py": b"", "shop/settings.py": b"WSGI_APPLICATION = 'shop.wsgi.application'\n"},
    )
    detect(tmp_path)
    times = []
    for _ in range(3):
        began = time.process_time()
        detect(tmp_path)
        times.append(time.process_time() - began)
    assert min(times) < 0.1
