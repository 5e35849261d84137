"""Static site: files served by nginx, which runs without root."""

from wizard.clues.commands import publish
from wizard.clues.findings import Findings
from wizard.folder import Folder
from wizard.stack import Detected, LanguageStack, OwnUser, SupportFile
from wizard.workload import Workload

NGINX = "nginxinc/nginx-unprivileged"
NGINX_CALLS = ("kernel-aio",)


class Static(LanguageStack):
    """The site's files are copied into nginx's unprivileged image, owned by root, and served on a high port."""

    id = "static"
    name = "static site"
    title = "Static site (nginx, unprivileged)"
    default_version = "1.30"
    own_user = OwnUser("nginx", 101, 101)
    unprivileged = True
    calls = NGINX_CALLS
    given_away = ("/etc/nginx", "/var/cache/nginx")
    default_command = ()
    must_write = ("/tmp",)
    package_managers = ("none",)
    evidence = "built and run by the engine tests"

    def image(self, workload: Workload, pinned: bool = True) -> str:
        return f"{NGINX}:{self.version(workload)}-alpine-slim" if pinned else f"{NGINX}:stable-alpine-slim"

    def health(self, url: str | None, port: int) -> tuple[str, ...]:
        # -Y off: busybox takes http_proxy and knows no exceptions from it (measured).
        return ("wget", "-q", "-Y", "off", "-T", "3", "-O", "/dev/null", url or f"http://127.0.0.1:{port}/")

    def files(self, workload: Workload) -> tuple[SupportFile, ...]:
        port = workload.ports[0].container if workload.ports else 8080
        return (SupportFile(".seawall/site.conf", "site.conf", {"port": port}),)

    def ignored(self) -> tuple[str, ...]:
        return ("**/*.md", "Makefile")

    def detect(self, folder: Folder) -> Detected | None:
        if generated := _generator(folder):
            return generated
        served = folder.search(r"^root:\s*(\w[\w./-]{0,60}?)/?\s*$", "Staticfile")
        pages = (f"{served[0]}/index.html",) if served else ()
        index = folder.first(*pages, "index.html", "public/index.html", "www/index.html", "site/index.html", "html/index.html", "src/index.html")
        if not index:
            return None
        found = Findings(folder, self.id, index)
        found.say("stack.package_manager", "none", index)
        if "/" in index:
            found.say("stack.source", index.rpartition("/")[0], index)
        found.add("ports", publish(8080), index, 1, "assumed")
        found.say("health", {"http": "/"}, index)
        found.strength = 2
        return found.done()


_GENERATORS = (
    ("hugo", ("hugo.toml", "hugo.yaml", "hugo.yml", "hugo.json", "config/_default/hugo.toml", "config/_default/config.toml"), "", "public"),
    ("hugo", ("config.toml", "config.yaml", "config.yml"), r"(?i)^[\"']?(baseURL)[\"']?\s*[=:]", "public"),
    ("zola", ("config.toml",), r"^(base_url)\s*=", "public"),
    ("mkdocs", ("mkdocs.yml", "mkdocs.yaml"), "", "site"),
    ("jekyll", ("_config.yml", "_config.yaml"), r"^(title|theme|remote_theme|baseurl|markdown|permalink|plugins)\s*:", "_site"),
)


def _generator(folder: Folder) -> Detected | None:
    """A site that a program makes out of texts, and the folder it makes it in."""
    for name, configs, pattern, output in _GENERATORS:
        config = folder.first(*configs)
        if not config or (pattern and not (match := folder.search(pattern, config))):
            continue
        if name == "hugo" and pattern and not any(file.startswith(("content/", "layouts/", "themes/", "archetypes/")) for file in folder.files):
            continue
        found = Findings(folder, "static", config, match.line if pattern and match else 1)
        found.say("stack.framework", name, config)
        gems = name == "jekyll" and folder.has("Gemfile")
        found.say("stack.package_manager", "bundler" if gems else "none", "Gemfile" if gems else config)
        found.add("ports", publish(8080), config, 1, "assumed")
        found.say("health", {"http": "/"}, config, 1, "inferred")
        found.tell("static", output, config, 1, "inferred")
        found.refuse(
            f"{name} makes a site of files in {output}, which Seawall does not build yet: "
            f"build it and run seawall in {output}, or give an image with --set image=NAME:VERSION"
        )
        return found.done()
    return None
