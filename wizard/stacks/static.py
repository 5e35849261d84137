"""Static site: files served by nginx, which runs without root."""

from wizard.folder import Folder
from wizard.stack import Detected, LanguageStack, OwnUser, SupportFile
from wizard.stacks.common import Findings, publish
from wizard.workload import Workload

NGINX = "nginxinc/nginx-unprivileged"
NGINX_CALLS = ("kernel-aio",)


class Static(LanguageStack):
    """The site's files are copied into nginx's unprivileged image, owned by root, and served on a high port."""

    id = "static"
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
        index = next((f for f in ("index.html", "public/index.html", "dist/index.html") if folder.has(f)), None)
        if not index:
            return None
        found = Findings(folder)
        found.say("stack.language", "static", index)
        found.say("stack.package_manager", "none", index)
        if "/" in index:
            found.say("stack.source", index.rpartition("/")[0], index)
        found.add("ports", publish(8080), index)
        found.say("health", {"http": "/"}, index)
        return found.done()
