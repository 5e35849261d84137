"""PHP: Laravel, Symfony and others, or plain files that a web server hands to PHP."""

import re
import shlex
from collections.abc import Mapping
from typing import Any, ClassVar

from wizard.clues.around import look_around
from wizard.clues.commands import port_in, procfile, publish, words
from wizard.clues.findings import Findings
from wizard.clues.manifests import key_line, read_json, table, text_at, tool_version
from wizard.clues.php_packages import allows, look_for_extensions
from wizard.clues.ports import in_dockerfile
from wizard.digests import pinned
from wizard.errors import AnswerError
from wizard.folder import Folder
from wizard.php_extensions import EXTENSIONS, FOR_COMPANION, commands
from wizard.stack import Detected, LanguageStack, OwnUser, SupportFile
from wizard.text import size_in_bytes
from wizard.workload import Workload

COMPOSER = "2.10"
_APACHE, _FPM = "apache2-foreground", "php-fpm"

_FRAMEWORKS = (
    ("laravel", "laravel/framework"), ("lumen", "laravel/lumen-framework"), ("symfony", "symfony/framework-bundle"), ("symfony", "symfony/symfony"),
    ("drupal", "drupal/core-recommended"), ("drupal", "drupal/core"), ("slim", "slim/slim"), ("codeigniter", "codeigniter4/framework"),
    ("cakephp", "cakephp/cakephp"), ("yii", "yiisoft/yii2"), ("laminas", "laminas/laminas-mvc"), ("mezzio", "mezzio/mezzio"),
    ("wordpress", "johnpbloch/wordpress"), ("wordpress", "roots/wordpress"), ("silex", "silex/silex"), ("phalcon", "ext-phalcon"),
)  # fmt: skip
_ASKS = r"\benv\(|getenv\(|\$_ENV\[|\$_SERVER\["
_ROOTS = ("public", "web", "webroot", "www", "html", "htdocs", "src", "app")
_SERVER = ("_SERVER", "HTTP_", "REQUEST_", "DOCUMENT_ROOT", "SCRIPT_", "REMOTE_", "SERVER_", "PHP_", "QUERY_STRING", "HTTPS", "PATH_INFO")


_SETTINGS: Mapping[str, Mapping[str, str]] = {
    # Compiled views belong to one build: in a volume they would outlive it.
    "laravel": {"APP_ENV": "production", "LOG_CHANNEL": "stderr", "VIEW_COMPILED_PATH": "/tmp/views"},
    "symfony": {"APP_ENV": "prod", "APP_DEBUG": "0"},
}
"""What frameworks read to be in production, and to leave their own folder as it is."""
_CONNECTIONS = {"postgres": "pgsql", "mysql": "mysql", "mariadb": "mysql"}


class Php(LanguageStack):
    """Served by Apache's image on a high port, by fpm behind another server where the folder says so, or run by the plain one."""

    id = "php"
    name = "PHP"
    title = "PHP (Laravel, Symfony, plain)"
    default_version = "8.4"
    takes = frozenset(("extensions", "source"))
    own_user = OwnUser("www-data", 33, 33)
    given_away = ("/var/www/html",)
    must_write = ("/tmp",)
    default_command = (_APACHE,)
    secret_bytes: ClassVar[Mapping[str, int]] = {"APP_KEY": 24}  # Laravel takes 32 characters, and no others.
    frameworks = ("laravel", "symfony", "slim")
    booted: ClassVar[tuple[str, ...]] = ("symfony",)
    """Frameworks that the engine tests build and start."""
    package_managers = ("composer", "none")
    evidence = "built and run by the engine tests: plain, Composer and Symfony on Apache; Laravel, others and fpm not yet built"

    def image(self, workload: Workload, pinned: bool = True) -> str:
        kind = _kind(workload)
        return f"php:{self.version(workload)}-{kind}" if pinned else f"php:{kind}"

    def build_image(self, workload: Workload) -> str:
        return f"composer:{COMPOSER}" if _by_composer(workload) else self.image(workload)

    def refuse(self, workload: Workload) -> None:
        super().refuse(workload)
        if unknown := [name for name in (workload.stack.extensions if workload.stack else ()) if name not in EXTENSIONS]:
            raise AnswerError("", "stack.extensions", f"{unknown[0]} is none that Seawall builds; accepted: {', '.join(EXTENSIONS)}")

    def health(self, url: str | None, port: int) -> tuple[str, ...]:
        # -n: what extensions and settings are there makes no difference to whether it answers.
        if url:
            ask = 'exit(@file_get_contents($argv[1],false,stream_context_create(["http"=>["timeout"=>3]]))===false?1:0);'
            return ("php", "-n", "-r", ask, url)
        return ("php", "-n", "-r", 'exit(@fsockopen("127.0.0.1",(int)$argv[1],$code,$text,3)?0:1);', str(port))

    def environment(self, workload: Workload) -> Mapping[str, str]:
        found: dict[str, str] = {}
        if _kind(workload) == "apache":
            # Of its folders those that it writes are in memory; it makes them itself.
            found |= dict.fromkeys(("APACHE_RUN_DIR", "APACHE_LOCK_DIR"), "/tmp/apache2") | {"APACHE_PID_FILE": "/tmp/apache2/apache2.pid"}
        found |= _SETTINGS.get(_framework(workload), {})
        if _framework(workload) == "laravel":
            database = next((_CONNECTIONS[row.service] for row in workload.companions if row.service in _CONNECTIONS), None)
            found |= {"DB_CONNECTION": database} if database else {}
        return found

    def values(self, workload: Workload) -> Mapping[str, Any]:
        stack, kind, owner = workload.stack, _kind(workload), workload.user or self.own_user
        asked = {*(stack.extensions if stack else ()), *(FOR_COMPANION[row.service] for row in workload.companions if row.service in FOR_COMPANION)}
        return {
            "composer": pinned(self.build_image(workload), workload) if _by_composer(workload) else "",
            "version": self.version(workload),
            "steps": commands(asked),
            "apache": kind == "apache",
            "port": _port(workload),
            "dotenv": _framework(workload) == "symfony",
            "settings": _SETTINGS.get(_framework(workload), {}),
            "kept": " ".join(shlex.quote(path.path) for path in workload.writable if path.path.startswith("/app/")),
            "owner": f"{owner.uid}:{owner.gid}",
        }

    def files(self, workload: Workload) -> tuple[SupportFile, ...]:
        source = workload.stack.source.removeprefix("./") if workload.stack else "."
        root = "/app" if source == "." else f"/app/{source}"
        changes = any(path.path.startswith("/app/") for path in workload.writable)
        ini = SupportFile(".seawall/php.ini", "php/php.ini", {"changes": changes})
        if _kind(workload) != "apache":
            return (ini,)
        values = {"port": _port(workload), "root": root, "front": source != "." or _framework(workload), "workers": _workers(workload)}
        return (ini, SupportFile(".seawall/apache.conf", "php/apache.conf", values))

    def ignored(self) -> tuple[str, ...]:
        return ("vendor", "storage/logs/*", "storage/framework/cache/data/*", "storage/framework/views/*.php", "bootstrap/cache/*.php", "var/cache",
                "var/log", ".phpunit.cache", ".php-cs-fixer.cache")  # fmt: skip

    def detect(self, folder: Folder) -> Detected | None:
        index = folder.first("index.php", *(f"{root}/index.php" for root in _ROOTS))
        if not folder.has("composer.json") and not index:
            return None
        manifest = "composer.json" if folder.has("composer.json") else index or ""
        composer = read_json(folder, "composer.json")
        found = Findings(folder, self.id, manifest)
        if folder.has("composer.json"):
            found.say("stack.package_manager", "composer", "composer.json")
        if folder.has("composer.lock"):
            found.say("stack.lockfile", "composer.lock", "composer.lock")
            self._build(found, composer)
        required = {name.lower(): ("composer.json", key_line(folder, "composer.json", name)) for name in table(composer, "require")}
        self._version(found, composer)
        self._framework(found, required)
        served = self._serve(found, index)
        sources = folder.sources(".php")
        look_for_extensions(found, folder.own(sources, "composer.json"))
        config = tuple(
            name for name in sources if name.startswith(("config/", "bootstrap/", "src/", "app/", "public/", "routes/")) or "/" not in name
        )
        look_around(found, config, _ASKS, required)
        found.reads = {name for name in found.reads if not name.startswith(_SERVER)}
        if not index and not found.framework and not served:
            found.strength = 1
        elif not found.framework and folder.has("package.json"):
            found.strength = 2
        else:
            found.strength = 3
        return found.done()

    def _build(self, found: Findings, composer: dict[str, object]) -> None:
        """What composer.json says of its build beside the packages: folders of its own that it takes from, and what is run once they are there."""
        folder = found.folder
        if local := folder.search(r'"type"\s*:\s*"(path)"', "composer.json"):
            found.say("stack.quirks", ["local-references"], "composer.json", local.line)
        if "post-install-cmd" in table(composer, "scripts"):
            line = key_line(folder, "composer.json", "post-install-cmd")
            found.say("stack.build", ["composer", "run-script", "--no-dev", "--no-interaction", "post-install-cmd"], "composer.json", line)
        if folder.has("package.json") and (script := folder.search(r'"(build|production)"\s*:', "package.json")):
            found.warn(f"package.json:{script.line} makes what pages show, and an image of PHP has no Node.js: run it before the image is built")

    def _version(self, found: Findings, composer: dict[str, object]) -> None:
        folder = found.folder
        exact = tool_version(folder, "php") or folder.search(r"^[ \t]*(\d+\.\d+)", ".php-version")
        if exact:
            found.say("stack.version", ".".join(exact[0].split(".")[:2]), exact.file, exact.line)
            return
        line = key_line(folder, "composer.json", "php")
        pinned = re.match(r"(\d+\.\d+)", text_at(composer, "config", "platform", "php"))
        asked = text_at(composer, "require", "php")
        wanted = re.findall(r"\d+\.\d+", asked)
        if pinned:
            found.say("stack.version", pinned[1], "composer.json", line)
        elif wanted and not allows(asked, self.default_version):
            found.say("stack.version", wanted[-1] if "<" not in asked else wanted[0], "composer.json", line)
        elif wanted:
            found.tell("at_least", wanted[0], "composer.json", line)

    def _framework(self, found: Findings, required: dict[str, tuple[str, int]]) -> None:
        folder = found.folder
        for name, package in _FRAMEWORKS:
            if package in required:
                found.say("stack.framework", name, *required[package])
                break
        if not found.framework and folder.has("artisan"):
            found.say("stack.framework", "laravel", "artisan")
        if not found.framework and folder.first("wp-config.php", "wp-load.php", "wp-config-sample.php"):
            found.say("stack.framework", "wordpress", folder.first("wp-load.php", "wp-config.php", "wp-config-sample.php") or "")
        if found.framework and found.framework not in self.booted:
            found.warn(f"{found.framework} is built as its makers document it, and not yet by Seawall's own tests")
        if found.framework == "laravel":
            for path in ("storage", "bootstrap/cache"):
                found.writes(path, "artisan" if folder.has("artisan") else "composer.json", keep=path == "storage")
            found.add("secrets", {"name": "app_key", "env": "APP_KEY"}, "artisan" if folder.has("artisan") else "composer.json", 1, "inferred")
            if match := folder.search(r"""\bhealth:\s*["'](/[\w/-]{1,40})["']""", "bootstrap/app.php"):
                found.at("health", {"http": match[0]}, match)
        if found.framework == "symfony":
            found.warn("what .env sets is not in the image, which starts with APP_ENV=prod alone: say it with --set environment or secrets")
            for path in ("var/cache", "var/log"):
                found.writes(path, "composer.json")

    def _serve(self, found: Findings, index: str | None) -> bool:
        """The root that is served, the way it is served, and the port; whether something says so."""
        folder = found.folder
        if index and "/" in index:
            found.say("stack.source", index.rpartition("/")[0], index, 1, "inferred")
        line = procfile(folder)
        # Apache and nginx of a platform that brings them along, with the folder that they serve.
        if line and (heroku := re.match(r"(?:\S*/)?heroku-(?:php|hhvm)-(?:apache2|nginx)(?:\s+-\S+\s+\S+)*(?:\s+([\w./-]+))?\s*$", line[0])):
            if heroku[1] and (root := heroku[1].strip("/")) not in ("", "."):
                found.stack.pop("source", None)
                found.say("stack.source", root, line.file, line.line)
            line = None
        fpm = folder.search(r"^FROM\s+(?:\S+/)?php:\S*(fpm)", "Dockerfile") or folder.search(
            r"\b(fastcgi_pass)\s+(?!127\.|localhost|unix:)", *folder.ending(".conf", ".conf.template")
        )
        if line:
            found.at("command", words(line[0], 8080), line)
            found.add("ports", publish(port_in(line[0]) or 8080), line.file, line.line, "inferred" if port_in(line[0]) else "assumed")
            return True
        if fpm:
            found.tell("server", "fpm", fpm.file, fpm.line, "inferred")
            found.add("ports", publish(9000), fpm.file, fpm.line, "inferred")
            found.say("command", [_FPM], fpm.file, fpm.line, "inferred")
            found.warn("port 9000 speaks FastCGI, to a web server of yours that has the pages' files as well; "
                       "for Apache in the same image: --set command=apache2-foreground --set ports=8080")  # fmt: skip
            return True
        if not index and not found.framework:
            return False
        exposed = in_dockerfile(found)
        where = index or "composer.json"
        found.tell("server", "apache", where, 1, "assumed")
        found.say("command", [_APACHE], where, 1, "assumed")
        if exposed:
            found.add("ports", publish(int(exposed[0])), exposed.file, exposed.line, "inferred")
        else:
            found.add("ports", publish(8080), where, 1, "assumed")
        return True


def _kind(workload: Workload) -> str:
    """Which variant of the image starts its command: a web server's, fpm's, or the plain one for programs of PHP."""
    program = workload.command[0] if workload.command else _APACHE
    return {_APACHE: "apache", _FPM: "fpm"}.get(program, "cli")


def _framework(workload: Workload) -> str:
    return (workload.stack.framework if workload.stack else None) or ""


def _by_composer(workload: Workload) -> bool:
    return workload.stack is not None and workload.stack.package_manager == "composer"


def _port(workload: Workload) -> int:
    return next((port.container for port in workload.ports if port.protocol == "tcp"), 8080)


def _workers(workload: Workload) -> int:
    """Requests at a time: each has a process, with room for what is not shared of it."""
    return max(4, min(150, size_in_bytes(workload.limits.memory) // (16 * 1024**2), workload.limits.pids * 3 // 4))
