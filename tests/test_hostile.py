"""Hostile answers on the real command line: one line, exit 2, nothing written; odd but honest ones are taken as they are."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.tools import compose_config, copy_app, seawall


def refused(folder: Path, *arguments: str, stdin: str | None = None) -> str:
    """The one line by which the command line refuses; asserts exit code 2 and that nothing was written."""
    before = sorted(str(path) for path in folder.rglob("*"))
    result = seawall(str(folder), *arguments, stdin=stdin)
    assert result.returncode == 2, (result.stdout, result.stderr)
    assert "Traceback" not in result.stderr
    assert result.stderr.count("\n") == 1, result.stderr
    assert all(char.isprintable() for char in result.stderr.rstrip("\n"))
    assert sorted(str(path) for path in folder.rglob("*")) == before
    return result.stderr


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the sample app that nothing is ever written into."""
    return copy_app("ledger", tmp_path_factory.mktemp("hostile"))


@pytest.mark.parametrize("setting", [
    "name=a\nb", "name=../x", "name=", "name=" + "x" * 5000, "name=`id`", "name=$(id)", "name={{ 7*7 }}", "name=&a", "name=!!str a",
    "name=\u202eabc", "name='", 'name="', "name=a b", "name=A",
    "ports=0", "ports=65536", "ports=-1", "ports=8000,8000", "ports=1.2.3:80:80", "ports=8000/sctp", "ports=99999999999999999999",
    "user=0:0", "user=0:10", "user=10001", "user=root:root", "user=-1:5", "user=4294967296:1",
    "writable=../x", "writable=/data/../etc", "writable=/", "writable=/etc", "writable=/proc/x volume", "writable=/data tmpfs 0M",
    "writable=/data tmpfs 1T", "writable=/data,/data", "writable=/app", "writable=/tmp tmpfs 600M", "writable=/a:b", "writable=/$HOME",
    "writable=relative",
    "environment=A B=1", "environment=1A=1", "environment=A=\x1b[31m", "environment=A=\u202e", "environment=A=" + "x" * 5000,
    "command=\x1b]0;x", "command='unclosed",
    "limits.memory=0M", "limits.memory=1", "limits.memory=9999999999G", "limits.cpus=0", "limits.cpus=nan", "limits.cpus=1e9",
    "limits.pids=0", "limits.pids=-1", "limits.nofile=1", "limits.swap=0M", "limits.swap=-1", "limits.shares=1", "limits.shares=262145",
    "limits.cpuset=3-1", "limits.cpuset=0;1", "limits.cpuset=all", "limits.cpuset=0,", "limits.oom_score_adj=-1", "limits.oom_score_adj=1001",
    "limits.disk_weight=9", "limits.disk_weight=1001", "limits.disks=/dev/sda", "limits.disks=/etc/passwd read=1M", "limits.disks=/dev/../x read=1M",
    "limits.disks=/dev/sda read=0", "limits.disks=/dev/sda read=1M read=2M", "limits.disks=/dev/sda read-iops=0", "limits.disks=/dev/sda eat=1M",
    "limits.ulimits=core", "limits.ulimits=core=", "limits.ulimits=core=-1", "limits.ulimits=nofile=5", "limits.ulimits=nice=5",
    "limits.ulimits=nproc=5M", "limits.ulimits=core=5:4", "limits.ulimits=core=unlimited:4", "limits.ulimits=core=1,core=2", "limits.ulimits=core=1:2:3",
    "companions=mysq", "companions=postgres,postgres", "companions=postgres:latest", "companions=postgres as ../x", "companions=postgres as ingress",
    "secrets=../x", "secrets=a b", "secrets=A", "secrets=x as 1X", "secrets=x,x", "secrets=.gitignore",
    "mounts=/var/run/docker.sock:/s", "mounts=/:/host", "mounts=/etc:/x", "mounts=../x:/x", "mounts=./a/../../b:/x", "mounts=/run:/x", "mounts=~/x:/x",
    "mounts=/var:/x", "mounts=.:/x", "mounts=./secrets:/x", "mounts=secrets/api_key:/x",
    "health=http:nope", "health=/a b", "health=/`id`", "health=tcp 0", "health=none:", "health=/$(id)",
    "image=../x", "image=a b", "image=X", "image=nginx:1 --privileged", "image=nginx:1",
    "stack.language=cobol", "stack.language=\ud800", "stack.version=latest", "stack.version=3.13;id", "stack.version=../3", "stack.lockfile=../x",
    "stack.packages=a b", "stack.packages=--index-url=http://x", "stack.system_packages=curl;id", "stack.system_packages=--allow-unauthenticated",
    "stack.system_packages=./x.deb", "stack.system_packages=curl=1", "stack.system_packages=$(id)", "stack.source=../x", "stack.source=/etc",
    "restart=sometimes", "dns=nope", "hostname=a b", "groups=0", "devices=/dev/sda: disk", "devices=/dev/ttyS0 rwm: all", "devices=/dev/ttyS0 x: y z",
    "device_rules=a *:* rw: all", "device_rules=b 8:* r: disks", "device_rules=c 1:1 r: memory", "device_rules=c 188:* rw", "device_rules=c *:* r: all", "devices=/etc/passwd: x", "seccomp=unconfined",
    "seccomp=../x.json", "seccomp=/etc/x.json", "apparmor=a b", "selinux=disable", "needs=everything", "capabilities=NET_RAW",
    "capabilities=ALL: all of them", "waivers=no-such=because", "waivers=read-only-rootfs", "internet=maybe", "egress=https://api.example.com/v1", "egress=api.example.com:0", "egress=a.example.com:99999", "egress=*", "egress=*.com",
    "egress=localhost", "egress=db", "egress=127.0.0.1", "egress=169.254.169.254", "egress=300.1.1.1", "egress=[::1]:443", "egress=a..example.com",
    "egress=a b.example.com", "egress=a.example.com\nallow all", "egress=host.docker.internal", "egress=a*.example.com", "egress=x.example.com, X.example.com.", "ingress=none",
    "extras=cd", "extras=ci,ci", "repository=acme", "repository=a/..", "repository=a/b`id`", "repository=${{ github.token }}/x", "digests=redis:8",
    "digests=redis:8@sha256:0", "digests=redis@sha256:" + "a" * 64, "digests=$(id):1@sha256:" + "a" * 64,
    "stop_grace=0", "nokey=1", "ports", "=1", "seawall=2", "name+=x", "limits={", 'limits={"memory":"1M"}',
])  # fmt: skip
def test_refused_in_one_line_with_nothing_written(app: Path, setting: str, capsys: pytest.CaptureFixture[str]) -> None:
    from wizard.run import run

    before = sorted(str(path) for path in app.rglob("*"))
    assert run(["new", str(app), "--yes", "--set", setting]) == 2
    said = capsys.readouterr().err
    assert said.startswith("seawall: ")
    assert said.count("\n") == 1
    assert said.rstrip("\n").isprintable()
    assert len(said) < 1200
    assert sorted(str(path) for path in app.rglob("*")) == before


@pytest.mark.parametrize("arguments", [
    ["--yes", "--nope"], ["--answers", "missing.yaml"], ["--answers", "/"], ["--yes", "--waive", "read-only-rootfs"],
    ["--yes", "--waive", "nope=because it is so"], [], ["--set", "ports=1"], ["--plain"], ["--yes", "--format", "xml"],
    ["--yes", "--output", ""], ["--yes", "--output", "no/such/parent"],
])  # fmt: skip
def test_options_are_refused_in_one_line(app: Path, arguments: list[str]) -> None:
    refused(app, *arguments)


def test_without_a_terminal_it_names_the_ways(app: Path) -> None:
    said = refused(app)
    assert "--yes" in said
    assert "--answers" in said


@pytest.mark.parametrize("text", [
    "", "[]", "name: a\n" * 2, "a: *b", "a: &b 1", "!!set {a}", "\0", "\ufffe", "%TAG ! x\n---\na: !y 1\n", "a: b: c", "\t- a", "{" * 3000, "[" * 100_000,
    "name: x\nwritable: [{path: /a, tmpfs: 1M, volume: b}]", "name: x\nimage: y:1\nstack: {language: go}\n",
    "a: &a [x,x]\nb: &b [*a,*a]\nc: &c [*b,*b]\nd: [*c,*c]\n", "name: [1, 2]\n", "ports: {a: 1}\n", "environment: [A=1]\n", "? {a: 1}\n: 2\n", "x" * 2_000_000,
])  # fmt: skip
def test_answers_files_are_refused_in_one_line(tmp_path: Path, text: str) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    refused(empty, "--answers", "-", stdin=text)


def test_bytes_that_are_no_text_are_refused(tmp_path: Path) -> None:
    bad = tmp_path / "answers.yaml"
    bad.write_bytes(b"name: \xff\xfe\n")
    folder = tmp_path / "app"
    folder.mkdir()
    assert "not UTF-8" in refused(folder, "--answers", str(bad))


def test_a_saved_file_that_is_bad_is_named_with_its_line(tmp_path: Path) -> None:
    app = copy_app("ledger", tmp_path)
    (app / "seawall.yaml").write_text("name: ledger\nports:\n  - 99999\n")
    assert "seawall.yaml:3: ports[0].container" in refused(app, "--yes")


def test_symlinks_and_strange_files_in_the_way(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    for name, make in {
        "Dockerfile": lambda path: path.symlink_to(outside / "Dockerfile"),
        "compose.yaml": lambda path: path.mkdir(),
        ".seawall": lambda path: path.symlink_to(outside),
        "secrets": lambda path: path.symlink_to(outside),
    }.items():
        (tmp_path / f"case{name}").mkdir()
        app = copy_app("ledger", tmp_path / f"case{name}")
        make(app / name)
        assert name in refused(app, "--yes", "--force")
    assert not list(outside.iterdir())


ODD = {
    "spaces": "a  b c", "quotes": "it's \"so\"", "dollar": "$HOME ${X} $$ $(id)", "unicode": "grüße 日本 😀", "backslash": "C:\\n\\\\x\\",
    "backtick": "`id`", "braces": "{{ x }} {% y %}", "hash": "a # b", "colon": "a: b", "yaml": "&a *b !c", "percent": "%s %", "newline": "a\nb", "tab": "a\tb",
    "empty": "", "word": "no", "number": "012", "equals": "a=b,c", "comma": "a,b", "edges": " a ",
}  # fmt: skip
"""Values that have to be accepted, and read back in the process as they are (tests/engine reads them there)."""


@pytest.mark.parametrize("value", ODD.values(), ids=ODD.keys())
def test_odd_values_are_accepted_and_stay_what_they_are(tmp_path: Path, value: str) -> None:
    app = copy_app("api", tmp_path)
    command = ["node", "server.js", value or "-"]
    result = seawall(str(app), "--yes", "--set", f"environment.ODD={value}", "--set", f"command={json.dumps(command)}")
    assert result.returncode == 0, result.stderr
    config: Any = json.loads(compose_config((app / "compose.yaml").read_text(), tmp_path).stdout)
    assert config["services"]["api"]["environment"]["ODD"].replace("$$", "$") == value
    cmd = next(line for line in (app / "Dockerfile").read_text().splitlines() if line.startswith("CMD "))
    assert json.loads(cmd.removeprefix("CMD ")) == command


def test_a_folder_with_a_hostile_name_is_only_a_folder(tmp_path: Path) -> None:
    folder = tmp_path / "$(touch x) `id` '\"; \x1b[31m"
    folder.mkdir()
    app = copy_app("api", folder)
    hostile = app.rename(folder / "a\nb {{ 7*7 }}")
    result = seawall(str(hostile), "--yes")
    assert result.returncode == 0, result.stderr
    assert "\x1b" not in result.stdout + result.stderr
    assert "name: a-b-7-7" in (hostile / "compose.yaml").read_text()


def test_nothing_of_the_folder_is_run_or_followed(tmp_path: Path) -> None:
    app = copy_app("ledger", tmp_path)
    (app / "setup.py").write_text("open('/tmp/seawall-was-here', 'w')\n")
    (app / "loop").symlink_to(app)
    (app / "huge.py").write_bytes(b"x = 1\n" * 400_000)
    (app / "binary.py").write_bytes(bytes(range(256)) * 100)
    result = seawall(str(app), "--yes")
    assert result.returncode == 0, result.stderr
    assert not Path("/tmp/seawall-was-here").exists()


@pytest.mark.parametrize("source", ["/srv/x", "/opt/data/secrets", "./x", "conf/app.toml"])
def test_a_folder_that_gives_nothing_away_can_be_mounted(app: Path, tmp_path: Path, source: str) -> None:
    result = seawall(str(app), "--yes", "--output", str(tmp_path / "out"), "--set", f"mounts={source}:/x")
    assert result.returncode == 0, result.stderr
    assert source.removeprefix("./") in (tmp_path / "out" / "compose.yaml").read_text()
