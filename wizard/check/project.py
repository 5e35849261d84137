"""Compose files as Compose puts them together: variables, `extends`, `include`, overrides. Nothing is fetched, nothing is run."""

import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from msgspec import Struct, field

from wizard.check.merging import merged, without_resets
from wizard.check.nodes import MOST, Node
from wizard.check.rebased import rebased
from wizard.check.source import NotReadError, Place
from wizard.check.sources import Sources
from wizard.check.variables import MOST as LONGEST
from wizard.check.variables import env_file, filled
from wizard.text import visible

DEEPEST = 20
"""Files that include or extend each other in a row."""
_SHARED = ("volumes", "networks", "secrets", "configs")
_REMOTE = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://|git@|github\.com/|oci:")
_SAID = {"PWD": ".", "HOME": "~"}
"""Variables that mean the same everywhere: where the file is, and whose it is."""


class Unread(Struct, frozen=True):
    """A part that was not judged, since it is not on this disk."""

    place: Place
    what: str


class Compose(Struct):
    """All services of a project with what they share."""

    services: dict[str, Node] = field(default_factory=dict)
    jobs: dict[str, Node] = field(default_factory=dict)
    """Containers that run to their end; of services only what keeps these going is no part of them."""
    shared: dict[str, Node] = field(default_factory=dict)
    folders: dict[str, Path] = field(default_factory=dict)
    """Of each service, the folder that its relative paths begin at."""
    unread: list[Unread] = field(default_factory=list)


def load(paths: Sequence[Path], sources: Sources) -> Compose:
    """The project that these files make, later ones over earlier ones.

    Raises NotReadError with the line for what Compose would not read, and for files that cannot be read.
    """
    return _Loader(sources).project(paths, 0)


def is_remote(path: str) -> bool:
    """Whether something has to be fetched to be read."""
    return bool(_REMOTE.match(path))


class _Loader:
    def __init__(self, sources: Sources) -> None:
        self.sources = sources
        self.compose = Compose()
        self.others: dict[Path, dict[str, Node]] = {}
        """The services of other files that are extended, variables filled in: each file once, however many services extend its own."""
        self.room = MOST
        self.growth = LONGEST

    def project(self, paths: Sequence[Path], depth: int, known: Mapping[str, str] | None = None, folder: Path | None = None) -> Compose:
        folder = folder or paths[0].parent
        known = {**_SAID, **(self._variables(folder) if known is None else known)}
        whole: Node | None = None
        for path in paths:
            root = self._file(path, folder, known)
            whole = root if whole is None else merged(whole, root)
        assert whole is not None
        whole = without_resets(whole)
        for node in _entries(whole.value.get("include"), "include"):
            self._include(node, folder, depth)
        for name, service in _section(whole, "services").items():
            if name in self.compose.services and self.compose.services[name].place != service.place:
                raise NotReadError(service.place, f"the service {visible(name)} is already there: {self.compose.services[name].place}")
            self.compose.services[name] = service
            self.compose.folders[name] = folder
        for name, job in _section(whole, "jobs").items():
            self.compose.jobs[name] = job
            self.compose.folders.setdefault(name, folder)
        for key in _SHARED:
            if part := _section(whole, key):
                before = self.compose.shared.get(key)
                self.compose.shared[key] = Node({**(before.value if before else {}), **part}, whole.place)
        return self.compose

    def _variables(self, folder: Path) -> dict[str, str]:
        path = folder / ".env"
        return env_file(self.sources.text(path)) if path.is_file() else {}

    def _file(self, path: Path, folder: Path, known: Mapping[str, str]) -> Node:
        """One file with its variables filled in and what its services extend; several documents count as several files."""
        found: Node | None = None
        for root in self.sources.documents(path):
            if root.value is None:
                continue
            if not isinstance(root.value, dict):
                raise NotReadError(root.place, "is no mapping, so no Compose file")
            filled_in = self._filled(root, known)
            services = filled_in.value.get("services")
            if services is not None and isinstance(services.value, dict):
                local = services.value
                made = {name: self._extended(name, node, local, path, folder, known, ()) for name, node in local.items()}
                filled_in = Node({**filled_in.value, "services": Node(made, services.place, services.size, services.tag)}, filled_in.place)
            found = filled_in if found is None else merged(found, filled_in)
        if found is None:
            raise NotReadError(self.sources.name(path), "is empty: no service to judge")
        return found

    def _extended(self, name: str, node: Node, local: Mapping[str, Node], path: Path, folder: Path, known: Mapping[str, str],
                  seen: tuple[tuple[Path, str], ...]) -> Node:  # fmt: skip
        """A service over the one that it extends; relative paths begin at `folder`."""
        if node.tag == "!reset" or (node.value is None and node.tag):
            return node
        if not isinstance(node.value, dict):
            raise NotReadError(node.place, f"the service {visible(name)} is no mapping")
        extends = node.value.get("extends")
        if extends is None or extends.value is None:
            return node
        if (path, name) in seen or len(seen) > DEEPEST:
            raise NotReadError(extends.place, f"the service {visible(name)} extends itself")
        seen = (*seen, (path, name))
        wanted = extends.value if isinstance(extends.value, dict) else {"service": extends}
        other = wanted.get("service")
        if other is None or not isinstance(other.value, str):
            raise NotReadError(extends.place, "extends names no service")
        own = Node({key: one for key, one in node.value.items() if key != "extends"}, node.place, node.size, node.tag)
        file = wanted.get("file")
        there = folder
        if file is not None:
            text = str(file.value)
            if is_remote(text) or "$" in text:
                self.compose.unread.append(Unread(extends.place, f"extends {text}"))
                return own
            path = folder / text
            there = path.parent
            if path not in self.others:
                root = next(iter(self.sources.documents(path, extends.place)), None)
                self.others[path] = _section(self._filled(root, known), "services") if root else {}
            local = self.others[path]
        if other.value not in local:
            raise NotReadError(extends.place, f"extends the service {visible(other.value)}, which is not in {self.sources.name(path)}")
        base = self._extended(other.value, local[other.value], local, path, there, known, seen)
        base = rebased(base, os.path.relpath(there, folder))
        self.room -= base.size
        if self.room < 0:
            raise NotReadError(extends.place, f"more than {MOST} values once all that is extended is written out")
        return Node(merged(base, own).value, node.place, base.size + own.size)

    def _filled(self, node: Node, known: Mapping[str, str]) -> Node:
        """A copy with the variables in all values filled in. Raises NotReadError where that makes too much of them."""
        value = node.value
        if isinstance(value, str):
            if "$" not in value:
                return node
            text = filled(value, known, node.place)
            self.growth -= max(0, len(text) - len(value))
            if self.growth < 0:
                raise NotReadError(node.place, f"more than {LONGEST} characters longer once all variables are filled in")
            return Node(text, node.place, 1, node.tag)
        if isinstance(value, dict):
            made = {key: one if one.value.__class__ is str and "$" not in one.value else self._filled(one, known) for key, one in value.items()}
            return Node(made, node.place, node.size, node.tag)
        if isinstance(value, list):
            return Node(
                [one if one.value.__class__ is str and "$" not in one.value else self._filled(one, known) for one in value],
                node.place,
                node.size,
                node.tag,
            )
        return node

    def _include(self, node: Node, folder: Path, depth: int) -> None:
        long = node.value if isinstance(node.value, dict) else {"path": node}
        if depth >= DEEPEST:
            raise NotReadError(node.place, "files include each other without end")
        paths = _entries(long.get("path"), "path")
        if not paths:
            raise NotReadError(node.place, "include names no path")
        texts = [str(one.value) for one in paths]
        if any(is_remote(text) or "$" in text for text in texts):
            self.compose.unread.append(Unread(node.place, f"include {texts[0]}"))
            return
        files = [folder / text for text in texts]
        if not files[0].is_file():
            raise NotReadError(node.place, f"include {visible(texts[0])}: there is no such file")
        base = long.get("project_directory")
        env = _entries(long.get("env_file"), "env_file")
        known: dict[str, str] = {}
        for one in env or [Node(str(Path(str(base.value)) / ".env") if base else None, node.place)]:
            path = folder / str(one.value) if one.value else files[0].parent / ".env"
            if path.is_file():
                known |= env_file(self.sources.text(path))
        inner = _Loader(self.sources)
        inner.compose = self.compose
        inner.project(files, depth + 1, {**self._variables(folder), **known}, folder / str(base.value) if base else None)


def _section(root: Node, key: str) -> dict[str, Node]:
    node = root.value.get(key) if isinstance(root.value, dict) else None
    if node is None or node.value is None:
        return {}
    if not isinstance(node.value, dict):
        raise NotReadError(node.place, f"{key} is no mapping")
    return node.value


def _entries(node: Node | None, key: str) -> list[Node]:
    if node is None or node.value is None:
        return []
    return node.value if isinstance(node.value, list) else [node]
