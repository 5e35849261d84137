"""Signed images only: a policy for Sigstore's policy-controller in Kubernetes, from the same facts as the workflow that signs.

Read in the controller's own source (0.13 and later): `subject` is compared as a whole, patterns stand in `subjectRegExp`; a key comes from a
Secret with one entry in the controller's namespace, never from a ConfigMap; `*` in a glob ends at a slash and names are spelled out
(`index.docker.io/library/redis`); a tag becomes a digest before names are compared; and without `signatureFormat: bundle` it looks for the
signatures that cosign 2 made. Not applied by us.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from wizard import yaml_text
from wizard.artifact import Artifact, Line
from wizard.digests import CONTROL, tagged
from wizard.project import Project
from wizard.workflow import ISSUER
from wizard.workflow import PATH as WORKFLOW

FOLDER = "deploy/policy"
PATH = f"{FOLDER}/cluster-image-policy.yaml"
KUSTOMIZATION = f"{FOLDER}/kustomization.yaml"
NAMESPACE = "cosign-system"
"""Where the controller is, and the only place it takes keys from."""

_HEAD = """\
# What may run in a namespace that has the label policy.sigstore.dev/include=true: images that are signed, and nothing else.
# Takes Sigstore's policy-controller, 0.13 or later, in the cluster. Then, in the project's folder:
#   {apply}
#   kubectl label namespace NAMESPACE policy.sigstore.dev/include=true
# An unsigned image is refused when a pod is made, with «admission webhook "policy.sigstore.dev" denied the request».
"""
_KEYLESS = """\
# Signed by the workflow {workflow} of {repository}, on its main branch or for a version, and by nobody else
# (--set extras+=ci writes that workflow).
# By hand:
#   cosign verify --certificate-oidc-issuer {issuer} --certificate-identity-regexp '{subject}' {image}@sha256:...
"""
_KEY = """\
# Signed by a key of your own, as nothing says where the code is (--set repository=OWNER/NAME trusts its workflow instead, without a key).
#   cosign generate-key-pair                                   asks for a password; cosign.key is a secret, cosign.pub is not
#   mv cosign.pub {folder}/
#   cosign sign --key cosign.key {image}@sha256:...
#   cosign verify --key {folder}/cosign.pub {image}@sha256:...
"""
_OTHERS = """\
# Made by others and signed by nobody: taken as they are, so name them by digest (--pin-digests).
"""
_GENERATED = """\
# Makes what holds the public key out of the file cosign.pub beside this one: kubectl apply -k {folder}
# The policy reads the Secret, which may hold nothing else; the ConfigMap is for jobs that verify with cosign themselves.
"""


def policies(project: Project) -> tuple[Artifact, ...]:
    """The policy, and without a repository what makes the key's Secret and ConfigMap."""
    name, repository = project.app.name, project.workload.repository
    others = tuple(dict.fromkeys(service.image.reference for service in project.services if not service.stack))
    pass_ = {"name": "others", "static": {"action": "pass"}}
    signed = [_policy(f"{name}-signed", _ours(repository, name), _authority(name, repository))] if project.app.stack else []
    passed = [_policy(f"{name}-others", [glob for image in others for glob in globs(image)], pass_)] if others else []
    apply = f"kubectl apply --filename {PATH}" if repository or not signed else f"kubectl apply --kustomize {FOLDER}"
    lines = list(_text(_HEAD.format(apply=apply)))
    if signed:
        lines += [*_text(_said(name, repository)), *_document(signed[0])]
    if passed:
        lines += [*([Line("---")] if signed else []), *_text(_OTHERS), *_document(passed[0])]
    policy = Artifact(PATH, tuple(lines))
    return (policy,) if repository or not signed else (policy, _kustomization(name))


def subject(repository: str) -> str:
    """A pattern for the identity that the workflow signs with: the main branch, and tags of versions."""
    return f"^https://github\\.com/{re.escape(repository)}/{re.escape(WORKFLOW)}@refs/(heads/main|tags/v[^/]+)$"


def globs(reference: str) -> tuple[str, ...]:
    """Globs for one image as the controller spells it: with its registry, by its digest. Where none is known, any: it puts in
    the present one for a tag before it compares.
    """
    name, colon, tag = tagged(reference).rpartition(":")
    if not colon or "/" in tag:
        name, tag = tagged(reference), "latest"
    first, slash, _ = name.partition("/")
    if not slash or not ("." in first or ":" in first or first == "localhost"):
        name = f"index.docker.io/{name if slash else f'library/{name}'}"
    digest = reference.partition("@")[2]
    return (f"{name}@{digest}",) if digest else (f"{name}@*", f"{name}:{tag}")


def _ours(repository: str | None, name: str) -> tuple[str, ...]:
    """The images that the workflow pushes; without a repository those of this name in any registry."""
    image = f"ghcr.io/{repository.lower()}" if repository else f"**/{name}"
    return f"{image}@*", f"{image}:*"


def _authority(name: str, repository: str | None) -> Mapping[str, Any]:
    if repository is None:
        return {"name": "key", "key": {"secretRef": {"name": f"{name}-cosign-pub"}}, "signatureFormat": "bundle"}
    identity = {"issuer": ISSUER, "subjectRegExp": subject(repository)}
    return {"name": "workflow", "keyless": {"url": "https://fulcio.sigstore.dev", "identities": [identity]}, "signatureFormat": "bundle"}


def _policy(name: str, images: Sequence[str], authority: Mapping[str, Any]) -> Mapping[str, Any]:
    spec = {"images": [{"glob": glob} for glob in images], "authorities": [authority]}
    return {"apiVersion": "policy.sigstore.dev/v1beta1", "kind": "ClusterImagePolicy", "metadata": {"name": name}, "spec": spec}


def _said(name: str, repository: str | None) -> str:
    if repository is None:
        return _KEY.format(folder=FOLDER, image=f"REGISTRY/{name}")
    image = f"ghcr.io/{repository.lower()}"
    return _KEYLESS.format(workflow=WORKFLOW, repository=repository, issuer=ISSUER, subject=subject(repository), image=image)


def _kustomization(name: str) -> Artifact:
    key = {"name": f"{name}-cosign-pub", "namespace": NAMESPACE, "files": ["cosign.pub"]}
    data = {
        "apiVersion": "kustomize.config.k8s.io/v1beta1", "kind": "Kustomization", "resources": [PATH.rpartition("/")[2]],
        "secretGenerator": [key], "configMapGenerator": [key], "generatorOptions": {"disableNameSuffixHash": True},
    }  # fmt: skip
    return Artifact(KUSTOMIZATION, (*_text(_GENERATED.format(folder=FOLDER)), *_document(data)))


def _document(data: Mapping[str, Any]) -> Iterator[Line]:
    return (Line(text, CONTROL) for text in yaml_text.lines(data, compose=False))


def _text(text: str) -> Iterator[Line]:
    return (Line(line, CONTROL) for line in text.rstrip("\n").split("\n"))
