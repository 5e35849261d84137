"""What is observed: a folder or an image whose files Seawall writes from answers, or a service of somebody's Compose file.

A subject says which answers are known of it, and puts the project that follows from other ones in the place that is started.
"""

import shutil
from abc import ABC, abstractmethod
from collections.abc import Mapping
from copy import deepcopy
from pathlib import Path
from typing import Any

from wizard.answers import Answers, Layer, combine
from wizard.artifact import IGNORE, Artifact
from wizard.errors import UsageError
from wizard.files import File
from wizard.observe import forms
from wizard.prove.own_project import LABEL, OwnProject
from wizard.session import Session
from wizard.spelling import Data
from wizard.workload import Workload, make

WAIVED_USER = {"control": "non-root-user", "why": "observed: it starts as root and does not run as another user"}
_PATH = "compose.yaml"


class Subject(ABC):
    """One service with what it works with. `answers` is what is known of it."""

    service: str
    answers: dict[str, Data]
    session: Session | None = None
    """What a person said of it, where there is a seawall.yaml or may be one."""

    @property
    @abstractmethod
    def paths(self) -> tuple[Path, ...]:
        """The Compose files that are started."""

    @abstractmethod
    def put(self, project: OwnProject, changes: Mapping[str, Data], loose: bool) -> str:
        """Make the definition of what is started, with changed answers; nothing, or what could not be built. Raises UsageError."""

    def workload(self, changes: Mapping[str, Data]) -> Workload:
        """The answers with changes, whole."""
        return make(changed(self.answers, changes), "what was observed")


class Rendered(Subject):
    """A folder or an image: its files are rendered into a folder of this run's own."""

    def __init__(self, session: Session, answers: Mapping[str, Data], copy: Path) -> None:
        self.session, self.answers, self._copy = session, dict(answers), copy
        self.service = str(self.answers["name"])
        self._built = ""
        if "image" not in answers:
            _copied(session.folder, copy)

    @property
    def paths(self) -> tuple[Path, ...]:
        return (self._copy / _PATH,)

    def put(self, project: OwnProject, changes: Mapping[str, Data], loose: bool) -> str:
        from wizard.render import render
        from wizard.resolve import resolve
        from wizard.secret_files import secret_files

        # The proxy before it is no part of what it needs.
        data = {**changed(self.answers, changes), "ingress": "direct", "extras": [], **({"internet": True, "egress": []} if loose else {})}
        if loose:
            data = _as_it_starts(data)
        data["ports"] = [{**port, "publish": f"127.0.0.1:{port['container']}"} for port in data.get("ports") or ()]
        workload = make(data, "what was observed")
        found = resolve(workload)
        files = [_file(artifact) for artifact in render(workload, annotate=False)]
        self._write((*files, *secret_files(found, self._copy)))
        project.read()
        built = "\0".join(file.text for file in files if file.path not in (_PATH, IGNORE))
        if built != self._built:
            if said := project.build():
                return said
            self._built = built
        return ""

    def _write(self, files: "tuple[File, ...]") -> None:
        for file in files:
            path = self._copy / file.path
            if file.keep and path.exists():
                continue
            path.parent.mkdir(mode=file.folder_mode, parents=True, exist_ok=True)
            path.unlink(missing_ok=True)
            path.write_text(file.text, "utf-8")
            path.chmod(file.mode)


class Written(Subject):
    """A service of a Compose file that somebody wrote; the file stays as it is."""

    def __init__(self, paths: tuple[Path, ...], service: str) -> None:
        self._paths, self.service = paths, service
        self.answers: dict[str, Data] = {}
        self._base: dict[str, Any] = {}

    @property
    def paths(self) -> tuple[Path, ...]:
        return self._paths

    def learn(self, project: OwnProject) -> str:
        """Read the file and build what it builds; nothing, or what could not be built. Raises UsageError for a service that is not in it."""
        project.read()
        services = project.definition["services"]
        if not self.service:
            self.service = _only(services, self._paths[0])
        elif self.service not in services:
            raise UsageError(f"--service {self.service}: is not in {self._paths[0]}; accepted: {', '.join(sorted(services))}")
        self._base = deepcopy(project.definition)
        service = services[self.service]
        self.answers = {
            "name": _name(self.service),
            "image": "observed:1",
            "health": {"none": "asked by Compose itself"},
            "internet": True,
            "extras": [],
        }
        if user := _user(service.get("user")):
            self.answers["user"] = user
        self.answers["ports"] = [{"container": int(port["target"]), "protocol": port.get("protocol", "tcp")} for port in service.get("ports") or ()]
        return project.build()

    def put(self, project: OwnProject, changes: Mapping[str, Data], loose: bool) -> str:
        project.definition = deepcopy(self._base)
        service = project.definition["services"][self.service]
        if not loose:
            data = changed(self.answers, changes)
            found, volumes = forms.hardened(service, make(data, "what was observed"))
            project.definition["services"][self.service] = found
            label = service["labels"][LABEL]
            more = {name: {"name": f"{project.name}_{name}", "labels": {LABEL: label}} for name in volumes}
            project.definition["volumes"] = {**more, **(project.definition.get("volumes") or {})}
        return ""


def changed(answers: Mapping[str, Data], changes: Mapping[str, Data]) -> dict[str, Data]:
    """Answers with others in their place; a change to None takes one away."""
    return {key: value for key, value in {**combine(answers, changes), **changes}.items() if value is not None}


def with_changes(session: Session, changes: Mapping[str, Data]) -> Session:
    """The session in which a person has said what was observed."""
    given = Answers(session.person).data()
    merged = {key: value for key, value in changed(given, changes).items() if key in changes}
    return session.said(Layer("seawall observe", merged))


def _as_it_starts(data: dict[str, Data]) -> dict[str, Data]:
    """As the user that the image has, where nobody named one."""
    if "user" in data or "stack" in data:
        return data
    others = [row for row in data.get("waivers") or () if row.get("control") != WAIVED_USER["control"]]
    return {**data, "waivers": [*others, WAIVED_USER]}


def _file(artifact: Artifact) -> File:
    return File(artifact.path, artifact.text)


def _copied(folder: Path, copy: Path) -> None:
    """Copy a project, without what is named right in its folder as no part of an image; secrets are taken along, as they are used."""
    left_out = {".git", ".venv", "venv", "node_modules", "target", ".seawall-journal"}

    def ignored(where: str, names: list[str]) -> set[str]:
        return {name for name in names if name in left_out} if Path(where) == folder else {name for name in names if name == "node_modules"}

    try:
        shutil.copytree(folder, copy, symlinks=True, ignore=ignored, dirs_exist_ok=True)
    except (OSError, shutil.Error) as error:
        raise UsageError(f"{folder}: cannot be copied to be built: {str(error)[:200]}") from None


def _only(services: Mapping[str, Any], path: Path) -> str:
    if len(services) == 1:
        return next(iter(services))
    built = [name for name, service in services.items() if "build" in service]
    if len(built) == 1:
        return built[0]
    raise UsageError(f"{path}: has several services; say which one with --service ({', '.join(sorted(services))})")


def _name(service: str) -> str:
    """A service's name as answers take it."""
    name = "".join(c if c.isascii() and (c.isalnum() or c == "-") else "-" for c in service.lower()).strip("-")[:40]
    return name if name and name[0].isalpha() else f"s-{name}".rstrip("-")


def _user(text: object) -> dict[str, int] | None:
    uid, _, gid = str(text or "").partition(":")
    return {"uid": int(uid), "gid": int(gid or uid)} if uid.isdecimal() and (gid or uid).isdecimal() and int(uid) else None
