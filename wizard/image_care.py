"""The part of HARDENING.md about the images: which they are, what is in them, who signed them.

The first block is run on an engine by tests/engine/test_runbook.py. The second takes programs that are not part of Docker: there it is run with
stand-ins that write down their words; trivy's and docker-bench-security's were tried by hand, cosign's read in its own manual (version 3).
"""

from collections.abc import Iterator

from wizard.artifact import Line
from wizard.digests import CONTROL
from wizard.project import Project
from wizard.signing import subject
from wizard.workflow import ISSUER

TITLE = "Know the images"
BENCH = "sh docker-bench-security.sh -c container_images,container_runtime"


def know_the_images(project: Project) -> Iterator[Line]:
    """The lines below the title."""
    yield from _block(
        "docker compose config --images | sort --unique  # each with a version, or a digest",
        "docker compose config --images | sort --unique | xargs docker image inspect --format '{{.RepoTags}} made {{.Created}}, digests "
        "{{.RepoDigests}}'  # none: made here",
    )
    yield Line("")
    yield Line("With trivy, and for what was pushed cosign. What has no fix yet is left out, since nothing here can mend it.")
    yield Line("")
    yield from _block(
        "trivy fs --scanners vuln,secret,misconfig --skip-dirs secrets --severity HIGH,CRITICAL --ignore-unfixed --exit-code 1 .",
        "docker compose config --images | sort --unique | xargs --max-args 1 trivy image --severity HIGH,CRITICAL --ignore-unfixed --exit-code 1",
        *_own(project),
    )
    yield Line("")
    yield Line(
        f"Docker's own comparison with the CIS benchmark, from its repository and as root: `{BENCH} -i {project.app.name}-`. What it warns of "
        "here: content trust (4.5), which is retired; AppArmor (5.2) where the kernel has none; and each published port (5.9), to be looked at."
    )


def _own(project: Project) -> Iterator[str]:
    if not project.app.stack:
        return
    name, repository = project.app.name, project.workload.repository
    yield f"trivy image --format spdx-json --output {name}.spdx.json {name}-{name}  # the list of what is in it (SBOM)"
    if repository:
        who = f"--certificate-oidc-issuer {ISSUER} --certificate-identity-regexp '{subject(repository)}'"
        yield f"cosign verify {who} ghcr.io/{repository.lower()}@$DIGEST  # DIGEST=sha256:... from the workflow's summary"


def _block(*commands: str) -> Iterator[Line]:
    yield Line("```sh")
    yield from (Line(command, CONTROL) for command in commands)
    yield Line("```")
