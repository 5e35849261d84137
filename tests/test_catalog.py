"""Catalogs of teams: the examples of docs/catalog.md hold the laws, what is wrong in one is said in a line, and none is ever used unasked."""

import json
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from msgspec import Struct

from tests.tools import ROOT, compose_config
from tests.tools import seawall as plain_seawall
from wizard.catalogs.facts import CompanionFacts, ControlFacts, StackFacts
from wizard.errors import UsageError

EXAMPLE = "./examples/catalog"
OURS = ("owner-label", "tier-label", "perl", "sessions", "mirrored-redis", "reports")


def seawall(*arguments: str, cwd: Path = ROOT, environment: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """The command line, with variables of one's own."""
    if environment is None:
        return plain_seawall(*arguments, cwd=cwd)
    given = {"PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT), "HOME": "/nonexistent", "LANG": "C.UTF-8", **environment}
    return subprocess.run([sys.executable, "-m", "wizard", *arguments], cwd=cwd, env=given, capture_output=True, text=True, timeout=60, input="")


def refused(done: subprocess.CompletedProcess[str]) -> str:
    """The one line with which it was refused."""
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (2, "", 1), done.stdout + done.stderr
    return done.stderr.removeprefix("seawall: ").rstrip("\n")


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example's app, scaffolded with its catalog."""
    folder = tmp_path_factory.mktemp("catalog") / "shop"
    folder.mkdir()
    (folder / "app.psgi").write_text((ROOT / "examples/catalog/app/app.psgi").read_text())
    words = ("--set", "companions=sessions, mirrored-redis as cache, postgres", "--set", "extras=runbook,docker-run,debug")
    done = seawall("--catalog", EXAMPLE, str(folder), "--yes", *words)
    assert done.returncode == 0, done.stderr
    return folder


@cache
def listed(command: str) -> list[dict[str, Any]]:
    """What a command lists with the example in use."""
    rows: list[dict[str, Any]] = json.loads(seawall(command, "--catalog", EXAMPLE, "--format", "json").stdout)
    return rows


@pytest.mark.parametrize(("command", "ids"), [
    ("controls", {"owner-label": "read-only-rootfs"}), ("stacks", {"perl": "python"}), ("companions", {"sessions": "redis", "mirrored-redis": "redis"}),
])  # fmt: skip
def test_what_it_brings_stands_beside_what_there_is(command: str, ids: Mapping[str, str]) -> None:
    rows = {row["id"]: row for row in listed(command)}
    for own, built_in in ids.items():
        assert rows[own].keys() == rows[built_in].keys()


def test_what_nobody_booted_is_said() -> None:
    rows = {row["id"]: row["evidence"] for row in listed("companions")}
    assert rows["mirrored-redis"] == "said by the catalog example, not yet booted"
    assert rows["sessions"] == "1.6 on Debian booted by the tests of the catalog example, as it says"


def test_every_service_follows_the_rule_of_the_team(shop: Path) -> None:
    text = (shop / "compose.yaml").read_text()
    services = yaml.safe_load(text)["services"]
    assert {name: service["labels"] for name, service in services.items()} == {name: {"com.example.team": "shop"} for name in services}
    assert "has to know whom to wake. [owner-label]" in " ".join(text.replace("#", " ").split())
    assert compose_config(text, shop).returncode == 0
    assert seawall("check", str(shop), "--catalog", EXAMPLE, "--fail-on", "info").returncode == 0


def test_the_rule_is_in_what_is_written_beside_compose_as_well(shop: Path) -> None:
    assert (shop / "docker-run.sh").read_text().count("        --label com.example.team=shop \\\n") == 5
    assert "# seawall: waive owner-label: it ends when the look ends" in (shop / "compose.debug.yaml").read_text()
    assert "| `labels`<br>owner-label |" in (shop / "HARDENING.md").read_text()


def test_what_docker_run_has_no_flag_for_is_said_in_its_script(tmp_path: Path) -> None:
    (tmp_path / "catalog.yaml").write_text(CONTROL % ", must: [{key: profiles, value: [ours]}]")
    words = ("--set", "image=redis:8", "--set", "user=999:999", "--set", "name=a", "--set", "extras=docker-run")
    done = seawall("new", str(tmp_path), "--yes", "--catalog", f"{tmp_path}/", *words)
    assert done.returncode == 0, done.stderr
    assert "    # Without profiles, unlike in compose.yaml: docker run has nothing for it.\n" in (tmp_path / "docker-run.sh").read_text()


def test_its_stack_and_its_companions_are_rendered(shop: Path) -> None:
    services = yaml.safe_load((shop / "compose.yaml").read_text())["services"]
    assert services["sessions"]["image"] == "registry.example.com/mirror/memcached:1"
    assert services["cache"]["image"] == "registry.example.com/mirror/redis:8"
    assert services["cache"]["command"][0] == "redis-server"
    assert services["cache"]["user"] == "999:999"
    assert services["shop"]["environment"].items() >= {("SESSIONS", "sessions:11211"), ("REDIS_URL", "redis://cache:6379/0")}
    dockerfile = (shop / "Dockerfile").read_text()
    assert "install -y --no-install-recommends starman" in dockerfile
    assert "USER 10001:10001" in dockerfile
    judged = subprocess.run([str(Path(sys.executable).parent / "hadolint"), str(shop / "Dockerfile")], capture_output=True, text=True, timeout=60)
    assert (judged.returncode, judged.stdout) == (0, "")


def test_default_answers_stand_above_the_defaults_and_below_everything_else(shop: Path) -> None:
    services = yaml.safe_load((shop / "compose.yaml").read_text())["services"]
    assert services["shop"]["mem_limit"] == "256m"
    assert services["shop"]["pids_limit"] == 100  # of the same key, what the team does not say
    assert services["shop"]["restart"] == "on-failure:5"
    saved = (shop / "seawall.yaml").read_text()
    assert '# restart: "on-failure:5"    # catalog example' in saved
    said = seawall("--catalog", EXAMPLE, str(shop), "--dry-run", "--yes", "--set", "restart=always", "--set", "limits.memory=300M").stdout
    assert "+    restart: always" in said
    assert '+    mem_limit: "300m"' in said


def test_what_a_folder_shows_is_no_matter_of_habit(tmp_path: Path) -> None:
    (tmp_path / "catalog.yaml").write_text("catalog: 1\nname: habits\n")
    (tmp_path / "answers.yaml").write_text("ports: 9999\nstop_grace: 7\n")
    (tmp_path / "index.html").write_text("<p>hello</p>\n")
    done = seawall("new", str(tmp_path), "--yes", "--catalog", f"{tmp_path}/")
    assert done.returncode == 0, done.stderr
    text = (tmp_path / "compose.yaml").read_text()
    assert "8080:8080" in text and "9999" not in text
    assert 'stop_grace_period: "7s"' in text


def test_what_was_made_with_a_catalog_says_so_and_is_not_read_without_it(shop: Path) -> None:
    assert yaml.safe_load((shop / "seawall.yaml").read_text())["catalogs"] == ["example"]
    line = (shop / "seawall.yaml").read_text().splitlines().index("  - example") + 1
    problem = f"{shop}/seawall.yaml:{line}: catalogs[0]: «example» is needed and not in use; say --catalog with its folder, or the package's name"
    assert refused(seawall("new", str(shop), "--yes")) == problem
    assert problem in seawall("check", str(shop)).stderr
    again = seawall("new", str(shop), "--yes", "--dry-run", "--catalog", EXAMPLE)
    assert {line.split()[0] for line in again.stdout.splitlines()[:6]} == {"unchanged"}


def test_the_variable_does_what_the_option_does(shop: Path) -> None:
    given = {"SEAWALL_CATALOG": str(ROOT / "examples/catalog")}
    assert seawall("check", str(shop), environment=given).returncode == 0
    assert "no terminal to ask on" in refused(seawall(cwd=shop, environment=given))


def test_nothing_is_used_that_nobody_named(tmp_path: Path) -> None:
    (tmp_path / "catalog.yaml").write_text("this: is no catalog\n")
    (tmp_path / "answers.yaml").write_text("no: answers\n")
    (tmp_path / "seawall.yaml").write_text("name: a\nimage: redis:8\nuser: 999:999\ncatalogs: [here]\n")
    (tmp_path / "here").mkdir()
    (tmp_path / "here" / "catalog.yaml").write_text("catalog: 1\nname: here\n")
    assert "catalogs[0]: «here» is needed and not in use" in refused(seawall("new", ".", "--yes", cwd=tmp_path))
    (tmp_path / "seawall.yaml").unlink()
    done = seawall("new", ".", "--yes", "--set", "image=redis:8", "--set", "user=999:999", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "catalogs" not in (tmp_path / "seawall.yaml").read_text()


def test_a_plain_word_is_a_package_and_never_a_folder(tmp_path: Path) -> None:
    """Also not one that the folder one is in pretends to have installed."""
    (tmp_path / "acme").mkdir()
    (tmp_path / "acme" / "catalog.yaml").write_text("catalog: 1\nname: acme\n")
    (tmp_path / "acme-1.0.dist-info").mkdir()
    (tmp_path / "acme-1.0.dist-info" / "METADATA").write_text("Metadata-Version: 2.1\nName: acme\nVersion: 1.0\n")
    (tmp_path / "acme-1.0.dist-info" / "entry_points.txt").write_text("[seawall.catalog]\nacme = evil:CATALOG\n")
    (tmp_path / "evil.py").write_text("raise SystemExit('it ran')\n")
    said = refused(seawall("controls", "--catalog", "acme", cwd=tmp_path))
    assert (
        said == "--catalog «acme»: no installed package offers a catalog of that name (the folder is meant by ./acme); accepted: none are installed"
    )
    assert seawall("controls", "--catalog", "./acme", cwd=tmp_path).returncode == 0


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, str]:
    """The example package, installed: the environment in which it is found."""
    place = tmp_path_factory.mktemp("installed")
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps", "--no-build-isolation"]
    subprocess.run([*pip, "--target", str(place), str(ROOT / "examples/package")], check=True, timeout=120, capture_output=True)
    return {"PYTHONPATH": os.pathsep.join((str(ROOT), str(place)))}


def test_the_laws_of_the_suite_hold_for_the_examples(installed: Mapping[str, str]) -> None:
    """The very tests that every control, stack and companion of Seawall has to pass, in a process that has both catalogs in use."""
    suite = ("tests/test_laws.py", "tests/test_companions.py", "tests/test_chain.py")
    chosen = " or ".join(f"{name}]" for name in OURS)
    words = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-k", chosen, *suite]
    environment = {**os.environ, **installed, "SEAWALL_CATALOG": f"{EXAMPLE}{os.pathsep}example-package"}
    done = subprocess.run(words, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout
    passed = done.stdout.splitlines()[-1]
    assert int(passed.split()[0]) >= 2 * 5 + 1 + 3 * 4, passed  # tests of two controls, a stack and three companions: none was left out


def test_a_package_brings_code(installed: Mapping[str, str], tmp_path: Path) -> None:
    (tmp_path / "requirements.txt").write_text("flask==3.1.3\n")
    (tmp_path / "app.py").write_text("from flask import Flask\napp = Flask(__name__)\n")
    options = ("--catalog", "example-package", "--catalog", str(ROOT / "examples/catalog"), "--set", "companions=reports")
    done = seawall("new", ".", "--yes", *options, cwd=tmp_path, environment=installed)
    assert done.returncode == 0, done.stderr
    assert "FROM registry.example.com/base/python:3.13-slim AS build" in (tmp_path / "Dockerfile").read_text()
    services = yaml.safe_load((tmp_path / "compose.yaml").read_text())["services"]
    tiers = {name: service["labels"] for name, service in services.items()}
    assert tiers.pop("ingress") == {"com.example.tier": "edge", "com.example.team": "shop"}
    assert list(tiers.values()) == [{"com.example.tier": "inside", "com.example.team": "shop"}] * 2
    assert services["reports"]["command"] == ["postgres", "-c", "work_mem=64MB"]
    assert yaml.safe_load((tmp_path / "seawall.yaml").read_text())["catalogs"] == ["example-package", "example"]
    without = seawall("stacks", environment=installed)
    assert "own base image" not in without.stdout


def test_a_rule_is_found_broken_and_mended(tmp_path: Path) -> None:
    (tmp_path / "compose.yaml").write_text("services:\n  a:\n    image: redis:8\n    labels: {x: y}\n  b:\n    image: redis:8\n")
    found = json.loads(seawall("check", "--catalog", str(ROOT / EXAMPLE), "--format", "json", cwd=tmp_path).stdout)["findings"]
    messages = {(one["line"], one["message"]) for one in found if one["control"] == "owner-label"}
    assert messages == {(4, "labels lacks com.example.team"), (5, "no labels: {com.example.team: shop}")}
    seawall("fix", "--apply", "--catalog", str(ROOT / EXAMPLE), cwd=tmp_path)
    services = yaml.safe_load((tmp_path / "compose.yaml").read_text())["services"]
    assert services["a"]["labels"] == {"x": "y", "com.example.team": "shop"}
    assert services["b"]["labels"] == {"com.example.team": "shop"}


def test_the_page_about_catalogs_shows_what_is_there_and_each_command_of_it_works() -> None:
    page = (ROOT / "docs/catalog.md").read_text()
    files = [path.read_text() for path in (ROOT / "examples").rglob("*") if path.suffix in (".yaml", ".toml")]
    shown = re.findall(r"^```(?:yaml|toml)\n(.*?)^```", page, re.M | re.S)
    assert len(shown) == 7
    assert [block for block in shown if not any(block in text for text in files)] == []
    (commands,) = re.findall(r"^```sh\n(.*?)^```", page, re.M | re.S)
    for command in commands.splitlines():
        done = seawall(*shlex.split(command)[1:])
        assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("owner-label: Every service says which team answers for it\n")


def test_the_example_of_a_companion_in_contributing_is_one_that_there_is() -> None:
    (shown,) = re.findall(r"^```python\n(.*?)^```", (ROOT / "CONTRIBUTING.md").read_text(), re.M | re.S)
    assert shown in (ROOT / "wizard/companions/memcached.py").read_text()


@pytest.mark.parametrize("kind", [CompanionFacts, StackFacts, ControlFacts])
def test_the_page_about_catalogs_names_every_key(kind: type[Struct]) -> None:
    page = (ROOT / "docs/catalog.md").read_text()
    assert [name for name in kind.__struct_fields__ if f"`{name}`" not in page] == []


COMPANION = """catalog: 1
name: a
companions:
  - {id: one, title: One of them, group: caches, image: some/image, version: "1", port: 80, user: "5:5", health: [probe]%s}
"""
STACK = """catalog: 1
name: a
stacks:
  - id: cobol
    title: COBOL of ours
    name: COBOL
    version: "3"
    image: some/cobol:{version}
    template: cobol.j2
    detect: {files: [main.cob]}
    health: {http: [check, "{url}"], tcp: [check, "{port}"]}
    command: [/app/main]
    port: 8080
"""
CONTROL = """catalog: 1
name: a
controls:
  - {id: our-rule, title: Our rule, why: It is ours alone., what_may_break: Nothing at all., how_it_shows: Nowhere., references: [Us alone],
     step: stay, stops: Nothing is stopped., stands: Everything stands.%s}
"""


@pytest.mark.parametrize(("text", "said"), [
    ("catalog: 2\nname: a\n", "catalog.yaml:1: catalog: «2» is not accepted; accepted: 1"),
    ("catalog: 1\n", "catalog.yaml:1: name is missing"),
    ("catalog: 1\nname: a\nstack: []\n", "catalog.yaml:3: stack: unknown key (did you mean stacks?); accepted: catalog, companions, controls, name, stacks"),
    (COMPANION % ", prot: 80", "catalog.yaml:4: companions[0].prot: unknown key (did you mean port?); accepted: "),
    (COMPANION % ", memory: much", "catalog.yaml:4: companions[0].memory: «much» is not accepted; accepted: a whole number with K, M or G, such as 64M"),
    (COMPANION % ', warnings: ["an \\e[31m escape"]', "catalog.yaml:4: companions[0]: warnings: the character U+001B is not accepted here"),
    (COMPANION.replace("id: one", "id: redis") % "", "the companion «redis» has the id of one of Seawall's own; give it another, or say that it replaces"),
    (COMPANION.replace("title: One of them, ", "") % "", "catalog.yaml:4: companions[0]: title is missing; it is needed unless another companion is ext"),
    (COMPANION % ", extends: nothing", "catalog.yaml:4: companions[0]: extends: «nothing» is none of Seawall's own; accepted: caddy, "),
    (STACK, "catalog.yaml:4: stacks[0]: there is no file cobol.j2 beside catalog.yaml"),
    (STACK.replace("cobol.j2", "../cobol.j2"), "catalog.yaml:9: stacks[0].template: «../cobol.j2» is not accepted; accepted: a file below the folder"),
    (STACK.replace("id: cobol", "id: go"), "stacks[0]: there is no file cobol.j2"),
    (CONTROL % "", "catalog.yaml:4: controls[0]: must and forbids are both missing: it would ask for nothing"),
    (CONTROL % ", forbids: [{key: image, message: it is old, pattern: '['}]", "catalog.yaml:4: controls[0]: forbids: image: unterminated character set"),
    (CONTROL % ", must: [{key: image, value: a}]", "catalog.yaml:4: controls[0]: must: image says what a service is, and no rule sets it"),
    (CONTROL.replace("our-rule", "read-only-rootfs") % ", must: [{key: tty, value: false}]", "the control «read-only-rootfs» has the id of one of Seawall's own"),
])  # fmt: skip
def test_what_is_wrong_in_a_catalog_is_said_in_one_line(text: str, said: str, tmp_path: Path) -> None:
    from wizard.catalogs import load

    (tmp_path / "catalog.yaml").write_text(text)
    with pytest.raises(UsageError) as error:
        load([f"{tmp_path}/"])
    assert said in str(error.value)
    assert str(error.value).startswith(str(tmp_path)) and str(error.value).isprintable()


@pytest.mark.parametrize(("text", "said"), [
    ("restrat: no\n", "answers.yaml:1: «restrat» is no answer that can be a default; accepted: apparmor, calls, "),
    ("restart: no\nname: shop\n", "answers.yaml:2: «name» is no answer that can be a default"),
    ("limits: {memory: 256M}\nrestart: sometimes\n", "answers.yaml:2: restart: «sometimes» is not accepted; accepted: unless-stopped"),
])  # fmt: skip
def test_what_is_wrong_in_default_answers_is_said_with_their_line(text: str, said: str, tmp_path: Path) -> None:
    (tmp_path / "catalog.yaml").write_text("catalog: 1\nname: a\n")
    (tmp_path / "answers.yaml").write_text(text)
    done = seawall("new", str(tmp_path), "--dry-run", "--catalog", f"{tmp_path}/", "--set", "image=redis:8", "--set", "user=5:5")
    assert said in refused(done)


@pytest.mark.parametrize(("template", "said"), [
    ("FROM {{ image }}\nCOPY {{ source }} /app\n", "cobol.j2: 'lib; rm -rf /' would stand in the file as it is"),
    ("FROM {{ image }}\nCOPY {{ 'x' ~ labels }} /app\n", "would stand in the file as it is; accepted: a filter behind it, | word, | words or | json"),
    ("FROM {{ image }}\nCOPY {{ source | word }} /app\n", "cobol.j2: 'lib; rm -rf /' is no plain word"),
    ("FROM {{ image }}\n{% if x %}\n", "cobol.j2:2: Unexpected end of template"),
    ("FROM {{ imag }}\n", "cobol.j2: 'imag' is undefined"),
    ("{{ image.__class__.__mro__ }}\n", "cobol.j2: access to attribute '__class__' of 'Quoted' object is unsafe"),
    ("{% include '../../etc/passwd' %}\n", "there is no template ../../etc/passwd"),
])  # fmt: skip
def test_a_template_gets_nothing_into_a_dockerfile_unquoted(template: str, said: str, tmp_path: Path) -> None:
    from wizard.catalogs.templates import render

    (tmp_path / "cobol.j2").write_text(template)
    with pytest.raises(UsageError) as error:
        render(tmp_path, "cobol.j2", {"image": "some/cobol:3", "source": "lib; rm -rf /", "labels": "LABEL a=b"})
    assert said in str(error.value)


@pytest.mark.parametrize("own", ["python, replaces: true", "our-python"])
def test_a_stack_that_extends_another_keeps_what_it_does_not_say(own: str, tmp_path: Path) -> None:
    """In its place, or beside it: then it is what a folder that shows both is taken for."""
    catalog, app = tmp_path / "catalog", tmp_path / "shop"
    catalog.mkdir()
    app.mkdir()
    row = f"{{id: {own}, extends: python, title: Ours, image: 'registry.example.com/python:{{version}}-slim', environment: {{A: b c}}}}"
    (catalog / "catalog.yaml").write_text(f"catalog: 1\nname: base\nstacks: [{row}]\n")
    (app / "requirements.txt").write_text("flask==3.1.3\n")
    (app / "app.py").write_text("from flask import Flask\napp = Flask(__name__)\n")
    done = seawall("new", str(app), "--yes", "--catalog", str(catalog))
    assert done.returncode == 0, done.stderr
    assert "Python as the catalog base has it" in done.stdout
    text = (app / "Dockerfile").read_text()
    assert text.count("FROM registry.example.com/python:3.13-slim") == 2
    assert 'A="b c"' in text and "pip install -r requirements.txt" in text and "PYTHONUNBUFFERED=1" in text


def test_a_rule_may_forbid_by_pattern(tmp_path: Path) -> None:
    rule = ", forbids: [{key: image, unless: '^registry[.]example[.]com/', message: the image is not from our registry}], remedy: take our mirror"
    (tmp_path / "catalog.yaml").write_text(CONTROL % rule)
    (tmp_path / "compose.yaml").write_text("services:\n  a:\n    image: redis:8\n  b:\n    image: registry.example.com/redis:8\n")
    done = seawall("check", "--catalog", f"{tmp_path}/", str(tmp_path), "--format", "json")
    found = [one for one in json.loads(done.stdout)["findings"] if one["control"] == "our-rule"]
    assert [(one["line"], one["service"], one["remedy"]) for one in found] == [(3, "a", "take our mirror")]


def test_what_there_is_cannot_change_once_it_was_listed() -> None:
    from wizard.catalog import Catalog, choose
    from wizard.controls import CONTROLS

    assert CONTROLS
    with pytest.raises(RuntimeError):
        choose((Catalog(name="late"),))


def test_the_list_of_stacks_says_what_was_built_and_fits_a_terminal() -> None:
    lines = seawall("stacks").stdout.splitlines()
    assert max(map(len, lines)) <= 78
    assert " ".join(" ".join(lines).split()).count("not yet built") >= 3
