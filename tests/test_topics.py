"""`explain` finds whatever a hardening guide names: every option, setting, instruction, capability, and every symptom."""

import contextlib
import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.test_laws import each_control
from tests.tools import ROOT, seawall
from wizard.capabilities import FACTS, NON_ROOT, REVIEWED, Fact, fact_of
from wizard.control import Control
from wizard.controls import CONTROLS
from wizard.errors import UsageError
from wizard.explain import bold, explained
from wizard.run_flags import FLAGS, Flag, flag_of
from wizard.settings import COMPOSE, DOCKERFILE, ELSEWHERE, OPTIONS
from wizard.symptoms import literals, search
from wizard.topics import topic_of

NAMED = {
    "minimal-capabilities": """
        --cap-drop=ALL | --cap-drop ALL | cap-drop | --cap-add=CHOWN | --cap-add NET_BIND_SERVICE | --cap-add audit_control | cap_drop: ["ALL"]
        cap_drop | cap_add | cap_add: [NET_RAW] | CAP_SYS_ADMIN | cap_net_raw | SYS_PTRACE | MKNOD | ALL | ptrace | sysctls | services.app.cap_drop
    """,
    "no-new-privileges": """
        --security-opt=no-new-privileges | --security-opt no-new-privileges:true | no-new-privileges:true | no-new-privileges | NO-NEW-PRIVILEGES
        security_opt: no-new-privileges:true | security_opt
    """,
    "confinement-profiles": """
        --security-opt seccomp=default | --security-opt seccomp=strict-seccomp.json | --security-opt apparmor=docker-default | security_opt
        --security-opt label=type:svirt_sandbox_file_t | label=level:s0:c100,c200 | seccomp=default | seccomp:custom-profile.json | seccomp
        apparmor:docker-default | apparmor | --security-opt | CONFIG_SECCOMP=y
        SCMP_ACT_LOG | kexec_load
    """,
    "read-only-rootfs": "--read-only | read-only | read_only | read_only: true",
    "writable-paths": """
        --tmpfs /tmp | --tmpfs /run:rw,noexec,nosuid,size=50m | --tmpfs | tmpfs | tmpfs: | volumes | -v app-logs:/var/log | --volume | --mount
        VOLUME | --volumes-from | /var/log | /app/cache | /run
    """,
    "no-host-access": """
        --privileged | privileged: true | privileged | -v /var/run/docker.sock:/var/run/docker.sock | -v /var/run/docker.sock | docker.sock
        /var/run/docker.sock | -v /:/host | -v /etc:/etc | --device /dev/sda | --device=/dev/video0 | devices | device_cgroup_rules
        --device-cgroup-rule 'c 1:3 mr' | --pid host | --pid=host | pid: host | --ipc host | --userns host | --userns | --uts=host
        --network host | --net host | network_mode: host | userns-remap | --gpus all | --use-api-socket
    """,
    "resource-limits": """
        --memory 512m | --memory=2g | -m 512m | -m512m | --memory-swap 1g | memory-swap | --memory-reservation=256m | mem_limit | memswap_limit
        --oom-kill-disable=false | --cpus 1.5 | cpus | --pids-limit=100 | pids_limit | pids-limit | --ulimit nofile=1024:2048 | ulimits
        --shm-size | deploy | deploy.resources.limits.memory | deploy.resources.reservations.cpus | reservations
    """,
    "fair-share": """
        --cpu-shares 1024 | cpu-shares | --cpuset-cpus "0,1"
    """,
    "disk-rates": """
        --device-read-bps=/dev/sda:10mb | --device-write-bps | blkio_config
    """,
    "egress-allow-list": """
        egress | HTTP_PROXY | HTTPS_PROXY | NO_PROXY | squid | iptables | NET_ADMIN | CAP_NET_ADMIN | --cap-add=NET_ADMIN | https_proxy
        NODE_USE_ENV_PROXY | tinyproxy
    """,
    "internal-networks": """
        segmentation
        --network none | --network isolated-net | --network app-net | networks | internal: true | internal | --internal | --dns 8.8.8.8 | dns
        --hostname app-server | -h app-server | icc
    """,
    "loopback-ports": "--publish | -p 127.0.0.1:5432:5432 | ports | ports: ['5432:5432'] | EXPOSE 8080 | -P | --publish-all | expose",
    "non-root-user": "--user 1000:1000 | -u 0 | user | user: postgres | USER | USER 1000:1000 | USER <uid>:<gid> | --group-add",
    "files-owned-by-root": "COPY --chown=appuser:appgroup app /app | --chown=appuser:appgroup | COPY | ADD | WORKDIR",
    "no-setuid-files": "RUN | RUN addgroup -S appgroup",
    "pinned-base-image": """
        FROM alpine:latest | FROM | image: myapp:latest | image | --severity HIGH,CRITICAL | --exit-code 1 | --key cosign.pub | DOCKER_CONTENT_TRUST=1 | --disable-content-trust
        | cosign | cosign generate-key-pair | cosign sign --key cosign.key myregistry.com/myapp:v1 | cosign verify --key cosign.pub myregistry.com/myapp:v1
        | trivy | trivy image myapp:latest | trivy fs /path/to/code | SBOM | --sbom | --provenance | digest | DOCKER_CONTENT_TRUST | docker trust
        | docker-bench | docker/docker-bench-security | policy-controller | ClusterImagePolicy | notary | keyless | --pin-digests | DCT
    """,
    "health-check": """
        --health-cmd='curl -f http://localhost:8080/health || exit 1' | --health-interval=30s | --health-timeout=5s | --health-retries=3
        healthcheck | healthcheck.test | HEALTHCHECK | --no-healthcheck
    """,
    "restart-policy": "--restart=unless-stopped | --restart on-failure:5 | restart",
    "log-rotation": "--log-driver=json-file | --log-opt max-size=10m | --log-opt max-file=3 | logging",
    "init-and-grace": "--init | init: true | init | STOPSIGNAL SIGINT | STOPSIGNAL | --stop-signal | --stop-timeout | stop_grace_period | CMD | ENTRYPOINT",
    "secrets-as-files": "secrets | environment | -e PASSWORD=x | --env | --env-file | env_file | ENV",
}
"""What people look up, and a control that it has to lead to: the options, settings and instructions of three hardening guides, and more."""

EXPLAINED = "--rm | --detach | -d | -it | --name web | --label docker_bench_security | LABEL | hostname | container_name | --workdir | tty | --runtime=runsc | --filter status=running"
"""What no control has to do with: it is explained all the same."""

PASTED = {
    "touch: cannot touch '/x': Read-only file system": "read-only-rootfs",
    "OSError: [Errno 30] Read-only file system: '/app/cache'": "read-only-rootfs",
    "read-ONLY   file system": "read-only-rootfs",
    "Error: EROFS: read-only file system, open '/app/x.log'": "read-only-rootfs",
    "errno 30": "read-only-rootfs",
    "cat: /run/secrets/db_password: Permission denied": "secrets-as-files",
    "failed switching to \"redis\": operation not permitted; setgroups: Operation not permitted": "minimal-capabilities",
    "Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?": "no-host-access",
    "sudo: effective uid is not 0, is /usr/bin/sudo on a file system with the 'nosuid' option set": "no-new-privileges",
    "dd: error writing '/tmp/x': No space left on device": "writable-paths",
    "sh: 1: Cannot fork: Resource temporarily unavailable": "resource-limits",
    "[Errno 11] Resource temporarily unavailable": "resource-limits",
    "OSError: [Errno 24] Too many open files: '/data'": "resource-limits",
    "exec: \"wget\": executable file not found in $PATH: unknown": "health-check",
    "connect: Network is unreachable": "internal-networks",
    "urlopen error [Errno -3] Temporary failure in name resolution": "internal-networks",
    "curl: (7) Failed to connect to 10.0.0.5 port 8000: Connection refused": "loopback-ports",
    "manifest for python:3.1 not found: manifest unknown": "pinned-base-image",
    "curl: (56) CONNECT tunnel failed, response 403": "egress-allow-list",
    "OSError: Tunnel connection failed: 403 Forbidden": "egress-allow-list",
    "defunct": "init-and-grace",
    "OOMKilled: true": "resource-limits",
}  # fmt: skip
"""Lines as they stand on a screen, and the control that has to come first."""


def topics(text: str) -> list[str]:
    return [topic.strip() for line in text.strip().splitlines() for topic in line.split("|") if topic.strip()]


ASKED = [(topic, control) for control, text in NAMED.items() for topic in topics(text.replace("||", "or"))]


@pytest.mark.parametrize(("asked", "control"), ASKED)
def test_what_the_guides_name_leads_to_its_control(asked: str, control: str) -> None:
    topic = topic_of(asked)
    assert control in [found.id for found in topic.controls]
    assert topic.kind != "symptom", "it is known by its name"


@each_control
def test_a_control_is_led_to_by_its_id_and_each_of_its_settings(control: Control) -> None:
    for asked in (control.id, control.id.upper(), *control.settings):
        assert control in topic_of(asked).controls, asked


@pytest.mark.parametrize("asked", topics(EXPLAINED))
def test_what_no_control_has_to_do_with_is_explained_all_the_same(asked: str) -> None:
    topic = topic_of(asked)
    assert topic.kind in ("flag", "setting", "instruction")
    assert len(" ".join(topic.lines)) > 20


@pytest.mark.parametrize("flag", FLAGS, ids=lambda flag: flag.name)
def test_every_option_of_docker_run_is_explained_with_and_without_a_value(flag: Flag) -> None:
    for asked in (
        f"--{flag.name}",
        f"--{flag.name}=x",
        *((f"--{flag.name} x",) if flag.value else ()),
        *((f"-{flag.letter}",) if flag.letter else ()),
    ):
        topic = topic_of(asked)
        assert topic.kind == "flag" or (topic.name in OPTIONS)
        assert topic.lines or topic.controls
        assert topic.setting in (flag.setting, "security_opt")


def test_options_are_each_there_once() -> None:
    assert len({flag.name for flag in FLAGS}) == len(FLAGS)
    letters = [flag.letter for flag in FLAGS if flag.letter]
    assert len(set(letters)) == len(letters)
    assert [flag.name for flag in FLAGS] == sorted(flag.name for flag in FLAGS)


@pytest.mark.parametrize(("typed", "name", "rest"), [
    ("--cap-drop=ALL", "cap-drop", "ALL"), ("--cap-drop ALL", "cap-drop", "ALL"), ("-v /x:/x", "volume", "/x:/x"), ("-m512m", "memory", "512m"),
    ("--tmpfs /run:rw,size=50m", "tmpfs", "/run:rw,size=50m"), ("--security-opt seccomp=a.json", "security-opt", "seccomp=a.json"),
    ("-it", "interactive", ""), ("-P", "publish-all", ""), ("-p 80:80", "publish", "80:80"), ("--health-cmd='curl -f x'", "health-cmd", "'curl -f x'"),
])  # fmt: skip
def test_an_option_is_read_as_docker_reads_it(typed: str, name: str, rest: str) -> None:
    found = flag_of(typed)
    assert found is not None
    assert (found[0].name, found[1]) == (name, rest)


@pytest.mark.parametrize("typed", ["", "-", "--", "read-only", "--nonsense", "-!", "--cap"])
def test_what_is_no_option_is_none(typed: str) -> None:
    assert flag_of(typed) is None


def test_notes_name_controls_that_there_are_and_no_control_twice() -> None:
    known = {control.id for control in CONTROLS}
    for note in (*COMPOSE.values(), *DOCKERFILE.values(), *ELSEWHERE.values()):
        assert set(note.see) <= known
        assert note.about.endswith((".", "!"))
    assert set(OPTIONS) <= ELSEWHERE.keys()


@pytest.mark.parametrize(("asked", "first", "said"), [
    ("--network host", "no-host-access", "network_mode: host shares the host's namespace"),
    ("--network none", "internal-networks", "the least there is"),
    ("-v /var/run/docker.sock:/s", "no-host-access", "docker.sock of the host is mounted"),
    ("-v data:/data", "writable-paths", ""),
    ("--device /dev/sda", "no-host-access", "way to the host's memory or disks"),
    ("--security-opt no-new-privileges:false", "no-new-privileges", "switched off"),
    ("--security-opt seccomp=unconfined", "confinement-profiles", "takes a protection of the kernel away"),
    ("cap_add: [ALL]", "minimal-capabilities", "gives everything back"),
    ("user: root", "non-root-user", "user root is root"),
    ("image: app:latest", "pinned-base-image", "moves"),
    ("-p 5432:5432", "loopback-ports", "on every interface"),
    ("--cpu-shares 1024", "fair-share", "a weight"),
    ("seccomp=default", "confinement-profiles", "name of a file and fails"),
    ("deploy.resources.limits.pids", "resource-limits", "refused"),
    ("device_cgroup_rules", "no-host-access", "never narrows"),
    ("DOCKER_CONTENT_TRUST=1", "pinned-base-image", "8 December 2026"),
    ("ClusterImagePolicy", "pinned-base-image", "subjectRegExp"),
    ("trivy image --severity HIGH,CRITICAL myapp:latest", "pinned-base-image", "fails on what has a fix"),
    ("image: python:3.13", "pinned-base-image", "python:3.13-slim"),
])  # fmt: skip
def test_a_value_decides_what_comes_first_and_what_is_said(asked: str, first: str, said: str) -> None:
    topic = topic_of(asked)
    assert topic.controls[0].id == first
    assert said.casefold() in " ".join(topic.lines).casefold()


@pytest.mark.parametrize(("line", "control"), PASTED.items())
def test_a_pasted_line_leads_to_its_control_first(line: str, control: str) -> None:
    assert topic_of(line).controls[0].id == control


@each_control
def test_every_literal_and_error_of_a_page_leads_to_it(control: Control) -> None:
    said = "\n".join(control.page.sections[name] for name in ("How it shows", "What may break"))
    found = literals(control)
    assert [word for word in re.findall(r"`([^`]+)`|\b(E[A-Z]{3,})\b", said) if "".join(word) not in found] == []
    assert found, "a page that quotes nothing cannot be found by what is seen"
    for literal in found:
        typed = literal.replace("...", "bind source path")
        for asked in (typed, typed.upper(), f"x: {typed}: y", literal.split("...")[0][: max(4, len(literal) * 2 // 3)].strip()):
            assert control.id in [hit.control.id for hit in search(asked)], asked
        assert control.id in [found.id for found in topic_of(typed).controls] or topic_of(typed).kind in ("setting", "flag", "capability")


@pytest.mark.parametrize("asked", ["", " ", "--nonsense", "no such words anywhere xyzzy", "\x1b[31mred", "%s{}", "é", "`", "--", "...", "-ash: x"])
def test_nothing_found_is_one_clear_line(asked: str) -> None:
    with pytest.raises(UsageError, match="is no control, setting, capability, option or symptom") as refused:
        topic_of(asked)
    assert "\n" not in str(refused.value)
    assert "\x1b" not in str(refused.value)


@pytest.mark.parametrize(("asked", "meant"), [
    ("read_onyl", "read_only"), ("--cap-dropp", "--cap-drop"), ("NET_RAWW", "NET_RAW"), ("Read-onli file sistem", "«Read-only file system»"),
    ("HEALTHCHEK", "HEALTHCHECK"), ("minimal-capabilitys", "minimal-capabilities"),
])  # fmt: skip
def test_nothing_found_names_what_comes_closest(asked: str, meant: str) -> None:
    with pytest.raises(UsageError, match=re.escape(f"did you mean {meant}?")):
        topic_of(asked)


KEYS = [
    "id", "title", "severity", "settings", "why", "what_may_break", "how_it_shows", "references", "remedies", "review", "step", "stops",
    "stands", "topic", "capability", "needs",
]  # fmt: skip


@pytest.mark.parametrize("asked", ["read_only", "NET_RAW", "--rm", "EROFS", "USER", "Permission denied", "security_opt", "--cap-add SYS_PTRACE"])
def test_json_has_the_same_keys_for_every_kind_of_topic(asked: str) -> None:
    entries = json.loads(explained(asked, "json"))
    assert entries
    for entry in entries:
        assert list(entry) == KEYS
        assert list(entry["topic"]) == ["kind", "name", "setting", "about"]
    if asked == "--rm":
        assert entries[0]["id"] is None
    assert (entries[0]["capability"] is not None) == (asked in ("NET_RAW", "--cap-add SYS_PTRACE"))


def test_headings_are_bold_where_it_is_asked_for_and_nothing_else_is_different() -> None:
    marked = explained("NET_RAW", "text", bold)
    assert "\x1b[1mWhy\x1b[22m" in marked
    assert re.sub(r"\x1b\[\d+m", "", marked) == explained("NET_RAW", "text")
    assert "\x1b" not in explained("NET_RAW", "text")


@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: fact.name)
def test_a_capability_says_when_it_is_needed_and_what_it_is_worth_to_others_than_root(fact: Fact) -> None:
    page = " ".join(explained(fact.name, "text").split())
    assert 4 <= len(fact.needed) <= 120
    assert f"risk {fact.level.value};" in page
    assert fact.needed[1:] in page
    assert " ".join(NON_ROOT.split()) in page
    # A long command stands in a line of its own, without the marks around it.
    assert all(re.sub("[`.]", "", part) in re.sub("[`.]", "", page) for part in (fact.non_root, fact.instead[1:]))
    assert all(call in page for call in fact.opens.split(", "))


def test_what_to_review_where_all_cannot_be_dropped_stands_on_the_page() -> None:
    assert set(REVIEWED) == {"MKNOD", "SETUID", "SETGID", "NET_RAW"}
    page = " ".join(explained("cap_drop", "text").split())
    for name in REVIEWED:
        fact = fact_of(name)
        assert fact.default, "what is not given needs no dropping"
        assert f"{name}: {fact.risk}. Instead: {fact.instead}." in page
        assert f"{name}: {fact.risk}. Instead: {fact.instead}." in json.loads(explained("cap_drop", "json"))[0]["review"]


def test_tracing_is_given_for_one_look_in_a_line_that_can_be_copied() -> None:
    (line,) = [line.strip() for line in explained("SYS_PTRACE", "text").splitlines() if "docker run" in line]
    assert "--rm" in line and "--pid=container:NAME" in line and "--cap-add=SYS_PTRACE" in line and "--cap-drop=ALL" in line
    assert "since kernel 4.8" in explained("SYS_PTRACE", "text").replace("\n  ", " ")


def test_all_capabilities_are_listed() -> None:
    lines = explained("capabilities", "text").splitlines()
    assert [line.split()[0] for line in lines[1:42]] == [fact.name for fact in FACTS]
    assert [fact["name"] for fact in json.loads(explained("capabilities", "json"))] == [fact.name for fact in FACTS]


def test_the_command_takes_what_looks_like_an_option() -> None:
    for arguments in (["--privileged"], ["--cap-drop", "ALL"], ["--cap-drop=ALL"], ["-v", "/:/host"], ["Read-only", "file", "system"]):
        ran = seawall("explain", *arguments)
        assert ran.returncode == 0, ran.stderr
        assert "\x1b" not in ran.stdout
        assert "References" in ran.stdout
    asked = json.loads(seawall("explain", "--pids-limit", "100", "--format", "json").stdout)
    assert asked[0]["id"] == "resource-limits"
    refused = seawall("explain", "\x1b[31m\u202e--no\x9bsuch")
    assert refused.returncode == 2
    assert refused.stdout == ""
    assert refused.stderr.count("\n") == 1
    assert not set("\x1b\x9b\u202e") & set(refused.stderr)
    assert "Usage: seawall explain" in seawall("explain", "-h").stdout


PIECES = [
    "--cap-drop",
    "-v",
    "=",
    " ",
    ":",
    "/",
    "host",
    "SYS_ADMIN",
    "cap_add",
    "volumes",
    "seccomp",
    "USER",
    "[",
    "]",
    "\n",
    "Permission denied",
    ".",
]


@given(st.one_of(st.text(), st.lists(st.sampled_from(PIECES)).map("".join)))
def test_whatever_is_asked_is_found_or_refused_in_one_line(asked: str) -> None:
    try:
        shown = explained(asked, "text")
    except UsageError as refused:
        shown = str(refused)
        assert "\n" not in shown
    assert all(char.isprintable() or char == "\n" for char in shown)
    assert not set("\u202e\u2066") & set(shown)


def on_a_terminal(variables: Mapping[str, str]) -> str:
    """What `seawall explain read_only` writes to a terminal."""
    ours, theirs = os.openpty()
    environment = {"PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT), "HOME": "/nonexistent", "LANG": "C.UTF-8", **variables}
    ran = subprocess.run([sys.executable, "-m", "wizard", "explain", "read_only"], stdin=theirs, stdout=theirs, env=environment, cwd=ROOT, timeout=60)
    os.close(theirs)
    written = b""
    with contextlib.suppress(OSError):  # EIO: nobody has the other end open any more
        while piece := os.read(ours, 65536):
            written += piece
    os.close(ours)
    assert ran.returncode == 0
    return written.decode()


@pytest.mark.parametrize(("variables", "marked"), [
    ({"TERM": "xterm-256color"}, True), ({"TERM": "xterm-256color", "NO_COLOR": ""}, True), ({"TERM": "xterm-256color", "NO_COLOR": "1"}, False),
    ({"TERM": "dumb"}, False), ({}, False),
])  # fmt: skip
def test_only_a_terminal_that_can_and_may_gets_bold_headings(variables: dict[str, str], marked: bool) -> None:
    shown = on_a_terminal(variables)
    assert ("\x1b[1mWhy\x1b[22m" in shown) == marked
    assert ("\x1b" in shown) == marked
