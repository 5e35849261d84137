"""Images by digest: only what a person said or asked the engine for, and only where it fits."""

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.tools import APP_NAMES, APPS, compose_config, copy_app
from wizard.digests import images, local, notes
from wizard.engine.docker import Docker
from wizard.errors import NoEngineError, SeawallError, UsageError
from wizard.render import findings, render
from wizard.resolve import resolve
from wizard.run import run
from wizard.scaffold import Request, begin
from wizard.workload import Workload

ONE, TWO = f"sha256:{'1' * 64}", f"sha256:{'2' * 64}"


class Stand(Docker):
    """An engine that has images with these digests."""

    known: Mapping[str, tuple[str, ...]] = {}

    def inspect(self, kind: str, name: str) -> Mapping[str, Any]:
        assert kind == "image"
        if name not in self.known:
            raise SeawallError(f"{name}: there is no such image")
        return {"RepoDigests": list(self.known[name])}


def stand(known: Mapping[str, tuple[str, ...]]) -> Stand:
    found = Stand()
    object.__setattr__(found, "known", known)
    return found


def of(app: str, *settings: str, waivers: tuple[str, ...] = ()) -> Workload:
    return begin(Request(APPS / app, APPS / app, settings, waivers)).workload


def texts(workload: Workload) -> dict[str, str]:
    return {artifact.path: artifact.text for artifact in render(workload)}


@pytest.mark.parametrize("app", APP_NAMES)
def test_every_image_can_be_named_by_digest(app: str, tmp_path: Path) -> None:
    names = images(resolve(of(app)))
    workload = of(app, f"digests={', '.join(f'{name}@{ONE}' for name in names)}")
    written = texts(workload)
    named = [line for line in f"{written['Dockerfile']}\n{written['compose.yaml']}".splitlines() if line.strip().startswith(("FROM ", "image: "))]
    assert named
    assert all(f"@{ONE}" in line for line in named), named
    assert {line.split()[1].strip('"').partition("@")[0] for line in named} == set(names)
    assert not list(findings(resolve(workload)))
    read = json.loads(compose_config(written["compose.yaml"], tmp_path).stdout)["services"]
    assert all(definition["image"].endswith(f"@{ONE}") for name, definition in read.items() if name != app)


def test_the_image_says_what_it_was_made_from() -> None:
    label = next(line for line in texts(of("ledger", f"digests=python:3.13-slim@{ONE}"))["Dockerfile"].splitlines() if line.startswith("LABEL"))
    assert "org.opencontainers.image.base.name=python:3.13-slim " in label
    assert label.endswith(f"org.opencontainers.image.base.digest={ONE}")


def test_a_digest_of_another_version_is_not_used_and_said() -> None:
    workload = of("ledger", f"digests=python:3.12-slim@{ONE}, redis:8@{TWO}")
    assert ONE not in "".join(texts(workload).values())
    assert f'image: "redis:8@{TWO}"' in texts(workload)["compose.yaml"]
    assert [note.split(":")[0] for note in notes(resolve(workload))] == ["digests", "named by digest"]
    assert not list(notes(resolve(of("ledger"))))


def test_without_the_control_nothing_is_pinned() -> None:
    assert ONE not in texts(of("ledger", f"digests=python:3.13-slim@{ONE}", waivers=("pinned-base-image=it moves on purpose",)))["Dockerfile"]


def test_the_engine_is_asked_by_the_name_that_is_rendered() -> None:
    project = resolve(of("gate"))
    known = {name: (f"other/name@{TWO}", f"{name.rpartition(':')[0]}@{ONE}") for name in images(project)}
    assert local(project, stand(known)) == tuple(f"{name}@{ONE}" for name in images(project))


@pytest.mark.parametrize("known", [{}, {"golang:1.27": ()}, {"golang:1.27": (f"my/golang@{ONE}",)}], ids=["none", "built here", "pushed elsewhere"])
def test_an_image_without_a_digest_is_one_line_that_says_how_to_get_it(known: Mapping[str, tuple[str, ...]]) -> None:
    with pytest.raises(UsageError) as refused:
        local(resolve(of("gate")), stand(known))
    assert "\n" not in str(refused.value)
    assert "docker buildx imagetools inspect golang:1.27" in str(refused.value)


def test_an_image_without_a_tag_is_refused() -> None:
    with pytest.raises(UsageError, match=r"localhost:5000/app has no tag; name a version"):
        local(resolve(of("ledger", "image=localhost:5000/app", "user=1:1", "health=none: job")), stand({}))


def test_the_option_asks_saves_and_leaves_nothing_when_it_cannot(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    app = copy_app("gate", tmp_path)
    known = {name: (f"{name.rpartition(':')[0]}@{ONE}",) for name in images(resolve(of("gate")))}

    def answer(_: Docker, kind: str, name: str) -> Mapping[str, Any]:
        return stand(known).inspect(kind, name)

    monkeypatch.setattr(Docker, "inspect", answer)
    assert run(["new", str(app), "--yes", "--pin-digests"]) == 0
    assert f"golang:1.27@{ONE}" in (app / "seawall.yaml").read_text()
    before = (app / "Dockerfile").read_bytes()
    assert run(["new", str(app), "--yes"]) == 0, "the same answers, without an engine"
    assert (app / "Dockerfile").read_bytes() == before
    known.clear()
    other = copy_app("brochure", tmp_path)
    capsys.readouterr()
    assert run(["new", str(other), "--yes", "--pin-digests"]) == 2
    assert capsys.readouterr().err.count("\n") == 1
    assert not (other / "seawall.yaml").exists()

    def gone(_: Docker, kind: str, name: str) -> Mapping[str, Any]:
        raise NoEngineError("no container engine answers")

    monkeypatch.setattr(Docker, "inspect", gone)
    assert run(["new", str(other), "--yes", "--pin-digests"]) == 3


@pytest.mark.parametrize("bad", [
    "redis", "redis:8", f"redis@{ONE}", "redis:8@sha256:12", f"redis:8@{ONE.upper()}", f"redis:8@{ONE} x", f"Redis:8@{ONE}", f"-x:8@{ONE}",
    f"redis:8@{ONE}, redis:8@{TWO}", f"redis:8\n@{ONE}", f"$(id):8@{ONE}",
])  # fmt: skip
def test_what_is_no_image_by_digest_is_refused(bad: str) -> None:
    with pytest.raises(UsageError, match="digests"):
        of("ledger", f"digests={bad}")


def test_what_a_linter_still_finds_is_gone(tmp_path: Path) -> None:
    """compose-lint wants images by digest (CL-0019), which is all that it finds without."""
    names = images(resolve(of("ledger")))
    found = {}
    for digests in ("", ", ".join(f"{name}@{ONE}" for name in names)):
        (tmp_path / "compose.yaml").write_text(texts(of("ledger", f"digests={digests}"))["compose.yaml"])
        ran = subprocess.run([Path(sys.executable).parent / "compose-lint", "check", "--format", "json", "--fail-on", "low", "compose.yaml"],
                             cwd=tmp_path, capture_output=True, text=True, timeout=60)  # fmt: skip
        found[digests] = {finding["rule_id"] for finding in json.loads(ran.stdout)["findings"] if finding["severity"] != "low"}
    assert list(found.values()) == [{"CL-0019"}, set()]
