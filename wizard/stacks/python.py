"""Python: pip, uv, poetry, pdm or pipenv; Flask, Django, FastAPI or a plain program."""

from collections.abc import Mapping
from typing import Any

from msgspec.structs import replace

from wizard.clues.around import look_around
from wizard.clues.findings import Findings
from wizard.clues.python_packages import CONDA, MANIFESTS, Packages, look_for_manager, look_for_version, packages_of
from wizard.clues.python_start import ENTRIES, look_for_framework, look_for_start
from wizard.clues.starting import look_into_compose
from wizard.folder import Folder
from wizard.stack import Detected, LanguageStack
from wizard.workload import Workload

INSTALLERS = {"uv": "uv==0.9.11", "poetry": "poetry==2.2.1", "pdm": "'pdm[locked]==2.28.2'", "pipenv": "pipenv==2026.10.3"}
"""What is installed to install with, as a shell reads it. pdm's locked extra fixes the versions of what it needs: newer ones broke it."""
_ASKS = r"environ(?:\.get|\.setdefault)?[\[(]|getenv\(|\bconfig\(|\benv(?:\.\w+)?\("

_COMPILED = {
    "psycopg2": ("libpq5",), "psycopg-c": ("libpq5",), "mysqlclient": ("libmariadb3",), "pycairo": ("libcairo2",), "uwsgi": (),
}  # fmt: skip
"""Packages without wheels, and what Debian has of what they load."""
_COMPILER = ("gcc", "libc6-dev")
_TO_COMPILE = {"libpq5": ("libpq-dev",), "libmariadb3": ("default-libmysqlclient-dev", "pkg-config"), "libcairo2": ("libcairo2-dev", "pkg-config")}
"""What compiling against a library takes."""
_LIBRARIES = {
    "cairocffi": ("libcairo2",), "cairosvg": ("libcairo2",), "ffmpeg-python": ("ffmpeg",), "moviepy": ("ffmpeg",),
    "opencv-python": ("libgl1", "libglib2.0-0"),
    "pdf2image": ("poppler-utils",), "pydub": ("ffmpeg",), "pyodbc": ("unixodbc",), "pytesseract": ("tesseract-ocr",), "python-magic": ("libmagic1",),
    "pyzbar": ("libzbar0",), "weasyprint": ("libpango-1.0-0", "libpangoft2-1.0-0", "libharfbuzz-subset0"),
}  # fmt: skip
"""Packages that start a program, or load a library, which no wheel brings along: Debian's packages with it."""


class Python(LanguageStack):
    """Wheels are installed into /opt/venv in a build stage; the last stage has no compiler and no pip cache."""

    id = "python"
    name = "Python"
    title = "Python (pip, uv, poetry, pdm, pipenv; Flask, Django, FastAPI, plain)"
    default_version = "3.13"
    takes = frozenset(("packages", "system_packages"))
    frameworks = ("flask", "django", "fastapi")
    package_managers = ("pip", "uv", "poetry", "pdm", "pipenv")
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
        stack = workload.stack
        quirks = stack.quirks if stack else ()
        libraries = stack.system_packages if stack and "compiled" in quirks else ()
        headers = dict.fromkeys(one for library in libraries for one in _TO_COMPILE.get(library, ()))
        early = ((*_COMPILER, *headers) if "compiled" in quirks else ()) + (("git",) if "from-git" in quirks else ())
        return {"installers": INSTALLERS, "early_packages": early}

    def ignored(self) -> tuple[str, ...]:
        return ("**/__pycache__", "**/*.pyc", ".venv", "venv", ".tox", ".pytest_cache", ".mypy_cache", ".ruff_cache", "*.egg-info")

    def detect(self, folder: Folder) -> Detected | None:
        manifest = folder.first(*MANIFESTS)
        entry = folder.first(*ENTRIES, "manage.py")
        manifest = manifest or (folder.first(*CONDA) if entry else None)
        if not manifest and not entry:
            return None
        found = Findings(folder, self.id, manifest or entry or "")
        packages = packages_of(folder)
        look_for_manager(found, packages)
        look_for_version(found, self.default_version)
        sources = tuple(name for name in folder.sources(".py") if "/migrations/" not in name)
        sources = folder.own(sources, "pyproject.toml", "requirements.txt", "Pipfile") if not folder.has("manage.py") else sources
        look_for_framework(found, packages, sources)
        look_for_start(found, packages, sources)
        _libraries(found, packages)
        look_into_compose(found, self.id)
        look_around(found, sources, _ASKS, packages.named)
        if found.framework == "django":
            self._hosts(found, sources)
        if found.framework == "django" and (media := folder.search(r"^MEDIA_ROOT\s*=.*?[\"'](\w[\w-]{0,40})/?[\"']", *sources)):
            found.writes(media[0], media.file, media.line, keep=True)
        if found.framework == "django" and (sqlite := folder.search(r"(?:NAME|sqlite:/).*?[\"'/](\w[\w.-]{0,40}\.sqlite3?)[\"']", *sources)):
            found.warn(f"{sqlite.file}:{sqlite.line} keeps {sqlite[0]} beside the program, which is read-only: move it to a folder of its own")
        return _weighed(found.done(), manifest, found.framework)

    @staticmethod
    def _hosts(found: Findings, sources: tuple[str, ...]) -> None:
        """Django answers 400 to whoever asks for a host that is not among its own, as a health check does: then it asks for a connection."""
        health = found.answers.get("health")
        if health and not found.folder.search(r"^ALLOWED_HOSTS\s*=\s*\[[^\]]*[\"'](\*|127\.0\.0\.1)[\"']", *sources):
            del found.answers["health"]
            found.evidence = [entry for entry in found.evidence if entry.fact != "health"]
            path = health["http"]
            found.warn(f"{path} is not asked for its health, since 127.0.0.1 is not in ALLOWED_HOSTS: add it, and say --set health={path}")


def _libraries(found: Findings, packages: Packages) -> None:
    """Say which Debian packages its own packages load at run time, and what no package of Debian brings."""
    folder = found.folder
    wanted = {name: debian for name, debian in (*_LIBRARIES.items(), *_COMPILED.items()) if name in packages}
    compiled = [packages.named[name] for name in _COMPILED if name in packages]
    extra = folder.search(r"(?i)\bpsycopg\[[\w, ]*\b(binary|c)\b|\bpsycopg-(binary)\b", *MANIFESTS)
    if "psycopg" in packages and not (extra and "binary" in extra.groups):
        wanted["psycopg"] = ("libpq5",)
        compiled += [(extra.file, extra.line)] if extra else []
    for name, debian in wanted.items():
        for one in debian:
            found.add("stack.system_packages", one, *packages.named[name], "inferred")
    if compiled:
        found.add("stack.quirks", "compiled", *compiled[0], "inferred")
    if seen := folder.search(r"^[^#\n]*(?:\bgit\+(?:https?|ssh)://|\bgit[ \t]*=[ \t]*[\"'](?:https?|ssh)://)", *MANIFESTS):
        found.add("stack.quirks", "from-git", seen.file, seen.line)
    if "playwright" in packages:
        file, line = packages.named["playwright"]
        found.warn(
            f"{file}:{line} needs playwright, whose browsers the image does not have: "
            "start from an image that has them (mcr.microsoft.com/playwright/python), or reach a browser in a container of its own"
        )


def _weighed(found: Detected, manifest: str | None, framework: str) -> Detected:
    """A folder with a script in it is no Python project for that alone."""
    return found if manifest or framework else replace(found, strength=min(found.strength, 2))
