"""What starts a Python program: its framework's server with the application that the code shows, else its main file."""

import re
from collections.abc import Sequence

from msgspec import Struct

from wizard.clues.commands import procfile, publish
from wizard.clues.findings import Findings
from wizard.clues.manifests import key_line, table
from wizard.clues.ports import in_code, in_dockerfile, listens, variable_port
from wizard.clues.python_packages import Packages
from wizard.clues.starting import start_words
from wizard.folder import Folder, Match

GUNICORN, UVICORN = "gunicorn==23.0.0", "uvicorn==0.38.0"
USUAL = 8000
ENTRIES = ("app.py", "main.py", "wsgi.py", "server.py", "start.py", "bot.py", "run.py", "hello.py", "application.py", "index.py", "api.py")
FRAMEWORKS = (
    "django", "dash", "streamlit", "gradio", "chainlit", "fasthtml", "fastapi", "litestar", "sanic", "quart", "flask", "falcon", "starlette",
    "aiohttp", "bottle", "pyramid", "cherrypy", "tornado",
)  # fmt: skip
"""In the order in which a list with everything that was installed is read: Dash comes with Flask, Streamlit with Tornado."""
_WSGI = {"flask": r"(?:\w+\.)?Flask", "bottle": r"(?:bottle\.)?Bottle", "falcon": r"falcon\.(?:App|API)"}
_ASGI = {
    "fasthtml": r"(?:\w+\.)?(?:FastHTML|FastHTMLWithLiveReload|fast_app)",
    "fastapi": r"(?:\w+\.)?FastAPI", "starlette": r"(?:\w+\.)?Starlette", "litestar": r"(?:\w+\.)?Litestar", "quart": r"(?:\w+\.)?Quart",
}  # fmt: skip
_USUAL = {"streamlit": 8501, "gradio": 7860, "dash": 8050, "aiohttp": 8080, "bottle": 8080, "tornado": 8888, "sanic": 8000, "chainlit": 8000}
PORTS = (
    r"(?:\.run|run_app|uvicorn\.run|serve|\.listen|run_simple|make_server|HTTPServer)\([^)\n]*?\bport\s*=\s*(\d{4,5})\b",
    *variable_port(r"""(?:environ(?:\.get)?[\[(]|getenv\(|config\(|env\.int\(|env\()\s*["']PORT["'][\])]?"""),
    r"""(?:\.listen|HTTPServer|TCPServer|make_server|\.bind|serve_forever|start_server)\(\s*\(?\s*(?:["'][\w.:]*["']\s*,\s*)?(\d{2,5})\b""",
    r"^[ \t]*(?:PORT|port)\s*(?::\s*int\s*)?=\s*(\d{4,5})\b",
)


_RUNS = r"^(if __name__|while\b|for\b|with\b|await\b|try:|(?!print\b)[\w.]+\(|print\()"
"""A file that does something when it is run, rather than only define what others import."""


_OWN_SERVER = r"(\.run\(|\bserve\(|WSGIServer|make_server\(|run_simple\()"


class Served(Struct, frozen=True):
    """A framework's application: the words that start it, the server that has to be installed, where it was seen."""

    words: tuple[str, ...]
    server: str
    match: Match


def look_for_framework(found: Findings, packages: Packages, sources: Sequence[str]) -> None:
    """The framework: of those it depends on, the one that its code imports."""
    named = [framework for framework in FRAMEWORKS if framework in packages]
    imported = {framework: match for framework in named or FRAMEWORKS if (match := _import(found.folder, framework, sources))}
    chosen = next(iter(imported), next((name for name in named if name != "aiohttp"), ""))
    if not chosen:
        return
    if chosen in packages:
        found.say("stack.framework", chosen, *packages.named[chosen], "stated" if chosen in imported else "inferred")
    else:
        found.at("stack.framework", chosen, imported[chosen], "inferred")


def _import(folder: Folder, framework: str, sources: Sequence[str]) -> Match | None:
    serving = r"(?:\.web\b|\s+import\s.*\bweb\b)" if framework == "aiohttp" else r"\b"  # It is a client, too.
    return folder.search(rf"^[ \t]*(?:from|import)\s+({framework}){serving}", *sources)


def look_for_start(found: Findings, packages: Packages, sources: Sequence[str]) -> None:
    """The start command and the port."""
    folder = found.folder
    if (line := procfile(folder)) and (words := start_words(found, "python", line[0], line.file, line.line, _port(found, sources, line[0]))):
        if "gunicorn" in line[0] and "$PORT" not in line[0] and not re.search(r"\s(?:-b|--bind|-c|--config)\b", line[0]):
            # Without an address gunicorn takes this variable, which the platforms of a Procfile set; else only the container itself reaches it.
            found.say("environment.PORT", str(USUAL), line.file, line.line, "inferred")
            found.add("ports", publish(USUAL), line.file, line.line, "inferred")
        found.at("command", words, line)
        listens(found, line[0], () if "$PORT" in line[0] else PORTS, sources, USUAL, line.file, line.line)
        return
    port = _port(found, sources, "")
    if served := _served(folder, found.framework, sources, port, packages):
        found.at("command", list(served.words), served.match, "inferred")
        listens(found, "", PORTS, sources, _USUAL.get(found.framework, USUAL), served.match.file, served.match.line)
        if served.server and served.server.partition("==")[0] not in packages:
            found.at("stack.packages", [served.server], served.match, "inferred")
    elif entry := _entry(folder, sources) if "functions-framework" not in packages else None:
        file = entry.file
        needs_one = found.framework in {*_WSGI, *_ASGI, "django"} and _import(folder, found.framework, [file])
        if needs_one and not folder.search(_OWN_SERVER, file):
            return
        module = file.removesuffix("/__main__.py").replace("/", ".")
        found.say("command", ["python", "-m", module] if file.endswith("/__main__.py") else ["python", file], file, entry.line, "inferred")
        usual = _USUAL.get(found.framework, 0) or (USUAL if found.framework else 0)
        if found.framework and not _import(found.folder, found.framework, sources):
            usual = 0  # It is installed, and nothing here uses it.
        own = [file, *(name for name in sources if name != file)] if found.framework else [file]
        listens(found, "", PORTS, own, usual, file, entry.line)
    elif "functions-framework" not in packages:
        _script(found, packages, sources)


def _script(found: Findings, packages: Packages, sources: Sequence[str]) -> None:
    """The one program that the project itself is installed as."""
    scripts = table(packages.pyproject, "project", "scripts")
    name = next(iter(scripts), "")
    if len(scripts) != 1 or not re.fullmatch(r"[A-Za-z][\w.-]{0,60}", name) or not table(packages.pyproject, "build-system"):
        return
    line = key_line(found.folder, "pyproject.toml", name)
    found.say("command", [name], "pyproject.toml", line, "assumed")
    if found.stack.get("lockfile") != "pyproject.toml":
        found.say("stack.build", ["pip", "install", "--no-deps", "."], "pyproject.toml", line, "inferred")
    listens(found, "", PORTS, sources, USUAL if found.framework else 0, "pyproject.toml", line)


def _port(found: Findings, sources: Sequence[str], line: str) -> int:
    """The port that a server is told to listen on where the person's own code or Dockerfile names one."""
    if "$PORT" in line:
        return USUAL
    if seen := in_code(found, PORTS, sources):
        return seen[0]
    return int(exposed[0]) if (exposed := in_dockerfile(found)) else _USUAL.get(found.framework, USUAL)


def _entry(folder: Folder, sources: Sequence[str]) -> Match | None:
    """The file that is run: by its name, or since it is the only one that is meant to be."""
    if name := folder.first(*ENTRIES):
        runs = folder.search(_RUNS, name)
        return Match(name, runs.line, ()) if runs else None
    if name := next((name for name in sources if re.fullmatch(r"(?:src/)?\w+/__main__\.py|__main__\.py", name) and "/" in name), None):
        return Match(name, 1, ()) if not name.startswith("src/") else None
    for folder_name in ("src", "app"):
        if name := folder.first(*(f"{folder_name}/{entry}" for entry in ENTRIES)):
            return Match(name, 1, ())
    mains = [name for name in sources if "/" not in name and name not in ("setup.py", "conftest.py", "manage.py", "gunicorn.conf.py")]
    mains = [name for name in mains if not re.match(r"(?:client|test|bench|example|fabfile|noxfile|tasks)", name)]
    run = [name for name in mains if folder.search(r"^if __name__ == ([\"'])__main__", name)]
    return Match(run[0], 1, ()) if len(run) == 1 else None


def _served(folder: Folder, framework: str, sources: Sequence[str], port: int, packages: Packages) -> Served | None:
    """The server that a framework's application is run by."""
    gunicorn = ("gunicorn", "--bind", f"0.0.0.0:{port}")
    if framework == "django":
        return _django(folder, sources, gunicorn)
    if framework == "streamlit" and (match := folder.search(r"^[ \t]*(?:import|from)\s+(streamlit)\b", *(n for n in sources if "pages/" not in n))):
        return Served(("streamlit", "run", match.file, "--server.port", str(port), "--server.address", "0.0.0.0"), "", match)
    made = _WSGI.get(framework) or _ASGI.get(framework)
    if not made:
        return None
    named = folder.search(rf"^(\w+)\s*(?::\s*[\w.]+\s*)?(?:,\s*\w+\s*)*=\s*{made}\(", *sources)
    factory = (
        None
        if named
        else folder.search(r"^(?:async\s+)?def (create_app|make_app|get_app|create_application|get_application|build_app|app_factory)\(", *sources)
    )
    called = folder.search(r"^(app|application|api|server)\s*(?::\s*[\w.]+\s*)?=\s*(?:\w+\.)?(?:create|make|get|build)_app\w*\(", *sources)
    makes = called and (factory or folder.search(rf"({made})\(", *sources))
    match, is_factory = (called, False) if makes and not named else (named or factory, factory is not None)
    if not match or (is_factory and not _callable(folder, match)):
        return None
    below_src = match.file.startswith("src/")
    module = match.file.removeprefix("src/").removesuffix(".py").removesuffix("/__init__").replace("/", ".")
    if framework in _WSGI:
        path = ("--pythonpath", "src") if below_src else ()
        return Served((*gunicorn, *path, f"{module}:{match[0]}{'()' if is_factory else ''}"), GUNICORN, match)
    uvicorn = ("uvicorn", "--host", "0.0.0.0", "--port", str(port), *(("--app-dir", "src") if below_src else ()))
    return Served((*uvicorn, *(("--factory",) if is_factory else ()), f"{module}:{match[0]}"), UVICORN, match)


def _callable(folder: Folder, match: Match) -> bool:
    """Whether a factory can be called without anything: a server has nothing to give it."""
    head = re.search(rf"def {match[0]}\(([^)]*)\)", folder.text(match.file))
    arguments = [part for part in head[1].split(",") if part.strip() and not part.strip().startswith("*")] if head else []
    return all("=" in part for part in arguments)


def _django(folder: Folder, sources: Sequence[str], gunicorn: tuple[str, ...]) -> Served | None:
    match = folder.search(r"^WSGI_APPLICATION\s*=\s*[\"']([\w.]+)\.application[\"']", *sources)
    if not match:
        seen = [name for name in sources if name.endswith("wsgi.py") and folder.search(r"(get_wsgi_application)\(", name)]
        if len(seen) != 1:
            return None
        manage = next((name for name in sources if name.endswith("manage.py")), "manage.py")
        root = manage.removesuffix("manage.py")
        if not seen[0].startswith(root):
            return None
        match = Match(seen[0], 1, (seen[0].removeprefix(root).removesuffix(".py").replace("/", "."),))
    module = match[0].replace(".", "/") + ".py"
    place = next((name for name in sources if name == module or name.endswith(f"/{module}")), module)
    root = place.removesuffix(module).rstrip("/")
    return Served((*gunicorn, *(("--chdir", root) if root else ()), f"{match[0]}:application"), GUNICORN, match)
