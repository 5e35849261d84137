"""The laws of the design, for every control, stack and companion."""

import json
import re
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from tests.strategies import ANSWERS
from tests.thorough import examples
from tests.tools import compose_config
from wizard.artifact import WORKLOAD
from wizard.companions import COMPANIONS
from wizard.compose import combined
from wizard.control import HEADINGS, Control
from wizard.controls import CONTROLS
from wizard.errors import SeawallError, UsageError
from wizard.render import findings, notes, render, service_parts
from wizard.resolve import resolve
from wizard.stacks import STACKS
from wizard.workload import Workload, evolve, make

FULL: dict[str, Any] = {
    "name": "shop",
    "stack": {"language": "python", "package_manager": "pip", "lockfile": "requirements.txt"},
    "command": ["gunicorn", "app:app"],
    "ports": [{"container": 8000, "publish": "127.0.0.1:8000"}],
    "writable": [{"path": "/tmp", "tmpfs": "64M"}, {"path": "/data", "volume": "data"}],
    "companions": [{"service": "postgres"}, {"service": "redis"}],
    "secrets": [{"name": "api_key"}],
    "mounts": [{"path": "/etc/shop.toml", "source": "./shop.toml"}],
    "health": {"http": "/health"},
    "limits": {
        "swap": "64M",
        "shares": 512,
        "cpuset": "1,0",
        "oom_score_adj": 100,
        "disk_weight": 300,
        "ulimits": [{"name": "core", "soft": 0}, {"name": "memlock", "soft": "1M", "hard": "8M"}],
        "disks": [{"path": "/dev/vda", "read": "10M", "write_iops": 500}],
    },
}
"""Answers in which every control has something to do."""

each_control = pytest.mark.parametrize("control", CONTROLS, ids=lambda control: control.id)


def accepted(answers: dict[str, Any]) -> Workload | None:
    """The workload, or None where the answers are refused, which has to be in one line of plain text."""
    try:
        workload = make(answers)
        render(workload)
    except UsageError as error:
        assert "\n" not in str(error)
        assert str(error).isprintable()
        return None
    return workload


@each_control
def test_law_1_every_control_is_a_page(control: Control) -> None:
    assert tuple(control.page.sections) == HEADINGS
    assert all(len(text) > 30 for text in control.page.sections.values())
    assert control.page.reason.endswith(".")
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", control.id)


def test_law_1_ids_are_unique_and_every_module_is_listed() -> None:
    import pkgutil

    import wizard.controls as package

    assert len({control.id for control in CONTROLS}) == len(CONTROLS)
    listed = {type(control).__module__ for control in package.BUILT_IN}
    assert {f"wizard.controls.{module.name}" for module in pkgutil.iter_modules(package.__path__)} == listed


def stack_answers(language: str) -> dict[str, Any]:
    return {**FULL, "stack": {"language": language}, "secrets": []}


@pytest.mark.parametrize("stack", STACKS, ids=lambda stack: stack.id)
def test_law_2_check_is_clean_on_what_is_rendered_for_every_stack(stack: Any) -> None:
    assert not list(findings(resolve(make(stack_answers(stack.id)))))


@pytest.mark.parametrize("entry", COMPANIONS, ids=lambda entry: entry.id)
def test_law_2_check_is_clean_on_every_companion(entry: Any) -> None:
    workload = evolve(make(FULL), companions=[{"service": entry.id, "name": "other"}])
    assert not list(findings(resolve(workload)))
    assert "other" in {service.name for service in resolve(workload).services}


@each_control
def test_law_2_check_finds_what_is_taken_away(control: Control) -> None:
    project = resolve(make(FULL))
    for service in project.services:
        wanted = control.service(service)
        present = {key: combined(key, parts) for key, parts in service_parts(service).items()}
        for key in wanted:
            if key in ("command", "entrypoint"):
                continue
            without = {name: value for name, value in present.items() if name != key}
            assert [found.control for found in control.check(service, without)] == [control.id], key


@settings(max_examples=examples(150), deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much])
@given(ANSWERS)
def test_law_2_what_is_accepted_renders_clean(answers: dict[str, Any]) -> None:
    workload = accepted(answers)
    if workload is not None:
        assert not list(findings(resolve(workload)))


@settings(max_examples=examples(40), deadline=None, suppress_health_check=list(HealthCheck))
@given(ANSWERS)
def test_law_3_compose_accepts_and_reads_back_what_was_meant(tmp_path_factory: pytest.TempPathFactory, answers: dict[str, Any]) -> None:
    workload = accepted(answers)
    assume(workload is not None)
    assert workload is not None
    artifacts = {artifact.path: artifact.text for artifact in render(workload)}
    result = compose_config(artifacts["compose.yaml"], tmp_path_factory.mktemp("compose"))
    missing_seccomp = "my.json" in result.stderr
    if missing_seccomp:
        return
    assert result.returncode == 0, result.stderr
    read = json.loads(result.stdout)
    assert read["name"] == workload.name
    app = read["services"][workload.name]
    # Compose's own output doubles the dollar again, so that it can be read as an input.
    environment = {name: value.replace("$$", "$") for name, value in app.get("environment", {}).items()}
    assert {name: environment.get(name) for name in workload.environment} == workload.environment
    assert set(read["services"]) == {service.name for service in resolve(workload).services}


@settings(max_examples=examples(100), deadline=None, suppress_health_check=list(HealthCheck))
@given(ANSWERS)
def test_law_3_buildkit_reads_the_instructions_that_were_meant(answers: dict[str, Any]) -> None:
    dockerfile = pytest.importorskip("dockerfile", reason="no wheel of BuildKit's parser for this platform")
    workload = accepted(answers)
    assume(workload is not None)
    assert workload is not None
    text = next(artifact.text for artifact in render(workload) if artifact.path == "Dockerfile")
    commands = dockerfile.parse_string(text)
    names = [command.cmd for command in commands]
    assert names.count("FROM") == len(re.findall(r"^FROM ", text, re.M)) >= 2
    assert names.count("CMD") == bool(workload.command)
    if workload.command:
        assert list(commands[names.index("CMD")].value) == list(workload.command)
    known = {"FROM", "ARG", "SHELL", "STOPSIGNAL", "WORKDIR", "ENV", "RUN", "COPY", "LABEL", "USER", "EXPOSE", "HEALTHCHECK", "ENTRYPOINT", "CMD"}
    assert set(names) <= known


@each_control
def test_law_6_a_waived_control_is_not_rendered_and_is_reported(control: Control) -> None:
    workload = evolve(make(FULL), waivers=[{"control": control.id, "why": "a good reason"}])
    artifacts = render(workload)
    if control.id != "loopback-ports" and control.id not in ("no-host-access", "secrets-as-files"):
        assert control.id not in {line.control for artifact in artifacts for line in artifact.lines if artifact.path == "compose.yaml"}
    assert (control.id, "all services", "waived: a good reason") in list(notes(resolve(workload)))
    own = control.service(resolve(make(FULL)).app)
    for service in resolve(workload).services:
        rendered = {key: combined(key, parts) for key, parts in service_parts(service).items()}
        assert list(control.service(service).items()) == [] or own == {} or rendered != {**rendered, **control.service(service)} or (
            control.without(service) == control.service(service)
        )  # fmt: skip


def test_law_6_a_waiver_for_one_service_leaves_the_others() -> None:
    workload = evolve(make(FULL), waivers=[{"control": "read-only-rootfs", "service": "redis", "why": "measuring"}])
    read_only = {service.name: "read_only" in service_parts(service) for service in resolve(workload).services}
    assert read_only == {"shop": True, "postgres": True, "redis": False, "ingress": True}


@pytest.mark.parametrize(("waiver", "said"), [
    ({"control": "no-such", "why": "because"}, "no control"),
    ({"control": "read-only-rootfs", "service": "nobody", "why": "because"}, "no service"),
])  # fmt: skip
def test_law_6_waivers_name_what_exists(waiver: dict[str, str], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        render(evolve(make(FULL), waivers=[waiver]))


@settings(max_examples=examples(60), deadline=None, suppress_health_check=list(HealthCheck))
@given(ANSWERS, st.booleans())
def test_law_7_same_answers_same_bytes(answers: dict[str, Any], annotate: bool) -> None:
    workload = accepted(answers)
    assume(workload is not None)
    assert workload is not None
    again = make(json.loads(json.dumps(answers)))
    assert [(a.path, a.text) for a in render(workload, annotate)] == [(a.path, a.text) for a in render(again, annotate)]


def test_law_7_without_reasons_only_comments_are_gone() -> None:
    annotated, bare = render(make(FULL)), render(make(FULL), annotate=False)
    for with_reasons, without in zip(annotated, bare, strict=True):
        kept = [line.text for line in with_reasons.lines if not line.text.lstrip().startswith("# ")]
        plain = [line.text for line in without.lines if not line.text.lstrip().startswith("# ")]
        assert kept == plain
    assert not any(
        line.text.lstrip().startswith("#") for artifact in bare for line in artifact.lines if artifact.path in ("Dockerfile", "compose.yaml")
    )


def test_every_line_has_an_owner() -> None:
    known = {control.id for control in CONTROLS} | {WORKLOAD}
    owners = {line.control for artifact in render(make(FULL)) for line in artifact.lines}
    assert owners <= known
    assert len(owners) > 12


def test_two_controls_that_disagree_are_an_error() -> None:
    from wizard.compose import merge

    with pytest.raises(SeawallError, match="disagree on read_only"):
        merge([("one", {"read_only": True}), ("two", {"read_only": False})])
    with pytest.raises(SeawallError, match="disagree on tmpfs"):
        merge([("one", {"tmpfs": ["/tmp:size=1m"]}), ("two", {"tmpfs": ["/tmp:size=2m"]})])


def test_a_companion_may_override_what_the_catalogue_says() -> None:
    row = {"service": "redis", "version": "7.4", "limits": {"memory": "512M"}, "restart": "no", "writable": [{"path": "/extra", "volume": "extra"}],
           "user": {"uid": 5, "gid": 6}, "ports": [{"container": 6379, "publish": "127.0.0.1:6380"}], "command": ["redis-server"]}  # fmt: skip
    workload = evolve(make(FULL), companions=[row])
    parts = service_parts(next(service for service in resolve(workload).services if service.name == "redis"))
    found = {key: combined(key, shares) for key, shares in parts.items()}
    assert found["image"] == "redis:7.4"
    assert (found["mem_limit"], found["restart"], found["user"], found["command"]) == ("512m", "no", "5:6", ["redis-server"])
    assert [volume["target"] for volume in found["volumes"]] == ["/data", "/extra"]
    assert found["ports"] == ["127.0.0.1:6380:6379"]
    assert not list(findings(resolve(workload)))
