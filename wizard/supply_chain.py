"""What is known of the tools around an image: who made it, what is in it, which holes are known. `explain` finds each by its name."""

from collections.abc import Mapping

from wizard.settings import Note

_SEE = ("pinned-base-image",)

TOOLS: Mapping[str, Note] = {
    "ClusterImagePolicy": Note(
        "What Sigstore's policy-controller reads: which images have to be signed, and by whom. --set extras=signing writes one. "
        "Its `subject` is compared as a whole, so a pattern such as https://github.com/org/* never fits: that stands in "
        "`subjectRegExp`. A key comes from a Secret in cosign-system, not from a ConfigMap; and what cosign 3 signs needs "
        "`signatureFormat: bundle`.",
        _SEE,
    ),
    "cosign": Note(
        "Signs images and verifies signatures, which lie beside the image in its registry. Without a key it signs with the "
        "identity of a workflow or a person (`keyless`), and that is what is verified. Always by digest: a tag may mean another "
        "image a second later. --set extras=ci writes a workflow that signs, verifies and says how others verify.",
        _SEE,
    ),
    "cosign attest": Note(
        "Signs a statement about an image, such as what is in it: `cosign attest --type spdxjson --predicate sbom.spdx.json "
        "NAME@sha256:...`. The workflow of --set extras=ci does.",
        _SEE,
    ),
    "cosign generate-key-pair": Note(
        "Makes cosign.key (a secret, under a password) and cosign.pub. Without a key there is none to lose: sign with the identity of a workflow.",
        _SEE,
    ),
    "cosign sign": Note(
        "`cosign sign --yes NAME@sha256:...` in a workflow with the permission `id-token: write`, or with `--key cosign.key`. A "
        "tag in place of the digest signs whatever it means at that moment.",
        _SEE,
    ),
    "cosign verify": Note(
        "`cosign verify --certificate-identity WHO --certificate-oidc-issuer ISSUER NAME@sha256:...`, or with `--key "
        "cosign.pub`. Without saying who, a signature of anybody would do, and cosign refuses.",
        _SEE,
    ),
    "digest": Note(
        "The checksum of an image: `name:1.2@sha256:...` is exactly this one, for ever, also when somebody moves the tag. "
        "--pin-digests takes them from this engine, `docker buildx imagetools inspect NAME:TAG` says what the registry has. An "
        "image that was built here has none until it is pushed. It gets no fixes by itself: Dependabot or Renovate renew it.",
        _SEE,
    ),
    "docker trust": Note(
        "The command of Docker Content Trust, which is retired: see DOCKER_CONTENT_TRUST. cosign took its place.",
        _SEE,
    ),
    "docker-bench-security": Note(
        "A script of Docker's that compares a host and its containers with the CIS benchmark. Run it from its repository as "
        "root: `sh docker-bench-security.sh -c container_images,container_runtime -i NAME`. Its image on Docker Hub is out of "
        "date, and as a container it takes the engine's socket and the host's namespaces. Its checks of content trust (4.5) and "
        "AppArmor find nothing good where there is neither.",
        ("no-host-access", *_SEE),
    ),
    "keyless": Note(
        "To sign with an identity for which Sigstore makes a certificate of ten minutes, in place of a key: in a workflow its "
        "repository, file and branch. Verifying names that identity and its issuer.",
        _SEE,
    ),
    "notary": Note(
        "The server of Docker Content Trust (version 1), which is retired: notary.docker.io ends on 8 December 2026. cosign signs now.",
        _SEE,
    ),
    "policy-controller": Note(
        "Sigstore's gate of a Kubernetes cluster: in namespaces with the label policy.sigstore.dev/include=true it lets only "
        "images run that a ClusterImagePolicy takes. --set extras=signing writes one for this project.",
        _SEE,
    ),
    "provenance": Note(
        "An option of docker buildx build: a statement of what an image was built from, beside it in the registry (mode=min or "
        "max). It says what the builder believes and is not signed; `cosign attest` signs. It is lost where an image is loaded "
        "into an older engine, and so is what --sbom makes.",
        _SEE,
    ),
    "sbom": Note(
        "Software bill of materials: the list of the packages in an image, by which one finds out where a new hole is. `trivy "
        "image --format spdx-json IMAGE` writes it from any image; --sbom of docker buildx build only with a builder that "
        "pushes. The workflow of --set extras=ci writes it and signs it with the image.",
        _SEE,
    ),
    "trivy": Note(
        "Looks for known holes, secrets and misconfiguration: `trivy image NAME`, `trivy fs FOLDER`. In March 2026 nearly all "
        "tags of its GitHub action were moved to a program that stole secrets: name actions by commit, downloads by checksum. "
        "The workflow of --set extras=ci does.",
        _SEE,
    ),
    "trivy fs": Note(
        "Looks through a folder: `trivy fs --scanners vuln,secret,misconfig --skip-dirs secrets .` finds holes in what its lock "
        "files name, secrets in the text, and faults of a Dockerfile; of Compose files it says nothing.",
        _SEE,
    ),
    "trivy image": Note(
        "Looks through an image: `trivy image --severity HIGH,CRITICAL --ignore-unfixed --exit-code 1 NAME` fails on what has a "
        "fix. What has none cannot be mended by a newer version yet; without that option nobody heeds it any more.",
        _SEE,
    ),
}
"""By the name of a tool, of a command of it, of an option or of a thing."""

_ALSO = {
    "docker-bench": "docker-bench-security", "docker/docker-bench-security": "docker-bench-security", "docker-bench-security.sh":
    "docker-bench-security", "content trust": "docker trust", "docker content trust": "docker trust", "dct": "docker trust", "sigstore": "cosign",
    "image signing": "cosign", "sign": "cosign sign", "verify": "cosign verify", "attestation": "cosign attest", "repodigests": "digest",
    "--pin-digests": "digest", "imagetools": "digest", "notary v1": "notary",
}  # fmt: skip
"""Other words for some."""


def tool(text: str) -> str | None:
    """The name under which something is known of a text: whole, or of its first words; None where nothing is."""
    names = {name.casefold(): name for name in TOOLS}
    words = text.casefold().split()
    for length in (len(words), 2, 1):
        said = " ".join(words[:length])
        if found := names.get(_ALSO.get(said, said).lstrip("-") if length == len(words) else said):
            return found
    return None
