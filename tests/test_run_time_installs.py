"""What a start command would install is moved into the image, or said: at run time there is no root, no way out, nothing to write to."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.test_detect import folder_with
from tests.tools import seawall
from wizard.detect import detect
from wizard.run_time_installs import debian_packages, in_script, moved
from wizard.scaffold import Request, begin

_APP = {"app.py": "print(1)\n", "requirements.txt": "flask\n"}
_START = '{{"scripts": {{"build": "tsc", "start": "{}", "serve": "node dist/x.js"}}, "dependencies": {{}}}}'


@pytest.mark.parametrize(("files", "command", "packages", "said"), [
    (_APP | {"Procfile": "web: apt-get update && apt-get install -y curl libpq5 && gunicorn app:app\n"}, ["gunicorn", "app:app"], ["curl", "libpq5"],
     "Procfile:1 installs curl, libpq5 when it starts"),
    (_APP | {"Procfile": "x: y\nweb: DEBIAN_FRONTEND=noninteractive apt install --no-install-recommends -y jq; python app.py\n"}, ["python", "app.py"], ["jq"],
     "Procfile:2 installs jq"),
    (_APP | {"Procfile": "web: pip install -q -r requirements.txt && exec gunicorn app:app\n"}, ["gunicorn", "app:app"], None,
     "Procfile:1 runs «pip install -q -r requirements.txt»"),
    (_APP | {"Procfile": "web: uv sync --frozen && uv run --no-sync gunicorn 'app:app'\n"}, ["gunicorn", "app:app"], None, "«uv sync --frozen»"),
    (_APP | {"Procfile": "web: uv run gunicorn app:app\n"}, ["gunicorn", "app:app"], None, ""),
    (_APP | {"Procfile": "web: npx prisma migrate && gunicorn app:app\n"}, ["/bin/sh", "-c", "npx prisma migrate && gunicorn app:app"], None,
     "Procfile:1 runs «npx prisma migrate»"),
    (_APP | {"Procfile": "web: apk add curl && python app.py\n"}, ["/bin/sh", "-c", "apk add curl && python app.py"], None, "«apk add curl»"),
    (_APP | {"Procfile": "web: apt-get install -y curl=7.1 && python app.py\n"}, ["/bin/sh", "-c", "apt-get install -y curl=7.1 && python app.py"], None,
     "«apt-get install -y curl=7.1»"),
    (_APP | {"Procfile": "web: ./start.sh\n", "start.sh": "#!/bin/sh\nset -e\napt-get update\napt-get install -y \\\n  curl jq\nexec python app.py\n"},
     ["./start.sh"], ["curl", "jq"], "start.sh:4 runs «apt-get install -y curl jq» when it starts"),
    (_APP | {"Procfile": "web: bash bin/run\n", "bin/run": "#!/usr/bin/env bash\n# pip install x\nif true; then pip install gevent; fi\n"},
     ["bash", "bin/run"], None, "bin/run:3 runs «if true; then pip install gevent; fi»"),
    ({"package.json": _START.format("npm run build && node dist/x.js")}, ["node", "dist/x.js"], None, "package.json:1 runs «npm run build»"),
    ({"package.json": _START.format("npm ci && node dist/x.js")}, ["node", "dist/x.js"], None, "«npm ci»"),
    ({"package.json": _START.format("node a.js"), "Procfile": "web: npm install --omit=dev && npm run serve\n"}, ["node", "dist/x.js"], None, ""),
    ({"package.json": _START.format("node a.js"), "Procfile": "web: npm start\n"}, ["node", "a.js"], None, ""),
    ({"package.json": _START.format("apt-get update && apt-get install -y ffmpeg && node a.js")}, ["node", "a.js"], ["ffmpeg"], "installs ffmpeg"),
    ({"go.mod": "module x\n", "main.go": "package main\n", "Procfile": "web: go run .\n"}, ["/usr/local/bin/app"], None, "Procfile:1 runs «go run .»"),
    ({"go.mod": "module x\n", "main.go": "package main\n", "Procfile": "web: apt-get install -y curl && app -v\n"}, None, None, "«apt-get install -y curl»"),
    (_APP | {"docker-compose.yml": "services:\n  web:\n    build: .\n    command: sh -c 'apt-get update && apt-get install -y curl && python app.py'\n"},
     ["python", "app.py"], ["curl"], "docker-compose.yml:4 installs curl"),
    (_APP | {"docker-compose.yml": "services:\n  web:\n    build: .\n    command: [sh, -c, 'apt-get install -y curl && python app.py']\n"},
     ["python", "app.py"], ["curl"], "docker-compose.yml:4 installs curl"),
])  # fmt: skip
def test_what_a_start_command_installs(
    tmp_path: Path, files: dict[str, str], command: list[str] | None, packages: list[str] | None, said: str
) -> None:
    found = detect(folder_with(tmp_path, files))
    assert command is None or found.answers["command"] == command
    assert found.answers["stack"].get("system_packages") == packages
    assert any(said in warning for warning in found.warnings) if said else True
    for warning in found.warnings:
        assert warning.isprintable()
    if packages:
        assert "stack.system_packages" in [evidence.fact for evidence in found.evidence]


@pytest.mark.parametrize("line", [
    "gunicorn app:app --log-file - | cat", "python -m app", "node server.js --install", "echo 'apt-get install x' && python app.py", "python go.py run",
])  # fmt: skip
def test_what_installs_nothing_stays_as_it_is(line: str) -> None:
    found = moved(line, "python")
    assert (found.line, found.packages, found.steps) == (line, (), ())


@pytest.mark.parametrize("step", [
    "apt-get install", "apt-get install -y $X", "apt-get install -t x curl", "apt-get install ./x.deb", "apt-get remove curl", "apt-get install -y 'a;b'",
    "apt-get install --allow-unauthenticated curl", "apt-get install -y curl | cat", "apk add curl",
])  # fmt: skip
def test_only_plain_names_are_taken(step: str) -> None:
    assert debian_packages(step) is None


def test_a_comment_in_a_script_installs_nothing() -> None:
    assert in_script("# apt-get install curl\necho hello\n") == ()


@pytest.mark.parametrize(("language", "accepted"), [("python", True), ("node", True), ("go", False), ("static", False)])
def test_only_debian_images_take_debian_packages(tmp_path: Path, language: str, accepted: bool) -> None:
    result = seawall(
        str(tmp_path), "--yes", "--dry-run", "--set", f"stack.language={language}", "--set", "command=x", "--set", "stack.system_packages=curl"
    )
    assert (result.returncode == 0) is accepted
    assert accepted or "has no apt" in result.stderr


def test_the_packages_are_one_layer_before_the_setuid_bits_go_and_hadolint_agrees(tmp_path: Path) -> None:
    folder = folder_with(tmp_path, _APP | {"Procfile": "web: apt-get install -y curl && python app.py\n"})
    assert seawall(str(folder), "--yes").returncode == 0
    text = (folder / "Dockerfile").read_text()
    assert text.index("apt-get install -y --no-install-recommends curl") < text.index("-perm /6000")
    hadolint = Path(sys.executable).parent / "hadolint"
    judged = subprocess.run([hadolint, "--failure-threshold", "style", "Dockerfile"], cwd=folder, capture_output=True, text=True)
    assert (judged.returncode, judged.stdout) == (0, "")
    again = seawall(str(folder), "--yes", "--dry-run")
    assert "unchanged  Dockerfile" in again.stdout


def test_a_person_s_own_list_stands_above_what_was_seen(tmp_path: Path) -> None:
    folder = folder_with(tmp_path, _APP | {"Procfile": "web: apt-get install -y curl && python app.py\n"})
    workload: Any = begin(Request(folder, folder, ("stack.system_packages=jq",))).workload
    assert workload.stack.system_packages == ("jq",)
