"""Elixir: a Mix project; Phoenix, or Plug alone."""

import re

from wizard.clues.around import look_around
from wizard.clues.commands import procfile, words
from wizard.clues.findings import Findings
from wizard.clues.manifests import short, tool_version
from wizard.clues.ports import listens, variable_port
from wizard.folder import Folder
from wizard.stack import Detected, KnownStack

_ASKS = r"System\.(?:get_env|fetch_env!?)\("
_PORTS = (
    *variable_port(r"""System\.(?:get_env|fetch_env!?)\(\s*"PORT\""""),
    r"""\bport:\s*(\d{4,5})\b""",
)


class Elixir(KnownStack):
    """Started as a release, which is called after the application unless mix.exs names one."""

    id = "elixir"
    name = "Elixir"
    title = "Elixir (Phoenix)"

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
        look_around(found, ordered, _ASKS, dependencies)
        return found.done()


def _dependencies(folder: Folder) -> dict[str, tuple[str, int]]:
    named: dict[str, tuple[str, int]] = {}
    for number, line in enumerate(folder.text("mix.exs").splitlines(), 1):
        if match := re.match(r"\s*(?:defp? deps.*?\[\s*)?\{:(\w+),", line):
            named.setdefault(match[1], ("mix.exs", number))
    return named
