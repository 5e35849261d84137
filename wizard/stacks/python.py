"""Python: pip, uv or poetry; Flask, Django, FastAPI or a plain program."""

import re
from collections.abc import Mapping
from typing import Any

from wizard.folder import Folder, Match
from wizard.stack import Detected, LanguageStack
from wizard.stacks.common import Findings, look_around, port_in, procfile, publish
from wizard.stacks.starting import look_into_compose, start_words
from wizard.workload import Workload

UV = "0.9.11"
POETRY = "2.2.1"
GUNICORN = "gunicorn==23.0.0"
UVICORN = "uvicorn==0.38.0"
PORT = 8000
_APPLICATIONS = {"flask": "Flask", "fastapi": "FastAPI"}
_ENTRIES = ("app.py", "main.py", "wsgi.py", "server.py", "start.py", "bot.py", "run.py")
_COMPANIONS = {
    "psycopg": "postgres", "psycopg2": "postgres", "psycopg2-binary": "postgres", "asyncpg": "postgres", "redis": "redis",
}  # fmt: skip
_VARIABLE = r"""(?:environ(?:\.get)?[\[(]|getenv\()\s*["']([A-Z][A-Z0-9_]*)["']"""


class Python(LanguageStack):
    """Wheels are installed into /opt/venv in a build stage; the last stage has no compiler and no pip cache."""

    id = "python"
    title = "Python (pip, uv, poetry; Flask, Django, FastAPI, plain)"
    default_version = "3.13"
    frameworks = ("flask", "django", "fastapi")
    package_managers = ("pip", "uv", "poetry")
    evidence = "built and run by the engine tests"

    def image(self, workload: Workload, pinned: bool = True) -> str:
        return f"python:{self.version(workload)}-slim" if pinned else "python:slim"

    def health(self, url: str | None, port: int) -> tuple[str, ...]:
        if url:
            ask = "import sys,urllib.request as r;r.build_opener(r.ProxyHandler({})).open(sys.argv[1],timeout=3)"
            return ("python", "-c", ask, url)
        return ("python", "-c", "import socket,sys;socket.create_connection(('127.0.0.1',int(sys.argv[1])),3)", str(port))

    def environment(self, workload: Workload) -> Mapping[str, str]:
        settings = {
            "PATH": "/opt/venv/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            "PYTHONDONTWRITEBYTECODE": "1",
            "PYTHONUNBUFFERED": "1",
        }
        if workload.command[:1] == ("gunicorn",) and "--worker-tmp-dir" not in workload.command:
            settings["GUNICORN_CMD_ARGS"] = "--worker-tmp-dir=/dev/shm"
        return settings

    def values(self, workload: Workload) -> Mapping[str, Any]:
        return {"uv": UV, "poetry": POETRY}

    def ignored(self) -> tuple[str, ...]:
        return ("**/__pycache__", "**/*.pyc", ".venv", "venv", ".tox", ".pytest_cache", ".mypy_cache", ".ruff_cache", "*.egg-info")

    def detect(self, folder: Folder) -> Detected | None:
        manifest = next((m for m in ("requirements.txt", "pyproject.toml") if folder.has(m)), None)
        entry = next((e for e in (*_ENTRIES, "manage.py") if folder.has(e)), None)
        if not manifest and not entry:
            return None
        found = Findings(folder)
        found.say("stack.language", "python", manifest or entry or "")
        self._packages(found, manifest)
        self._version(found)
        dependencies = folder.text(manifest).lower() if manifest else ""
        framework = next((f for f in self.frameworks if re.search(rf"(?:^|[\"'\s]){f}(?=$|[\"'\s\[=<>~!;,])", dependencies, re.M)), None)
        if framework and manifest:
            where = folder.search(rf"(?i)\b({framework})\b", manifest)
            found.say("stack.framework", framework, manifest, where.line if where else 1)
        sources = folder.sources(".py")
        self._start(found, framework, dependencies, sources)
        look_into_compose(found, self.id)
        look_around(found, sources, _VARIABLE, _COMPANIONS, manifest or "")
        return found.done()

    def _packages(self, found: Findings, manifest: str | None) -> None:
        for manager, lock in (("uv", "uv.lock"), ("poetry", "poetry.lock")):
            if found.folder.has(lock) and found.folder.has("pyproject.toml"):
                found.say("stack.package_manager", manager, lock)
                found.say("stack.lockfile", lock, lock)
                return
        if manifest == "pyproject.toml" and (poetry := found.folder.search(r"^\[(tool\.poetry\.dependencies)\]", manifest)):
            found.say("stack.package_manager", "poetry", manifest, poetry.line)
        elif manifest == "pyproject.toml" and not found.folder.search(r"^\[(build-system)\]", manifest):
            # Without a build system it is no package that pip could install; uv installs just what it depends on.
            found.say("stack.package_manager", "uv", manifest)
        elif manifest:
            found.say("stack.package_manager", "pip", manifest)
            found.say("stack.lockfile", manifest, manifest)
            local = found.folder.search(r"^\s*(-r|-c|-e|--requirement|--constraint|--editable|\.{1,2}/|file:)", "requirements.txt")
            if local and manifest == "requirements.txt":
                found.say("stack.quirks", ["local-references"], manifest, local.line)
        if built := found.folder.search(r"^\s*(psycopg2|mysqlclient)\b(?!-)", *_manifests(manifest)):
            found.warn(f"{built[0]} ({built.file}:{built.line}) is compiled when installed, and the slim image has no compiler: "
                       "use psycopg2-binary, psycopg[binary] or PyMySQL")  # fmt: skip

    def _version(self, found: Findings) -> None:
        if match := found.folder.search(r"^\s*(?:python-)?(3\.\d{1,2})\b", ".python-version", "runtime.txt"):
            found.say("stack.version", match[0], match.file, match.line)
            return
        match = found.folder.search(r"""^(?:requires-python|python)\s*=\s*["'](>=|~=|\^|==)\s*(3\.\d{1,2})""", "pyproject.toml")
        if match and (match[0] == "==" or _numbers(match[1]) > _numbers(self.default_version)):
            found.say("stack.version", match[1], match.file, match.line)

    def _start(self, found: Findings, framework: str | None, dependencies: str, sources: tuple[str, ...]) -> None:
        if match := procfile(found.folder):
            found.say("command", start_words(found, self.id, match[0], match.file, match.line, PORT), match.file, match.line)
            found.add("ports", publish(port_in(match[0]) or PORT), match.file, match.line)
        elif served := self._server(found.folder, framework, sources):
            command, package, match = served
            found.say("command", command, match.file, match.line)
            found.add("ports", publish(PORT), match.file, match.line)
            if package.partition("==")[0] not in dependencies:
                found.say("stack.packages", [package], match.file, match.line)
        elif entry := next((entry for entry in _ENTRIES if found.folder.has(entry)), None):
            found.say("command", ["python", entry], entry)
            port = found.folder.search(r"""(?:port\s*=\s*|PORT["'],\s*["']?|\(["'][\d.]*["'],\s*)(\d{4,5})\b""", entry)
            if port and int(port[0]) <= 65535:
                found.add("ports", publish(int(port[0])), port.file, port.line)

    def _server(self, folder: Folder, framework: str | None, sources: tuple[str, ...]) -> tuple[list[str], str, Match] | None:
        """The server that a framework's application is run by, the package it comes in, and where the application was seen."""
        gunicorn = ["gunicorn", "--bind", f"0.0.0.0:{PORT}"]
        if framework == "django":
            match = folder.search(r"WSGI_APPLICATION\s*=\s*[\"']([\w.]+)\.application[\"']", *sources)
            return ([*gunicorn, f"{match[0]}:application"], GUNICORN, match) if match else None
        if framework not in _APPLICATIONS:
            return None
        match = folder.search(rf"^(\w+)\s*(?::\s*[\w.]+\s*)?=\s*(?:\w+\.)?{_APPLICATIONS[framework]}\(", *sources)
        factory = None if match else folder.search(r"^def (create_app|make_app)\(", *sources)
        match = match or factory
        if not match:
            return None
        below_src = match.file.startswith("src/")
        module = match.file.removeprefix("src/").removesuffix(".py").removesuffix("/__init__").replace("/", ".")
        if framework == "flask":
            path = ["--pythonpath", "src"] if below_src else []
            return [*gunicorn, *path, f"{module}:{match[0]}{'()' if factory else ''}"], GUNICORN, match
        uvicorn = ["uvicorn", "--host", "0.0.0.0", "--port", str(PORT), *(["--app-dir", "src"] if below_src else [])]
        return [*uvicorn, *(["--factory"] if factory else []), f"{module}:{match[0]}"], UVICORN, match


def _manifests(manifest: str | None) -> tuple[str, ...]:
    return (manifest,) if manifest else ()


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(number) for number in version.split("."))
