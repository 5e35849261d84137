"""Images are built and run as they were, and again with their user: the program answers, writes its folders, and is the number that it was told.

Each program is the container's own start command; it prints whom it is and what it could do, and ends. Nothing is pulled.
"""

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.engine.running import PREFIX, Engine
from tests.thorough import thorough
from wizard.check.dockerfiles import dockerfile
from wizard.check.judging import judge_image
from wizard.fix.dockerfile_edits import run_as

pytestmark = pytest.mark.engine

NO_RIGHTS = ("--cap-drop", "ALL", "--security-opt", "no-new-privileges")
PYTHON = """
import http.server, os, sys, threading, urllib.request
server = http.server.HTTPServer(("127.0.0.1", 80), http.server.SimpleHTTPRequestHandler)
threading.Thread(target=server.serve_forever, daemon=True).start()
answered = urllib.request.urlopen("http://127.0.0.1/").status
for folder in sys.argv[1:]:
    open(os.path.join(folder, "written"), "w").close()
os.makedirs(os.path.expanduser("~/.cache/own"))
print(f"{os.getuid()}:{os.getgid()} answered {answered} wrote {' '.join(sys.argv[1:])}")
"""
NODE = """
const fs = require("fs"), http = require("http"), folders = process.argv.slice(2);
const server = http.createServer((asked, answer) => answer.end("ok")).listen(80, "127.0.0.1", async () => {
  const answered = (await fetch("http://127.0.0.1/")).status;
  for (const folder of folders) fs.writeFileSync(`${folder}/written`, "");
  fs.mkdirSync(`${require("os").homedir()}/.cache/own`, {recursive: true});
  console.log(`${process.getuid()}:${process.getgid()} answered ${answered} wrote ${folders.join(" ")}`);
  server.close(() => process.exit(0));
});
"""
SHELL = """#!/bin/sh
set -e
for folder in "$@"; do touch "$folder/written"; done
mkdir -p "$HOME/.cache/own"
echo "$(id -u):$(id -g) answered 200 wrote $*"
"""
FILES = {"app.py": PYTHON, "app.js": NODE, "start.sh": SHELL, "app.go": "package app\n", "package.json": '{"scripts": {"start": "node app.js logs"}}'}
BUILD = "FROM golang:1.25 AS build\nRUN cp /usr/local/go/bin/gofmt /app\n\n"
"""A program that needs nothing else in its image, and writes a file where it is told to (-cpuprofile)."""
SCRIPT = "COPY start.sh /usr/local/bin/\nRUN chmod 755 /usr/local/bin/start.sh\n"

CASES = {
    "python": ('FROM python:3.13-slim\nWORKDIR /app\nCOPY app.py .\nENV DATA_DIR=/data\nRUN mkdir /data\nEXPOSE 80\nCMD ["python3", "app.py", "/data"]\n', (), (10001, 10001)),
    "python with a volume of its service": ('FROM python:3.13-slim\nCOPY app.py /app/\nRUN mkdir -p /var/lib/app\nCMD ["python3", "/app/app.py", "/var/lib/app"]', ("/var/lib/app",), (10001, 10001)),
    "carriage returns": ('FROM python:3.13-slim\r\nWORKDIR /app\r\nCOPY app.py \\\r\n  # what it is\r\n  ./\r\nCMD ["python3", "app.py"]\r\n', (), (10001, 10001)),
    "node": ('FROM node:24-slim AS build\nRUN true\nFROM node:24-slim\nWORKDIR /app\nCOPY app.js .\nVOLUME /data\nCMD ["node", "app.js", "/data"]\n', (), (1000, 1000)),
    "node with npm": ('FROM node:24-slim\nWORKDIR /app\nRUN mkdir -p logs\nCOPY app.js package.json ./\nCMD ["npm", "start", "--silent"]\n', (), (1000, 1000)),
    "debian that is root again": (f"FROM debian:trixie-slim\nRUN useradd -u 1001 -m web\nUSER web\nRUN true\nUSER root\n{SCRIPT}CMD start.sh\n", (), (1001, 1001)),
    "debian with a name": (f"FROM debian:trixie-slim\n{SCRIPT}RUN groupadd -g 1002 web && useradd -m -u 1001 -g web web\nUSER web\nCMD start.sh\n", (), (1001, 1002)),
    "debian with a volume first": (f'FROM debian:trixie-slim\nVOLUME ["/data"]\n{SCRIPT}CMD ["start.sh", "/data"]\n', (), (10001, 10001)),
    "another escape": ('# escape=`\nFROM debian:trixie-slim\nCOPY start.sh `\n  /start.sh\nRUN chmod 755 /start.sh `\n && true\nCMD ["/start.sh"]\n', (), (10001, 10001)),
    "small letters": ('from debian:trixie-slim\ncopy start.sh /\nrun chmod 755 /start.sh\nuser root\ncmd ["/start.sh"]\n', (), (10001, 10001)),
    "redis": ("FROM redis:7\nCOPY app.py /\nCMD [\"sh\", \"-c\", \"touch /data/written && echo $(id -u):$(id -g) answered 200 wrote /data\"]\n", (), (999, 999)),
}  # fmt: skip


WITHOUT_SHELL = {
    "scratch": (f'{BUILD}FROM scratch\nCOPY --from=build /app /app\nVOLUME /data\nENTRYPOINT ["/app", "-cpuprofile", "/data/written", "/app.go"]\nCOPY app.go /app.go\n', (), "10001:10001"),
    "scratch, a folder in a folder": (f'{BUILD}FROM scratch\nCOPY --from=build /app /app\nCOPY app.go /app.go\nENTRYPOINT ["/app", "-cpuprofile", "/var/lib/app/written", "/app.go"]\n', ("/var/lib/app",), "10001:10001"),
    "distroless": (f'{BUILD}# the image\nFROM gcr.io/distroless/static-debian13:nonroot\nUSER 0\nWORKDIR /data\nWORKDIR /\nCOPY --from=build /app /app\nCOPY app.go /\nENTRYPOINT ["/app", "-cpuprofile", "/data/written", "/app.go"]\n', ("/data",), "65532:65532"),
}  # fmt: skip


@pytest.fixture
def built(engine: Engine, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator["Built"]:
    """Builds and runs images that are gone afterwards."""
    name = re.sub(r"[^a-z0-9]+", "-", str(request.node.name).lower()).strip("-")
    one = Built(engine, tmp_path, f"{PREFIX}{os.getpid()}-{name}"[:100].strip("-"))
    yield one
    for where in {True: (True, False), False: (False,)}[engine.build_environment is not None]:
        engine.run("image", "rm", "--force", one.image, check=False, build=where)


class Built:
    def __init__(self, engine: Engine, folder: Path, image: str) -> None:
        self.engine, self.folder, self.image = engine, folder, image
        for name, text in FILES.items():
            (folder / name).write_text(text)
            (folder / name).chmod(0o644)

    def says(self, text: str, *options: str) -> str:
        """Build a Dockerfile and run what it makes, without a network to the outside."""
        (self.folder / "Dockerfile").write_bytes(text.encode())
        self.engine.run("build", "--quiet", "--tag", self.image, ".", cwd=self.folder, timeout=300, build=True)
        if self.engine.build_environment:
            self.engine.hand_over(self.image)
        return self.engine.run("run", "--rm", "--network", "none", *options, self.image, timeout=60).strip()


@pytest.mark.parametrize("case", thorough(CASES, ("python", "node with npm", "debian with a volume first", "redis")))
def test_what_ran_as_root_runs_as_the_number(built: Built, case: str) -> None:
    text, owned, user = CASES[case]
    before = built.says(text)
    named = case == "debian with a name"
    assert re.match("1001:1002 answered 200" if named else "0:0 answered 200", before)
    after, runs_as = run_as(text, "Dockerfile", None, None, owned, read=FILES.get)
    assert runs_as == user
    assert after != text
    assert built.says(after, *NO_RIGHTS) == f"{user[0]}:{user[1]} answered 200{before.partition('answered 200')[2]}"
    assert not [one for one in judge_image(dockerfile(after, "Dockerfile"), ()) if one.control == "non-root-user"]
    inspected = built.engine.json("image", "inspect", built.image)[0]["Config"]["User"]
    assert inspected == f"{user[0]}:{user[1]}"


@pytest.mark.parametrize("case", thorough(WITHOUT_SHELL, ("scratch",)))
def test_an_image_without_a_shell_has_folders_of_its_user(built: Built, case: str) -> None:
    text, owned, user = WITHOUT_SHELL[case]
    after, _ = run_as(text, "Dockerfile", None, None, owned)
    assert built.says(after, *NO_RIGHTS) == "package app"
    assert built.engine.json("image", "inspect", built.image)[0]["Config"]["User"] == user
    with pytest.raises(AssertionError, match=r"permission denied|no such file"):
        built.says(re.sub(r"COPY --from=build --chown=.*\n", "", after), *NO_RIGHTS)


def test_a_number_that_nobody_made_has_a_name_then(built: Built) -> None:
    text = 'FROM debian:trixie-slim\nUSER 10001\nCMD ["sh", "-c", "echo $(id -u):$(id -g) $(id -un 2>/dev/null || echo nobody knows)"]\n'
    assert built.says(text) == "10001:0 10001 nobody knows"
    assert built.says(run_as(text, "Dockerfile", None, None)[0]) == "10001:10001 app"


def test_without_what_is_added_the_program_does_not_work(built: Built) -> None:
    """What the edit does is needed: a bare USER, as others put it, breaks the very same images."""
    text, owned, _ = CASES["python with a volume of its service"]
    after, _ = run_as(text, "Dockerfile", None, None, owned)
    for line in (r" *&& mkdir -p .*\n", r"ENV HOME=.*\n"):
        broken, count = re.subn(line, "", after)
        assert count == 1
        with pytest.raises(AssertionError, match="Permission denied"):
            built.says(re.sub(r"login app \\\n(?!    &&)", "login app\n", broken))


def test_the_older_builder_keeps_the_owner_of_a_volume(built: Built, monkeypatch: pytest.MonkeyPatch) -> None:
    text, owned, _ = CASES["debian with a volume first"]
    after, _ = run_as(text, "Dockerfile", None, None, owned, read=FILES.get)
    older = Built(Engine({**built.engine.environment, "DOCKER_BUILDKIT": "0"}), built.folder, built.image)
    assert older.says(after) == "10001:10001 answered 200 wrote /data"
