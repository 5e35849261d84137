"""A Dockerfile gets a user that is not root between its own lines, where BuildKit's own parser finds it, or is left alone with the reason."""

import re
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from wizard.check.dockerfiles import dockerfile
from wizard.check.images import built_image
from wizard.check.judging import judge_image
from wizard.check.source import NotReadError
from wizard.controls.user import is_root
from wizard.fix.build_context import Context
from wizard.fix.dockerfile_edits import run_as
from wizard.fix.dockerfile_spans import Change, edited
from wizard.fix.image_mends import image_mends
from wizard.fix.refusal import NotEditable

MADE = [
    "RUN groupadd --gid 10001 app \\",
    "    && useradd --no-log-init --uid 10001 --gid 10001 \\",
    "        --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin app",
]
HOME = "ENV HOME=/tmp"
USER = "USER 10001:10001"
FILES = {
    "good.sh": "#!/bin/sh\n# chown is not called\nexec python app.py\n", "gosu.sh": "#!/bin/sh\nexec gosu app \"$@\"\n", "bin/run": "#!/bin/bash\nchown -R app /data\n",
    "writes.sh": "#!/bin/sh\necho x > /etc/app.conf\n", "keeps.sh": "#!/bin/sh\ntouch /var/lib/app/x\n", "calls.sh": "#!/bin/sh\n./gosu.sh\n", "apt.sh": "#!/bin/sh\npip install -r r.txt\n",
    "copies.sh": "#!/bin/sh\ncp /etc/a /tmp/a\ncp a /etc/b\n", "package.json": '{"scripts": {"start": "node x.js", "serve": "sudo node x.js"}}',
}  # fmt: skip


def added(text: str, after: str) -> list[str]:
    """The lines that are new, each other one being there byte for byte and in its order; a replaced line is `-` and itself."""
    import difflib

    rows = difflib.ndiff(re.split(r"\r?\n", text), re.split(r"\r?\n", after))
    return [row[2:] if row[0] == "+" else f"-{row[2:]}" for row in rows if row[0] in "+-"]


@pytest.mark.parametrize(("text", "owned", "user", "lines"), [
    ("FROM python:3.13-slim\nWORKDIR /app\nCOPY . .\nEXPOSE 80\n# starts it\nCMD [\"python\", \"app.py\"]\n", (), (10001, 10001), [*MADE, HOME, USER]),
    ("FROM python:3.13-slim\nENV HOME=/data\nRUN x\nCMD y\n", (), (10001, 10001), [*MADE, USER]),
    ("FROM golang:1.25 AS b\nRUN x\nFROM scratch\nCOPY --from=b /a /a\nENTRYPOINT [\"/a\"]\n", (), (10001, 10001), [USER]),
    ("FROM node:24-slim\nRUN npm ci\nCMD [\"node\", \"x.js\"]", (), (1000, 1000), ["USER 1000:1000"]),
    ("FROM php:8.4-apache\nCOPY . /var/www/html\n", (), (33, 33), [HOME, "USER 33:33"]),
    ("FROM gcr.io/distroless/static-debian13\nCOPY a /a\nENTRYPOINT [\"/a\"]\n", (), (65532, 65532), ["USER 65532:65532"]),
    ("FROM gcr.io/distroless/static-debian13:nonroot\nCOPY a /a\n", (), (65532, 65532), []),
    ("FROM mcr.microsoft.com/dotnet/aspnet:8.0\nCOPY a /a\n", (), (1654, 1654), ["USER 1654:1654"]),
    ("FROM mcr.microsoft.com/dotnet/aspnet:8.0\nCOPY a /a\nUSER $APP_UID\n", (), (1654, 1654), ["-USER $APP_UID", "USER 1654:1654"]),
    ("FROM postgres:17\nCOPY a.sql /docker-entrypoint-initdb.d/\n", (), (999, 999), ["USER 999:999"]),
    ("FROM postgres:17-alpine\nCOPY a.sql /docker-entrypoint-initdb.d/\n", (), (70, 70), ["USER 70:70"]),
    ("FROM alpine:3.22\nRUN apk add x\nCMD x\n", (), (10001, 10001),
     ["RUN addgroup -g 10001 app \\", "    && adduser -D -H -h /nonexistent -s /sbin/nologin -u 10001 -G app app", HOME, USER]),
    ("FROM own/base:1\nRUN apt-get install -y x\nENTRYPOINT [\"/x\"]\n", (), (10001, 10001), [*MADE, HOME, USER]),
    ("from debian:13\nrun a\ncmd b\n", (), (10001, 10001), [MADE[0].replace("RUN", "run"), *MADE[1:], "env HOME=/tmp", "user 10001:10001"]),
    ("# escape=`\nFROM debian:13\nRUN a `\n b\n", (), (10001, 10001), [*(line.replace("\\", "`") for line in MADE), HOME, USER]),
    ("FROM debian:13\nUSER root\nCMD x\n", (), (10001, 10001), ["-USER root", *MADE, HOME, USER]),
    ("FROM debian:13\nUSER \\\n root\nCMD x\n", (), (10001, 10001), [*MADE, HOME, USER]),
    ("FROM debian:13\nRUN useradd -u 1001 -m web\nUSER web\nRUN a\nUSER root\nRUN b\nCMD x\n", (), (1001, 1001), ["USER 1001:1001"]),
    ("FROM debian:13\nRUN groupadd -g 1002 w && useradd -ms /bin/sh -u 1001 -g w web\nUSER web\n", (), (1001, 1002), ["-USER web", "USER 1001:1002"]),
    ("FROM debian:13\nARG UID=1001\nRUN useradd --uid=$UID web\nUSER web\n", (), (1001, 1001), ["-USER web", "USER 1001:1001"]),
    ("FROM debian:13\nRUN useradd -u 1001 -G dialout web\nUSER web\n", (), (1001, 1001), []),
    ("FROM alpine:3.22\nRUN addgroup -g 1002 w \\\n  && adduser -D -u 1001 -G w web\nUSER web:w\n", (), (1001, 1002), ["-USER web:w", "USER 1001:1002"]),
    ("FROM debian:13\nRUN adduser --disabled-password --gecos '' --uid 1001 web\nUSER web\n", (), (1001, 1001), ["-USER web", "USER 1001:1001"]),
    ("FROM debian:13\nADD https://example.org/x.sh /x.sh\nRUN useradd -u 1001 -m web && chmod 755 /x.sh\n", (), (1001, 1001), ["USER 1001:1001"]),
    ("FROM debian:13\nUSER nobody:nogroup\n", (), (65534, 65534), ["-USER nobody:nogroup", "USER 65534:65534"]),
    ("FROM node:24-slim\nUSER node\n", (), (1000, 1000), ["-USER node", "USER 1000:1000"]),
    ("FROM debian:13\nUSER 10001\nCMD x\n", (), (10001, 10001), ["-USER 10001", *MADE, USER]),
    ("FROM debian:13\nUSER 10001:10001\nCMD x\n", (), (10001, 10001), MADE),
    ("FROM scratch\nCOPY a /a\nUSER 10001\n", (), (10001, 0), []),
    ("FROM debian:13\nRUN useradd -u 1001 -m web\nCOPY --chown=web:web a /a\nCMD x\n", (), (1001, 1001), ["USER 1001:1001"]),
    ("FROM node:24-slim\nCOPY --chown=node:node a /a\nCMD x\n", (), (1000, 1000), ["USER 1000:1000"]),
    ("FROM node:24-slim\nCMD x\n", ("/data",), (1000, 1000), ["RUN mkdir -p /data && chown -R 1000:1000 /data", "USER 1000:1000"]),
    ("FROM node:24-slim\nCOPY a /a\nVOLUME [\"/data\"]\nRUN b\nCMD x\n", (), (1000, 1000), ["RUN mkdir -p /data && chown -R 1000:1000 /data", "USER 1000:1000"]),
    ("FROM node:24-slim\nRUN mkdir /data && chown node /data\nCMD x\n", ("/data",), (1000, 1000), ["USER 1000:1000"]),
    ("FROM node:24-slim\nRUN mkdir /data && chown www-data /data\nCMD x\n", ("/data",), (1000, 1000), ["RUN mkdir -p /data && chown -R 1000:1000 /data", "USER 1000:1000"]),
    ("FROM node:24-slim\nWORKDIR /app\nRUN mkdir -p logs && npm ci\nCMD x\n", (), (1000, 1000), ["RUN mkdir -p /app/logs && chown -R 1000:1000 /app/logs", "USER 1000:1000"]),
    ("FROM node:24-slim\nWORKDIR /app\nENV DATA_DIR=/d DATABASE_URL=sqlite:////e/a.db\nCOPY a .\n", (), (1000, 1000), ["RUN mkdir -p /d /e && chown -R 1000:1000 /d /e", "USER 1000:1000"]),
    ("FROM nginxinc/nginx-unprivileged:1.30\nCOPY a /a\n", ("/data",), (101, 101), ["USER 0:0", "RUN mkdir -p /data && chown -R 101:101 /data", "USER 101:101"]),
    ("FROM golang:1 AS b\nRUN a\n\n# the image\nFROM scratch\nCOPY --from=b /a /a\nVOLUME /data\nCMD [\"/a\"]\n", (), (10001, 10001),
     ["RUN mkdir -p /tmp/empty/data", "COPY --from=b --chown=10001:10001 /tmp/empty/data /data", USER]),
    ("FROM python:3.13-slim\nRUN --mount=type=cache,target=/root/.cache/pip pip install x && rm -rf /root/.cache\nCMD x\n", (), (10001, 10001), [*MADE, HOME, USER]),
    *((f"FROM node:24-slim\nWORKDIR /app\nCOPY . .\n{start}\n", ("/var/lib/app",) if "keeps" in start else (), (1000, 1000),
       [*(["RUN mkdir -p /var/lib/app && chown -R 1000:1000 /var/lib/app"] if "keeps" in start else []), "USER 1000:1000"])
      for start in ('CMD ["./good.sh"]', 'ENTRYPOINT ["/app/good.sh"]', "CMD sh good.sh", 'CMD ["npm", "start"]', 'CMD ["/app/keeps.sh"]')),
])  # fmt: skip
def test_it_runs_as_a_user_that_exists(text: str, owned: tuple[str, ...], user: tuple[int, int], lines: list[str]) -> None:
    after, runs_as = run_as(text, "Dockerfile", None, None, owned, read=FILES.get)
    assert runs_as == user
    assert sorted(added(text, after)) == sorted(lines)
    read = dockerfile(after, "Dockerfile")
    said = built_image(read, read.stages[-1]).user
    assert said is not None
    assert not is_root(said)
    assert run_as(after, "Dockerfile", None, None, owned, read=FILES.get) == (after, user)


@pytest.mark.parametrize(("text", "line", "why"), [
    ("FROM nginx:1.29\nCOPY a /a\n", 1, "nginx-unprivileged"),
    ("FROM lscr.io/linuxserver/x:1\n", 1, "init system"),
    ("FROM own/base:1\nCOPY a /a\n", 1, "nothing says what its base image has"),
    ("ARG B\nFROM $B\nRUN x\n", 2, "nothing says what its base image has"),
    ("FROM own/base:1\nRUN apt-get update\n", 1, "what its base image starts with is not known"),
    ("FROM registry.access.redhat.com/ubi9/ubi-minimal:9\nENTRYPOINT [\"/a\"]\n", 1, "nothing says"),
    *((f"FROM debian:13\nWORKDIR /app\nCOPY . .\nENTRYPOINT [\"{name}\"]\n", 3 if "/" in name else 4, why) for name, why in (
        ("/app/gosu.sh", "calls gosu"), ("./bin/run", "calls chown"), ("./writes.sh", "writes to /etc/app.conf"), ("./calls.sh", "calls gosu"),
        ("./keeps.sh", "writes to /var/lib/app/x"), ("./apt.sh", "pip install"), ("./copies.sh", "writes to /etc/b"))),
    ("FROM debian:13\nCOPY . /app\nCMD [\"/app/none.sh\"]\n", 3, "cannot be read here"),
    ("FROM debian:13\nCOPY --from=x /start.sh /\nCMD [\"/start.sh\"]\n", 2, "cannot be read here"),
    ("FROM debian:13\nRUN printf 'gosu a b' > /start.sh\nCMD [\"/start.sh\"]\n", 2, "calls gosu"),
    ("FROM debian:13\nCOPY <<E /start.sh\n#!/bin/sh\nsu-exec a b\nE\nCMD [\"/start.sh\"]\n", 2, "calls su-exec"),
    ("FROM node:24\nCOPY . .\nCMD npm run serve\n", 3, "serve of package.json calls sudo"),
    *((f"FROM debian:13\nCMD {start}\n", 2, why) for start, why in (
        ("cron -f", "cron"), ('["supervisord"]', "supervisord"), ("/usr/sbin/sshd -D", "sshd"), ('["/sbin/init"]', "/sbin/init"), ("chown -R a b && c", "chown"),
        ("exec gosu a b", "gosu"), ("apt-get update && a", "apt-get"), ("nginx -g 'daemon off;'", "nginx"), ("npm run dev", "npm run dev"),
        ("uv run a.py", "uv run"), ("/root/a", "/root"), ("python manage.py collectstatic && b", "collectstatic"))),
    ("FROM debian:13\nCOPY --chmod=0600 a /a\n", 2, "--chmod=0600"),
    ("FROM debian:13\nRUN useradd -u 5001 a && useradd -u 5002 b\nCOPY --chown=a x /x\nCOPY --chown=b y /y\n", 3, "belong to a"),
    ("FROM debian:13\nRUN useradd -r web\nCMD x\n", 1, "leaves its number to the system"),
    ("FROM debian:13\nRUN useradd -r web\nUSER web\n", 3, "the number of the user web is not said"),
    ("FROM debian:13\nRUN useradd -r -u 999 web\nUSER web\n", 3, "the number of the user web is not said"),
    ("FROM alpine:3\nRUN adduser -S -D -u 999 web\nUSER web\n", 3, "the number of the user web is not said"),
    ("FROM ubuntu:24.04\nUSER 1000\n", 2, "the group of the user 1000 is not said"),
    ("FROM debian:13\nARG U\nUSER $U\n", 3, "hangs on an argument"),
    ("FROM python:3.13\nCOPY --from=b /root/.local /root/.local\n", 2, "put into /root"),
    ("FROM python:3.13\nENV PATH=/root/.cargo/bin:$PATH\n", 2, "PATH is a path in /root"),
    ("FROM python:3.13\nRUN pip install --user x\n", 2, "PYTHONUSERBASE moves it"),
    ("FROM python:3.13\nRUN curl https://sh.rustup.rs | sh\n", 2, "CARGO_HOME"),
    ("FROM python:3.13\nWORKDIR /root\n", 2, "works in /root"),
    ("FROM python:3.13\nRUN chmod 700 /start\n", 2, "chmod 700"),
    ("FROM python:3.13\nWORKDIR /app\nENV DATABASE_URL=sqlite:///a.db\n", 1, "where its code is"),
    ("FROM python:3.13\nVOLUME /etc\n", 1, "part of the system"),
    ("FROM python:3.13\nVOLUME /data\nCOPY a /data/a\n", 3, "fills a folder behind its VOLUME"),
    ("FROM scratch\nCOPY a /a\nVOLUME /data\n", 1, "no shell to make /data with"),
    ("FROM node:24\nONBUILD COPY . .\n", 2, "ONBUILD"),
    ("FROM debian:13\nSHELL [\"pwsh\", \"-c\"]\n", 2, "commands for this shell"),
    ("FROM debian:13\nRUN a \\\n# b", 2, "would not be read"),
    ("FROM debian:13\nADD https://example.org/x.sh /x.sh\nRUN chmod +x /x.sh\n", 2, "ADD leaves x.sh to its owner alone"),
    ("FROM golang:1 AS b\nRUN a\nFROM scratch\nCOPY --from=b /a /a\nCOPY seed /data/\nVOLUME /data\n", 5, "it fills /data"),
])  # fmt: skip
def test_what_would_break_or_is_not_known_is_left_with_its_line_and_reason(text: str, line: int, why: str) -> None:
    with pytest.raises(NotEditable, match=rf"^Dockerfile:{line}: .*{re.escape(why)}") as refused:
        run_as(text, "Dockerfile", None, None, read=FILES.get)
    assert str(refused.value).isprintable()


def test_a_target_is_the_stage_that_is_edited() -> None:
    text = "FROM node:24 AS web\nCMD a\n\nFROM node:24 AS job\nCMD b\n"
    assert run_as(text, "D", "web", None)[0] == "FROM node:24 AS web\nUSER 1000:1000\nCMD a\n\nFROM node:24 AS job\nCMD b\n"
    assert run_as(text, "D", None, None)[0] == "FROM node:24 AS web\nCMD a\n\nFROM node:24 AS job\nUSER 1000:1000\nCMD b\n"
    with pytest.raises(NotEditable, match="has no stage none"):
        run_as(text, "D", "none", None)
    with pytest.raises(NotEditable, match=r"^D:3: this stage begins with the one that is run"):
        run_as("FROM node:24 AS web\nCMD a\nFROM web\nRUN b\n", "D", "web", None)


def test_files_that_their_owner_alone_may_read_are_said(tmp_path: Path) -> None:
    """COPY keeps their modes, so another user than root could not read them."""
    files = {name: tmp_path / name for name in (".env", ".dockerignore", "src/a.py", "src/deep/b.py", "left/out.py", "key.pem")}
    for path in files.values():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("left\n")
        path.chmod(0o600)
    files[".dockerignore"].chmod(0o644)
    text = "FROM node:24\nCOPY {} /app\nCMD a\n"
    with pytest.raises(NotEditable, match=r"^D:2: «src/a.py» is readable for its owner alone"):
        run_as(text.format("."), "D", None, None, read=Context(tmp_path))
    files["src/a.py"].chmod(0o644)
    files["src/deep/b.py"].chmod(0o644)
    files["src/deep/b.py"].parent.chmod(0o700)
    with pytest.raises(NotEditable, match="«src/deep» is readable for its owner alone"):
        run_as(text.format("src"), "D", None, None, read=Context(tmp_path))
    for open_to_all in ("--chmod=755 . /app", "src /app\nRUN chmod -R go+rX"):
        assert run_as(text.replace("{} /app", open_to_all), "D", None, None, read=Context(tmp_path))[1] == (1000, 1000)
    files["src/deep/b.py"].parent.chmod(0o755)
    files["src/a.py"].parent.chmod(0o700)
    assert run_as(text.format("src"), "D", None, None, read=Context(tmp_path))[1] == (1000, 1000)
    with pytest.raises(NotEditable, match="«src» is readable"):
        run_as(text.format("."), "D", None, None, read=Context(tmp_path))
    assert Context(tmp_path)("../../etc/passwd") is None
    assert Context(tmp_path / "src").private("..") == ""


def test_who_is_asked_for_is_made() -> None:
    assert "groupadd --gid 20001 app" in run_as("FROM debian:13\nCMD a\n", "D", None, (20001, 20001))[0]
    assert "groupadd --non-unique --gid 50 app" in run_as("FROM debian:13\nCMD a\n", "D", None, (50, 50))[0]
    assert "groupadd --gid 10001 service" in run_as("FROM debian:13\nRUN groupadd app\nCMD a\n", "D", None, None)[0]
    for text, user, why in (("FROM node:24\n", (0, 0), "is root"), ("FROM node:24\nUSER node\n", (5, 5), "runs as 1000:1000 and not as 5:5")):
        with pytest.raises(NotEditable, match=why):
            run_as(text, "D", None, user)


@pytest.mark.parametrize("folder", ["/a b", "/a;b", "/$(x)", "/a\nUSER root", "relative", "/../etc", "/", "/usr/bin"])
def test_a_folder_cannot_leave_its_place(folder: str) -> None:
    with pytest.raises(NotEditable):
        run_as("FROM node:24\nCMD a\n", "D", None, None, (folder,))


@pytest.mark.parametrize(("text", "change", "after"), [
    ("FROM a\nRUN b", Change(2, ("USER 5:5",)), "FROM a\nRUN b\nUSER 5:5"),
    ("FROM a\nRUN b\n\n", Change(2, ("USER 5:5",)), "FROM a\nRUN b\n\nUSER 5:5\n"),
    ("FROM a\r\nRUN b", Change(2, ("RUN c", "USER 5:5")), "FROM a\r\nRUN b\r\nRUN c\r\nUSER 5:5"),
    ("FROM a\r\nRUN b\r\n", Change(2, ("USER 5:5",)), "FROM a\r\nRUN b\r\nUSER 5:5\r\n"),
    ("FROM a\r\nUSER 0", Change(1, ("RUN c", "USER 5:5"), True), "FROM a\r\nRUN c\r\nUSER 5:5"),
    ("FROM a\r\nUSER 0", Change(1, ("RUN c", "RUN d")), "FROM a\r\nRUN c\r\nRUN d\r\nUSER 0"),
    ("FROM a\n\n# d\n  # e\nRUN b\n", Change(1, ("USER 5:5",)), "FROM a\n\nUSER 5:5\n# d\n  # e\nRUN b\n"),
    ("FROM a\nCOPY <<E /x\n# c\nE\nRUN b\n", Change(2, ("USER 5:5",)), "FROM a\nCOPY <<E /x\n# c\nE\nUSER 5:5\nRUN b\n"),
    ("FROM a\n\n# b\nFROM b\n", Change(1, ("USER 5:5",)), "FROM a\nUSER 5:5\n\n# b\nFROM b\n"),
])  # fmt: skip
def test_line_ends_and_comments_stay_where_they_are(text: str, change: Change, after: str) -> None:
    assert edited(text, "D", [change]) == after


_BODY = st.sampled_from((
    "RUN a", "RUN a \\\n    b", "RUN a \\\n  # c\n  && b", "RUN <<E\nUSER root\n# d\n\nE", "COPY . .", 'COPY ["a", "b/"]', "COPY <<A /x\n\nCMD q\nA", "WORKDIR /app", "ENV A=b",
    "ARG V=1", "EXPOSE 80", "# c", "", "  # indented", "LABEL a=b \\\n  c=d", "USER root", "USER 0", "HEALTHCHECK CMD true", "STOPSIGNAL SIGTERM", "run small", "VOLUME /data",
    "RUN useradd -u 1001 web", "USER web", "USER 7777", "USER 7777:7777", "CMD [\"x\"]", "ENTRYPOINT [\"y\"]", "CMD x && y", "SHELL [\"/bin/sh\", \"-c\"]", "COPY --chown=1001:1001 a /b/",
))  # fmt: skip
_BASE = st.sampled_from(
    (
        "debian:13",
        "node:24-slim",
        "python:3.13",
        "alpine:3",
        "scratch",
        "gcr.io/distroless/static-debian13",
        "${B}",
        "s0",
        "own/base:1",
        "postgres:17",
    )
)
_HEAD = st.sampled_from(("", "# syntax=docker/dockerfile:1\n", "# escape=\\\n# c\n", "\n# c\n\n", "ARG B=debian:13\n"))


@st.composite
def dockerfiles(draw: st.DrawFn) -> str:
    parts = []
    for number in range(draw(st.integers(1, 3))):
        parts.append(f"FROM {draw(_BASE)} AS s{number}")
        parts += draw(st.lists(_BODY, max_size=7))
    return (draw(_HEAD) + "\n".join(parts) + draw(st.sampled_from(("", "\n", "\n\n# end\n")))).replace("\n", draw(st.sampled_from(("\n", "\r\n"))))


@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
@given(dockerfiles(), st.sampled_from(((), ("/data",), ("/var/lib/app",))))
def test_every_other_line_stays_and_buildkit_reads_the_new_ones_in_their_stage(text: str, owned: tuple[str, ...]) -> None:
    parser = pytest.importorskip("dockerfile", reason="no wheel of BuildKit's parser for this platform")
    try:
        after, user = run_as(text, "Dockerfile", None, None, owned)
    except (NotEditable, NotReadError):
        return
    assert run_as(after, "Dockerfile", None, None, owned) == (after, user)
    # Byte for byte: only the one line of a USER may be another.
    changed = added(text, after)
    assert all(re.match(r"-\s*USER ", line) for line in changed if line.startswith("-"))
    assert len([line for line in changed if line.startswith("-")]) <= 1
    assert ("\r\n" in after) == ("\r\n" in text) or "\n" not in text
    assert "\r\n" not in text or not re.search(r"(?<!\r)\n", after)
    assert text.endswith("\n") == after.endswith("\n")
    theirs_before = [(one.cmd.upper(), one.flags, one.value) for one in parser.parse_string(text)]
    theirs = [(one.cmd.upper(), one.flags, one.value) for one in parser.parse_string(after)]
    kept = [one for one in theirs_before if one[0] != "USER"]
    new = list(theirs)
    for one in kept:
        new.remove(one)
    assert {one[0] for one in new} <= {"USER", "RUN", "ENV", "COPY"}
    last_stage = theirs[max(number for number, one in enumerate(theirs) if one[0] == "FROM") :]
    users = [one[2][0] for one in last_stage if one[0] == "USER"]
    read = dockerfile(after, "Dockerfile")
    said = built_image(read, read.stages[-1]).user
    if said is not None and said.partition(":")[0].isdecimal():
        assert int(said.partition(":")[0]) == user[0]
    assert user[0] != 0
    if users:
        assert not is_root(users[-1])
    assert not [one for one in judge_image(read, ()) if one.control == "non-root-user" and "unknown" not in one.message]


@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
@given(dockerfiles())
def test_all_that_check_finds_is_mended_or_left_and_twice_equals_once(text: str) -> None:
    try:
        mended = image_mends(text, "Dockerfile")
    except NotReadError:
        return
    found = [(one.control, one.place.line) for one in judge_image(dockerfile(mended.text, "Dockerfile"), ())]
    left = [(one.left.control, one.line) for one in mended.left]
    assert [one for one in found if one[0] != "non-root-user"] == [one for one in left if one[0] != "non-root-user"]
    assert ("non-root-user" in dict(found)) == ("non-root-user" in dict(left))
    assert all(one.left.why for one in mended.left)
    again = image_mends(mended.text, "Dockerfile")
    assert (again.text, again.done) == (mended.text, ())
    assert (mended.text != text) == bool(mended.done)


def test_what_is_left_has_its_lines() -> None:
    text = "FROM python:latest\nEXPOSE 8000\nCOPY --chown=1001:1001 a /a\nENV API_TOKEN=abc\nRUN --network=host \\\n  make\nCMD x\n"
    left = {one.left.control: (one.line, one.left.lines) for one in image_mends(text, "D").left}
    assert left["files-owned-by-root"] == (3, ("COPY a /a",))
    assert left["no-host-access"] == (5, ("RUN \\", "  make"))
    assert left["secrets-as-files"] == (4, ('RUN --mount=type=secret,id=api_token API_TOKEN="$(cat /run/secrets/api_token)" COMMAND',))
    assert left["pinned-base-image"] == (1, ("FROM python:VERSION",))
    assert left["health-check"][1][0].startswith("HEALTHCHECK ")
    (done,) = image_mends(text, "D").done
    assert (done.control, done.line, "1001:1001" in done.behaviour) == ("non-root-user", 1, True)


@pytest.mark.parametrize("body", [
    "RUN " + "pip install " * 1300, "RUN mkdir " + "-p " * 60 + "!", "CMD " + "cp " * 5000, "RUN " + "useradd " * 1900, "RUN chmod " + "+r" * 8000, "COPY a b\n" * 1500 + 'CMD ["/x.sh"]',
    "VOLUME " + "/v " * 5000, "RUN mkdir " + " ".join(f"a{n}" for n in range(2400)), "FROM node:24 AS x\n" * 2000, "FROM node:24 AS x\n" * 20000, "CMD " + "x.sh " * 300000,
])  # fmt: skip
def test_no_text_takes_long(body: str) -> None:
    """Measured: half a second at the most; patterns that go back and forth took more than a minute."""
    began = time.process_time()
    image_mends(f"FROM node:24\n{body}\n", "D")
    assert time.process_time() - began < 5


def test_nothing_of_a_file_steers_a_terminal() -> None:
    refused = image_mends('FROM debian:13\nCMD ["chown", "\\u001b[2J"]\nENV API_TOKEN=a\nCOPY --chown=5:5 "\x1b[2J" /b\n', "D")
    assert all(text.isprintable() for one in refused.left for text in (*one.left.lines, one.left.why))
