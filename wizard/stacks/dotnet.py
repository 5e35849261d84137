""".NET: one project of a folder, or the one of a solution that serves."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from wizard.bash_check import by_bash
from wizard.clues.around import look_around
from wizard.clues.commands import port_number, procfile, publish, words
from wizard.clues.findings import Findings
from wizard.clues.manifests import read_json, text_at
from wizard.clues.ports import in_dockerfile, listens
from wizard.digests import pinned
from wizard.folder import Folder
from wizard.stack import Detected, LanguageStack, OwnUser
from wizard.workload import Workload

_PROJECTS = (".csproj", ".fsproj", ".vbproj")
_TEST = re.compile(r"Microsoft\.NET\.Test\.Sdk|<IsTestProject>true|xunit|NUnit|MSTest", re.I)
_ASKS = r"GetEnvironmentVariable\("
_PORTS = (
    r"""(?:UseUrls|\.Run|Urls\.Add)\(\s*\$?"https?://[\w.*+\[\]:]*:(\d{2,5})""",
    r"""(?:ListenAnyIP|ListenLocalhost|Listen)\((?:\s*IPAddress\.\w+\s*,)?\s*(\d{2,5})""",
    r"""GetEnvironmentVariable\(\s*"PORT"\s*\)\s*\?\?\s*"?(\d{2,5})""",
    r""""Url"\s*:\s*"http://[\w.*+\[\]:]*:(\d{2,5})""",
)


FIRST = 8
"""The first version whose images have the user app; the ones before it get no fixes any more."""


class Dotnet(LanguageStack):
    """The image's own setting makes every service of .NET 8 or later listen on 8080; launchSettings.json is for developers.

    The last stage is the full image, since a chiseled one has nothing to ask the program's health with, and knows no language but the invariant one.
    """

    id = "dotnet"
    name = ".NET"
    title = ".NET (ASP.NET Core)"
    default_version = "10.0"
    takes = frozenset(("source",))
    own_user = OwnUser("app", 1654, 1654)
    must_write = ("/tmp",)
    frameworks = ("aspnetcore",)
    package_managers = ("nuget",)
    evidence = "read in the images' Dockerfiles and judged by hadolint and BuildKit's parser; not yet built"

    def image(self, workload: Workload, pinned: bool = True) -> str:
        # What opens no port and names no framework of the web is content with the smaller runtime.
        serves = workload.ports or (workload.stack and workload.stack.framework)
        return f"mcr.microsoft.com/dotnet/{'aspnet' if serves else 'runtime'}:{self.version(workload) if pinned else 'latest'}"

    def build_image(self, workload: Workload) -> str:
        return f"mcr.microsoft.com/dotnet/sdk:{self.version(workload)}"

    def health(self, url: str | None, port: int) -> tuple[str, ...]:
        return by_bash(url, port)

    def environment(self, workload: Workload) -> Mapping[str, str]:
        # Otherwise it makes a socket for debuggers in /tmp, which whoever breaks in could use as well.
        settings = {"DOTNET_EnableDiagnostics": "0", "DOTNET_BUNDLE_EXTRACT_BASE_DIR": "/tmp"}
        port = next((str(port.container) for port in workload.ports if port.protocol == "tcp"), "")
        return settings | ({"ASPNETCORE_HTTP_PORTS": port} if port else {})

    def values(self, workload: Workload) -> Mapping[str, Any]:
        stack = workload.stack
        source = stack.source.removeprefix("./") if stack else "."
        project = stack.lockfile if stack and stack.lockfile and stack.lockfile.endswith(_PROJECTS) else ""
        return {
            "builder": pinned(self.build_image(workload), workload),
            "project": "/".join(part for part in (source if source != "." else "", project) if part) or ".",
            "locked": stack is not None and "locked-restore" in stack.quirks,
        }

    def ignored(self) -> tuple[str, ...]:
        return ("**/bin", "**/obj", "**/*.user", "**/.vs", "**/appsettings.Development.json", "**/launchSettings.json")

    def not_built(self, manager: str | None = None, quirks: Sequence[str] = ()) -> str:
        return ".NET"

    def detect(self, folder: Folder) -> Detected | None:
        solution = next((name for name in folder.ending(".sln", ".slnx") if "/" not in name), None)
        nearest = [name for name in folder.ending(*_PROJECTS) if "/" not in name or solution]
        if not nearest and not (solution or folder.has("global.json")):
            return None
        projects = nearest or list(folder.ending(*_PROJECTS))
        if not projects:
            return None
        served = sorted((name for name in projects if _serves(folder, name)), key=lambda name: "BlazorWebAssembly" in folder.text(name))
        programs = served or [name for name in projects if _is_program(folder, name)]
        if not programs:
            found = Findings(folder, self.id, solution or projects[0])
            return found.done()
        project = programs[0]
        found = Findings(folder, self.id, solution or project)
        found.say("stack.package_manager", "nuget", project)
        self._version(found, project)
        if project in served:
            match = folder.search(r"""Sdk=["'](Microsoft\.NET\.Sdk\.(?:Web|BlazorWebAssembly))""", project)
            if match and match[0].endswith("WebAssembly"):
                found.at("stack.framework", "blazor", match)
                found.tell("static", "wwwroot", project)
                found.refuse(
                    "Blazor WebAssembly makes a site of files, which Seawall does not build yet: "
                    "publish it and run seawall in its wwwroot, or give an image with --set image=NAME:VERSION"
                )
            elif match:
                found.at("stack.framework", "aspnetcore", match)
        place, _, name = project.rpartition("/")
        if re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,79}", name):
            found.say("stack.lockfile", name, project)
        if folder.has(locks := f"{place}/packages.lock.json".lstrip("/")):
            found.say("stack.quirks", ["locked-restore"], locks)
        if place:
            found.say("stack.source", place, project, 1, "inferred" if len(programs) == 1 else "assumed")
        if len(programs) > 1:
            found.tell("programs", [name.rpartition("/")[0] or "." for name in programs[:30]], solution or project)
        self._start(found, project, place)
        packages = _packages(folder, project)
        sources = tuple(name for name in folder.sources(".cs", ".fs", ".vb") if name.startswith(place))
        look_around(found, (*sources, *(n for n in folder.files if n.endswith("appsettings.json"))), _ASKS, packages)
        signs = folder.search(
            r"\bAdd(RazorPages|ControllersWithViews|RazorComponents|ServerSideBlazor|Identity|DefaultIdentity|Antiforgery|Cookie|Session)\b", *sources
        )
        if signs and not folder.search(r"(PersistKeysTo)", *sources):
            found.warn(f"{signs.file}:{signs.line} signs cookies with keys that are lost at a restart, and with them who is signed in: keep them, "
                       "--set writable+='/keys volume keys' and PersistKeysToFileSystem in the code")  # fmt: skip
        if found.framework and (match := folder.search(r"""MapHealthChecks\(\s*"(/[\w/-]{1,60})\"""", *sources)):
            found.at("health", {"http": match[0]}, match)
        return found.done()

    def _version(self, found: Findings, project: str) -> None:
        folder = found.folder
        target = r"<TargetFrameworks?>\s*(?:net|netcoreapp)(\d{1,2}\.\d)"
        match = folder.search(target, project) or folder.search(target, "Directory.Build.props")
        shared = folder.above.search(target, "Directory.Build.props") if folder.above and not match else None
        if match:
            found.version(match[0], match)
        elif shared:
            found.say("stack.version", shared[0], "../Directory.Build.props", shared.line)
        elif (sdk := text_at(read_json(folder, "global.json"), "sdk", "version")) and re.match(r"\d+\.\d+", sdk):
            line = folder.search(r'"(version)"', "global.json")
            found.say("stack.version", ".".join(sdk.split(".")[:2]), "global.json", line.line if line else 1)

        number = str(found.stack.get("version", "")).partition(".")[0]
        if number.isdecimal() and int(number) < FIRST:
            found.refuse(
                f".NET {found.stack['version']} gets no fixes any more, and its images have no user for programs: target net{FIRST}.0 or later, "
                "or give an image with --set image=NAME:VERSION"
            )

    def _start(self, found: Findings, project: str, place: str) -> None:
        folder = found.folder
        name = project.rpartition("/")[2].rpartition(".")[0]
        named = folder.search(r"<AssemblyName>([\w.-]{1,100})</AssemblyName>", project)
        line = procfile(folder)
        built = re.search(r"\b(?:bin|publish|heroku_output)/|\bdotnet\s+(?:run|watch)\b", line[0]) if line else None
        if line and not built:  # what a platform's build leaves somewhere below bin/ is in /app here
            found.at("command", words(line[0], 8080), line)
        elif re.fullmatch(r"[\w.-]{1,100}", name) and found.framework != "blazor":
            found.say("command", ["dotnet", f"{named[0] if named else name}.dll"], project, named.line if named else 1, "inferred")
        if not found.framework:
            return
        files = [n for n in folder.files if n.startswith(place) and n.endswith((".cs", ".fs", "appsettings.json", "appsettings.Production.json"))]
        # Since 8 the image itself listens on 8080: an EXPOSE 80 beside it is a leftover.
        version = found.stack.get("version", "8.0").partition(".")[0]
        usual = 80 if version.isdecimal() and int(version) < 8 else 8080
        exposed = in_dockerfile(found) or folder.search(r"^EXPOSE[ \t]+(\d{2,5})[ \t]*$", f"{place}/Dockerfile" if place else "Dockerfile")
        port = port_number(exposed[0]) if exposed else None
        if exposed and port and (port != 80 or usual == 80):
            found.add("ports", publish(port), exposed.file, exposed.line, "inferred")
        if in_dockerfile(found) is None or "ports" in found.answers:
            listens(found, line[0] if line else "", _PORTS, files, usual, project)
        else:
            found.add("ports", publish(usual), project, 1, "assumed")


def _serves(folder: Folder, project: str) -> bool:
    text = folder.text(project)
    return bool(re.search(r"""Sdk=["']Microsoft\.NET\.Sdk\.(?:Web|BlazorWebAssembly)["']""", text)) and not _TEST.search(text)


def _is_program(folder: Folder, project: str) -> bool:
    text = folder.text(project)
    return bool(re.search(r"<OutputType>\s*(?:Exe|WinExe)|Microsoft\.NET\.Sdk\.Worker", text, re.I)) and not _TEST.search(text)


def _packages(folder: Folder, project: str) -> dict[str, tuple[str, int]]:
    named: dict[str, tuple[str, int]] = {}
    for number, line in enumerate(folder.text(project).splitlines(), 1):
        if match := re.search(r"""<PackageReference\s+(?:Include|Update)=["']([\w.-]+)["']""", line):
            named.setdefault(match[1].lower(), (project, number))
    return named
