"""Every package manager and framework that the stacks claim: detected, scaffolded, built, started, healthy, asked."""

import json
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from pip._internal.models.index import PyPI

from tests.engine import php_samples
from tests.engine.ruby_and_elixir import ELIXIR, RAILS, SINATRA
from tests.engine.running import Engine, hurried, probed, scaffold, started, until
from tests.thorough import thorough

pytestmark = pytest.mark.engine

_PYPROJECT = """[project]
name = "shop"
version = "0.1.0"
requires-python = ">=3.11"
dependencies = ["fastapi>=0.110", "uvicorn>=0.30"]
"""
_FASTAPI = "from fastapi import FastAPI\n\napp = FastAPI()\n\n\n@app.get('/healthz')\ndef health() -> dict[str, str]:\n    return {'says': 'hello'}\n"
_BUILD_SYSTEM = '[build-system]\nrequires = ["setuptools>=70"]\nbuild-backend = "setuptools.build_meta"\n'
_DJANGO = {
    "manage.py": "import os\n",
    "site_app/__init__.py": "",
    "site_app/settings.py": (
        "SECRET_KEY = 'for the test'\nALLOWED_HOSTS = ['*']\nROOT_URLCONF = 'site_app.urls'\nWSGI_APPLICATION = 'site_app.wsgi.application'\n"
    ),
    "site_app/urls.py": (
        "from django.http import HttpResponse\nfrom django.urls import path\n\nurlpatterns = [path('healthz', lambda request: HttpResponse('hello'))]\n"
    ),
    "site_app/wsgi.py": (
        "import os\n\nfrom django.core.wsgi import get_wsgi_application\n\n"
        "os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'site_app.settings')\napplication = get_wsgi_application()\n"
    ),
}
_POETRY = '[tool.poetry]\nname = "site"\nversion = "0.1.0"\npackage-mode = false\n\n[tool.poetry.dependencies]\npython = "^3.11"\ndjango = ">=5,<6"\n'
_KOA = (
    "const Koa = require('koa')\nconst app = new Koa()\napp.use((c) => { c.body = 'hello' })\napp.listen(process.env.PORT || 4000)\n// '/healthz'\n"
)
_YARN = {
    "package.json": (
        '{"name": "a", "version": "1.0.0", "packageManager": "yarn@4.9.2", "scripts": {"start": "node dist.js", "build": "cp index.js dist.js"},\n'
        ' "dependencies": {"ms": "2.1.3"}, "devDependencies": {"is-number": "7.0.0"}}\n'
    ),
    "index.js": (
        "const ms = require('ms')\nconst left = (() => { try { return require('is-number') && 'developers' } catch { return 'hello' } })()\n"
        "require('http').createServer((q, r) => r.end(left + ms('2d'))).listen(process.env.PORT || 4000)\n// '/healthz'\n"
    ),
}
_BERRY = "npx --yes @yarnpkg/cli-dist@4.9.2 install --mode=update-lockfile"
_TYPESCRIPT = {
    "package.json": (
        '{"name": "ts", "version": "1.0.0", "packageManager": "pnpm@10.24.0", "scripts": {"start": "node dist/main.js", "build": "tsc -p ."},\n'
        ' "dependencies": {"express": "^4.19.0"}, "devDependencies": {"typescript": "^5.4.0", "@types/node": "^22.0.0", "@types/express": "^4.17.0"}}\n'
    ),
    "tsconfig.json": '{"compilerOptions": {"outDir": "dist", "rootDir": "src", "module": "commonjs", "esModuleInterop": true}, "include": ["src"]}\n',
    "src/main.ts": (
        "import express from 'express'\nconst app = express()\napp.get('/healthz', (_request, response) => { response.send('hello') })\n"
        "app.listen(Number(process.env.PORT || 3100), '0.0.0.0')\n"
    ),
}
_ELYSIA = {
    "package.json": (
        '{"name": "bun-shop", "type": "module", "scripts": {"start": "bun run dist/main.js", "prepare": "husky",\n'
        ' "build": "bun build src/main.ts --outdir dist --target bun --packages external"},\n'
        ' "dependencies": {"elysia": "^1.2.0"}, "devDependencies": {"husky": "^9.0.0"}}\n'
    ),
    "src/main.ts": (
        "import { Elysia } from 'elysia'\n"
        "new Elysia().get('/healthz', () => 'hello').listen({ port: Number(process.env.PORT ?? 3200), hostname: '0.0.0.0' })\n"
    ),
}
_HONO = {
    "deno.json": '{"tasks": {"start": "deno run --allow-net --allow-env=PORT main.ts"}, "imports": {"hono": "npm:hono@^4"}}\n',
    "main.ts": (
        "import { Hono } from 'hono'\nconst app = new Hono()\napp.get('/healthz', (c) => c.text('hello'))\n"
        "Deno.serve({ port: Number(Deno.env.get('PORT') ?? '8200') }, app.fetch)\n"
    ),
}
_VITE = {
    "package.json": (
        '{"name": "pages", "version": "1.0.0", "type": "module", "scripts": {"build": "vite build"},\n'
        ' "dependencies": {"navigo": "^8.11.0"}, "devDependencies": {"vite": "^8.0.0"}}\n'
    ),
    "index.html": '<!doctype html><title>hello</title><script type="module" src="/src/main.js"></script>\n',
    "src/main.js": "import Navigo from 'navigo'\nnew Navigo('/').on(() => { document.title = import.meta.env.VITE_SAYS }).resolve()\n",
    ".env.production": "VITE_SAYS=hello\n",
}
_BOTTLE = "from bottle import Bottle\n\napp = Bottle()\n\n\n@app.get('/healthz')\ndef health() -> str:\n    return 'hello'\n"
_HASHES = (
    "sha256:045684fbd2764eac9cdeb824861d1551d113e8b683d8d26e296898d3dd99a12e",
    "sha256:787e78327e12b227938de02248333d788cfe45987edca735f8f88e03472c3f47",
)
_SOURCE = {"name": "pypi", "url": PyPI.simple_url, "verify_ssl": True}
_PIPFILE = f'[[source]]\nurl = "{PyPI.simple_url}"\nverify_ssl = true\nname = "pypi"\n\n[packages]\nbottle = "*"\n'
_PIPFILE_LOCK = json.dumps({
    "_meta": {"hash": {"sha256": "0bef0fa5bc61cebb16e55158a14c99a40b5687aa5222526ff9899e057b47c4ef"}, "pipfile-spec": 6, "requires": {}, "sources": [_SOURCE]},
    "default": {"bottle": {"hashes": _HASHES, "index": "pypi", "version": "==0.13.4"}}, "develop": {},
})  # fmt: skip
_TINY = {
    # Unoptimised, since the test is of the image and not of the compiler.
    "Cargo.toml": (
        '[package]\nname = "tiny"\nversion = "0.1.0"\nedition = "2021"\n\n[dependencies]\ntiny_http = "0.12"\n\n[profile.release]\nopt-level = 0\n'
    ),
    "templates/hello.txt": "hello\n",
    "src/main.rs": (
        'fn main() {\n    let server = tiny_http::Server::http("0.0.0.0:3300").unwrap();\n    for request in server.incoming_requests() {\n'
        '        // "/healthz"\n        let hello = std::fs::read_to_string("templates/hello.txt").unwrap();\n'
        "        let _ = request.respond(tiny_http::Response::from_string(hello));\n    }\n}\n"
    ),
}
_MEMBERS = {
    "Cargo.toml": '[workspace]\nmembers = ["crates/*"]\nresolver = "2"\n\n[workspace.dependencies]\nlog = "0.4"\n\n[profile.release]\nopt-level = 0\n',
    "crates/words/Cargo.toml": '[package]\nname = "words"\nversion = "0.1.0"\nedition = "2021"\n\n[dependencies]\nlog.workspace = true\n',
    "crates/words/src/lib.rs": 'pub fn hello() -> &\'static str {\n    log::info!("asked");\n    "hello"\n}\n',
    "crates/api/Cargo.toml": '[package]\nname = "api"\nversion = "0.1.0"\nedition = "2021"\n\n[dependencies]\nwords = { path = "../words" }\n',
    "crates/api/src/main.rs": (
        'use std::io::{Read, Write};\n\nfn main() {\n    let listener = std::net::TcpListener::bind("0.0.0.0:3400").unwrap();\n'
        "    for stream in listener.incoming() {\n        // GET /healthz\n        let mut stream = stream.unwrap();\n"
        "        let _ = stream.read(&mut [0; 1024]);\n"
        '        let _ = write!(stream, "HTTP/1.1 200 OK\\r\\nContent-Length: 5\\r\\nConnection: close\\r\\n\\r\\n{}", words::hello());\n    }\n}\n'
    ),
}
_PDM = """[project]
name = "shop"
version = "0.1.0"
requires-python = ">=3.11"
dependencies = ["bottle>=0.13"]

[tool.pdm]
distribution = false
"""
_PDM_LOCK = f"""[metadata]
groups = ["default"]
strategy = ["inherit_metadata"]
lock_version = "4.5.1"
content_hash = "sha256:fa9e4c67f34f40a2a286cbb73513792c4c99b9ee8a2092f5890e26d44e53d7dc"

[[metadata.targets]]
requires_python = ">=3.11"

[[package]]
name = "bottle"
version = "0.13.4"
summary = "Fast and simple WSGI-framework for small web-applications."
groups = ["default"]
files = [
    {{file = "bottle-0.13.4-py2.py3-none-any.whl", hash = "{_HASHES[0]}"}},
    {{file = "bottle-0.13.4.tar.gz", hash = "{_HASHES[1]}"}},
]
"""
_PLAIN = """import http.server


class Hello(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"hello from '/healthz'")


http.server.HTTPServer(("0.0.0.0", 9123), Hello).serve_forever()
"""


@dataclass(frozen=True)
class Sample:
    """A project as its author wrote it: files, and the command of its ecosystem that makes its lock file."""

    files: Mapping[str, str]
    port: int
    lock: str = ""
    image: str = "python:3.13-slim"


SAMPLES: Mapping[str, Sample] = {
    "fastapi-uv": Sample({"pyproject.toml": _PYPROJECT, "src/shop/__init__.py": "", "src/shop/main.py": _FASTAPI}, 8000, "pip install -q uv && uv lock"),
    "fastapi-pyproject": Sample({"pyproject.toml": _PYPROJECT, "main.py": _FASTAPI}, 8000),
    "fastapi-pip-package": Sample(
        {"pyproject.toml": _PYPROJECT + _BUILD_SYSTEM, "src/shop/__init__.py": "", "src/shop/main.py": _FASTAPI}, 8000
    ),
    "django-pip": Sample({"requirements.txt": "django>=5,<6\n", **_DJANGO}, 8000),
    "django-poetry": Sample(
        {"pyproject.toml": _POETRY, **_DJANGO}, 8000,
        # A registry that has only the simple index is named as a source; its address stays out of this file.
        "pip install -q poetry && poetry source add --priority=primary simple "
        "$(python -c 'from pip._internal.models.index import PyPI; print(PyPI.simple_url)')/ && poetry lock",
    ),
    "python-plain": Sample({"main.py": _PLAIN}, 9123),
    "koa-yarn": Sample(
        {"package.json": '{"name": "a", "version": "1.0.0", "main": "index.js", "dependencies": {"koa": "^2.15.0"}}', "index.js": _KOA}, 4000,
        "yarn install && rm -rf node_modules", "node:24-slim",
    ),
    "typescript-pnpm": Sample(_TYPESCRIPT, 3100, "npx --yes pnpm@10.24.0 install --lockfile-only", "node:24-slim"),
    "koa-npm-without-lock": Sample(
        {"package.json": '{"name": "a", "version": "1.0.0", "scripts": {"start": "node index.js"}, "dependencies": {"koa": "^2.15.0"}}',
         "index.js": _KOA}, 4000,
    ),
    "cargo-workspace": Sample(_MEMBERS, 3400),
    "tiny-http-cargo": Sample(_TINY, 3300, "cargo generate-lockfile --offline", "rust:1.98-trixie"),
    "elysia-bun": Sample(_ELYSIA, 3200, "bun install --lockfile-only --ignore-scripts", "oven/bun:1-slim"),
    "hono-deno": Sample(_HONO, 8200, "deno install --entrypoint main.ts", "denoland/deno:2.9.6"),
    "vite-npm": Sample(_VITE, 8080, "npm install --package-lock-only --no-audit --no-fund", "node:24-slim"),
    "mkdocs": Sample({"mkdocs.yml": "site_name: Notes\n", "docs/index.md": "# Notes\n", "docs/healthz.md": "# hello\n"}, 8080),
    "bottle-checksums": Sample(
        {"requirements.txt": f"bottle==0.13.4 {' '.join(f'--hash={one}' for one in _HASHES)}\n", "app.py": _BOTTLE}, 8080
    ),
    "bottle-pdm": Sample({"pyproject.toml": _PDM, "pdm.lock": _PDM_LOCK, "app.py": _BOTTLE}, 8080),
    "bottle-pipenv": Sample({"Pipfile": _PIPFILE, "Pipfile.lock": _PIPFILE_LOCK, "app.py": _BOTTLE}, 8080),
    "php-plain": Sample(php_samples.PLAIN, 8080),
    "php-composer": Sample(php_samples.COMPOSER, 8080, php_samples.LOCK, "composer:2.10"),
    "php-symfony": Sample(php_samples.SYMFONY, 8080),
    "sinatra-bundler": Sample(SINATRA, 9292, "bundle lock", "ruby:3.4-slim"),
    "rails-bundler": Sample(RAILS, 3000, "bundle lock && chmod +x bin/rails", "ruby:3.4-slim"),
    "elixir-mix": Sample(ELIXIR, 4000),
    "yarn-berry": Sample(_YARN | {".yarnrc.yml": "nodeLinker: node-modules\n"}, 4000, _BERRY, "node:24-slim"),
    "yarn-plug-n-play": Sample(_YARN, 4000, _BERRY, "node:24-slim"),
    "koa-bun": Sample(
        {"package.json": '{"name": "a", "version": "1.0.0", "scripts": {"start": "node index.js"}, "dependencies": {"koa": "^2.15.0"}}',
         "index.js": _KOA}, 4000, "bun install --lockfile-only", "oven/bun:1-slim",
    ),
}  # fmt: skip
FEW = ("fastapi-uv", "typescript-pnpm", "vite-npm", "tiny-http-cargo", "php-composer", "elixir-mix")
"""One of each way of building: interpreted, compiled, a release, pages."""


@pytest.mark.parametrize("name", thorough(SAMPLES, FEW))
def test_a_project_of_this_kind_works(engine: Engine, tmp_path: Path, name: str) -> None:
    sample = SAMPLES[name]
    source = tmp_path / "source"
    for path, text in sample.files.items():
        (source / path).parent.mkdir(parents=True, exist_ok=True)
        (source / path).write_text(text)
    if sample.lock:
        engine.run("run", "--rm", "-v", f"{source}:/w", "-w", "/w", sample.image, "sh", "-ec", sample.lock, timeout=300, build=True)
    running = scaffold(engine, source, tmp_path / name, inside=sample.port)
    running.overrides = (hurried(running),)
    with started(running):
        status, body = until(lambda: running.ask("/healthz"), lambda answer: answer[0] == 200, within=30)
        assert "hello" in body, status
        running.compose("restart", "--timeout", "5")
        until(lambda: running.ask("/healthz"), lambda answer: answer == (status, body), within=60)
        until(lambda: probed(running), lambda found: found == {}, within=30)  # Its health is asked again first.
        assert not [line for line in running.logs().splitlines() if "EROFS" in line or "EACCES" in line or "denied" in line]


def test_an_image_that_exists_already(engine: Engine, tmp_path: Path) -> None:
    (tmp_path / "source").mkdir()
    settings = ("image=redis:8", "user=999:999", "command=redis-server --dir /data", "health=command: redis-cli ping", "writable=/data volume")
    options = [word for setting in settings for word in ("--set", setting)]
    running = scaffold(engine, tmp_path / "source", tmp_path / "cache", *options, inside=6379)
    running.overrides = (hurried(running),)
    with started(running):
        assert shlex.split(running.compose("exec", "-T", "cache", "redis-cli", "set", "a", "b")) == ["OK"]
        running.compose("restart")
        until(lambda: running.compose("exec", "-T", "cache", "redis-cli", "get", "a", check=False).strip(), lambda found: found == "b", within=30)
