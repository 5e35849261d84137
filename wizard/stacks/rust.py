"""Rust: a crate with a binary, alone or in a workspace."""

import re
from collections.abc import Mapping
from typing import Any

from wizard.clues.around import look_around
from wizard.clues.commands import procfile, words
from wizard.clues.findings import Findings
from wizard.clues.manifests import key_line, read_toml, short, table, text_at, tool_version
from wizard.clues.ports import listens, variable_port
from wizard.folder import Folder
from wizard.stack import Detected, KnownStack

_FRAMEWORKS = ("actix-web", "axum", "rocket", "warp", "poem", "salvo", "tide", "ntex", "gotham", "leptos", "loco-rs", "viz", "tonic", "hyper")
_ASKS = r"(?:env::var(?:_os)?|env!|option_env!|dotenvy?::var)\("
_PORTS = (
    r"""(?:bind|bind_rustls\w*|bind_openssl|TcpListener::bind|listen|run)\(\s*&?\(?\s*"(?:[\d.]+|localhost|\[::\]|::)"?\s*[:,]\s*(\d{2,5})\b""",
    *variable_port(r"""env::var\(\s*"(?:HTTP_|SERVER_|APP_)?PORT"\s*\)(?:[^;"]{0,80}(?:unwrap_or\w*|or_else|map_or)\W{0,3}(?:\|_?\w*\|)?)?"""),
    r"""\(\s*\[(?:0|127),\s*0,\s*0,\s*[01]\]\s*,\s*(\d{2,5})\s*\)""",
    r"""(?:UNSPECIFIED|LOCALHOST)[^;\n]{0,30}?,\s*(\d{2,5})\s*\)""",
    r"""\bserve\([^;\n]{0,80}?,\s*(\d{4,5})\s*\)""",
    r"""\.run\(\s*\(?\s*\[[^\]]*\]\s*,\s*(\d{4,5})""",
    r"""(?i)\bport\s*(?::\s*u16\s*)?(?:=|:)\s*(\d{4,5})\b""",
    r"""\"(?:[\d.]+|localhost|\[::1?\]):(\d{4,5})\"""",
)


class Rust(KnownStack):
    """The binary is called after the package, unless a [[bin]] says otherwise."""

    id = "rust"
    name = "Rust"
    title = "Rust"

    def detect(self, folder: Folder) -> Detected | None:
        if not folder.has("Cargo.toml"):
            return None
        cargo = read_toml(folder, "Cargo.toml")
        found = Findings(folder, self.id, "Cargo.toml")
        found.say("stack.package_manager", "cargo", "Cargo.toml")
        if folder.has("Cargo.lock"):
            found.say("stack.lockfile", "Cargo.lock", "Cargo.lock")
        self._version(found, cargo)
        dependencies = _dependencies(folder, cargo)
        for name in _FRAMEWORKS:
            if name in dependencies:
                found.say("stack.framework", name, *dependencies[name])
                break
        sources = folder.own(
            (name for name in folder.sources(".rs") if not re.search(r"(?:^|/)(?:benches|examples)/", name) and name != "build.rs"), "Cargo.toml"
        )
        binary = _binary(folder, cargo)
        if not binary:
            found.strength = 1
            found.answers["stack"].pop("framework", None)
            return found.done()
        line = procfile(folder)
        if line:
            found.at("command", words(line[0], 8080), line)
        found.say("command", [f"/usr/local/bin/{binary}"], "Cargo.toml", key_line(folder, "Cargo.toml", "name"), "inferred")
        patterns = (r"^[ \t]*port\s*=\s*(\d{2,5})",) if found.framework == "rocket" else ()
        listens(found, line[0] if line else "", (*patterns, *_PORTS), (*(("Rocket.toml",) if patterns else ()), *sources),
                8000 if found.framework == "rocket" else 0, "Cargo.toml")  # fmt: skip
        look_around(found, sources, _ASKS, dependencies)
        return found.done()

    def _version(self, found: Findings, cargo: Mapping[str, Any]) -> None:
        folder = found.folder
        match = folder.search(r"""^[ \t]*channel\s*=\s*["'](\d[\d.]*)""", "rust-toolchain.toml", "rust-toolchain")
        match = match or folder.search(r"^[ \t]*(\d+\.\d+[\d.]*)\s*$", "rust-toolchain", ".rust-version") or tool_version(folder, "rust")
        if match:
            found.version(short(match[0]), match)
        elif least := folder.search(r"""^[ \t]*rust-version\s*=\s*["'](\d+\.\d+)""", "Cargo.toml"):
            found.tell("at_least", least[0], least.file, least.line)


def _dependencies(folder: Folder, cargo: Mapping[str, Any]) -> dict[str, tuple[str, int]]:
    """Crates by name, and `crate:feature` for the features that are asked for."""
    named: dict[str, tuple[str, int]] = {}
    shared = table(read_toml(folder.above, "Cargo.toml"), "workspace", "dependencies") if folder.above else {}
    for name, row in table(cargo, "dependencies").items():
        place = ("Cargo.toml", key_line(folder, "Cargo.toml", name))
        named[name] = place
        features = [*_features(row), *_features(shared.get(name))]
        named |= {f"{name}:{feature}": place for feature in features}
    return named


def _features(row: object) -> list[str]:
    rows = row.get("features") if isinstance(row, dict) else None
    return [str(feature) for feature in rows] if isinstance(rows, list) else []


def _binary(folder: Folder, cargo: Mapping[str, Any]) -> str:
    """The name of the binary that is built, or nothing for a library or a workspace of others."""
    package = text_at(cargo, "package", "name")
    rows = cargo.get("bin")
    names = [text_at(row, "name") for row in rows if text_at(row, "name")] if isinstance(rows, list) else []
    main = next((text_at(row, "name") for row in rows if text_at(row, "path") == "src/main.rs"), "") if isinstance(rows, list) else ""
    chosen = text_at(cargo, "package", "default-run") or main or (package if package in names or folder.has("src/main.rs") else "")
    name = chosen or (names[0] if names else "")
    if not name:
        others = [file for file in folder.files if re.fullmatch(r"src/bin/[\w-]+(?:/main)?\.rs", file)]
        name = others[0].split("/")[2].removesuffix(".rs") if len(others) == 1 else ""
    return name if re.fullmatch(r"[\w-]{1,60}", name) else ""
