"""The policy for Kubernetes: of the shape that the controller's own resource has, and it matches what it should and nothing else."""

import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml

from tests.tools import APPS
from wizard.render import render
from wizard.scaffold import Request, begin
from wizard.signing import FOLDER, KUSTOMIZATION, PATH, globs, subject
from wizard.workload import Workload

HEX = "a" * 64
KNOWN = {
    "images": {"glob"}, "authorities": {"name", "key", "keyless", "static", "signatureFormat"},
    "key": {"secretRef"}, "secretRef": {"name"}, "keyless": {"url", "identities"}, "identities": {"issuer", "subjectRegExp"}, "static": {"action"},
    "spec": {"images", "authorities"},
}  # fmt: skip
"""The fields that are used, by what they stand in; each was looked up in config/300-clusterimagepolicy.yaml of the controller."""


def of(*settings: str) -> Workload:
    return begin(Request(APPS / "ledger", APPS / "ledger", ("extras=signing", *settings))).workload


def files(*settings: str) -> dict[str, str]:
    return {made.path: made.text for made in render(of(*settings)) if made.path.startswith(FOLDER)}


def policies(*settings: str) -> list[dict[str, Any]]:
    return list(yaml.safe_load_all(files(*settings)[PATH]))


def matches(pattern: str, image: str) -> bool:
    """As the controller matches: `**` is anything, `*` anything but a slash."""
    parts = [re.escape(part).replace(r"\*", "[^/]*") for part in pattern.split("**")]
    return re.fullmatch(".*".join(parts), image) is not None


def _fields(inside: str, data: Any) -> None:
    if isinstance(data, list):
        for entry in data:
            _fields(inside, entry)
    elif isinstance(data, dict):
        assert data.keys() <= KNOWN[inside], inside
        for key, value in data.items():
            _fields(key, value)


@pytest.mark.parametrize("settings", [
    (), ("repository=Acme/Shop.api",), ("name=on",), ("companions=",), ("image=ghcr.io/a/b:1", "user=1:1", "health=none: job"),
    (f"digests=redis:8@sha256:{HEX}",), ("image=busybox", "user=1:1", "health=none: job", "ports=", "companions="),
])  # fmt: skip
def test_every_policy_has_the_shape_of_the_resource(settings: tuple[str, ...]) -> None:
    for policy in policies(*settings):
        assert (policy["apiVersion"], policy["kind"]) == ("policy.sigstore.dev/v1beta1", "ClusterImagePolicy")
        assert re.fullmatch(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?", policy["metadata"]["name"])
        _fields("spec", policy["spec"])
        assert all(re.fullmatch(r"[a-zA-Z0-9-_:/*.@]+", image["glob"]) for image in policy["spec"]["images"])
        for authority in policy["spec"]["authorities"]:
            assert len(authority.keys() & {"key", "keyless", "static"}) == 1
            assert ("static" in authority) != (authority.get("signatureFormat") == "bundle"), "what cosign 3 makes is looked for"


def test_the_workflows_signatures_alone_are_taken() -> None:
    signed = policies("repository=Acme/Shop.api")[0]
    identity = signed["spec"]["authorities"][0]["keyless"]["identities"][0]
    assert identity == {"issuer": "https://token.actions.githubusercontent.com", "subjectRegExp": subject("Acme/Shop.api")}
    workflow = "/.github/workflows/container.yml@refs/"
    known = re.compile(identity["subjectRegExp"])
    assert known.search(f"https://github.com/Acme/Shop.api{workflow}heads/main")
    assert known.search(f"https://github.com/Acme/Shop.api{workflow}tags/v1.2")
    for other in (f"Acme/ShopXapi{workflow}heads/main", f"Evil/Shop.api{workflow}heads/main", f"Acme/Shop.api{workflow}heads/main2",
                  f"Acme/Shop.api{workflow}heads/x", f"Acme/Shop.api{workflow}pull/1/merge", "Acme/Shop.api/.github/workflows/other.yml@refs/heads/main"):  # fmt: skip
        assert not known.search(f"https://github.com/{other}"), other
    assert not known.search(f"https://evil.example/https://github.com/Acme/Shop.api{workflow}heads/main")
    images = [image["glob"] for image in signed["spec"]["images"]]
    assert any(matches(glob, f"ghcr.io/acme/shop.api@sha256:{HEX}") for glob in images)
    assert any(matches(glob, "ghcr.io/acme/shop.api:v1") for glob in images)
    assert not any(matches(glob, "ghcr.io/acme/shop.api-evil:v1") for glob in images)


@pytest.mark.parametrize(("reference", "taken", "refused"), [
    ("redis:8", f"index.docker.io/library/redis@sha256:{HEX}", f"index.docker.io/evil/redis@sha256:{HEX}"),
    (f"redis:8@sha256:{HEX}", f"index.docker.io/library/redis@sha256:{HEX}", f"index.docker.io/library/redis@sha256:{'b' * 64}"),
    ("nginxinc/nginx-unprivileged:1", "index.docker.io/nginxinc/nginx-unprivileged:1", "index.docker.io/library/nginx-unprivileged:1"),
    ("ghcr.io/a/b:1", "ghcr.io/a/b:1", "ghcr.io/a/b/c:1"), ("localhost:5000/a", "localhost:5000/a:latest", "index.docker.io/localhost:5000/a:latest"),
])  # fmt: skip
def test_an_image_of_others_is_named_as_the_controller_names_it(reference: str, taken: str, refused: str) -> None:
    assert any(matches(glob, taken) for glob in globs(reference))
    assert not any(matches(glob, refused) for glob in globs(reference))


def test_without_a_repository_a_key_is_made_into_what_the_policy_reads(tmp_path: Path) -> None:
    written = files()
    reference = policies()[0]["spec"]["authorities"][0]["key"]["secretRef"]["name"]
    made = yaml.safe_load(written[KUSTOMIZATION])
    for kind in ("secretGenerator", "configMapGenerator"):
        assert made[kind] == [{"name": reference, "namespace": "cosign-system", "files": ["cosign.pub"]}]
    if not shutil.which("kubectl"):
        reason = "kubectl is not installed (Debian: kubernetes-client), so that what it makes of it was not seen"
        pytest.fail(reason) if os.environ.get("SEAWALL_REQUIRE_JUDGES") == "1" else pytest.skip(reason)
    for path, text in written.items():
        (tmp_path / Path(path).name).write_text(text)
    (tmp_path / "cosign.pub").write_text("-----BEGIN PUBLIC KEY-----\nMFkw\n-----END PUBLIC KEY-----\n")
    done = subprocess.run(["kubectl", "kustomize", str(tmp_path)], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    documents = {document["kind"]: document for document in yaml.safe_load_all(done.stdout)}
    for kind in ("Secret", "ConfigMap"):
        assert documents[kind]["metadata"] == {"name": reference, "namespace": "cosign-system"}
        assert list(documents[kind]["data"]) == ["cosign.pub"], "the controller takes a Secret of one entry alone"
        kubernetes_validate.validate(documents[kind], "1.31", strict=True)
    assert "namespace" not in documents["ClusterImagePolicy"]["metadata"]


def test_with_a_repository_there_is_no_key() -> None:
    assert set(files("repository=acme/shop")) == {PATH}
    assert "secretRef" not in files("repository=acme/shop")[PATH]


@pytest.mark.parametrize(
    "bad", ["acme", "acme/", "/shop", "acme/shop/x", "acme/..", "-a/b", "a-/b", "a b/c", "acme/shop*", "https://github.com/a/b", "a/b;id"]
)
def test_what_is_no_repository_is_refused(bad: str) -> None:
    from wizard.errors import UsageError

    with pytest.raises(UsageError, match="repository"):
        of(f"repository={bad}")
