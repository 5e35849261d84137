"""Languages that are recognised by their manifest alone: what they are is said, and what works in place of a Dockerfile."""

from wizard.clues.findings import Findings
from wizard.folder import Folder
from wizard.stack import Detected, KnownStack


class Other(KnownStack):
    """A language that is not built: nothing is said of it but its name."""

    def __init__(self, id: str, name: str, *manifests: str, strength: int = 2) -> None:
        self.id, self.name, self.title = id, name, name  # type: ignore[misc]
        self._manifests, self._strength = manifests, strength

    def detect(self, folder: Folder) -> Detected | None:
        manifest = folder.first(*self._manifests) or next(
            (name for name in folder.ending(*(name for name in self._manifests if name.startswith("."))) if "/" not in name), None
        )
        if not manifest:
            return None
        found = Findings(folder, self.id, manifest)
        found.strength = self._strength
        return found.done()


OTHERS = (
    Other("scala", "Scala", "build.sbt", "build.sc", "build.mill"), Other("clojure", "Clojure", "project.clj", "deps.edn"),
    Other("gleam", "Gleam", "gleam.toml"), Other("swift", "Swift", "Package.swift"), Other("crystal", "Crystal", "shard.yml"),
    Other("haskell", "Haskell", "stack.yaml", "cabal.project", ".cabal"), Other("zig", "Zig", "build.zig"), Other("erlang", "Erlang", "rebar.config"),
    Other("dart", "Dart", "pubspec.yaml"), Other("ocaml", "OCaml", "dune-project"), Other("nim", "Nim", ".nimble"), Other("perl", "Perl", "cpanfile"),
    Other("cpp", "C or C++", "CMakeLists.txt", "meson.build", strength=1),
)  # fmt: skip
