"""The workflow for GitHub Actions, step by step on this engine: what stands behind `run:` is what a runner's shell gets.

GitHub itself, trivy's list of holes and Sigstore's services are not here: actions are left out, and trivy and cosign are programs that
write down how they were called.
"""

import hashlib
import json
import re
import subprocess
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.engine.registry import answers, registry
from tests.engine.running import Engine, Running, hurried, new_name, scaffold
from tests.tools import APPS
from wizard.workflow import PATH

pytestmark = pytest.mark.engine

STUB = """#!/bin/sh
printf '%s\\n' "$(basename "$0") $*" >>"$SAID"
while [ $# -gt 0 ]; do [ "$1" != --output ] || echo '{"spdxVersion": "SPDX-2.3"}' >"$2"; shift; done
"""


@dataclass
class Runner:
    """A stand-in for a runner: its folder, its variables, and what it was told."""

    project: Running
    folder: Path
    registry: str

    @property
    def said(self) -> list[str]:
        """How trivy and cosign were called."""
        return (self.folder / "said").read_text().splitlines()

    @property
    def image(self) -> str:
        """What the step that pushes hands to those after it."""
        return (self.folder / "output").read_text().partition("image=")[2].strip()

    def run(self, step: dict[str, Any], **further: str) -> subprocess.CompletedProcess[str]:
        """Run a step as GitHub does with `shell: bash`."""
        context = {
            "runner.temp": str(self.folder), "github.token": "t0ken", "steps.push.outputs.image": self.image,
            "github.workflow_ref": "Acme/Shop/.github/workflows/container.yml@refs/tags/v1",
        }  # fmt: skip
        own = {name: re.sub(r"\$\{\{ (.*?) \}\}", lambda found: context[found[1]], str(value)) for name, value in step.get("env", {}).items()}
        variables = {
            "RUNNER_TEMP": str(self.folder), "GITHUB_REPOSITORY": "Acme/Shop", "GITHUB_REF_NAME": "feature/x+1", "GITHUB_ACTOR": "somebody",
            "GITHUB_OUTPUT": str(self.folder / "output"), "GITHUB_STEP_SUMMARY": str(self.folder / "summary"), "SAID": str(self.folder / "said"),
            "DOCKER_CONFIG": str(self.folder / "docker"), "PATH": f"{self.folder / 'bin'}:{self.project.engine.environment['PATH']}",
        }  # fmt: skip
        own |= {"REGISTRY": self.registry} if "REGISTRY" in own else {}
        return subprocess.run(["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]], cwd=self.project.folder, text=True,
                              env={**self.project.engine.environment, **variables, **own, **further}, capture_output=True, timeout=600)  # fmt: skip


@pytest.fixture(scope="module")
def runner(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Runner]:
    """The ledger as it comes out of git: with its workflow, without its secrets."""
    name = new_name("ci")
    folder = tmp_path_factory.mktemp("ci")
    made = scaffold(engine, APPS / "ledger", folder / "ledger", "--set", f"name={name}", "--set", "extras=ci", "--set", "health=/health",
                    inside=8000, name=name)  # fmt: skip
    (made.folder / hurried(made)).rename(made.folder / "compose.override.yaml")
    for path in (made.folder / "secrets").iterdir():
        path.unlink()
    (made.folder / "secrets").rmdir()
    (folder / "bin").mkdir()
    (folder / "output").touch()
    stub = folder / "cosign"
    stub.write_text(STUB)
    stub.chmod(0o755)
    (folder / "bin" / "cosign").write_bytes(stub.read_bytes())
    (folder / "bin" / "cosign").chmod(0o755)
    with tarfile.open(folder / "trivy.tar", "w:gz") as archive:
        archive.add(stub, "trivy")
    with registry(folder) as address:
        try:
            yield Runner(made, folder, address)
        finally:
            made.down()
            found = engine.run("image", "ls", "--quiet", f"{address}/acme/shop").split()
            engine.run("image", "rm", "--force", *found, check=False)


def test_every_step_of_the_workflow_does_what_it_says(runner: Runner) -> None:
    jobs = yaml.safe_load((runner.project.folder / PATH).read_text())["jobs"]
    archive = (runner.folder / "trivy.tar").as_uri()
    checksum = hashlib.sha256((runner.folder / "trivy.tar").read_bytes()).hexdigest()
    for job in ("test", "publish"):
        for step in jobs[job]["steps"]:
            if "uses" in step or step.get("if") == "failure()":
                continue
            if step["name"].startswith("Install trivy"):
                refused = runner.run(step, TRIVY=archive)
                assert refused.returncode != 0, "another file than the one that was looked at"
                assert not (runner.folder / "bin" / "trivy").exists()
                done = runner.run(step, TRIVY=archive, SHA256=checksum)
            else:
                done = runner.run(step)
            assert done.returncode == 0, f"{step['name']}: {done.stdout}{done.stderr}"
            if step["name"] == "Push it":
                runner.project.engine.run("image", "inspect", runner.image)
    app = runner.project.project.app.name
    tag = f"http://{runner.registry}/v2/acme/shop/manifests/feature-x-1"
    assert runner.image == f"{runner.registry}/acme/shop@{answers(tag)[1]}"
    called = {line.partition(" ")[2].split(" ")[0]: line for line in runner.said if line.startswith("cosign")}
    assert called.keys() == {"sign", "attest", "verify", "verify-attestation"}
    assert all(line.endswith(f" {runner.image}") for line in called.values()), called
    assert "--certificate-identity https://github.com/Acme/Shop/.github/workflows/container.yml@refs/tags/v1 " in called["verify"]
    scanned = [line.rpartition(" ")[2] for line in runner.said if line.startswith("trivy image") and "--exit-code" in line]
    assert scanned == [f"{app}-{app}", "postgres:17", "redis:8", "nginxinc/nginx-unprivileged:1.30-alpine-slim"]
    assert json.loads((runner.folder / "sbom.spdx.json").read_text())
    assert f"docker pull {runner.image}" in (runner.folder / "summary").read_text()


def test_a_service_that_does_not_answer_stops_the_workflow(runner: Runner) -> None:
    steps = {step["name"]: step for step in yaml.safe_load((runner.project.folder / PATH).read_text())["jobs"]["test"]["steps"]}
    assert runner.run({**steps["Ask it"], "run": steps["Ask it"]["run"].replace("--retry 5", "--retry 0")}).returncode != 0
    assert runner.run(steps["Check compose.yaml"]).returncode == 0
    shown = runner.run(steps["Say what they said"])
    assert shown.returncode == 0
