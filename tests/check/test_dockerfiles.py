"""Dockerfiles are read as BuildKit's own parser reads them, and say what their image starts as."""

import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from wizard.check.dockerfiles import dockerfile, instructions
from wizard.check.images import built_image, known_image
from wizard.check.judging import judge_image
from wizard.check.known import IMAGES
from wizard.check.source import NotReadError

CASES = {
    "escape": "# escape=`\nFROM a\nRUN dir c:\\ `\n  && x\nUSER 5\n",
    "escape is no directive after another line": "FROM a\n# escape=`\nRUN a \\\n b\nUSER 5\n",
    "a comment inside a continuation": "FROM a\nRUN a \\\n# c \\\n   # d\n  && b\nUSER 5:5\n",
    "heredocs": 'FROM a\nRUN <<EOF\nUSER root\nEOF\nCOPY <<"A" <<-B /x/\nFROM q\nA\n\tUSER z\n\tB\nUSER 7\n',
    "onbuild": "FROM a AS x\nONBUILD USER 4\nFROM --platform=$BUILDPLATFORM x\nUSER 6\n",
    "small letters": 'from a as B\nuser 1\nfrom scratch\ncopy --from=B --chown=1:1 /a /b\nentrypoint ["a"]\n',
    "crlf": "FROM a\r\nRUN a \\\r\n b\r\nUSER 5\r\n",
    "byte order mark": "\ufeffFROM a\nUSER 2\n",
    "an empty line in a continuation": "FROM a\nRUN a \\\n\n  b\nUSER 2",
    "arguments": 'ARG V=1\nFROM a:${V}-x\nENV A=b C="d e"\nENV X y z\nARG Q\nHEALTHCHECK NONE\n',
    "spaces": "  FROM   a   \n\tRUN echo \\  \n hi\n  USER   3  \n",
    "no final newline in a continuation": "FROM a\nUSER \\\n 5",
    "flags": 'FROM a\nRUN --mount=type=cache,target=/x --network=host make\nCOPY --chmod=755 --chown=5 a b\nHEALTHCHECK --interval=5s CMD ["x"]\n',
    "a hash in a line": "FROM a\nRUN echo a # b\nUSER 5\n",
    "an empty line in what has a grammar of its own": "FROM a\nENV A=1 \\\n\n    B=2\nLABEL a=b \\\n\n  USER=root\nUSER 5\n",
    "a line that only looks like an instruction": "FROM a\nLABEL a=b \\\n\n# c\nUSER=root\nUSER 5\n",
    "quoted names": 'FROM a\nENV "A"="b"\nARG "x"=1\nUSER "5"\n',
    "two escapes are none": "FROM a\nRUN a \\\\\nUSER 5\n",
    "a heredoc in quotes is none": 'FROM a\nRUN echo \'<<E\' "x <<F"\nRUN ["<<E"]\nUSER 5\n',
    "heredocs of other files and of later images": "FROM a\nRUN cat 3<<E >x\nUSER root\nE\nONBUILD RUN <<-E\nUSER root\n\tE\nUSER 5\n",
    "json over lines": 'FROM a\nCMD ["a", \\\n  "b"]\nUSER 9\n',
}


def told_by_buildkit(text: str) -> list[tuple[str, int, tuple[str, ...]]]:
    parser = pytest.importorskip("dockerfile", reason="no wheel of BuildKit's parser for this platform")
    return [(one.cmd.upper(), one.start_line, tuple(one.flags)) for one in parser.parse_string(text)]


@pytest.mark.parametrize("name", CASES)
def test_instructions_lines_and_flags_are_those_of_buildkit(name: str) -> None:
    parser = pytest.importorskip("dockerfile", reason="no wheel of BuildKit's parser for this platform")
    read = list(instructions(CASES[name], "Dockerfile"))
    assert [(one.name, one.line, one.flags) for one in read] == told_by_buildkit(CASES[name])
    for ours, theirs in zip(read, parser.parse_string(CASES[name]), strict=True):
        if ours.name in ("USER", "FROM", "RUN") and "<<" not in ours.rest:
            assert ours.words == tuple(" ".join(theirs.value).split())


_LINES = st.sampled_from(("FROM a", "FROM a AS b", "USER 5", "user root", "RUN a \\", "  # c", "# c", "", "  && b", "RUN <<E", "E", "COPY --chown=1 a b", "ENV A=b",
                          "ENV A b", "ARG X=1", "ONBUILD USER 3", "HEALTHCHECK NONE", "CMD [\"a\"]", "\\", "LABEL a=b \\", "  c=d", "FOO bar", "RUN a\\", "EXPOSE 80"))  # fmt: skip


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(_LINES, min_size=1, max_size=12).map("\n".join), st.sampled_from(("\n", "\r\n")))
def test_what_is_understood_is_understood_as_buildkit_does(text: str, newline: str) -> None:
    """Of lines put together at random some are refused: that is said, and never taken for clean."""
    parser = pytest.importorskip("dockerfile", reason="no wheel of BuildKit's parser for this platform")
    text = text.replace("\n", newline)
    try:
        read = list(instructions(text, "Dockerfile"))
        dockerfile(text, "Dockerfile")
    except NotReadError as error:
        assert str(error).isprintable()
        return
    try:
        theirs = parser.parse_string(text)
    except parser.GoParseError:
        return
    assert [one.words for one in read if one.name == "USER"] == [tuple(one.value) for one in theirs if one.cmd.upper() == "USER"]
    assert [one.name for one in read] == [one.cmd.upper() for one in theirs]


@pytest.mark.parametrize(("text", "user", "source"), [
    ("FROM debian:13\nUSER 5:6\n", "5:6", "Dockerfile:2"),
    ("FROM debian:13\n", "0", "the catalogue, of debian (Dockerfile:1)"),
    ("FROM scratch\nCOPY a b\n", "0", "scratch, which is empty (Dockerfile:1)"),
    ("FROM gcr.io/distroless/static-debian13:nonroot\n", "65532", "the catalogue, of gcr.io/distroless/static-debian13 (Dockerfile:1)"),
    ("FROM example.org/own:1\n", None, ""),
    ("FROM debian:13 AS a\nUSER 5\nFROM a\nRUN x\n", "5", "Dockerfile:2"),
    ("FROM debian:13 AS a\nUSER 5\nFROM a\nUSER root\n", "root", "Dockerfile:4"),
    ("FROM debian:13 AS a\nUSER 5\nFROM debian:13\nCOPY --from=a a b\n", "0", "the catalogue, of debian (Dockerfile:3)"),
    ("FROM debian:13 AS a\nONBUILD USER 4\nFROM a\nRUN x\n", "4", "Dockerfile:2"),
    ("FROM debian:13\nONBUILD USER 4\n", "0", "the catalogue, of debian (Dockerfile:1)"),
    ("FROM debian:13\nARG U=5\nUSER ${U}:6\n", "5:6", "Dockerfile:3"),
    ("FROM debian:13\nARG U\nUSER $U\n", None, ""),
    ("ARG B=debian\nFROM $B:13\n", "0", "the catalogue, of debian (Dockerfile:2)"),
    ("ARG B\nFROM $B:13\n", None, ""),
    ("FROM debian:13\nENV APP_UID=1654\nUSER $APP_UID\n", "1654", "Dockerfile:3"),
    ("FROM debian:13\nUSER 5\nRUN <<EOF\nUSER root\nEOF\n", "5", "Dockerfile:2"),
    ("FROM docker.io/library/node:22-slim\n", "0", "the catalogue, of node (Dockerfile:1)"),
])  # fmt: skip
def test_what_an_image_starts_as_is_known_with_its_source_or_not_at_all(text: str, user: str | None, source: str) -> None:
    read = dockerfile(text, "Dockerfile")
    start = built_image(read, read.stages[-1])
    assert (start.user, start.known_from) == (user, source)


def test_build_arguments_and_targets_choose() -> None:
    read = dockerfile("ARG V=debian\nFROM $V:13 AS base\nFROM base AS web\nARG U\nUSER $U\nFROM base AS job\n", "D", {"V": "own", "U": "7"})
    stage = read.stage("web")
    assert stage
    assert built_image(read, stage, {"U": "7"}).user == "7"
    assert read.stage(None) is read.stages[-1]
    assert read.stage("none") is None
    assert read.stages[0].base == "own:13"


@pytest.mark.parametrize(("text", "found"), [
    ("FROM debian:13\n", {("non-root-user", 1), ("health-check", 1)}),
    ("FROM debian:13\nUSER root\nHEALTHCHECK CMD true\n", {("non-root-user", 2)}),
    ("FROM debian\nUSER 5:5\nHEALTHCHECK CMD true\n", {("pinned-base-image", 1)}),
    ("FROM debian:13 AS b\nFROM b\nUSER 5:5\nHEALTHCHECK CMD true\n", set()),
    ("FROM debian:13\nENV API_TOKEN=abc\nARG DB_PASSWORD=x\nARG GH_TOKEN\nENV DB_PASSWORD_FILE=/x\nUSER 5:5\nHEALTHCHECK CMD true\n",
     {("secrets-as-files", 2), ("secrets-as-files", 3)}),
    ("FROM debian:13\nCOPY --chown=5:5 a b\nCOPY --chown=0:0 a b\nRUN chmod 4755 /a && x\nRUN chmod u+s /a\nRUN setcap cap_net_raw+ep /a\nRUN chmod 0755 /a\n"
     "RUN find / -perm /6000 -exec chmod a-s {} +\nRUN setcap -r /a\nUSER 5:5\nHEALTHCHECK CMD true\n",
     {("files-owned-by-root", 2), ("no-setuid-files", 4), ("no-setuid-files", 5), ("no-setuid-files", 6)}),
    ("FROM debian:13\nRUN --security=insecure x\nRUN --network=host x\nUSER 5:5\nHEALTHCHECK CMD true\n", {("no-host-access", 2), ("no-host-access", 3)}),
])  # fmt: skip
def test_findings_of_a_dockerfile_have_their_lines(text: str, found: set[tuple[str, int]]) -> None:
    assert {(one.control, one.place.line) for one in judge_image(dockerfile(text, "Dockerfile"), ())} == found


@pytest.mark.parametrize("text", ["", "# nothing\n", "RUN x\n", "FROM\n", "USER 5\nFROM a\n", "FROM a\nFOO bar\n"])
def test_what_is_no_dockerfile_is_refused(text: str) -> None:
    with pytest.raises(NotReadError):
        dockerfile(text, "Dockerfile")


@pytest.mark.parametrize(("reference", "user"), [
    ("postgres:17", "999:999"), ("postgres:17-alpine", "70:70"), ("docker.io/library/redis:8-alpine", "999:1000"), ("own/postgres:17", ""), (None, ""),
])  # fmt: skip
def test_the_catalogue_knows_variants(reference: str | None, user: str) -> None:
    assert known_image(reference).suggestion == user


@pytest.mark.parametrize(("reference", "expected"), [
    ("postgres:17", {"data": ("/var/lib/postgresql/data",), "memory": {"/tmp": "64m", "/var/run/postgresql": "16m"}, "mem_limit": "512m"}),
    ("postgres:18-alpine", {"data": ("/var/lib/postgresql",), "suggestion": "70:70", "health": False}),
    ("postgres", {"data": ("/var/lib/postgresql",), "secret_files": {"POSTGRES_PASSWORD": "POSTGRES_PASSWORD_FILE"}}),
    ("mariadb:10.4", {"health_test": ("mysqladmin", "ping", "-h", "127.0.0.1", "--silent")}),
    ("mariadb:11.8-ubi", {"user": "mysql", "memory": {"/tmp": "64m", "/run/mariadb": "16m"}}),
    ("memcached:1-alpine", {"health_test": ("nc", "-z", "127.0.0.1", "11211"), "user": "11211"}),
    ("prom/prometheus:v3-distroless", {"user": "65532", "health_test": ()}),
    ("lscr.io/linuxserver/sonarr:4.0.1", {"own_init": True, "user": "0", "suggestion": "", "health": None}),
    ("redis:8", {"own_init": False, "memory": {}, "data": ("/data",)}),
])  # fmt: skip
def test_the_catalogue_knows_what_a_fix_needs(reference: str, expected: dict[str, object]) -> None:
    start = known_image(reference)
    assert {name: getattr(start, name) for name in expected} == expected
    assert start.writes == (*start.memory, *start.data)


@pytest.mark.parametrize("name", IMAGES)
def test_what_is_known_of_an_image_can_stand_in_a_compose_file(name: str) -> None:
    for facts in (known := IMAGES[name], *(known.at(tag) for tag in ("alpine", "99", "1", "ubi", "distroless", "ubuntu"))):
        assert "$" not in "".join(facts.health)
        assert not facts.own or re.fullmatch(r"[0-9]+:[0-9]+", facts.own)
        assert all(folder.path.startswith("/") and folder.why for folder in (*facts.scratch, *facts.kept))
