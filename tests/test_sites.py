"""Sites that are built: what is rendered for one, which of its files are kept by browsers, and which variables may end in its pages."""

import json
import re
from collections.abc import Mapping
from pathlib import Path

import pytest

from wizard.controls.secrets import is_named_like_a_secret
from wizard.errors import UsageError
from wizard.render import render
from wizard.scaffold import Request, begin

_VUE = {
    "package.json": json.dumps({"scripts": {"build": "vite build"}, "dependencies": {"vue": "3", "vue-router": "4"}, "devDependencies": {"vite": "8"}}),
    "package-lock.json": "{}", "index.html": "", "README.md": "", ".env.production": 'VITE_API=https://api.example.com/"$x"/\n',
}  # fmt: skip


def rendered(folder: Path, files: Mapping[str, str], *settings: str) -> dict[str, str]:
    """The files that are written for a folder, by their paths."""
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return {artifact.path: artifact.text for artifact in render(begin(Request(folder, folder, settings)).workload, annotate=False)}


def test_the_tools_that_make_a_site_stay_behind(tmp_path: Path) -> None:
    files = rendered(tmp_path, _VUE)
    build, _, last = files["Dockerfile"].partition("\n\n")
    assert build.startswith("FROM node:24-slim AS build\n")
    assert "npm ci" in build
    assert last.startswith("FROM nginxinc/nginx-unprivileged:1.30-alpine-slim\n")
    assert "COPY --from=build /app/dist/ /usr/share/nginx/html/" in last
    assert "node" not in last
    assert 'ARG VITE_API="https://api.example.com/\\"\\$x\\"/"\n' in build
    assert {"dist", "**/node_modules"} <= set(files[".dockerignore"].split())
    assert "**/*.md" not in files[".dockerignore"].split()


def test_one_page_shows_all_paths_where_a_router_is_among_the_packages(tmp_path: Path) -> None:
    assert "/index.html;" in rendered(tmp_path, _VUE)[".seawall/site.conf"]
    (tmp_path / "package.json").write_text(_VUE["package.json"].replace('"vue-router": "4"', '"pinia": "3"'))
    pages = rendered(tmp_path, {})[".seawall/site.conf"]
    assert "/index.html;" not in pages
    assert "error_page 404 /404.html;" in pages


@pytest.mark.parametrize("name", ["python", "node", "go"])
def test_a_site_is_the_same_where_its_language_is_said(tmp_path: Path, name: str) -> None:
    assert rendered(tmp_path, _VUE) == rendered(tmp_path, {}, "stack.language=static")
    assert rendered(tmp_path, {}, f"stack.language={name}", "command=x")["Dockerfile"] != rendered(tmp_path, {})["Dockerfile"]


@pytest.mark.parametrize(("path", "kept"), [
    ("/assets/index-bszgyARZ.js", True), ("/assets/index-D3k9_xQ2.css", True), ("/static/js/main.8f3b2c1d.chunk.js", True), ("/main-7KQ2ABCD.js", True),
    ("/_next/static/chunks/page.js", True), ("/_astro/hello.css", True), ("/index.html", False), ("/assets/logo.png", False), ("/img/hero-homepage.jpg", False),
    ("/report-20240101.pdf", False), ("/robots.txt", False), ("/service-worker.js", False), ("/", False),
])  # fmt: skip
def test_only_files_that_a_checksum_names_are_kept_for_ever(tmp_path: Path, path: str, kept: bool) -> None:
    rules = re.findall(r'^ +"~(.*)" "public, max-age=31536000, immutable";$', rendered(tmp_path, _VUE)[".seawall/site.conf"], re.M)
    assert len(rules) == 3
    assert any(re.search(rule, path) for rule in rules) is kept


@pytest.mark.parametrize(("name", "secret"), [
    ("VITE_MAPS_API_KEY", False), ("NEXT_PUBLIC_ANALYTICS_TOKEN", False), ("VITE_ADMIN_SECRET", True), ("PUBLIC_PASSWORD", True), ("MAPS_API_KEY", True),
])  # fmt: skip
def test_a_key_that_browsers_are_meant_to_have_is_no_secret(name: str, secret: bool) -> None:
    assert is_named_like_a_secret(name) is secret


@pytest.mark.parametrize("text", ["VITE_A=x\ny", "VITE_A=\u202ex", "A B=1"])
def test_a_build_variable_that_could_leave_its_line_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(UsageError):
        rendered(tmp_path, _VUE, f"stack.arguments={text}")


def test_a_setting_that_names_a_folder_outside_is_not_followed(tmp_path: Path) -> None:
    files = rendered(tmp_path, {**_VUE, "vite.config.js": "export default { build: { outDir: '../../etc' } }"})
    assert "--from=build /app/dist/ " in files["Dockerfile"]
