"""The workflow for GitHub Actions: valid for its own linter, least rights, and no answer that a shell or GitHub would read as more."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from tests.strategies import ANSWERS
from tests.test_laws import accepted
from tests.tools import APP_NAMES, APPS, seawall
from wizard.render import render
from wizard.resolve import resolve
from wizard.scaffold import Request, begin
from wizard.workflow import ACTIONS, PATH, _value, health_url
from wizard.workload import Workload, evolve, make

SETTINGS = {
    "as found": (), "through one's own port": ("ingress=direct", "ports=127.0.0.1:9000:8000"), "no port": ("ports=", "health=none: a worker"),
    "profiles": ("apparmor=rendered", "seccomp=trimmed"), "an image": ("image=ghcr.io/acme/app:1.4", "user=10001:10001", "health=none: unknown"),
    "many secrets": ("secrets=api_key, token as API_TOKEN, a.b-c_d", "companions=postgres, redis as cache"), "a word of YAML": ("name=on",),
}  # fmt: skip
WAIVED = ("secrets-as-files=it reads variables",)


def of(app: str, *settings: str, waivers: tuple[str, ...] = ()) -> Workload:
    """The answers of a sample app, with the workflow asked for."""
    return begin(Request(APPS / app, APPS / app, ("extras=ci", *settings), waivers)).workload


def text(workload: Workload) -> str:
    """The workflow."""
    return next(artifact.text for artifact in render(workload) if artifact.path == PATH)


def steps(workload: Workload) -> dict[str, dict[str, Any]]:
    """The steps of all jobs by their names."""
    return {step["name"]: step for job in yaml.safe_load(text(workload))["jobs"].values() for step in job["steps"]}


def judged(found: str) -> str:
    """What actionlint says, with the parts that are shell read by shellcheck."""
    beside = Path(sys.executable).parent  # both come with the test dependencies
    assert (beside / "shellcheck").exists()
    done = subprocess.run([beside / "actionlint", "-no-color", "-shellcheck", beside / "shellcheck", "-pyflakes", "", "-"], input=found,
                          capture_output=True, text=True, timeout=60)  # fmt: skip
    return done.stdout + done.stderr


@pytest.mark.parametrize("app", APP_NAMES)
def test_actionlint_accepts_it_for_every_app(app: str) -> None:
    assert judged(text(of(app))) == ""


@pytest.mark.parametrize("answers", SETTINGS.values(), ids=SETTINGS)
@pytest.mark.parametrize("waivers", [(), WAIVED], ids=["all controls", "secrets as variables"])
def test_actionlint_accepts_it_whatever_is_answered(answers: tuple[str, ...], waivers: tuple[str, ...]) -> None:
    assert judged(text(of("ledger", *answers, waivers=waivers))) == ""


def test_the_judge_can_fail() -> None:
    assert "SC2086" in judged(text(of("ledger")).replace('--output /dev/null "$URL"', "--output /dev/null $URL"))
    assert "property" in judged(text(of("ledger")).replace("github.workflow_ref", "github.workflow_rf"))


@settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
@given(ANSWERS)
def test_no_answer_becomes_an_expression_or_a_command(answers: dict[str, Any]) -> None:
    workload = accepted({**answers, "extras": ["ci", "signing"]})
    assume(workload is not None)
    assert workload
    plain = make({"name": workload.name, "stack": {"language": "go"}})
    known = set(re.findall(r"\$\{\{.*?\}\}", text(evolve(plain, extras=["ci"]))))
    found = text(workload)
    assert set(re.findall(r"\$\{\{.*?\}\}", found)) <= known
    document = yaml.safe_load(found)
    for job in document["jobs"].values():
        for step in job["steps"]:
            assert "${{" not in step.get("run", ""), "values come in by env"


@given(st.text(max_size=20) | st.sampled_from(("${{ github.token }}", "$${{ a", "{{", "${{${{ x }}", "a: b # c")))
def test_a_value_is_one_text_without_an_expression(value: str) -> None:
    read = yaml.safe_load(f"a: {_value(value)}")["a"] if value.isprintable() else json.loads(_value(value))
    assert read.replace("${{ '${{' }}", "${{") == value
    assert "${{" not in read.replace("${{ '${{' }}", "")


def test_each_job_has_the_least_rights_and_an_end() -> None:
    found = yaml.safe_load(text(of("ledger")))
    assert found["permissions"] == {}
    assert {name: job["permissions"] for name, job in found["jobs"].items()} == {
        "test": {"contents": "read"},
        "publish": {"packages": "write", "id-token": "write"},
    }
    assert all(job["timeout-minutes"] <= 30 for job in found["jobs"].values())
    assert found["jobs"]["publish"]["if"] == "github.event_name == 'push'"
    assert steps(of("ledger"))["Check out"]["with"] == {"persist-credentials": False}


def test_every_action_is_named_by_a_commit_with_its_version_beside_it() -> None:
    used = re.findall(r"uses: (.*)", text(of("ledger")))
    assert sorted(used) == sorted(ACTIONS.values())
    assert all(re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", line) for line in used)


def test_an_image_of_others_is_scanned_and_not_published() -> None:
    workload = of("ledger", *SETTINGS["an image"])
    assert list(yaml.safe_load(text(workload))["jobs"]) == ["test"]
    assert "ghcr.io/acme/app:1.4" in steps(workload)["Scan the other images"]["env"]["IMAGES"].split()


@pytest.mark.parametrize(("settings", "url"), [
    ((), "http://127.0.0.1:8000/health"), (("ports=0.0.0.0:81:8000",), "http://127.0.0.1:81/health"), (("ports=8000 inside",), None),
    (("ports=[::1]:82:8000",), "http://[::1]:82/health"), (("health=tcp 8000",), None), (("ports=8000 inside, 9000", "health=/health"), None),
])  # fmt: skip
def test_it_is_asked_where_the_host_reaches_it(settings: tuple[str, ...], url: str | None) -> None:
    workload = of("ledger", *settings)
    assert health_url(resolve(workload)) == url
    assert steps(workload).get("Ask it", {"env": {"URL": None}})["env"]["URL"] == url


@pytest.mark.parametrize("waivers", [(), WAIVED], ids=["files", "variables"])
def test_secrets_for_the_run_are_those_that_the_command_line_makes(tmp_path: Path, waivers: tuple[str, ...]) -> None:
    answers = ("secrets=api_key, token as API_TOKEN", "companions=postgres, redis as cache", "command=python app.py")
    shutil.copytree(APPS / "ledger", tmp_path / "ledger")
    options = [word for setting in ("extras=ci", *answers) for word in ("--set", setting)] + [word for why in waivers for word in ("--waive", why)]
    assert seawall(str(tmp_path / "ledger"), "--yes", *options).returncode == 0
    ours = {path.name: (path.read_text(), path.stat().st_mode & 0o777) for path in (tmp_path / "ledger" / "secrets").iterdir()}
    ours.pop(".gitignore")
    run = steps(of("ledger", *answers, waivers=waivers))["Make secrets for this run alone"]["run"]
    (tmp_path / "ci").mkdir()
    subprocess.run(["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", run], cwd=tmp_path / "ci", check=True, timeout=30)
    made = {path.name: path.read_text() for path in (tmp_path / "ci" / "secrets").iterdir()}
    assert made.keys() == ours.keys()
    password = made["postgres_password"]
    assert len(password) == 64
    assert made["database_url"] == ours["database_url"][0].replace(ours["postgres_password"][0], password)
    for name in (name for name in made if name.endswith(".env")):
        assert [line.partition("=")[0] for line in made[name].splitlines()] == [line.partition("=")[0] for line in ours[name][0].splitlines()]
        assert not waivers or made[name]


def test_it_is_written_only_where_it_is_asked_for() -> None:
    assert PATH not in [artifact.path for artifact in render(begin(Request(APPS / "ledger", APPS / "ledger")).workload)]
