"""Go: a static binary on an image without a shell."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from msgspec.structs import replace

from wizard.clues.around import look_around
from wizard.clues.commands import port_in, procfile, publish
from wizard.clues.findings import Findings
from wizard.clues.manifests import tool_version
from wizard.clues.ports import in_code, listens, variable_port
from wizard.clues.starting import start_words
from wizard.digests import pinned
from wizard.folder import Folder, Match
from wizard.stack import Detected, LanguageStack, OwnUser, Runtime, SupportFile
from wizard.workload import Workload

_ASKS = r"(?:Getenv|LookupEnv|\b[eE]nv\w*|getEnv\w*|GetString)\("
_PORTS = (
    r"""(?:\.(?:Run|Start|Listen|ListenAndServe|RunTLS)|ListenAndServe|net\.Listen)\(\s*(?:"tcp"\s*,\s*)?"(?:[\w.\[\]]*:)(\d{2,5})\"""",
    *variable_port(r"""(?:Getenv|LookupEnv|\b[eE]nv\w*|getEnv\w*|GetString|GetInt)\(\s*"(?:HTTP_|SERVER_|APP_)?PORT\"\)?"""),
)
_SET = (
    r"""\b(?:Addr|addr|address|Port|port|defaultPort|PORT)\s*(?::?=|:|,)\s*(?:flag\.\w+\([^,]*,\s*)?"(?:[\w.]*:)?(\d{4,5})\"""",
    r"""\b(?:port|Port|PORT|defaultPort)\s*(?:int\s*)?(?::?=|:)\s*(\d{4,5})\b""",
    r"""[pP]ort"\s*,\s*"?:?(\d{4,5})\b""",
    r"""if\s+port\s*==\s*""\s*\{\s*port\s*=\s*":?(\d{4,5})\"""",
    r"""\"(?:0\.0\.0\.0|127\.0\.0\.1|localhost)?:(\d{4,5})\"""",
)
FRAMEWORKS = {
    "gin": "github.com/gin-gonic/gin", "echo": "github.com/labstack/echo", "fiber": "github.com/gofiber/fiber", "chi": "github.com/go-chi/chi",
    "beego": "github.com/beego/beego", "buffalo": "github.com/gobuffalo/buffalo", "iris": "github.com/kataras/iris",
    "gorilla": "github.com/gorilla/mux",
    "revel": "github.com/revel/revel", "hertz": "github.com/cloudwego/hertz", "httprouter": "github.com/julienschmidt/httprouter",
}  # fmt: skip
_CONFIGURES = re.compile(r"(?:^|/)[^/]*(?:main|serv|conf|cmd|flag|http|app|option|setting|env|cli|root)[^/]*(?:/|\.go\Z)", re.I)
"""Files that say how a program runs; in others a port is one of somebody else."""
_ASIDE = re.compile(r"(?:examples?|docs|scripts|tools|hack)/")
_LISTENS = r"(\"net/http\"|\"google\.golang\.org/grpc\"|net\.Listen\(|fasthttp)"
_READS = re.compile(
    r"""\b(?:LoadHTMLGlob|LoadHTMLFiles|ParseGlob|ParseFiles|ReadFile|os\.Open|http\.Dir|DirFS|ReadDir|Static|StaticFS|StaticFile|ServeFile)\("""
    r"""(?:\s*[^"()\n]{1,40},|\s*"/[^"\n]{0,60}",(?:\s*http\.Dir\()?)?\s*"(?:\./)?([A-Za-z][\w-]{0,60}(?:\.\w{1,10})?)[/"]"""
)
"""What a program reads of its folder while it runs, as the first part of a relative path."""
_PREFERRED = ("server", "api", "web", "app", "main", "http", "httpd", "service", "backend")
"""What the folder of the program that serves is called, where there are several."""


class Go(LanguageStack):
    """CGO is off, so that the binary needs nothing; the health check is a second small binary, since there is no curl."""

    id = "go"
    name = "Go"
    title = "Go (static binary, no shell in the image)"
    default_version = "1.27"
    takes = frozenset(("source",))
    runtimes = (
        Runtime("distroless", "distroless static: users, CA list, time zones", "no shell, no curl", OwnUser("nonroot", 65532, 65532), shell=False,
                unprivileged=True, evidence="built and run by the engine tests"),
        Runtime("scratch", "scratch: the program and a CA list, nothing else", "no shell, no curl, no names of users, no time zones", shell=False,
                evidence="built and run by the engine tests"),
    )  # fmt: skip
    default_command = ("/usr/local/bin/app",)
    package_managers = ("go",)
    evidence = "built and run by the engine tests"

    def image(self, workload: Workload, pinned: bool = True) -> str:
        if self.runtime(workload).id == "scratch":
            return "scratch"
        return "gcr.io/distroless/static-debian13:nonroot" if pinned else "gcr.io/distroless/static:nonroot"

    def build_image(self, workload: Workload) -> str:
        return f"golang:{self.version(workload)}"

    def health(self, url: str | None, port: int) -> tuple[str, ...]:
        return ("/usr/local/bin/healthcheck", url or f"tcp://127.0.0.1:{port}")

    def environment(self, workload: Workload) -> Mapping[str, str]:
        return {"PORT": str(workload.ports[0].container)} if workload.ports else {}

    def values(self, workload: Workload) -> Mapping[str, Any]:
        source, quirks = (workload.stack.source, workload.stack.quirks) if workload.stack else (".", ())
        return {"builder": pinned(self.build_image(workload), workload), "package": "." if source == "." else f"./{source.removeprefix('./')}",
                "bare": self.runtime(workload).id == "scratch", "beside": "files-beside" in quirks}  # fmt: skip

    def files(self, workload: Workload) -> tuple[SupportFile, ...]:
        return (SupportFile(".seawall/healthcheck.go", "healthcheck.go"),)

    def ignored(self) -> tuple[str, ...]:
        return ("bin", "*.test", "coverage.out")

    def not_built(self, manager: str | None = None, quirks: Sequence[str] = ()) -> str:
        return "files that a program of Go reads of its own folder" if "files-beside" in quirks else ""

    def detect(self, folder: Folder) -> Detected | None:
        manifest = folder.first("go.mod", "go.work", "main.go")
        if not manifest:
            return None
        found = Findings(folder, self.id, manifest)
        found.say("stack.package_manager", "go", manifest)
        if manifest == "go.work":
            parts = _programs_of_work(folder)
            found.refuse("go.work puts several modules together, and one is built: run seawall in the folder of the one that is started"
                         + (f" ({', '.join(parts[:6])})" if parts else ""))  # fmt: skip
        elif manifest != "go.mod":
            found.refuse("it has no go.mod here, which the build needs: make one (go mod init NAME), or run seawall in the folder that has it")
        if folder.has("go.sum"):
            found.say("stack.lockfile", "go.sum", "go.sum")
        if local := folder.search(r"=>\s*(\.{1,2}/)", "go.mod"):
            found.say("stack.quirks", ["local-references"], "go.mod", local.line)
        if match := folder.search(r"^go (1\.\d+)", "go.mod", "go.work"):
            found.version(match[0], match, least=True, default=self.default_version)
        elif tool := tool_version(folder, "go", "golang"):
            found.version(tool[0], tool)
        modules = _modules(folder)
        for name, module in FRAMEWORKS.items():
            if place := next((place for path, place in modules.items() if path == module or path.startswith(f"{module}/")), None):
                found.say("stack.framework", name, *place)
                break
        sources = folder.own((name for name in folder.sources(".go") if not name.endswith("_test.go")), "go.mod")
        for name, module in FRAMEWORKS.items() if not modules else ():
            if imported := folder.search(rf"^[ \t]*(?:\w+[ \t]+)?\"({re.escape(module)})", *sources):
                found.at("stack.framework", name, imported, "inferred")
        main = self._program(found, sources)
        if not main:
            found.refuse("it has no package main, so there is nothing that could be started")
            return replace(found.done(), strength=1)
        if read := _read(folder, sources):
            found.add("stack.quirks", "files-beside", read.file, read.line, "inferred")
        started = procfile(folder)
        near = main.rpartition("/")[0]
        own = sorted(sources, key=lambda name: not name.startswith(near)) if near else sources
        aside = tuple(name for name in own if name != main and not _CONFIGURES.search(name))
        told = in_code(found, _PORTS, own) or in_code(found, _SET, [name for name in own if name not in aside])
        if told and not (started and port_in(started[0])):
            found.add("ports", publish(told[0]), told[1].file, told[1].line, "inferred")
        port = listens(found, started[0] if started else "", (), (), 8080 if found.framework or folder.search(_LISTENS, *own) else 0, main)
        words = start_words(found, self.id, started[0], started.file, started.line, port) if started else []
        if started and not re.match(r"/|go$", words[0]) and ("/" not in words[0] or words[0].startswith("bin/")):
            found.answers["command"] = [*self.default_command, *words[1:]]
        found.say("command", list(self.default_command), main, 1, "inferred")
        look_around(found, own, _ASKS, _by_known_name(modules))
        return found.done()

    def _program(self, found: Findings, sources: tuple[str, ...]) -> str:
        """The file of the program that is built, or nothing; further ones are told."""
        mains = [name for name in sources if re.search(r"^package main\b", found.folder.text(name), re.M)
                 and "//go:build ignore" not in found.folder.text(name) and not _ASIDE.match(name)]  # fmt: skip
        folders = list(dict.fromkeys(name.rpartition("/")[0] for name in mains))
        if not folders:
            return ""
        module = found.folder.search(r"^module\s+(\S+)", "go.mod")
        last = re.sub(r"/v\d+$", "", module[0]).rpartition("/")[2] if module else ""
        best = folders[0] if folders[0] == "" else next(
            (place for wanted in (last, *_PREFERRED) for place in folders if place.rpartition("/")[2] == wanted), folders[0]
        )  # fmt: skip
        files = [name for name in mains if name.rpartition("/")[0] == best]
        main = next((name for name in files if "func main(" in found.folder.text(name)), files[0])
        if best:
            found.say("stack.source", best, main, 1, "inferred" if len(folders) == 1 else "assumed")
        if len(folders) > 1:
            found.tell("programs", [place or "." for place in folders[:30]], main)
        return main


def _read(folder: Folder, sources: Sequence[str]) -> Match | None:
    """Where the code reads something of its own folder that is there."""
    for name in sources:
        text = folder.text(name)
        for seen in _READS.finditer(text):
            if folder.has(seen[1]) or any(file.startswith(f"{seen[1]}/") for file in folder.files):
                return Match(name, text.count("\n", 0, seen.start()) + 1, (seen[1],))
    return None


def _programs_of_work(folder: Folder) -> list[str]:
    """The modules that go.work names and that have a program in their own folder."""
    named = re.findall(r"^[ \t]*(?:use[ \t]+)?(?:\./)?([\w-][\w./-]{0,60})[ \t]*$", folder.text("go.work"), re.M)
    code = {place: [name for name in folder.sources(".go") if name.rpartition("/")[0] == place] for place in named}
    return [place for place in named if folder.search(r"^(package main)\b", *code[place])]


def _modules(folder: Folder) -> dict[str, tuple[str, int]]:
    """Every module that go.mod asks for itself, in lower case, with its line."""
    required: dict[str, tuple[str, int]] = {}
    for number, line in enumerate(folder.text("go.mod").splitlines(), 1):
        if (match := re.match(r"\s*(?:require\s+)?([\w./~-]+\.[\w./~-]+)\s+v\d", line)) and "// indirect" not in line:
            required.setdefault(match[1].lower(), ("go.mod", number))
    return required


def _by_known_name(modules: Mapping[str, tuple[str, int]]) -> dict[str, tuple[str, int]]:
    """The same, without what stands behind a module's name for its major version or a part of it."""
    names: dict[str, tuple[str, int]] = {}
    for path, place in modules.items():
        parts = path.split("/")
        for length in range(2, len(parts) + 1):
            names.setdefault("/".join(parts[:length]), place)
    return names
