"""Sources of answers and their priority, the saved file, and refusals with the line they are about."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings

from tests.strategies import ANSWERS
from tests.test_laws import accepted
from tests.thorough import examples
from tests.tools import copy_app, seawall
from wizard.answers import Answers, Layer, combine, from_file, from_options
from wizard.errors import UsageError
from wizard.question import Question
from wizard.questions import all_questions, question_of
from wizard.said import with_answer
from wizard.saving import saved_text
from wizard.scaffold import Request, begin
from wizard.stacks import STACKS

LANGUAGES = ", ".join(sorted(stack.id for stack in STACKS))


def layered(*data: dict[str, Any]) -> Answers:
    return Answers(tuple(Layer(str(number), layer) for number, layer in enumerate(data)))


def test_priority_from_default_to_set(tmp_path: Path) -> None:
    app = copy_app("ledger", tmp_path)
    (app / "seawall.yaml").write_text("name: saved\nports: [1111]\nlimits: {pids: 11}\nrestart: always\n")
    answers = tmp_path / "answers.yaml"
    answers.write_text("name: answered\nports: [2222]\nlimits: {memory: 1G}\n")
    result = seawall(str(app), "--answers", str(answers), "--set", "ports=3333", "--dry-run", "--output", str(tmp_path / "out"))
    assert result.returncode == 0, result.stderr
    text = result.stdout
    assert "+name: answered" in text
    assert "127.0.0.1:3333:3333" in text
    assert "1111" not in text
    assert 'mem_limit: "1g"' in text
    assert "+    restart: unless-stopped" in text


def test_a_saved_file_is_read_again(tmp_path: Path) -> None:
    app = copy_app("ledger", tmp_path)
    assert seawall(str(app), "--yes", "--set", "ports=8123", "--set", "limits.pids=77").returncode == 0
    before = {path.name: path.read_bytes() for path in app.iterdir() if path.is_file()}
    again = seawall(str(app), "--yes")
    assert again.returncode == 0, again.stderr
    assert "Nothing to change" in again.stdout
    assert before == {path.name: path.read_bytes() for path in app.iterdir() if path.is_file()}
    assert "pids_limit: 77" in (app / "compose.yaml").read_text()


def test_a_person_s_own_comments_in_the_saved_file_stay(tmp_path: Path) -> None:
    app = copy_app("ledger", tmp_path)
    mine = "# mine\nname:   ledger   # as it is\nstack: python\n"
    (app / "seawall.yaml").write_text(mine)
    assert seawall(str(app), "--yes").returncode == 0
    assert (app / "seawall.yaml").read_text() == mine


@settings(max_examples=examples(40), deadline=None, suppress_health_check=list(HealthCheck))
@given(ANSWERS)
def test_what_is_saved_says_the_same(answers: dict[str, Any]) -> None:
    workload = accepted(answers)
    assume(workload is not None)
    said = layered(answers)
    loaded = from_file(saved_text(said), "seawall.yaml")
    assert Answers((loaded,)).workload() == workload


def test_another_language_takes_what_was_meant_for_the_old_one_away() -> None:
    detected = {"stack": {"language": "python", "version": "3.12"}, "command": ["gunicorn"], "ports": [{"container": 1}]}
    assert combine(detected, {"image": "nginx:1"}) == {"ports": [{"container": 1}], "image": "nginx:1"}


def test_plus_adds_to_what_is_below() -> None:
    below = layered({"ports": [{"container": 1}], "environment": {"A": "1"}})
    layer = from_options(["ports+=2", "ports+=3 inside", "environment+=B=2", "environment.C=x=y,z"], [], below)
    assert layer.data["ports"] == [{"container": 1}, {"container": 2, "publish": "127.0.0.1:2"}, {"container": 3}]
    assert layer.data["environment"] == {"A": "1", "B": "2", "C": "x=y,z"}


def test_waive_is_an_answer() -> None:
    layer = from_options([], ["read-only-rootfs=writes everywhere", "init-and-grace@redis=has its own"], layered({}))
    assert layer.data["waivers"] == [
        {"control": "read-only-rootfs", "why": "writes everywhere"},
        {"control": "init-and-grace", "why": "has its own", "service": "redis"},
    ]


@pytest.mark.parametrize(("text", "said"), [
    ("name: a\nports:\n  - container: 70000\n", "a.yaml:3: ports[0].container: «70000»"),
    ("name: a\nimage: x:1\nuser: {uid: 0, gid: 5}\n", "a.yaml:3: user.uid: «0» is not accepted"),
    ("name: a\nimage: x:1\ngroups: [5, 5]\n", "groups: «5» is there twice"),
    ("name: a\nprots: [1]\n", "a.yaml:2: prots: unknown key (did you mean ports?)"),
    ("name: &x a\n", "a.yaml:1: anchors and aliases"),
    ("name: !!python/object:os.system a\n", "a.yaml:1: the tag"),
    ("name: a\nname: b\n", "a.yaml:2: found duplicate key"),
    ("- a\n", "a.yaml:1: the document is no mapping"),
    ("name: [a\n", "a.yaml:2: "),
    ("a: " + "[" * 40 + "]" * 40, "nested deeper"),
    ("name: a\n---\nname: b\n", "a.yaml:"),
    ("name: a\x00\n", "a.yaml: not YAML"),
    ("1: a\n", "the key «1» is no text"),
    ("name: a\nstack: cobol\n", f"a.yaml:2: stack.language: «cobol» is not accepted; accepted: {LANGUAGES}"),
    ("name: a\nimage: x:1\nports: [abc]\n", "a.yaml:3: ports[0]: «abc» is no port"),
    ("name: a\nimage: x:1\nenvironment: {'a b': c}\n", "a.yaml:3: environment: «a b» is not accepted"),
])  # fmt: skip
def test_refusals_name_file_line_key_value_and_what_is_accepted(text: str, said: str) -> None:
    with pytest.raises(UsageError) as refused:
        Answers((from_file(text, "a.yaml"),)).workload()
    assert said in str(refused.value)
    assert "\n" not in str(refused.value)


def test_short_spellings_in_the_file() -> None:
    text = """
name: a
stack: python
command: gunicorn 'app:make(1)'
user: "7:8"
ports: [8000, "127.0.0.1:1:2/udp"]
writable: ["/tmp", "/data volume"]
secrets: [api_key]
environment: {DEBUG: false, LEVEL: 3, WHEN: 2026-01-01}
health: tcp 8000
companions: [postgres, {service: redis, name: cache, version: 7, ports: ["6380:6379"], limits: {memory: 512M}}]
"""
    workload = Answers((from_file(text, "a.yaml"),)).workload()
    assert workload.command == ("gunicorn", "app:make(1)")
    assert workload.environment == {"DEBUG": "false", "LEVEL": "3", "WHEN": "2026-01-01"}
    assert [c.hostname for c in workload.companions] == ["postgres", "cache"]


def test_the_schema_accepts_what_seawall_accepts() -> None:
    import jsonschema

    schema = json.loads(seawall("schema").stdout)
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    good = {"seawall": 1, "name": "shop", "image": "x:1", "user": {"uid": 1, "gid": 1}, "ports": [{"container": 80, "publish": "127.0.0.1:80"}]}
    assert not list(validator.iter_errors(good))
    for bad in ({**good, "prots": []}, {**good, "ports": [{"container": 0}]}, {**good, "user": {"uid": 0, "gid": 1}}, {"image": "x:1"}):
        assert list(validator.iter_errors(bad)), bad


SAID: dict[str, tuple[str, str]] = {
    "name": ("shop", "shop"),
    "stack.language": ("node", "node"),
    "stack.version": ("3.12", "3.12"),
    "stack.framework": ("flask", "flask"),
    "stack.package_manager": ("uv", "uv"),
    "stack.lockfile": ("uv.lock", "uv.lock"),
    "stack.build": ("make 'a b'", '[make, "a b"]'),
    "stack.packages": ("gunicorn==23.0.0", '["gunicorn==23.0.0"]'),
    "stack.system_packages": ("curl, libpq5", "[curl, libpq5]"),
    "stack.arguments": ("VITE_API=https://a.example", "{VITE_API: https://a.example}"),
    "stack.extensions": ("intl", "[intl]"),
    "stack.quirks": ("local-references", "[local-references]"),
    "stack.source": ("public", "public"),
    "stack.runtime": ("slim", "slim"),
    "command": ("python 'a b.py'", '[python, "a b.py"]'),
    "image": ("redis:8", '"redis:8"'),
    "extras": ("docker-run", "[docker-run]"),
    "repository": ("acme/shop.api", "acme/shop.api"),
    "digests": (f"redis:8@sha256:{'a' * 64}", f'["redis:8@sha256:{"a" * 64}"]'),
    "companions": ("postgres:17 as db, redis", '[{service: postgres, version: "17", name: db}, redis]'),
    "ports": ("8000, 0.0.0.0:443:8443, 9000 inside", '[8000, "0.0.0.0:443:8443", {container: 9000}]'),
    "writable": ("/tmp tmpfs 32M, /data volume", "[{path: /tmp, tmpfs: 32M}, /data volume]"),
    "needs": ("ping, low-port", "[ping, low-port]"),
    "capabilities": ("NET_RAW: probes", "[{name: NET_RAW, why: probes}]"),
    "internet": ("yes", "true"),
    "ingress": ("direct", "direct"),
    "egress": ("API.example.com., *.example.org:443", "[api.example.com, '*.EXAMPLE.org']"),
    "dns": ("9.9.9.9", "[9.9.9.9]"),
    "hostname": ("web", "web"),
    "secrets": ("api_key, token as API_TOKEN", "[api_key, {name: token, env: API_TOKEN}]"),
    "environment": ('A=1, "B=x,y"', '{A: 1, B: "x,y"}'),
    "health": ("/health", "{http: /health}"),
    "user": ("7:8", "{uid: 7, gid: 8}"),
    "groups": ("5, 6", "[5, 6]"),
    "limits.memory": ("1G", "1G"),
    "limits.reservation": ("64M", "64M"),
    "limits.cpus": ("0.5", "0.5"),
    "limits.pids": ("50", "50"),
    "limits.nofile": ("2048", "2048"),
    "limits.shm": ("32M", "32M"),
    "limits.swap": ("64M", "64M"),
    "limits.shares": ("512", "512"),
    "limits.cpuset": ("0-1,3", '"0-1,3"'),
    "limits.oom_score_adj": ("500", "500"),
    "limits.ulimits": ("core=0, memlock=1M:64M", "[core=0, {name: memlock, soft: 1M, hard: 64M}]"),
    "limits.disks": ("/dev/sda read=10M write-iops=50", "[{path: /dev/sda, read: 10M, write_iops: 50}]"),
    "limits.disk_weight": ("300", "300"),
    "logs.size": ("5M", "5M"),
    "logs.files": ("2", "2"),
    "restart": ("on-failure:5", '"on-failure:5"'),
    "stop_grace": ("9", "9"),
    "mounts": ("./a:/etc/a", "[./a:/etc/a]"),
    "devices": ("/dev/ttyUSB0: reads it", "[{path: /dev/ttyUSB0, why: reads it}]"),
    "calls": ("kernel-aio, 32-bit", "[kernel-aio, 32-bit]"),
    "device_rules": ("c 188:* r: reads them", "[{devices: 'c 188:*', access: r, why: reads them}]"),
    "seccomp": ("./my.json", "./my.json"),
    "apparmor": ("mine", "mine"),
    "selinux": ("type:container_t", '"type:container_t"'),
    "waivers": ("read-only-rootfs@shop=because", "[{control: read-only-rootfs, service: shop, why: because}]"),
}
"""For every question the text of `--set` and what stands in the answers file."""


@pytest.mark.parametrize("question", all_questions(), ids=lambda question: question.key)
def test_law_9_set_and_answers_file_say_the_same(question: Question) -> None:
    text, written = SAID[question.key]
    by_option = from_options([f"{question.key}={text}"], [], layered({})).data
    first, _, rest = question.key.partition(".")
    in_file = f"{first}: {{{rest}: {written}}}" if rest else f"{first}: {written}"
    if question.key == "stack.version":
        in_file = 'stack: {version: "3.12"}'
    assert from_file(in_file + "\n", "a.yaml").data == by_option


def test_a_variable_that_was_found_is_taken_away_and_stays_away(tmp_path: Path) -> None:
    """Nothing as its value says so, in the file as well: it is found in the code again the next time."""
    app = copy_app("ledger", tmp_path)
    request = Request(app, app)
    session = with_answer(begin(request), question_of("environment"), {})
    assert session.workload.environment == {}
    (app / "seawall.yaml").write_text(saved_text(session.answers))
    assert "DATA_DIR:" in (app / "seawall.yaml").read_text()
    again = begin(request)
    assert again.workload.environment == {}
    assert with_answer(again, question_of("environment"), {"DATA_DIR": "/data"}).workload.environment == {"DATA_DIR": "/data"}
