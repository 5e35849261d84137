"""Rust: a crate with a binary, alone or in a workspace, on an image without a shell."""

import re
from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Any

from msgspec.structs import replace

from wizard.clues.around import look_around
from wizard.clues.commands import procfile, words
from wizard.clues.findings import Findings, numbers
from wizard.clues.manifests import key_line, read_toml, short, table, text_at, texts_at, tool_version
from wizard.clues.ports import listens, variable_port
from wizard.digests import pinned as by_digest
from wizard.errors import UsageError
from wizard.folder import Folder
from wizard.stack import Detected, LanguageStack, OwnUser, Runtime, SupportFile
from wizard.workload import Workload

_FRAMEWORKS = ("actix-web", "axum", "rocket", "warp", "poem", "salvo", "tide", "ntex", "gotham", "leptos", "loco-rs", "viz", "tonic", "hyper")
_ASKS = r"(?:env::var(?:_os)?|dotenvy?::var)\("
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


_PLACE = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]*(?:/[A-Za-z0-9_-][A-Za-z0-9._-]*)*")
_SERVES = ("api", "server", "backend", "app", "web", "service", "gateway", "main")
"""What the crate that serves is called, where there are several."""
_BINARY = re.compile(r"(?:/usr/local/bin/)?([A-Za-z0-9_][A-Za-z0-9_-]{0,59})")
_READ = ("Rocket.toml", "assets", "config", "locales", "migrations", "public", "resources", "static", "templates")
"""What programs read beside them while they run, where the project has it."""
_FIRST_TRIXIE = (1, 90)
"""The first release whose build image there is on Debian 13 for certain; older ones are built on Debian 12, whose libraries are older, too."""


class Rust(LanguageStack):
    """One binary and what it reads go into the image; it is called after the package, unless a [[bin]] says otherwise."""

    id = "rust"
    name = "Rust"
    title = "Rust (cargo; axum, actix and others, no shell in the image)"
    default_version = "1.98"
    takes = frozenset(("source", "system_packages"))
    runtimes = (
        Runtime("distroless", "distroless cc: the C library and OpenSSL's", "no shell, no curl", OwnUser("nonroot", 65532, 65532), shell=False,
                unprivileged=True, evidence="built and run by the engine tests"),
        Runtime("slim", "Debian slim: a shell, and packages if it needs them", "no curl, no compiler", evidence="built and run by the engine tests"),
    )  # fmt: skip
    frameworks = _FRAMEWORKS
    package_managers = ("cargo",)
    evidence = "built and run by the engine tests: with tiny_http, with no crate, and as a workspace"

    def image(self, workload: Workload, pinned: bool = True) -> str:
        if self.runtime(workload).id == "slim":
            return "debian:trixie-slim"
        return "gcr.io/distroless/cc-debian13:nonroot" if pinned else "gcr.io/distroless/cc:nonroot"

    def build_image(self, workload: Workload) -> str:
        version = self.version(workload)
        return f"rust:{version}-{'trixie' if numbers(version) >= _FIRST_TRIXIE or version == '1' else 'bookworm'}"

    def refuse(self, workload: Workload) -> None:
        super().refuse(workload)
        if not _BINARY.fullmatch(workload.command[0] if workload.command else ""):
            raise UsageError("command: the image has the one binary that cargo builds; accepted: /usr/local/bin/NAME with its arguments")

    def health(self, url: str | None, port: int) -> tuple[str, ...]:
        return ("/usr/local/bin/healthcheck", url or f"tcp://127.0.0.1:{port}")

    def environment(self, workload: Workload) -> Mapping[str, str]:
        settings = {"PORT": str(workload.ports[0].container)} if workload.ports else {}
        if workload.stack and workload.stack.framework == "rocket":
            settings |= {"ROCKET_ADDRESS": "0.0.0.0"} | ({"ROCKET_PORT": settings["PORT"]} if settings else {})
        return settings

    def values(self, workload: Workload) -> Mapping[str, Any]:
        found, stack = _BINARY.fullmatch(workload.command[0]), workload.stack
        assert found and stack
        source = stack.source.removeprefix("./")
        return {
            "builder": by_digest(self.build_image(workload), workload),
            # Without rustup's own choice by a file of the project, which would be fetched; where a version is said, the image has it.
            "toolchain": stack.version is not None,
            "cache": f"{workload.name}-target",
            "binary": found[1],
            "manifest": "" if source == "." else f"{source}/Cargo.toml",
            "folders": "." if source == "." else f". {source}",
            "read": _READ,
            "authorities": self.runtime(workload).id == "slim",
        }

    def files(self, workload: Workload) -> tuple[SupportFile, ...]:
        return (SupportFile(".seawall/healthcheck.rs", "healthcheck.rs"),)

    def ignored(self) -> tuple[str, ...]:
        return ("**/target", "**/*.rs.bk")

    def detect(self, folder: Folder) -> Detected | None:
        if not folder.has("Cargo.toml"):
            return None
        cargo = read_toml(folder, "Cargo.toml")
        if not _binary(folder, cargo) and (members := _members(folder, cargo)):
            return self._of_member(folder, members)
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
            found.refuse("it has no binary, so there is nothing that could be started")
            return found.done()
        if part := folder.search(r"^[^#\n]*\b(workspace)\s*=\s*true", "Cargo.toml"):
            found.refuse(f"Cargo.toml:{part.line} takes something from the workspace above: run seawall in the folder of that, "
                         "with --set stack.source= and the path to this one")  # fmt: skip
        if wasm := next((place for name, place in dependencies.items() if name.endswith("_wasi")), None):
            found.refuse(f"{wasm[0]}:{wasm[1]} is a crate for WebAssembly alone, which needs a runtime of its own (WasmEdge, wasmtime); "
                         "give an image with --set image=NAME:VERSION")  # fmt: skip
        line = procfile(folder)
        if line and (started := words(line[0], 8080)):
            found.at("command", [f"/usr/local/bin/{binary}", *started[1:]] if started[0].rpartition("/")[2] in (binary, "cargo") else started, line)
        found.say("command", [f"/usr/local/bin/{binary}"], "Cargo.toml", key_line(folder, "Cargo.toml", "name"), "inferred")
        patterns = (r"^[ \t]*port\s*=\s*(\d{2,5})",) if found.framework == "rocket" else ()
        listens(found, line[0] if line else "", (*patterns, *_PORTS), (*(("Rocket.toml",) if patterns else ()), *sources),
                8000 if found.framework == "rocket" else 0, "Cargo.toml")  # fmt: skip
        look_around(found, sources, _ASKS, dependencies)
        return found.done()

    def _of_member(self, folder: Folder, members: Sequence[str]) -> Detected | None:
        """The crate of a workspace that serves, as what the workspace is: it is built from there, with its lock file."""
        place = members[0]
        found, whole = self.detect(folder.below(place)), Findings(folder, self.id, "Cargo.toml")
        if found is None:
            return None
        self._version(whole, {})
        if folder.has("Cargo.lock"):
            whole.say("stack.lockfile", "Cargo.lock", "Cargo.lock")
        whole.say("stack.source", place, f"{place}/Cargo.toml", 1, "inferred" if len(members) == 1 else "assumed")
        if len(members) > 1:
            whole.tell("programs", list(members[:30]), "Cargo.toml")
        stack = {key: value for key, value in found.stack.items() if key not in ("version", "lockfile")} | whole.stack
        own = [replace(entry, file=entry.file.removeprefix("../") if entry.file.startswith("../") else f"{place}/{entry.file}")
               for entry in found.evidence if entry.fact not in ("stack.version", "stack.lockfile", "stack.language")]  # fmt: skip
        return replace(
            found, answers={**found.answers, "stack": stack}, evidence=(*whole.evidence, *own), told={**found.told, **whole.told}, cannot=""
        )

    def _version(self, found: Findings, cargo: Mapping[str, Any]) -> None:
        folder = found.folder
        match = folder.search(r"""^[ \t]*channel\s*=\s*["'](\d[\d.]*)""", "rust-toolchain.toml", "rust-toolchain")
        match = match or folder.search(r"^[ \t]*(\d+\.\d+[\d.]*)\s*$", "rust-toolchain", ".rust-version") or tool_version(folder, "rust")
        if match:
            found.version(short(match[0]), match)
        elif least := folder.search(r"""^[ \t]*rust-version\s*=\s*["'](\d+\.\d+)""", "Cargo.toml"):
            found.version(least[0], least, least=True, default=self.default_version)


def _members(folder: Folder, cargo: Mapping[str, Any]) -> list[str]:
    """The crates of a workspace that have a binary, what serves before what does not, and the usual names first."""
    patterns = [pattern.removeprefix("./").rstrip("/") for pattern in texts_at(cargo, "workspace", "members")[:50] if len(pattern) < 100]
    found: list[tuple[int, int, int, str]] = []
    for name in folder.files:
        place = name.rpartition("/")[0]
        if not name.endswith("/Cargo.toml") or not _PLACE.fullmatch(place) or not any(fnmatchcase(place, pattern) for pattern in patterns):
            continue
        below = folder.below(place)
        own = read_toml(below, "Cargo.toml")
        if _binary(below, own):
            usual = next((number for number, word in enumerate(_SERVES) if word in re.split(r"[-_.]", place.rpartition("/")[2])), len(_SERVES))
            found.append((int(not _dependencies(below, own).keys() & set(_FRAMEWORKS)), usual, place.count("/"), place))
        if len(found) >= 30:
            break
    return [place for *_, place in sorted(found)]


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
