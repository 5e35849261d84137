""".NET: one project of a folder, or the one of a solution that serves."""

import re

from wizard.clues.around import look_around
from wizard.clues.commands import port_number, procfile, publish, words
from wizard.clues.findings import Findings
from wizard.clues.manifests import read_json, text_at
from wizard.clues.ports import in_dockerfile, listens
from wizard.folder import Folder
from wizard.stack import Detected, KnownStack

_PROJECTS = (".csproj", ".fsproj", ".vbproj")
_TEST = re.compile(r"Microsoft\.NET\.Test\.Sdk|<IsTestProject>true|xunit|NUnit|MSTest", re.I)
_ASKS = r"GetEnvironmentVariable\("
_PORTS = (
    r"""(?:UseUrls|\.Run|Urls\.Add)\(\s*\$?"https?://[\w.*+\[\]:]*:(\d{2,5})""",
    r"""(?:ListenAnyIP|ListenLocalhost|Listen)\((?:\s*IPAddress\.\w+\s*,)?\s*(\d{2,5})""",
    r"""GetEnvironmentVariable\(\s*"PORT"\s*\)\s*\?\?\s*"?(\d{2,5})""",
    r""""Url"\s*:\s*"http://[\w.*+\[\]:]*:(\d{2,5})""",
)


class Dotnet(KnownStack):
    """The image's own setting makes every service of .NET 8 or later listen on 8080; launchSettings.json is for developers."""

    id = "dotnet"
    name = ".NET"
    title = ".NET (ASP.NET Core)"

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
            elif match:
                found.at("stack.framework", "aspnetcore", match)
        place = project.rpartition("/")[0]
        if place:
            found.say("stack.source", place, project, 1, "inferred" if len(programs) == 1 else "assumed")
        if len(programs) > 1:
            found.tell("programs", [name.rpartition("/")[0] or "." for name in programs[:30]], solution or project)
        self._start(found, project, place)
        packages = _packages(folder, project)
        sources = tuple(name for name in folder.sources(".cs", ".fs", ".vb") if name.startswith(place))
        look_around(found, (*sources, *(n for n in folder.files if n.endswith("appsettings.json"))), _ASKS, packages)
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

    def _start(self, found: Findings, project: str, place: str) -> None:
        folder = found.folder
        name = project.rpartition("/")[2].rpartition(".")[0]
        named = folder.search(r"<AssemblyName>([\w.-]{1,100})</AssemblyName>", project)
        line = procfile(folder)
        if line:
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
