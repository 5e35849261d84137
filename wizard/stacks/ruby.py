"""Ruby: Rails, Sinatra and other programs on Rack."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from wizard.clues.around import look_around
from wizard.clues.commands import procfile, words
from wizard.clues.findings import Findings
from wizard.clues.manifests import short, tool_version
from wizard.clues.ports import listens, variable_port
from wizard.digests import pinned
from wizard.folder import Folder
from wizard.stack import Detected, LanguageStack
from wizard.workload import Workload

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


_SERVERS = {
    "puma": ("puma", "-b", "tcp://0.0.0.0:{port}"), "unicorn": ("unicorn", "-o", "0.0.0.0", "-p", "{port}"),
    "thin": ("thin", "start", "-a", "0.0.0.0", "-p", "{port}"), "falcon": ("falcon", "serve", "--bind", "http://0.0.0.0:{port}"),
}  # fmt: skip
"""How the servers of Rack start what config.ru says."""
_SERVERS_OWN = re.compile(r"\b(?:puma|rackup|unicorn|thin|falcon)\b")
_OPENS = r"\b(TCPServer|WEBrick|Rack(?:up)?::Handler)\b"
_PROGRAMS = "ruby|rake|rails|puma|rackup|unicorn|thin|falcon|sidekiq|hanami"
_BY_GEMS = re.compile(rf"(^|&&[ \t]*|;[ \t]*|(?<!bundle )\bexec[ \t]+)((?:\w+=\S+[ \t]+)*)(?=(?:{_PROGRAMS})(?:[ \t]|$))")
_LIBRARIES = {"pg": "libpq5", "mysql2": "libmariadb3", "ruby-vips": "libvips42t64", "image_processing": "libvips42t64", "curb": "libcurl4t64"}
"""What gems are linked with, or open when they are asked to work: Debian's packages (trixie) that the image to run in lacks."""
_BUNDLES = ("jsbundling-rails", "cssbundling-rails", "vite_rails", "vite_ruby", "webpacker", "shakapacker")
"""Gems that have Node build what browsers get, when Rails makes its assets."""
_PIPELINE = r"^    (propshaft|sprockets-rails) "
"""A gem that makes assets, as the lock file names it; Rails itself brings one along."""
_BESIDE = r"^[ \t]*(?:(gemspec\b|eval_gemfile\b)|(?!#).*\b(path:|:path\s*=>|file:|File\.read|require_relative|__dir__))"
"""The Gemfile takes something from files beside it."""
_HTTP = (
    "u = URI(ARGV[0]); exit Net::HTTP.start(u.host, u.port, nil, open_timeout: 3, read_timeout: 3) { |http| http.get(u.request_uri).code.to_i < 400 }"
)


class Ruby(LanguageStack):
    """Gems are installed by the full image, which has a compiler; Bundler's settings are the same while it is built and while it runs.

    What Bootsnap compiles is kept in the image and only read: in tmp/, where it is by default, the memory mounted there would hide it.
    """

    id = "ruby"
    name = "Ruby"
    title = "Ruby (Rails, Sinatra)"
    default_version = "3.4"
    given_away = ("/usr/local/bundle",)
    must_write = ("/tmp",)
    takes = frozenset(("system_packages",))
    secret_bytes: ClassVar[Mapping[str, int]] = {"SECRET_KEY_BASE": 48}
    frameworks = ("rails", "sinatra", "rack")
    package_managers = ("bundler",)
    evidence = "built and run by the engine tests, with gems that need no compiler"

    def image(self, workload: Workload, pinned: bool = True) -> str:
        return f"ruby:{self.version(workload)}-slim" if pinned else "ruby:slim"

    def build_image(self, workload: Workload) -> str:
        return f"ruby:{self.version(workload)}"

    def health(self, url: str | None, port: int) -> tuple[str, ...]:
        if url:
            return ("ruby", "--disable=gems", "-rnet/http", "-e", _HTTP, url)
        return ("ruby", "--disable=gems", "-rsocket", "-e", "Socket.tcp('127.0.0.1', ARGV[0].to_i, connect_timeout: 3).close", str(port))

    def environment(self, workload: Workload) -> Mapping[str, str]:
        stack = workload.stack
        settings = {"BUNDLE_PATH": "/usr/local/bundle", "BUNDLE_WITHOUT": "development:test"}
        if stack and stack.lockfile:
            settings["BUNDLE_DEPLOYMENT"] = "1"
        settings |= {"RACK_ENV": "production", "APP_ENV": "production"}
        if stack and stack.framework == "rails":
            settings |= {"RAILS_ENV": "production", "RAILS_LOG_TO_STDOUT": "1", "RAILS_SERVE_STATIC_FILES": "1", "PIDFILE": "/tmp/server.pid"}
            settings |= {"BOOTSNAP_CACHE_DIR": "/app/.bootsnap", "BOOTSNAP_READONLY": "1"}
        return settings | ({"PORT": str(workload.ports[0].container)} if workload.ports else {})

    def values(self, workload: Workload) -> Mapping[str, Any]:
        return {"builder": pinned(self.build_image(workload), workload), "rails": workload.stack is not None and workload.stack.framework == "rails"}

    def ignored(self) -> tuple[str, ...]:
        return (".bundle", "vendor/bundle", "log/*", "tmp/*", "storage/*", "public/assets", "coverage", "*.sqlite3-*")

    def not_built(self, manager: str | None = None, quirks: Sequence[str] = ()) -> str:
        return "gems that are compiled while they are installed" if manager == "bundler" else ""

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
        self._gems_ask(found, gems)
        if found.framework == "rails":
            self._rails(found, gems)
        look_around(found, sources, _ASKS, {} if _is_sqlite(folder) else _of_one_database(folder, gems))
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
            if found.framework == "sinatra" and _SERVERS_OWN.search(line[0]):
                usual = 9292  # its own port is that of `ruby app.rb` alone
            serves = found.framework or folder.has("config.ru") or _SERVERS_OWN.search(line[0]) or folder.search(_OPENS, *sources)
            port = listens(found, line[0], _PORTS, puma if found.framework == "rails" else own, usual if serves else 0, line.file, line.line)
            found.at("command", words(_with_gems(line[0]) if gems else line[0], port), line)
            return
        if found.framework == "rails" and folder.has("config/application.rb"):
            port = listens(found, "", _PORTS, puma, usual, "config/application.rb")
            found.say("command", ["bin/rails", "server", "-b", "0.0.0.0", "-p", str(port)], "config/application.rb", 1, "inferred")
        elif folder.has("config.ru"):
            port = listens(found, "", _PORTS, own, 9292, "config.ru")
            server = next((server for server in _SERVERS if server in gems), "")
            serve = [word.format(port=port) for word in _SERVERS.get(server, ("rackup", "--host", "0.0.0.0", "--port", "{port}"))]
            if not server and folder.has("Gemfile.lock") and not folder.search(r"^    (rackup) ", "Gemfile.lock"):
                locked = folder.search(r"^    rack \((\d+)\.", "Gemfile.lock")
                if locked and int(locked[0]) >= 3:
                    found.warn(f"{locked.file}:{locked.line} is Rack {locked[0]}, which has no command rackup any more, and no server is among "
                               "the gems: add puma to the Gemfile")  # fmt: skip
            found.say("command", ["bundle", "exec", *serve], "config.ru", 1, "inferred")
        elif "functions_framework" not in gems and (entry := folder.first("app.rb", "main.rb", "server.rb", "web.rb", "application.rb")):
            found.say("command", ["bundle", "exec", "ruby", entry], entry, 1, "inferred")
            listens(found, "", _PORTS, own, usual if found.framework else 0, entry)

    def _gems_ask(self, found: Findings, gems: dict[str, tuple[str, int]]) -> None:
        """What the build has to know of the Gemfile, and what the image needs for its gems."""
        if local := found.folder.search(_BESIDE, "Gemfile"):
            found.say("stack.quirks", ["local-references"], local.file, local.line)
        if packages := {package: gems[gem] for gem, package in _LIBRARIES.items() if gem in gems}:
            found.say("stack.system_packages", list(packages), *next(iter(packages.values())), "inferred")
        if gem := next((gem for gem in _BUNDLES if gem in gems), None):
            found.refuse(f"{gem} (Gemfile:{gems[gem][1]}) has Node build what browsers get, and the image that builds has none yet; "
                         "give an image of your own with --set image=NAME:VERSION")  # fmt: skip

    def _rails(self, found: Findings, gems: dict[str, tuple[str, int]]) -> None:
        folder = found.folder
        if "pg" in gems:
            found.reads.add("DATABASE_URL")
        found.add("secrets", {"name": "secret_key_base", "env": "SECRET_KEY_BASE"}, "config/application.rb", 1, "inferred")
        tasks = tuple(name for name in folder.files if name == "Rakefile" or (name.startswith("lib/tasks/") and name.endswith(".rake")))
        if made := folder.search(_PIPELINE, "Gemfile.lock") or folder.search(r"(assets:precompile)", *tasks):
            found.at("stack.build", ["bin/rails", "assets:precompile"], made, "inferred")
        elif gem := next((gem for gem in ("propshaft", "sprockets-rails") if gem in gems), None):
            found.say("stack.build", ["bin/rails", "assets:precompile"], *gems[gem], "inferred")
        production = "config/environments/production.rb"
        forced = folder.search(r"^[ \t]*config\.(force_ssl) = true", production)
        if forced and not folder.search(r"^[ \t]*config\.(assume_ssl) = true", production):
            found.warn(f"{forced.file}:{forced.line} sends who asks over plain HTTP on to HTTPS: put a proxy with a certificate before it, "
                       "or set config.assume_ssl")  # fmt: skip
        if folder.has("config/credentials.yml.enc"):
            found.reads.add("RAILS_MASTER_KEY")
            found.warn("config/credentials.yml.enc can only be read with its key: put that into secrets/rails_master_key and "
                       "--set secrets+=\"rails_master_key as RAILS_MASTER_KEY\", if the program reads it")  # fmt: skip
        for path in ("tmp", "log"):
            found.writes(path, "config/application.rb")
        if match := found.folder.search(r"""^[ \t]*get\s+\(?["']/?(up)["'].*rails/health#show""", "config/routes.rb"):
            found.at("health", {"http": "/up"}, match)
        kept = folder.search(r"^[ \t]*database:\s*[\"']?((?!:memory:|\S*(?:test|development))[\w.-]+(?:/[\w.-]+)*\.sqlite3)", "config/database.yml")
        if kept and kept[0].startswith("storage/"):
            found.writes("storage", kept.file, kept.line, keep=True)
        elif kept:
            found.warn(f"{kept.file}:{kept.line} keeps {kept[0]} beside the program, which is read-only: call it storage/production.sqlite3, "
                       "and --set writable+='/app/storage volume storage'")  # fmt: skip
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


def _with_gems(line: str) -> str:
    """A start command by Bundler: its gems lie where Ruby alone does not look, as platforms do it with a variable of theirs."""
    return _BY_GEMS.sub(r"\1\2bundle exec ", line)


def _of_one_database(folder: Folder, gems: dict[str, tuple[str, int]]) -> dict[str, tuple[str, int]]:
    """The gems without the drivers of databases that config/database.yml does not name, where it names one."""
    named = set(re.findall(r"^[ \t]*adapter:\s*[\"']?(postgresql|postgis|mysql2|trilogy)\b", folder.text("config/database.yml"), re.M))
    if not named:
        return gems
    unused = {"pg": {"postgresql", "postgis"}, "mysql2": {"mysql2"}, "trilogy": {"trilogy"}}
    return {name: place for name, place in gems.items() if name not in unused or unused[name] & named}


def _is_sqlite(folder: Folder) -> bool:
    """Whether the database of production is a file."""
    text = folder.text("config/database.yml")
    return "sqlite3" in text and not re.search(r"adapter:\s*[\"']?(?:postgresql|mysql2|trilogy)", text)
