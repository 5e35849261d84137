"""Dockerfile, .dockerignore and the files beside them, from the stack's template and the controls' instructions."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

from wizard import apparmor, seccomp, templates
from wizard.artifact import IGNORE, WORKLOAD, Artifact, Line
from wizard.companion import configuration_file
from wizard.companions import entry_of
from wizard.control import Control
from wizard.controls import CONTROLS
from wizard.controls.base_image import BASE_DIGEST, BASE_LABEL
from wizard.egress_proxy import CONTROL as ALLOW_LIST
from wizard.egress_proxy import EGRESS_FOLDER, conf_values, dockerfile_values
from wizard.project import Project, Service
from wizard.resolve import INGRESS_FILES, ingress_health_port
from wizard.stacks import stack_of
from wizard.text import quoted_value

_OPENS = "writable-paths"
"""It gives folders to the user. One that the program brings itself would be root's again if it were copied after that."""


def dockerfile(service: Service, annotate: bool = True) -> Artifact:
    """The Dockerfile of a service that is built here."""
    assert service.stack
    stack = stack_of(service.stack.language)
    text = stack.dockerfile(_values(service))
    owned = ((text, WORKLOAD if owner in service.waived else owner) for text, owner in templates.owned_lines(text, WORKLOAD))
    lines = _lines(owned, service.name)
    return Artifact("Dockerfile", tuple(_annotated(lines) if annotate else lines))


def egress_files(service: Service, annotate: bool = True) -> tuple[Artifact, ...]:
    """What the proxy to the outside is built from, and its configuration."""
    values = {
        **dockerfile_values(service.image.reference),
        "labels": _labels(service),
        "root": _instructions(service, "root"),
        "user": _instructions(service, "user"),
        "command": f"CMD {templates.to_json(list(service.workload.command))}",
    }
    listed = ALLOW_LIST not in service.waived
    owned = templates.owned_lines(templates.render("dockerfile/egress.j2", values), WORKLOAD)
    lines = list(_lines(((text, WORKLOAD if owner in service.waived else owner) for text, owner in owned), service.name))
    conf = templates.render("squid.conf", conf_values(service.workload.egress, listed)).rstrip("\n").split("\n")
    return (
        Artifact(f"{EGRESS_FOLDER}/Dockerfile", tuple(_annotated(iter(lines)) if annotate else lines)),
        Artifact(f"{EGRESS_FOLDER}/squid.conf", tuple(Line(line, ALLOW_LIST if listed else WORKLOAD, service=service.name) for line in conf)),
    )


def _labels(service: Service) -> str:
    """What the image is and what it is made from, as the OCI's names for that have it."""
    base, _, digest = service.image.reference.partition("@")
    labels = {"org.opencontainers.image.title": service.workload.name, BASE_LABEL: base, **({BASE_DIGEST: digest} if digest else {})}
    return "LABEL " + " ".join(f"{name}={quoted_value(text)}" for name, text in labels.items())


def _values(service: Service) -> Mapping[str, Any]:
    workload, stack = service.workload, service.stack
    assert stack
    facts = stack_of(stack.language)
    owner = service.owner
    waived = "files-owned-by-root" in service.waived
    return {
        **facts.values(workload),
        "image": service.image.reference,
        "manager": stack.package_manager,
        "lockfile": stack.lockfile,
        "packages": stack.packages,
        "whole": "local-references" in stack.quirks,
        "hashes": "hashes" in stack.quirks,
        "prepare": "prepare-script" in stack.quirks,
        "build": list(stack.build),
        "source": stack.source,
        "labels": _labels(service),
        "environment": _environment(_settings(service)),
        "chown": f"--chown={owner.uid}:{owner.gid} " if waived and owner.uid else "",
        "root_owned": not waived,
        "root": _instructions(service, "root"),
        "prepared": _instructions(service, "root", without=_OPENS),
        "opened": _instructions(service, "root", only=_OPENS),
        "rootfs": _instructions(service, "rootfs"),
        "user": _instructions(service, "user"),
        "expose": "\n".join(f"EXPOSE {port.container}/{port.protocol}" for port in workload.ports),
        "command": f"CMD {templates.to_json(list(workload.command))}" if workload.command else "",
    }


def _settings(service: Service) -> dict[str, str]:
    """The runtime's own variables, and a home folder that can be written where there is one."""
    assert service.stack
    home = {"HOME": "/tmp"} if any(path.path == "/tmp" for path in service.workload.writable) else {}
    return dict(stack_of(service.stack.language).environment(service.workload)) | home


def _environment(settings: Mapping[str, str]) -> str:
    return "ENV " + " \\\n    ".join(f"{name}={quoted_value(value)}" for name, value in settings.items()) if settings else ""


def _instructions(service: Service, place: str, without: str = "", only: str = "") -> str:
    """What the controls do at this place of the Dockerfile: all of them, all but one, or one alone."""
    blocks = [
        (control.id, instruction.text)
        for control in CONTROLS
        if control.id not in service.waived and control.id != without and only in ("", control.id)
        for instruction in control.image(service)
        if instruction.place == place
    ]
    installed = service.stack.system_packages if service.stack and place == "root" and not only else ()
    return templates.marked(_one_layer([*_installing(installed), *blocks]))


def _installing(packages: Sequence[str]) -> list[tuple[str, str]]:
    """Debian packages, before the setuid bits are taken off. Their mirrors keep the newest version alone: one that is named goes away."""
    if not packages:
        return []
    names = " ".join(packages)
    install = f"DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends {names}"
    run = f"RUN apt-get update \\\n    && {install} \\\n    && rm -rf /var/lib/apt/lists/*"
    return [(WORKLOAD, "# hadolint ignore=DL3008"), (WORKLOAD, run)]


def _one_layer(blocks: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """The blocks with neighbouring RUN instructions made one; its lines still belong to their controls."""
    joined: list[tuple[str, str]] = []
    for owner, text in blocks:
        if joined and text.startswith("RUN ") and joined[-1][1].startswith(("RUN ", "    && ")):
            before, head = joined.pop()
            joined.append((before, f"{head} \\"))
            text = f"    && {text.removeprefix('RUN ')}"
        joined.append((owner, text))
    return joined


def _lines(owned: Iterable[tuple[str, str]], service: str) -> Iterator[Line]:
    """Lines with the instruction that each belongs to."""
    setting, going_on = "", False
    for text, owner in owned:
        word = text.partition(" ")[0]
        if not going_on:
            setting = word if word.isupper() else ""
        going_on = text.endswith("\\")
        yield Line(text, owner, setting, service)


def _annotated(lines: Iterator[Line]) -> Iterator[Line]:
    """The lines with the reasons of the controls of an instruction above it, each control at its first one."""
    said: set[str] = {WORKLOAD}
    instruction: list[Line] = []
    for line in lines:
        instruction.append(line)
        if line.text.endswith("\\") or line.text.startswith("# hadolint "):  # Such a line has to stand right above its instruction.
            continue
        for owner in dict.fromkeys(part.control for part in instruction if part.text):
            if owner not in said:
                said.add(owner)
                yield from (Line(f"# {text}", owner) for text in reason(owner))
        yield from instruction
        instruction = []


@lru_cache
def reason(control: str) -> tuple[str, ...]:
    """The first sentence of a control's Why and its id (for `seawall explain`), in lines of a comment."""
    import textwrap

    page = _control(control).page
    return tuple(textwrap.wrap(f"{page.reason} [{control}]", 74))


def _control(name: str) -> Control:
    return next(control for control in CONTROLS if control.id == name)


def dockerignore(service: Service) -> Artifact:
    """The .dockerignore: what must not get into a build, and the stack's own leftovers."""
    assert service.stack
    ignored = stack_of(service.stack.language).left_out(service.workload)
    text = templates.render("dockerignore.j2", {"ignored": ignored})
    return Artifact(IGNORE, tuple(Line(line) for line in text.rstrip("\n").split("\n")))


def support_files(project: Project, annotate: bool = True) -> tuple[Artifact, ...]:
    """Files that the build or a companion needs beside the person's own, under .seawall/."""
    found = []
    if project.app.stack:
        for file in stack_of(project.app.stack.language).files(project.workload):
            found.append(_text(file.path, templates.render(file.template, file.values)))
    if any(service.role == "ingress" for service in project.services):
        published = [port for port in project.workload.ports if port.publish]
        values = {"ports": published, "service": project.workload.name, "health_port": ingress_health_port(project.workload), "files": INGRESS_FILES}
        found.append(_text(".seawall/ingress.conf", templates.render("ingress.conf", values)))
    for companion in project.workload.companions:
        entry = entry_of(companion.service)
        if (own := entry.configuration) and entry.configured_here(companion):
            filled = entry.configured(companion, project.workload)
            found.append(_text(configuration_file(companion), templates.render(f"companions/{own.template}", filled)))
    for service in project.services:
        if service.role == "egress":
            found += egress_files(service, annotate)
        if seccomp.is_rendered(service):
            found.append(seccomp.artifact(service))
        if apparmor.is_rendered(service):
            found.append(apparmor.artifact(service))
    return tuple(found)


def _text(path: str, text: str) -> Artifact:
    return Artifact(path, tuple(Line(line) for line in text.rstrip("\n").split("\n")))
