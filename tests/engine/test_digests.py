"""Images by digest on a real engine: found by --pin-digests, started and built from by it, and refused when it is another one's."""

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.engine.registry import answers, registry
from tests.engine.running import Engine, new_name, scaffold, started
from tests.tools import APPS
from wizard.resolve import INGRESS_VERSION
from wizard.stacks.static import NGINX

pytestmark = pytest.mark.engine


@pytest.fixture(scope="module")
def pushed(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """An image of a registry by name and tag, and its digest as the registry gives it."""
    with registry(tmp_path_factory.mktemp("registry")) as address:
        name = f"{address}/nginx:{INGRESS_VERSION}"
        engine.run("tag", f"{NGINX}:{INGRESS_VERSION}", name)
        try:
            engine.run("push", "--quiet", name)
            yield name, answers(f"http://{address}/v2/nginx/manifests/{INGRESS_VERSION}")[1]
        finally:
            engine.run("image", "rm", "--force", name, check=False)


def test_the_digest_that_is_found_is_the_registrys_and_starts(engine: Engine, tmp_path: Path, pushed: tuple[str, str]) -> None:
    reference, digest = pushed
    made = scaffold(engine, APPS / "brochure", tmp_path / "web", "--pin-digests", "--set", f"image={reference}", "--set", "user=101:101",
                    "--set", "writable=/tmp", "--set", "health=none: started by its digest here", name=new_name("digest"))  # fmt: skip
    assert made.definition["services"]["web"]["image"] == f"{reference}@{digest}"
    with started(made, wait=False):
        assert made.inspect("web")["Config"]["Image"] == f"{reference}@{digest}"
        assert made.inspect("web")["State"]["Running"]


def test_a_build_starts_from_it_and_from_no_other(engine: Engine, tmp_path: Path, pushed: tuple[str, str]) -> None:
    reference, digest = pushed

    def built(from_: str) -> subprocess.CompletedProcess[str]:
        (tmp_path / "Dockerfile").write_text(f"FROM {from_}\nLABEL a=b\n")
        return subprocess.run(["docker", "build", "--quiet", "."], cwd=tmp_path, env={**engine.environment, "DOCKER_BUILDKIT": "1"},
                              capture_output=True, text=True, timeout=120)  # fmt: skip

    made = built(f"{reference}@{digest}")
    assert made.returncode == 0, made.stderr
    engine.run("image", "rm", made.stdout.strip())
    other = built(f"{reference}@sha256:{'0' * 64}")
    assert other.returncode != 0
    assert "not found" in other.stderr
