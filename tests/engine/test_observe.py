"""`seawall observe` on the engine: what is declared to be the truth of a workload is found, is enough, and nothing of it is too much."""

import json
import shlex
import signal
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from msgspec import Struct

from tests.engine.running import Engine, new_name, until
from tests.thorough import thorough
from tests.tools import ROOT, seawall
from wizard.engine.labelled import owner
from wizard.prove.own_project import LABEL

pytestmark = pytest.mark.engine

_SERVES = "import http.server; http.server.HTTPServer(('0.0.0.0', 8000), http.server.SimpleHTTPRequestHandler).serve_forever()"
_LOGS = f"""
import os
os.makedirs('/var/log/app', exist_ok=True)
open('/run/app.pid', 'w').write('1')
open('/var/log/app/app.log', 'a').write('started')
open('/opt/extra', 'a') if os.path.exists('/opt/none') else None
{_SERVES}
"""
_RAW = f"""
import socket
socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP)
{_SERVES}
"""
_GIVES_AWAY = f"""
import os, sys
os.getuid() and sys.exit('has to start as root')
os.makedirs('/data/spool')
os.chown('/data/spool', 1000, 1000)
os.setgroups([]); os.setgid(1000); os.setuid(1000)
open('/data/spool/x', 'w').write('y')
{_SERVES}
"""
_ASKS = f'{shlex.quote(sys.executable)} -c \'import os, urllib.request as u; u.urlopen("http://" + os.environ["ADDRESS"] + ":" + os.environ["PORT"] + "/x?a=1")\''
_ASKS_ROOT = _ASKS.replace("/x?a=1", "/")


class Case(Struct, frozen=True):
    """A workload with what it is known to need."""

    name: str
    image: str
    exercise: str
    folders: frozenset[str]
    capabilities: frozenset[str] = frozenset()
    user: int = 10001
    command: tuple[str, ...] = ()
    settings: tuple[str, ...] = ()
    dockerfile: str = ""
    files: tuple[tuple[str, str], ...] = ()


def _python(name: str, program: str, folders: frozenset[str], **more: Any) -> Case:
    return Case(name, "python:3.13-slim", _ASKS_ROOT, folders, command=("python", "-B", "-c", program), settings=("ports=8000",), **more)


_NODE = """
const http = require('http'), fs = require('fs')
fs.mkdirSync('/srv/app/.cache/pages', {recursive: true})
http.createServer((q, r) => {
  const file = '/srv/app/.cache/pages/' + encodeURIComponent(q.url)
  fs.writeFileSync(file, 'x'.repeat(1000)); r.end(fs.readFileSync(file)) }).listen(8000, '0.0.0.0')
"""
_GO = """package main
import "net/http"
func main() { http.ListenAndServe(":8000", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { w.Write([]byte("ok")) })) }
"""
LOGS = _python("python with a pid file and logs", _LOGS, frozenset(("/run", "/var/log/app")))
CASES = (
    LOGS,
    _python("needs NET_RAW", _RAW, frozenset(), capabilities=frozenset(("NET_RAW",)), user=0),
    # Its init, as root, has to tell another user to stop: that takes KILL.
    _python("needs CHOWN, SETUID and SETGID", _GIVES_AWAY, frozenset(("/data",)),
            capabilities=frozenset(("CHOWN", "KILL", "SETGID", "SETUID")), user=0),
    Case("nginx", "nginx:1.30", _ASKS_ROOT, frozenset(("/run", "/var/cache/nginx")), user=101),
    Case("postgres", "postgres:17", "docker exec $CONTAINER psql -U postgres -h 127.0.0.1 -c 'create table if not exists t(a int)'",
         frozenset(("/run/postgresql", "/var/lib/postgresql/data")), user=999, settings=("environment.POSTGRES_PASSWORD=x",)),
    Case("redis", "redis:8", "docker exec $CONTAINER redis-cli set a b | grep -q OK", frozenset(("/data",)), user=999),
    Case("rabbitmq", "rabbitmq:4", "docker exec -u rabbitmq $CONTAINER rabbitmq-diagnostics -q check_port_connectivity",
         frozenset(("/var/lib/rabbitmq",)), user=999),
    Case("node with a cache", "", _ASKS, frozenset(("/srv/app/.cache",)), user=1000, files=(("app.js", _NODE),),
         dockerfile="FROM node:22-slim\nWORKDIR /srv/app\nCOPY app.js .\nRUN chown -R 1000:1000 .\nEXPOSE 8000\nUSER 1000:1000\nCMD [\"node\", \"app.js\"]\n"),
    Case("go on scratch", "", _ASKS, frozenset(), files=(("main.go", _GO),),
         dockerfile="FROM golang:1.24 AS build\nCOPY main.go /src/\nRUN cd /src && CGO_ENABLED=0 go build -o /server main.go\n"
                    "FROM scratch\nCOPY --from=build /server /server\nEXPOSE 8000\nCMD [\"/server\"]\n"),
)  # fmt: skip


def _observe(*words: str, code: int = 0, seconds: int = 600) -> Any:
    done = subprocess.run([sys.executable, "-m", "wizard", "observe", *words], cwd=ROOT, capture_output=True, text=True, timeout=seconds,
                          stdin=subprocess.DEVNULL)  # fmt: skip
    assert done.returncode == code, f"exit {done.returncode}: {done.stderr}\n{done.stdout[-3000:]}"
    return json.loads(done.stdout)


@pytest.fixture
def image(engine: Engine, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    case: Case = request.param
    if not case.dockerfile:
        yield case.image
        return
    (tmp_path / "Dockerfile").write_text(case.dockerfile)
    for name, text in case.files:
        (tmp_path / name).write_text(text)
    name = new_name("observed")
    engine.run("build", "--quiet", "--tag", name, str(tmp_path), timeout=300, build=True)
    yield name
    engine.run("image", "rm", "--force", name)


@pytest.mark.parametrize(
    ("case", "image"), thorough([(case, case) for case in CASES], [(LOGS, LOGS)]), ids=[case.name for case in CASES], indirect=["image"]
)
def test_what_a_workload_needs_is_found_and_is_enough(case: Case, image: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = [word for setting in case.settings for word in ("--set", setting)]
    data = _observe("--image", image, "--exercise", case.exercise, *words, "--format", "json", "--", *case.command)
    assert data["passed"], data["trouble"]
    judged = data["judged"]
    kept = [one["item"] for one in judged if one["verdict"] != "not needed"]
    found = {("folder", item["row"]["path"]) for item in kept if item["key"] == "writable"}
    found |= {("capability", item["row"]["name"]) for item in kept if item["key"] == "capabilities"}
    truth = {("folder", path) for path in case.folders} | {("capability", name) for name in case.capabilities}
    right = len(found & truth)
    with capsys.disabled():
        print(f"\n{case.name}: precision {right}/{len(found)}, recall {right}/{len(truth)}, {data['runs']} runs, {data['seconds']}", end=" ")
    assert found == truth
    users = [item["row"]["uid"] for item in kept if item["key"] == "user"]
    assert users == ([case.user] if case.user else [])
    # Whatever was left out on trial broke it, literally.
    tried = [one for one in judged if one["item"]["optional"] and one["verdict"] == "needed"]
    assert all(one["without"] for one in tried)
    assert {one["item"]["key"] for one in judged if one["verdict"] == "kept"} <= {"user", "waivers", "ports", "seccomp", "calls", "writable"}
    assert image in data["diff"]


def test_what_was_observed_of_a_folder_is_written_and_is_enough(engine: Engine, tmp_path: Path) -> None:
    (tmp_path / "app.py").write_text(_LOGS)
    (tmp_path / "seawall.yaml").write_text("# mine\nseawall: 1\nname: logs   # its name\nstack: {language: python}\nports: [8000]\n")
    data = _observe(str(tmp_path), "--seconds", "1", "--quick", "--apply", "--format", "json")
    text = (tmp_path / "seawall.yaml").read_text()
    assert data["written"] and text.startswith("# mine\n") and "name: logs   # its name" in text
    assert {"/run", "/var/log/app"} <= {row["path"] for row in data["answers"]["writable"]}
    assert seawall(str(tmp_path), "--yes").returncode == 0
    assert data["subject"] not in engine.run("ps", "-a", "--format", "{{.Names}}") + engine.run("image", "ls", "--format", "{{.Repository}}")


def _mine(engine: Engine, whose: str) -> int:
    label = f"{LABEL}={whose}"
    kinds = (("ps", "-aq"), ("network", "ls", "-q"), ("volume", "ls", "-q"), ("image", "ls", "-q"))
    return sum(len(engine.run(*words, "--filter", f"label={label}").split()) for words in kinds)


@pytest.mark.parametrize("number", thorough([signal.SIGINT, signal.SIGTERM, signal.SIGKILL], [signal.SIGKILL]))
def test_who_breaks_off_leaves_nothing(engine: Engine, tmp_path: Path, number: signal.Signals) -> None:
    hear = partial(signal.signal, signal.SIGINT, signal.SIG_DFL)
    command = [sys.executable, "-m", "wizard", "observe", "--image", "python:3.13-slim", "--seconds", "60", "--", "sleep", "99"]
    with subprocess.Popen(command, cwd=ROOT, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE, preexec_fn=hear) as process:
        whose = owner(process.pid)
        until(lambda: engine.run("ps", "-q", "--filter", f"label={LABEL}={whose}").split(), bool)
        process.send_signal(number)
        _, said = process.communicate(timeout=60)
    if number == signal.SIGKILL:
        assert _mine(engine, whose) > 0
        # Even one that finds nothing to observe.
        assert seawall("observe", str(tmp_path / "none")).returncode == 2
    else:
        assert (process.returncode, said) == (130, "seawall: interrupted; what was started is removed\n")
    assert _mine(engine, whose) == 0
    until(lambda: subprocess.run(["pgrep", "-f", f"strace.*{process.pid}"], capture_output=True).stdout, lambda found: not found)
