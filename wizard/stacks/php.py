"""PHP: Laravel, Symfony and others, or plain files that a web server hands to PHP."""

import re

from wizard.clues.around import look_around
from wizard.clues.commands import port_in, procfile, publish, words
from wizard.clues.findings import Findings
from wizard.clues.manifests import key_line, read_json, table, text_at, tool_version
from wizard.clues.ports import in_dockerfile
from wizard.folder import Folder
from wizard.stack import Detected, KnownStack

_FRAMEWORKS = (
    ("laravel", "laravel/framework"), ("lumen", "laravel/lumen-framework"), ("symfony", "symfony/framework-bundle"), ("symfony", "symfony/symfony"),
    ("drupal", "drupal/core-recommended"), ("drupal", "drupal/core"), ("slim", "slim/slim"), ("codeigniter", "codeigniter4/framework"),
    ("cakephp", "cakephp/cakephp"), ("yii", "yiisoft/yii2"), ("laminas", "laminas/laminas-mvc"), ("mezzio", "mezzio/mezzio"),
    ("wordpress", "johnpbloch/wordpress"), ("wordpress", "roots/wordpress"), ("silex", "silex/silex"), ("phalcon", "ext-phalcon"),
)  # fmt: skip
_ASKS = r"\benv\(|getenv\(|\$_ENV\[|\$_SERVER\["
_ROOTS = ("public", "web", "webroot", "www", "html", "htdocs", "src", "app")
_SERVER = ("_SERVER", "HTTP_", "REQUEST_", "DOCUMENT_ROOT", "SCRIPT_", "REMOTE_", "SERVER_", "PHP_", "QUERY_STRING", "HTTPS", "PATH_INFO")


class Php(KnownStack):
    """Served by Apache's image, or by fpm behind another server where the folder says so; the image starts itself."""

    id = "php"
    name = "PHP"
    title = "PHP (Laravel, Symfony, plain)"

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
        required = {name.lower(): ("composer.json", key_line(folder, "composer.json", name)) for name in table(composer, "require")}
        self._version(found, composer)
        self._framework(found, required)
        served = self._serve(found, index)
        sources = folder.sources(".php")
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

    def _version(self, found: Findings, composer: dict[str, object]) -> None:
        folder = found.folder
        exact = tool_version(folder, "php") or folder.search(r"^[ \t]*(\d+\.\d+)", ".php-version")
        if exact:
            found.say("stack.version", ".".join(exact[0].split(".")[:2]), exact.file, exact.line)
            return
        line = key_line(folder, "composer.json", "php")
        pinned = re.match(r"(\d+\.\d+)", text_at(composer, "config", "platform", "php"))
        wanted = re.findall(r"([~^]|>=|=)?\s*v?(\d+\.\d+)(?:\.\d+|\.\*)*", text_at(composer, "require", "php"))
        if pinned:
            found.say("stack.version", pinned[1], "composer.json", line)
        elif wanted:
            found.tell("at_least", wanted[0][1], "composer.json", line)

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
        if found.framework == "laravel":
            for path in ("storage", "bootstrap/cache"):
                found.writes(path, "artisan" if folder.has("artisan") else "composer.json", keep=path == "storage")
            if match := folder.search(r"""\bhealth:\s*["'](/[\w/-]{1,40})["']""", "bootstrap/app.php"):
                found.at("health", {"http": match[0]}, match)
        if found.framework == "symfony":
            for path in ("var/cache", "var/log"):
                found.writes(path, "composer.json")

    def _serve(self, found: Findings, index: str | None) -> bool:
        """The root that is served, the way it is served, and the port; whether something says so."""
        folder = found.folder
        if index and "/" in index:
            found.say("stack.source", index.rpartition("/")[0], index, 1, "inferred")
        line = procfile(folder)
        fpm = folder.search(r"^FROM\s+(?:\S+/)?php:\S*(fpm)", "Dockerfile") or folder.search(
            r"\b(fastcgi_pass)\b", *folder.ending(".conf", ".conf.template")
        )
        if line:
            found.at("command", words(line[0], 8080), line)
            found.add("ports", publish(port_in(line[0]) or 8080), line.file, line.line, "inferred" if port_in(line[0]) else "assumed")
            return True
        if fpm:
            found.tell("server", "fpm", fpm.file, fpm.line, "inferred")
            found.add("ports", publish(9000), fpm.file, fpm.line, "inferred")
            found.say("command", ["php-fpm"], fpm.file, fpm.line, "inferred")
            return True
        if not index and not found.framework:
            return False
        exposed = in_dockerfile(found)
        where = index or "composer.json"
        found.tell("server", "apache", where, 1, "assumed")
        found.say("command", ["apache2-foreground"], where, 1, "assumed")
        if exposed:
            found.add("ports", publish(int(exposed[0])), exposed.file, exposed.line, "inferred")
        else:
            found.add("ports", publish(8080), where, 1, "assumed")
        return True
