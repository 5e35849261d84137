"""Go: a static binary on an image without a shell."""

import re
from collections.abc import Mapping
from typing import Any

from wizard.digests import pinned
from wizard.folder import Folder
from wizard.stack import Detected, LanguageStack, OwnUser, SupportFile
from wizard.stacks.common import Findings, look_around, procfile, publish
from wizard.stacks.starting import start_words
from wizard.workload import Workload

_COMPANIONS = {
    "github.com/lib/pq": "postgres", "github.com/jackc/pgx": "postgres", "github.com/redis/go-redis": "redis",
    "github.com/go-redis/redis": "redis", "github.com/gomodule/redigo": "redis",
}  # fmt: skip
_VARIABLE = r"""(?:Getenv|LookupEnv|\benv\w*)\(\s*"([A-Z][A-Z0-9_]*)\""""


class Go(LanguageStack):
    """CGO is off, so that the binary needs nothing; the health check is a second small binary, since there is no curl."""

    id = "go"
    title = "Go (static binary, no shell in the image)"
    default_version = "1.27"
    own_user = OwnUser("nonroot", 65532, 65532)
    shell = False
    unprivileged = True
    default_command = ("/usr/local/bin/app",)
    package_managers = ("go",)
    evidence = "built and run by the engine tests"

    def image(self, workload: Workload, pinned: bool = True) -> str:
        return "gcr.io/distroless/static-debian13:nonroot" if pinned else "gcr.io/distroless/static:nonroot"

    def build_image(self, workload: Workload) -> str:
        return f"golang:{self.version(workload)}"

    def health(self, url: str | None, port: int) -> tuple[str, ...]:
        return ("/usr/local/bin/healthcheck", url or f"tcp://127.0.0.1:{port}")

    def environment(self, workload: Workload) -> Mapping[str, str]:
        return {"PORT": str(workload.ports[0].container)} if workload.ports else {}

    def values(self, workload: Workload) -> Mapping[str, Any]:
        source = workload.stack.source if workload.stack else "."
        return {"builder": pinned(self.build_image(workload), workload), "package": "." if source == "." else f"./{source.removeprefix('./')}"}

    def files(self, workload: Workload) -> tuple[SupportFile, ...]:
        return (SupportFile(".seawall/healthcheck.go", "healthcheck.go"),)

    def ignored(self) -> tuple[str, ...]:
        return ("bin", "*.test", "coverage.out")

    def detect(self, folder: Folder) -> Detected | None:
        if not folder.has("go.mod"):
            return None
        found = Findings(folder)
        found.say("stack.language", "go", "go.mod")
        found.say("stack.package_manager", "go", "go.mod")
        if folder.has("go.sum"):
            found.say("stack.lockfile", "go.sum", "go.sum")
        if local := folder.search(r"=>\s*(\.{1,2}/)", "go.mod"):
            found.say("stack.quirks", ["local-references"], "go.mod", local.line)
        if (match := folder.search(r"^go (1\.\d+)", "go.mod")) and _newer(match[0], self.default_version):
            found.say("stack.version", match[0], "go.mod", match.line)
        sources = tuple(name for name in folder.sources(".go") if not name.endswith("_test.go"))
        mains = [name for name in sources if re.search(r"^package main\b", folder.text(name), re.M)]
        if mains and "/" in mains[0]:
            found.say("stack.source", mains[0].rpartition("/")[0], mains[0])
        found.say("command", list(self.default_command), mains[0] if mains else "go.mod")
        where = folder.search(r'"(?:[\d.]*:)?(\d{4,5})"', *sources)
        port = int(where[0]) if where and int(where[0]) <= 65535 else 8080
        started = procfile(folder)
        found.add("ports", publish(port), where.file if where else "go.mod", where.line if where else 1)
        command = start_words(found, self.id, started[0], started.file, started.line, port) if started else []
        if started and not re.match(r"/|go$", command[0]) and "/" not in command[0]:
            found.answers["command"] = [*self.default_command, *command[1:]]
        look_around(found, sources, _VARIABLE, _COMPANIONS, "go.mod")
        return found.done()


def _newer(version: str, default: str) -> bool:
    return tuple(int(n) for n in version.split(".")) > tuple(int(n) for n in default.split("."))
