"""What other tools say of a scaffold: no judge finds anything, with nothing of theirs switched off.

Compose, hadolint, compose-lint and BuildKit's own parser come with the test dependencies. trivy and checkov are large:
`tools/judges.sh` installs them into .venv-judges, or into $SEAWALL_JUDGES; without them their tests are skipped, or fail with SEAWALL_REQUIRE_JUDGES=1.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from tests.tools import APP_NAMES, ROOT, copy_app
from wizard.companions import COMPANIONS
from wizard.run import run as seawall

DIGEST = "CL-0019"
"""compose-lint's rule that wants images by digest: no registry is asked, so none is known (the tag is pinned)."""

_EXPRESS = {"name": "shop", "dependencies": {"express": "5"}, "scripts": {"start": "node server.js"}}
_NODE = {"package.json": json.dumps(_EXPRESS), "server.js": "require('express')().listen(3000)\n"}
_NODE_BUILT = {"package.json": json.dumps(_EXPRESS | {"scripts": {"build": "tsc", "start": "node dist/server.js"}})}
_NEXT = {
    "package.json": json.dumps({"name": "shop", "dependencies": {"next": "15"}, "scripts": {"build": "next build"}}),
    "package-lock.json": "{}", "next.config.mjs": "export default { output: 'standalone' }\n",
}  # fmt: skip
_BUN = json.dumps(_EXPRESS | {"scripts": {"start": "bun server.js"}})
_DENO = {"deno.json": '{"tasks": {"start": "deno run --allow-net main.ts"}}', "main.ts": 'Deno.serve(() => new Response("shop"))\n'}
_VITE = {
    "package.json": json.dumps({"name": "pages", "scripts": {"build": "vite build"}, "dependencies": {"navigo": "8"}, "devDependencies": {"vite": "8"}}),
    "index.html": "<title>pages</title>\n", ".env.production": "VITE_API=https://api.example.com\n",
}  # fmt: skip
_FLASK = {"app.py": "from flask import Flask\napp = Flask(__name__)\n"}
_PYPROJECT = {"pyproject.toml": '[project]\nname = "shop"\nversion = "1"\ndependencies = ["flask"]\n'}
_RUST = {
    "Cargo.toml": '[package]\nname = "shop"\nversion = "1.0.0"\nedition = "2021"\n', "Cargo.lock": "", "src/main.rs": 'fn main() { listen("0.0.0.0:8080"); }\n',
}  # fmt: skip
_GO = {"go.mod": "module shop\n\ngo 1.25\n", "go.sum": "", "cmd/shop/main.go": 'package main\n\nvar address = ":8080"\n\nfunc main() {}\n'}
_LARAVEL = {"composer.json": '{"require": {"laravel/framework": "^11.0"}}', "artisan": "", "public/index.php": "<?php\n"}
_RAILS = {"Gemfile": 'gem "rails"\ngem "puma"\n', "Gemfile.lock": "    propshaft (1)\n", "config/application.rb": ""}
_PHOENIX = {"mix.exs": '[app: :shop, "assets.deploy": []]\n{:phoenix, "~> 1.8"},\n', "mix.lock": ""}


_JAVA = {"src/main/java/A.java": "class A { HttpServer server; int port = 8085; }\n"}
_MAVEN = _JAVA | {"pom.xml": "<project>\n<artifactId>shop</artifactId>\n<version>1</version>\n<mainClass>A</mainClass>\n</project>\n"}
_BOOT = "<parent>\n<artifactId>spring-boot-starter-parent</artifactId>\n<version>3.5.0</version>\n</parent>\n<artifactId>spring-boot-maven-plugin"
_MAVEN_BOOT = _JAVA | {"pom.xml": f"<project>\n{_BOOT}</artifactId>\n<build><finalName>shop</finalName></build>\n</project>\n"}
_GRADLE = _JAVA | {"build.gradle": "jar { manifest { attributes 'Main-Class': 'A' } }\n", "settings.gradle": "rootProject.name = 'shop'\n"}
_DOTNET = {"Shop.csproj": '<Project Sdk="Microsoft.NET.Sdk.Web"><TargetFramework>net8.0</TargetFramework></Project>\n', "Program.cs": "app.Run();\n"}


@dataclass(frozen=True)
class Case:
    """A folder that is scaffolded: a sample app, or files made here; with further arguments."""

    id: str
    app: str | None = None
    files: Mapping[str, str] = field(default_factory=dict)
    arguments: tuple[str, ...] = ()


CASES = (
    *(Case(name, name) for name in APP_NAMES),
    *(Case(f"{name}-bare", name, arguments=("--no-annotate",)) for name in APP_NAMES),
    Case("six-services", "ledger", arguments=("--set", "companions=postgres, redis, postgres as ledger-db, redis as cache")),
    Case("every-companion", "ledger", arguments=("--set", f"companions={', '.join(entry.id for entry in COMPANIONS)}")),
    Case("egress", "ledger", arguments=("--set", "egress=api.example.com, *.example.org:8443")),
    Case("npm-built", files=_NODE_BUILT | {"package-lock.json": "{}"}),
    Case("npm-without-lock", files=_NODE),
    Case("yarn", files=_NODE | {"yarn.lock": ""}),
    Case("yarn-built", files=_NODE_BUILT | {"yarn.lock": ""}),
    Case("pnpm", files=_NODE | {"pnpm-lock.yaml": ""}),
    Case("pnpm-built", files=_NODE_BUILT | {"pnpm-lock.yaml": ""}),
    Case("pnpm-of-old", files=_NODE_BUILT | {"pnpm-lock.yaml": "lockfileVersion: 5.4\n"}),
    Case("yarn-berry", files=_NODE | {"yarn.lock": "__metadata:\n  version: 8\n", ".yarnrc.yml": "nodeLinker: node-modules\n"}),
    Case("yarn-plug-n-play-built", files=_NODE_BUILT | {"yarn.lock": "__metadata:\n  version: 8\n"}),
    Case("next-standalone", files=_NEXT),
    Case("node-and-bun", files=_NODE | {"bun.lock": ""}),
    Case("node-and-bun-built", files=_NODE_BUILT | {"bun.lock": ""}),
    Case("bun", files=_NODE | {"package.json": _BUN, "bun.lock": ""}),
    Case("bun-built", files=_NODE | {"package.json": _BUN, "bun.lock": ""}, arguments=("--set", "stack.build=bun run build")),
    Case("deno", files=_DENO),
    Case("deno-built", files=_DENO | {"deno.lock": "{}"}, arguments=("--set", "stack.build=deno task build")),
    Case("pip-and-server", files=_FLASK | {"requirements.txt": "flask==3.1.3\n"}),
    Case("pip-built", files=_FLASK | {"requirements.txt": "flask==3.1.3\n"}, arguments=("--set", "stack.build=python -m compileall .")),
    Case("pyproject", files=_FLASK | _PYPROJECT),
    Case("uv", files=_FLASK | _PYPROJECT | {"uv.lock": ""}),
    Case("poetry", files=_FLASK | _PYPROJECT | {"poetry.lock": ""}),
    Case("pip-checksums", files=_FLASK | {"requirements.txt": "flask==3.1.3 --hash=sha256:" + "a" * 64 + "\n"}),
    Case("pdm", files=_FLASK | _PYPROJECT | {"pdm.lock": ""}),
    Case("pipenv", files=_FLASK | {"Pipfile": '[packages]\nflask = "*"\n', "Pipfile.lock": "{}"}),
    Case("vite", files=_VITE | {"package-lock.json": "{}"}),
    Case("vite-bun", files=_VITE | {"bun.lock": "{}"}),
    Case("mkdocs", files={"mkdocs.yml": "site_name: Notes\n", "docs/index.md": "# Notes\n"}),
    Case("go-on-scratch", files=_GO, arguments=("--set", "stack.runtime=scratch")),
    Case(
        "node-on-distroless",
        files=_NODE | {"package-lock.json": "{}"},
        arguments=("--set", "stack.runtime=distroless", "--set", "writable+=/data volume"),
    ),
    Case("rust", files=_RUST),
    Case("rust-on-slim", files=_RUST, arguments=("--set", "stack.runtime=slim", "--set", "stack.version=1.85")),
    Case("go-built", files=_GO, arguments=("--set", "stack.build=go generate ./...")),
    Case("maven-plain", files=_MAVEN),
    Case("maven-wrapper-layers", files=_MAVEN_BOOT | {"mvnw": "#!/bin/sh\n"}),
    Case("maven-any-jar", files=_MAVEN, arguments=("--set", "command=java -jar app.jar")),
    Case("gradle", files=_GRADLE),
    Case("dotnet-web", files=_DOTNET),
    Case("dotnet-locked", files=_DOTNET | {"packages.lock.json": "{}"}),
    Case("php-plain", files={"index.php": "<?php\n"}),
    Case("php-laravel", files=_LARAVEL),
    Case("php-fpm", files=_LARAVEL | {"composer.lock": "{}", "docker/nginx.conf": "fastcgi_pass php:9000;\n"}),
    Case("rails", files=_RAILS),
    Case("phoenix", files=_PHOENIX),
    Case("static-that-writes", files={"public/index.html": "<h1>Shop</h1>\n"}, arguments=("--set", "writable+=/data volume data")),
)


@pytest.fixture(scope="session")
def scaffold(tmp_path_factory: pytest.TempPathFactory) -> Callable[[Case], Path]:
    """The folder of a case, scaffolded once."""
    done: dict[str, Path] = {}

    def make(case: Case) -> Path:
        if case.id not in done:
            base = tmp_path_factory.mktemp(case.id)
            folder = copy_app(case.app, base) if case.app else base / "shop"
            for name, text in case.files.items():
                (folder / name).parent.mkdir(parents=True, exist_ok=True)
                (folder / name).write_text(text, encoding="utf-8")
            said = StringIO()
            with redirect_stdout(StringIO()), redirect_stderr(said):
                code = seawall(["new", str(folder), "--yes", *case.arguments])
            assert (code, said.getvalue()) == (0, "")
            done[case.id] = folder
        return done[case.id]

    return make


each_case = pytest.mark.parametrize("case", CASES, ids=lambda case: case.id)


def run(*command: str | Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    """A judge in a clean environment: no configuration of this machine, no proxy, no home folder."""
    environment = {"PATH": "/usr/bin:/bin", "HOME": str(cwd), "LANG": "C.UTF-8"}
    return subprocess.run([str(word) for word in command], cwd=cwd, env=environment, capture_output=True, text=True, timeout=300)


def tool(name: str) -> Path:
    """A judge that is among the test dependencies."""
    return Path(sys.executable).parent / name


def judge(name: str) -> Path:
    """A judge of .venv-judges, of $SEAWALL_JUDGES or of the PATH; skips without it, or fails where it is required."""
    places = os.pathsep.join([str(Path(os.environ.get("SEAWALL_JUDGES", ROOT / ".venv-judges")) / "bin"), os.environ.get("PATH", "")])
    if found := shutil.which(name, path=places):
        return Path(found)
    reason = f"{name} is not here: tools/judges.sh installs it"
    if os.environ.get("SEAWALL_REQUIRE_JUDGES") == "1":
        pytest.fail(reason)
    pytest.skip(reason)


@each_case
def test_compose_accepts_it_without_a_warning(scaffold: Callable[[Case], Path], case: Case) -> None:
    ran = run(tool("docker-compose"), "config", "-q", cwd=scaffold(case))
    assert not ran.stdout + ran.stderr
    assert ran.returncode == 0


@each_case
def test_hadolint_finds_nothing(scaffold: Callable[[Case], Path], case: Case) -> None:
    folder = scaffold(case)
    assert "hadolint" not in (folder / "Dockerfile").read_text(encoding="utf-8")
    own = [str(path.relative_to(folder)) for path in sorted(folder.glob(".seawall/*/Dockerfile"))]
    ran = run(tool("hadolint"), "--no-color", "--failure-threshold", "style", "Dockerfile", *own, cwd=folder)
    assert not ran.stdout + ran.stderr
    assert ran.returncode == 0


@each_case
def test_compose_lint_finds_nothing_but_the_digest(scaffold: Callable[[Case], Path], case: Case) -> None:
    folder = scaffold(case)
    assert "compose-lint" not in (folder / "compose.yaml").read_text(encoding="utf-8")
    ran = run(tool("compose-lint"), "check", "--format", "json", "--fail-on", "low", "compose.yaml", cwd=folder)
    report = json.loads(ran.stdout)
    assert (report["errors"], report["warnings"], ran.stderr) == ([], [], "")
    assert not [found for found in report["findings"] if found["suppressed"]]
    images = [finding["service"] for finding in report["findings"] if finding["rule_id"] == DIGEST]
    assert "ingress" in images, "it has to have read the services"
    found = [finding for finding in report["findings"] if finding["rule_id"] != DIGEST and finding["severity"] != "low"]
    assert not found


@each_case
def test_buildkit_sees_the_instructions_that_we_wrote(scaffold: Callable[[Case], Path], case: Case) -> None:
    dockerfile: Any = pytest.importorskip("dockerfile", reason="no wheel of BuildKit's parser for this platform")
    path = scaffold(case) / "Dockerfile"
    seen = dockerfile.parse_file(str(path))
    assert [command.original for command in seen] == instructions(path.read_text(encoding="utf-8"))
    last = {command.cmd: command for command in seen}
    assert re.fullmatch(r"[1-9]\d*:[1-9]\d*", last["USER"].value[0])
    assert last["HEALTHCHECK"].json
    assert "CMD" not in last or last["CMD"].json


def instructions(text: str) -> list[str]:
    """The instructions of a Dockerfile as they stand there: comments and blank lines left out, continued lines joined."""
    code = [line for line in text.split("\n") if line.strip() and not line.lstrip().startswith("#")]
    return "\n".join(code).replace("\\\n", "").split("\n")


@pytest.fixture
def all_dockerfiles(scaffold: Callable[[Case], Path], tmp_path: Path) -> Path:
    """The Dockerfiles of all cases, each in a folder of its own: these judges take seconds to start."""
    for case in CASES:
        (tmp_path / case.id).mkdir()
        shutil.copy(scaffold(case) / "Dockerfile", tmp_path / case.id)
    return tmp_path


@pytest.mark.slow
def test_trivy_finds_nothing(all_dockerfiles: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    cache = tmp_path_factory.mktemp("trivy")
    ran = run(
        judge("trivy"), "config", "--quiet", "--format", "json", "--cache-dir", cache,
        "--skip-check-update", "--skip-version-check", "--disable-telemetry", ".", cwd=all_dockerfiles,
    )  # fmt: skip
    assert ran.returncode == 0, ran.stderr
    results = {Path(result["Target"]).parent.name: result for result in json.loads(ran.stdout)["Results"]}
    assert not {name: result["Misconfigurations"] for name, result in results.items() if result.get("Misconfigurations")}
    counts = {name: result["MisconfSummary"] for name, result in results.items()}
    assert counts.keys() == {case.id for case in CASES}
    assert all(count["Successes"] > 20 and count["Failures"] == 0 for count in counts.values()), counts


@pytest.mark.slow
def test_checkov_finds_nothing(all_dockerfiles: Path) -> None:
    ran = run(
        judge("checkov"), "--framework", "dockerfile", "--skip-download", "--compact", "--output", "json", "--directory", ".",
        cwd=all_dockerfiles,
    )  # fmt: skip
    report = json.loads(ran.stdout)
    failed = [(check["file_path"], check["check_id"], check["check_name"]) for check in report["results"]["failed_checks"]]
    assert (ran.returncode, failed) == (0, []), ran.stderr
    assert (report["summary"]["skipped"], report["summary"]["parsing_errors"]) == (0, 0)
    judged = {Path(check["file_path"]).parent.name for check in report["results"]["passed_checks"]}
    assert judged == {case.id for case in CASES}
