"""What a folder shows: the usual layouts of each stack, with the line where each fact was seen."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.tools import APPS, seawall
from wizard.detect import detect
from wizard.scaffold import Request, begin

FLASK = "from flask import Flask\n\napp = Flask(__name__)\n"
REQUIREMENTS = "flask==3.1.3\ngunicorn\n"


def folder_with(tmp_path: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return tmp_path


@pytest.mark.parametrize(("files", "command"), [
    ({"requirements.txt": REQUIREMENTS, "app.py": FLASK}, ["gunicorn", "--bind", "0.0.0.0:8000", "app:app"]),
    ({"requirements.txt": REQUIREMENTS, "src/shop/web.py": FLASK}, ["gunicorn", "--bind", "0.0.0.0:8000", "--pythonpath", "src", "shop.web:app"]),
    ({"requirements.txt": REQUIREMENTS, "shop/__init__.py": "from flask import Flask\ndef create_app():\n    return Flask('x')\n"},
     ["gunicorn", "--bind", "0.0.0.0:8000", "shop:create_app()"]),
    ({"requirements.txt": REQUIREMENTS, "app.py": FLASK, "Procfile": "release: x\nweb: gunicorn -b :$PORT app:app\n"}, ["gunicorn", "-b", ":8000", "app:app"]),
    ({"requirements.txt": REQUIREMENTS, "app.py": FLASK, "Procfile": "web: A=1 gunicorn app:app --log-file - | cat\n"},
     ["/bin/sh", "-c", "A=1 gunicorn app:app --log-file - | cat"]),
    ({"requirements.txt": "fastapi\nuvicorn\n", "main.py": "from fastapi import FastAPI\napi: FastAPI = FastAPI(title='x')\n"},
     ["uvicorn", "--host", "0.0.0.0", "--port", "8000", "main:api"]),
    ({"requirements.txt": "django\n", "site/settings.py": "WSGI_APPLICATION = 'site.wsgi.application'\n", "manage.py": ""},
     ["gunicorn", "--bind", "0.0.0.0:8000", "site.wsgi:application"]),
    ({"main.py": "print(1)\n"}, ["python", "main.py"]),
    ({"package.json": '{"scripts": {"start": "node src/server.js --x"}}'}, ["node", "src/server.js", "--x"]),
    ({"package.json": '{"scripts": {"start": "next start"}}'}, ["node_modules/.bin/next", "start"]),
    ({"package.json": '{"main": "lib/index.js"}', "lib/index.js": ""}, ["node", "lib/index.js"]),
    ({"package.json": "{}", "server.js": ""}, ["node", "server.js"]),
    ({"go.mod": "module x\n\ngo 1.22\n", "cmd/server/main.go": "package main\n"}, ["/usr/local/bin/app"]),
])  # fmt: skip
def test_what_starts_it(tmp_path: Path, files: dict[str, str], command: list[str]) -> None:
    assert detect(folder_with(tmp_path, files)).answers["command"] == command


@pytest.mark.parametrize(("files", "stack"), [
    ({"requirements.txt": "flask\n", ".python-version": "3.12.4\n"}, {"version": "3.12", "package_manager": "pip", "framework": "flask"}),
    ({"requirements.txt": "x\n", "runtime.txt": "python-3.11.9\n"}, {"version": "3.11"}),
    ({"pyproject.toml": "[project]\nname = 'x'\nrequires-python = '>=3.10'\n", "uv.lock": "", "main.py": ""}, {"package_manager": "uv", "lockfile": "uv.lock"}),
    ({"pyproject.toml": "[tool.poetry.dependencies]\n", "poetry.lock": "", "main.py": ""}, {"package_manager": "poetry", "lockfile": "poetry.lock"}),
    ({"package.json": '{"engines": {"node": "^22.1.0"}}', "yarn.lock": ""}, {"version": "22", "package_manager": "yarn", "lockfile": "yarn.lock"}),
    ({"package.json": '{"packageManager": "pnpm@9.1.0"}', "pnpm-lock.yaml": ""}, {"package_manager": "pnpm", "lockfile": "pnpm-lock.yaml"}),
    ({"package.json": '{"dependencies": {"express": "^4"}}', ".nvmrc": "v20\n"}, {"version": "20", "framework": "express", "package_manager": "npm"}),
    ({"go.mod": "module x\n\ngo 1.22\n", "go.sum": "", "cmd/api/main.go": "package main\n"}, {"source": "cmd/api", "lockfile": "go.sum"}),
    ({"public/index.html": ""}, {"language": "static", "source": "public"}),
])  # fmt: skip
def test_what_it_is_made_of(tmp_path: Path, files: dict[str, str], stack: dict[str, Any]) -> None:
    found = detect(folder_with(tmp_path, files)).answers["stack"]
    assert {key: found.get(key) for key in stack} == stack


def test_a_database_url_in_the_code_is_served(tmp_path: Path) -> None:
    code = FLASK + "import os, psycopg2\nDB = os.environ['DATABASE_URL']\nHOST = os.getenv('REDIS_HOST')\n"
    app = folder_with(tmp_path / "shop", {"requirements.txt": "flask\npsycopg2-binary\nredis\n", "app.py": code})
    workload = begin(Request(app, app)).workload
    assert [(secret.name, secret.env) for secret in workload.secrets] == [("database_url", "DATABASE_URL")]
    assert workload.environment == {"REDIS_HOST": "redis"}
    assert workload.stack
    assert workload.stack.packages == ("gunicorn==23.0.0",)


@pytest.mark.parametrize(("name", "line"), [("psycopg[binary]", 2), ("psycopg2-binary>=2.9", 2)])
def test_a_companion_is_seen_with_its_line(tmp_path: Path, name: str, line: int) -> None:
    found = detect(folder_with(tmp_path, {"requirements.txt": f"flask\n{name}\n", "app.py": FLASK}))
    assert [(e.file, e.line) for e in found.evidence if e.fact == "companions"] == [("requirements.txt", line)]


@pytest.mark.parametrize("name", ["flask-redis-like", "mypsycopg2"])
def test_a_name_that_only_looks_alike_is_no_companion(tmp_path: Path, name: str) -> None:
    assert "companions" not in detect(folder_with(tmp_path, {"requirements.txt": f"{name}\n", "app.py": ""})).answers


@pytest.mark.parametrize(("app", "facts"), [
    ("ledger", {"language": "python", "version": "3.13", "framework": "flask", "package_manager": "pip", "ports": [8000]}),
    ("api", {"language": "node", "framework": "express", "package_manager": "npm", "command": ["node", "server.js"], "ports": [3000]}),
    ("gate", {"language": "go", "package_manager": "go", "ports": [8080]}),
    ("brochure", {"language": "static", "ports": [8080]}),
])  # fmt: skip
def test_the_command_reports_with_evidence(app: str, facts: dict[str, Any]) -> None:
    report = json.loads(seawall("detect", str(APPS / app), "--format", "json").stdout)
    assert {key: report[key] for key in facts} == facts
    for seen in report["evidence"]:
        assert (APPS / app / seen["file"]).is_file()
        assert 1 <= seen["line"] <= len((APPS / app / seen["file"]).read_text().splitlines())


def test_a_default_name_makes_way_for_a_companion(tmp_path: Path) -> None:
    app = folder_with(tmp_path / "redis", {"requirements.txt": "flask\nredis\n", "app.py": FLASK})
    assert begin(Request(app, app)).workload.name == "redis-app"


def test_another_language_over_a_saved_file(tmp_path: Path) -> None:
    app = folder_with(tmp_path / "x", {"seawall.yaml": 'name: a\nstack: {language: python, version: "3.12"}\ncommand: python app.py\n'})
    workload = begin(Request(app, app, ("stack.language=go",))).workload
    assert workload.stack
    assert (workload.stack.version, workload.command) == (None, ("/usr/local/bin/app",))


def test_an_empty_folder_says_what_to_do(tmp_path: Path) -> None:
    result = seawall(str(tmp_path), "--yes")
    assert result.returncode == 2
    assert "--set stack.language=python" in result.stderr
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(("files", "quirk"), [
    ({"requirements.txt": "-r requirements/prod.txt\n", "app.py": ""}, "local-references"),
    ({"requirements.txt": "flask\n./lib\n", "app.py": ""}, "local-references"),
    ({"package.json": '{"scripts": {"prepare": "husky", "start": "node a.js"}}'}, "prepare-script"),
    ({"go.mod": "module x\n\ngo 1.22\n\nreplace y => ./libs/y\n", "main.go": "package main\n"}, "local-references"),
])  # fmt: skip
def test_manifests_that_need_more_than_themselves(tmp_path: Path, files: dict[str, str], quirk: str) -> None:
    assert detect(folder_with(tmp_path, files)).answers["stack"]["quirks"] == [quirk]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "latin-1"])
def test_other_encodings_are_read(tmp_path: Path, encoding: str) -> None:
    (tmp_path / "app.py").write_text(FLASK)
    (tmp_path / "requirements.txt").write_bytes("flask==3.1.3\n# caf\u00e9\n".encode(encoding))
    assert detect(tmp_path).answers["stack"].get("framework") == "flask"


@pytest.mark.parametrize(("files", "said"), [
    ({"package.json": "{}", "server.js": "app.listen(3000, '127.0.0.1')\n"}, "server.js:1 listens on 127.0.0.1"),
])  # fmt: skip
def test_what_may_not_work_is_said(tmp_path: Path, files: dict[str, str], said: str) -> None:
    assert any(said in warning for warning in detect(folder_with(tmp_path, files)).warnings)


def test_naming_a_secret_or_a_variable_keeps_those_that_the_code_reads(tmp_path: Path) -> None:
    code = FLASK + "import os\nDB = os.environ['DATABASE_URL']\nHOST = os.getenv('DB_HOST')\n"
    app = folder_with(tmp_path / "shop", {"requirements.txt": "flask\npsycopg2-binary\n", "app.py": code})
    workload = begin(Request(app, app, ("secrets=api_key", "environment=LEVEL=info"))).workload
    assert [secret.name for secret in workload.secrets] == ["api_key", "database_url"]
    assert workload.environment == {"DB_HOST": "postgres", "LEVEL": "info"}
