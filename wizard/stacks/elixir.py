"""Elixir: a Mix project; Phoenix, or Plug alone."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from wizard.bash_check import by_bash
from wizard.clues.around import look_around
from wizard.clues.commands import procfile, words
from wizard.clues.findings import Findings, numbers
from wizard.clues.manifests import read_json, short, tool_version
from wizard.clues.ports import listens, variable_port
from wizard.digests import pinned
from wizard.folder import Folder
from wizard.stack import Detected, LanguageStack
from wizard.workload import Workload

_ASKS = r"System\.(?:get_env|fetch_env!?)\("
_PORTS = (
    *variable_port(r"""System\.(?:get_env|fetch_env!?)\(\s*"PORT\""""),
    r"""\bport:\s*(\d{4,5})\b""",
)


_OLDEST = "1.14"
"""Its image and later ones are made with OpenSSL 3, which is what the image to run in has."""
_LOCKED = "1.15"
"""Since then Mix can be told to take what the lock file says or nothing (--check-locked)."""


class Elixir(LanguageStack):
    """Started as a release, which is called after the application unless mix.exs names one.

    A release brings its own Erlang, so that it runs in Debian alone. It is asked for its health by Bash: what `bin/NAME rpc` does takes
    the distribution of Erlang, which is a way in, and a virtual machine of its own each time (0.4 s of a processor and 30 MB, where Bash takes 3 ms).
    """

    id = "elixir"
    name = "Elixir"
    title = "Elixir (Phoenix)"
    default_version = "1.19"
    must_write = ("/tmp",)
    takes = frozenset(("system_packages",))
    # In 64 characters, the least that Plug signs with.
    secret_bytes: ClassVar[Mapping[str, int]] = {"SECRET_KEY_BASE": 48}
    frameworks = ("phoenix", "plug")
    package_managers = ("mix",)
    evidence = "built and run by the engine tests, without packages of Hex"

    def image(self, workload: Workload, pinned: bool = True) -> str:
        return "debian:trixie-slim" if pinned else "debian:stable-slim"

    def build_image(self, workload: Workload) -> str:
        return f"elixir:{self.version(workload)}"

    def health(self, url: str | None, port: int) -> tuple[str, ...]:
        return by_bash(url, port)

    def environment(self, workload: Workload) -> Mapping[str, str]:
        settings = {"LANG": "C.UTF-8", "RELEASE_TMP": "/tmp", "RELEASE_DISTRIBUTION": "none", "RELEASE_COOKIE": "none", "ERL_CRASH_DUMP_SECONDS": "0"}
        if workload.stack and workload.stack.framework == "phoenix":
            settings["PHX_SERVER"] = "true"
        return settings | ({"PORT": str(workload.ports[0].container)} if workload.ports else {})

    def values(self, workload: Workload) -> Mapping[str, Any]:
        builder, phoenix = pinned(self.build_image(workload), workload), workload.stack is not None and workload.stack.framework == "phoenix"
        return {"builder": builder, "configured": phoenix, "locked": numbers(self.version(workload)) >= numbers(_LOCKED)}

    def ignored(self) -> tuple[str, ...]:
        return ("_build", "deps", "cover", "doc", ".elixir_ls", "erl_crash.dump", "priv/static/assets", "priv/static/cache_manifest.json", "*.ez")

    def not_built(self, manager: str | None = None, quirks: Sequence[str] = ()) -> str:
        return "packages of Hex" if manager == "mix" else ""

    def detect(self, folder: Folder) -> Detected | None:
        if not folder.has("mix.exs"):
            return None
        found = Findings(folder, self.id, "mix.exs")
        found.say("stack.package_manager", "mix", "mix.exs")
        if folder.has("mix.lock"):
            found.say("stack.lockfile", "mix.lock", "mix.lock")
        match = folder.search(r"^[ \t]*v?(\d+\.\d+)", ".elixir-version") or tool_version(folder, "elixir")
        if match:
            found.version(short(match[0]), match)
        elif wanted := folder.search(r"""\belixir:\s*"(?:~>|>=|==)?\s*(\d+\.\d+)""", "mix.exs"):
            found.tell("at_least", wanted[0], wanted.file, wanted.line)
        dependencies = _dependencies(folder)
        for name, package in (("phoenix", "phoenix"), ("plug", "plug_cowboy"), ("plug", "bandit")):
            if package in dependencies:
                found.say("stack.framework", name, *dependencies[package])
                break
        app = folder.search(r"\bapp:\s*:(\w{1,60})", "mix.exs")
        release = folder.search(r"\breleases:\s*\[\s*(\w{1,60}):", "mix.exs")
        sources = folder.sources(".ex", ".exs")
        config = tuple(name for name in sources if name.startswith("config/"))
        ordered = (*(n for n in config if "runtime" in n), *(n for n in config if "prod" in n), *(n for n in config if n.endswith("config.exs")),
                   *(n for n in config if "dev" in n), *(n for n in sources if not n.startswith("config/")))  # fmt: skip
        line = procfile(folder)
        if line and not re.match(r"(?:MIX_ENV=\w+\s+)?mix\s", line[0]):
            found.at("command", words(line[0], 4000), line)
        if called := release or app:
            found.at("command", [f"/app/bin/{called[0]}", "start"], called, "inferred")
        if found.framework or folder.search(r"\b(Plug\.Cowboy|Bandit)\b", *sources):
            listens(found, line[0] if line else "", _PORTS, ordered, 4000, "mix.exs")
        self._build(found, dependencies)
        look_around(found, ordered, _ASKS, dependencies)
        for variable in ("SECRET_KEY_BASE", "RELEASE_COOKIE"):
            if variable in found.reads:
                found.add("secrets", {"name": variable.lower(), "env": variable}, "mix.exs", 1, "inferred")
        if "PHX_HOST" in found.reads:
            found.say("environment.PHX_HOST", "localhost", "mix.exs", 1, "assumed")
        return found.done()

    def _build(self, found: Findings, dependencies: dict[str, tuple[str, int]]) -> None:
        """What the build has to know of mix.exs, and what keeps it from being built."""
        folder = found.folder
        if local := folder.search(r"""\b(apps_path|path):\s*["']""", "mix.exs"):
            found.say("stack.quirks", ["local-references"], local.file, local.line)
        if assets := folder.search(r"""["']?(assets\.deploy)["']?:""", "mix.exs"):
            found.at("stack.build", ["mix", "assets.deploy"], assets)
        version = str(found.stack.get("version", ""))
        if version and numbers(version) < numbers(_OLDEST):
            found.refuse(f"it is written for Elixir {version}, whose image has an OpenSSL that Debian does not have any more; "
                         f"accepted: {_OLDEST} and later")  # fmt: skip
        packages = read_json(folder, "assets/package.json")
        if assets and any(isinstance(packages.get(kind), dict) and packages[kind] for kind in ("dependencies", "devDependencies")):
            found.refuse("assets/package.json asks for packages of npm, and the image that builds has no Node yet; "
                         "give an image of your own with --set image=NAME:VERSION")  # fmt: skip


def _dependencies(folder: Folder) -> dict[str, tuple[str, int]]:
    named: dict[str, tuple[str, int]] = {}
    for number, line in enumerate(folder.text("mix.exs").splitlines(), 1):
        if match := re.match(r"\s*(?:defp? deps.*?\[\s*)?\{:(\w+),", line):
            named.setdefault(match[1], ("mix.exs", number))
    return named
