"""Ruby: Rails, Sinatra and other programs on Rack."""

import re

from wizard.clues.around import look_around
from wizard.clues.commands import procfile, words
from wizard.clues.findings import Findings
from wizard.clues.manifests import short, tool_version
from wizard.clues.ports import listens, variable_port
from wizard.folder import Folder
from wizard.stack import Detected, KnownStack

_ASKS = r"ENV(?:\.fetch\(|\[)"
_FRAMEWORKS = (
    ("rails", "rails"),
    ("hanami", "hanami"),
    ("padrino", "padrino"),
    ("roda", "roda"),
    ("grape", "grape"),
    ("sinatra", "sinatra"),
    ("rack", "rack"),
)
_USUAL = {"rails": 3000, "hanami": 2300, "padrino": 3000, "sinatra": 4567}
_PORTS = (
    r"""^[ \t]*port\s+\(?(?:Integer\()?ENV(?:\.fetch\(\s*["']PORT["']\)?\s*(?:,|\{|\|\||\))|\[["']PORT["']\]\s*\|\|)\W*(\d{4,5})""",
    *variable_port(r"""ENV(?:\.fetch\(|\[)\s*["']PORT["']\]?"""),
    r"""\bset\s*\(?\s*:port\s*,\s*(\d{4,5})""",
    r"""^[ \t]*port\s+(\d{4,5})\b""",
    r"""\bbind\s+["']tcp://[\d.]+:(\d{4,5})""",
    r"""(?:run!|:?[pP]ort:?)\W{1,6}(\d{4,5})\b""",
)


class Ruby(KnownStack):
    """A Rails application brings bin/rails; what has a config.ru is started by the server it depends on."""

    id = "ruby"
    name = "Ruby"
    title = "Ruby (Rails, Sinatra)"

    def detect(self, folder: Folder) -> Detected | None:
        if not folder.has("Gemfile"):
            return None
        gems = _gems(folder)
        if "jekyll" in gems or "github-pages" in gems:
            return None
        found = Findings(folder, self.id, "Gemfile")
        found.say("stack.package_manager", "bundler", "Gemfile")
        if folder.has("Gemfile.lock"):
            found.say("stack.lockfile", "Gemfile.lock", "Gemfile.lock")
        self._version(found)
        for name, gem in _FRAMEWORKS:
            if gem in gems:
                found.say("stack.framework", name, *gems[gem])
                break
        sources = folder.sources(".rb", ".ru")
        self._start(found, gems, sources)
        if found.framework == "rails":
            self._rails(found)
        look_around(found, sources, _ASKS, {} if _is_sqlite(folder) else gems)
        return found.done()

    def _version(self, found: Findings) -> None:
        folder = found.folder
        match = folder.search(r"^[ \t]*(?:ruby-)?(\d+\.\d+)", ".ruby-version") or folder.search(
            r"""^[ \t]*ruby\s+["'](?:~>|=)?\s*(\d+\.\d+)""", "Gemfile"
        )
        match = match or tool_version(folder, "ruby") or folder.search(r"^\s+ruby (\d+\.\d+)", "Gemfile.lock")
        if match:
            found.version(short(match[0]), match)
        elif least := folder.search(r"""^[ \t]*ruby\s+["']>=\s*(\d+\.\d+)""", "Gemfile"):
            found.tell("at_least", least[0], least.file, least.line)

    def _start(self, found: Findings, gems: dict[str, tuple[str, int]], sources: tuple[str, ...]) -> None:
        folder, usual = found.folder, _USUAL.get(found.framework, 9292)
        puma = ("config/puma.rb", "puma.rb")
        own = (*puma, *(name for name in sources if name not in puma))
        if line := procfile(folder):
            port = listens(found, line[0], _PORTS, puma if found.framework == "rails" else own, usual, line.file, line.line)
            found.at("command", words(line[0], port), line)
            return
        if found.framework == "rails" and folder.has("config/application.rb"):
            port = listens(found, "", _PORTS, puma, usual, "config/application.rb")
            found.say("command", ["bin/rails", "server", "-b", "0.0.0.0", "-p", str(port)], "config/application.rb", 1, "inferred")
        elif folder.has("config.ru"):
            server = next((server for server in ("puma", "thin", "unicorn", "falcon") if server in gems), "")
            port = listens(found, "", _PORTS, own, 9292, "config.ru")
            serve = {"puma": ["puma", "-b", f"tcp://0.0.0.0:{port}"]}.get(server, ["rackup", "--host", "0.0.0.0", "--port", str(port)])
            found.say("command", ["bundle", "exec", *serve], "config.ru", 1, "inferred")
        elif "functions_framework" not in gems and (entry := folder.first("app.rb", "main.rb", "server.rb", "web.rb", "application.rb")):
            found.say("command", ["bundle", "exec", "ruby", entry], entry, 1, "inferred")
            listens(found, "", _PORTS, own, usual if found.framework else 0, entry)

    def _rails(self, found: Findings) -> None:
        for path in ("tmp", "log"):
            found.writes(path, "config/application.rb")
        if match := found.folder.search(r"""^[ \t]*get\s+\(?["']/?(up)["'].*rails/health#show""", "config/routes.rb"):
            found.at("health", {"http": "/up"}, match)
        if found.folder.search(r"^[ \t]*service:\s*(Disk)", "config/storage.yml"):
            found.writes("storage", "config/storage.yml", keep=True)


def _gems(folder: Folder) -> dict[str, tuple[str, int]]:
    """The gems that the Gemfile names for production, with their lines."""
    named: dict[str, tuple[str, int]] = {}
    group = False
    for number, line in enumerate(folder.text("Gemfile").splitlines(), 1):
        if re.match(r"\s*group\b.*\bdo\b", line):
            group = ":production" not in line and ":default" not in line
        elif re.match(r"end\b", line):
            group = False
        elif not group and (match := re.match(r"""\s*gem\s*\(?\s*["']([\w-]+)["']""", line)):
            named.setdefault(match[1], ("Gemfile", number))
    return named


def _is_sqlite(folder: Folder) -> bool:
    """Whether the database of production is a file."""
    text = folder.text("config/database.yml")
    return "sqlite3" in text and not re.search(r"adapter:\s*[\"']?(?:postgresql|mysql2|trilogy)", text)
