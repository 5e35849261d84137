"""What is to be observed, from what was said on the command line."""

from collections.abc import Sequence
from pathlib import Path

from msgspec import Struct

from wizard.answers import FILE, Layer
from wizard.check.finding_files import BASES
from wizard.detect import detect
from wizard.engine.docker import Docker
from wizard.errors import SeawallError, UsageError
from wizard.observe.subject import Rendered, Subject, Written
from wizard.prove.files import read
from wizard.scaffold import Request, begin, what_is_missing
from wizard.session import Session
from wizard.spelling import Data


class Asked(Struct, frozen=True):
    """What a person asked to observe: a folder, or an image with other words to start."""

    folder: Path
    image: str = ""
    command: tuple[str, ...] = ()
    service: str = ""
    settings: tuple[str, ...] = ()


def subject(asked: Asked, copy: Path, docker: Docker) -> Subject:
    """The subject; what is rendered is put into `copy`. Raises UsageError."""
    if asked.image:
        return _image(asked, copy, docker)
    folder = asked.folder
    written = folder.is_file() or any((folder / name).is_file() for name in BASES)
    if not folder.exists():
        raise UsageError(f"{folder}: no such folder")
    if written and not _is_ours(asked):
        if asked.settings:
            raise UsageError(f"--set: {folder} has a Compose file that somebody wrote, and answers say nothing of it")
        return Written(read(folder).paths, asked.service)
    session = begin(Request(folder, folder, asked.settings))
    if problem := what_is_missing(session):
        raise UsageError(problem)
    if asked.service and asked.service != session.workload.name:
        raise UsageError(f"--service {asked.service}: what is made here is called {session.workload.name}")
    return Rendered(session, session.answers.data(), copy)


def _is_ours(asked: Asked) -> bool:
    """Whether the answers there make the service that is meant."""
    if not (asked.folder / FILE).is_file():
        return False
    name = begin(Request(asked.folder, asked.folder, asked.settings)).workload.name
    return asked.service in ("", name)


def _image(asked: Asked, copy: Path, docker: Docker) -> Subject:
    (empty := copy / ".empty").mkdir(parents=True)
    config = _config(asked.image, docker)
    data: dict[str, Data] = {"name": _name(asked.image), "image": asked.image, "health": _health(config.get("Healthcheck"))}
    if asked.command:
        data["command"] = list(asked.command)
    exposed = (name.partition("/") for name in sorted(config.get("ExposedPorts") or {}))
    if ports := [{"container": int(port), "protocol": protocol or "tcp"} for port, _, protocol in exposed]:
        data["ports"] = ports
    session = Session(empty, detect(empty), ()).said(Layer("--image", data))
    if asked.settings:
        from wizard.answers import from_options

        session = session.said(from_options(asked.settings, (), session.answers))
    return Rendered(session, session.answers.data(), copy)


def _config(image: str, docker: Docker) -> dict[str, Data]:
    """What an image says of itself; it is fetched as `docker run` would. Raises UsageError where it is not to be had."""
    if image.startswith("-") or not image.strip():
        raise UsageError(f"--image {image}: no name of an image; accepted: NAME:VERSION")
    try:
        return dict(docker.inspect("image", image)["Config"])
    except SeawallError as error:
        if "no such image" not in str(error):
            raise
    code, said = docker.demand(("pull", "--quiet", image), 1800)
    if code:
        raise UsageError(f"--image {image}: is not on this engine, and cannot be fetched: {' '.join(said.split())[-200:]}")
    return dict(docker.inspect("image", image)["Config"])


def _health(check: object) -> Data:
    test: Sequence[str] = check.get("Test") or () if isinstance(check, dict) else ()
    if len(test) > 1 and test[0] == "CMD":
        return {"command": list(test[1:])}
    if len(test) > 1 and test[0] == "CMD-SHELL":
        return {"command": ["sh", "-c", test[1]]}
    return {"none": "the image has no check; what asks it is not known yet"}


def _name(image: str) -> str:
    base = image.partition("@")[0].rpartition("/")[2].partition(":")[0].lower()
    name = "".join(c if c.isascii() and c.isalnum() else "-" for c in base).strip("-")[:40].rstrip("-")
    return name if name and name[0].isalpha() else f"x-{name}".rstrip("-")
