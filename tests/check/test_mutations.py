"""Law 2, backwards: of single faults in what is rendered `check` notices at least 95 of 100; the others are listed, each with its reason.

Twice: with the seawall.yaml that it was rendered from, where every line was asked for, and without, where only what holds for everybody is said.
"""

import itertools
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from msgspec import Struct

from tests.check.compose_schema import is_refused
from tests.check.mutations import Fault, faults
from tests.check.test_check import WORKLOADS
from tests.check.test_reading import written
from tests.test_laws import FULL
from wizard.artifact import Artifact
from wizard.check.asked import Asked, as_rendered
from wizard.check.dockerfiles import dockerfile
from wizard.check.drift import strays
from wizard.check.drift_image import built_by, image_strays
from wizard.check.judging import judge, judge_image
from wizard.check.nodes import plain
from wizard.check.project import load
from wizard.check.source import NotReadError
from wizard.check.sources import Sources
from wizard.render import render
from wizard.resolve import resolve
from wizard.workload import evolve, make

RENDERED = {**WORKLOADS, "with a list of names": evolve(make(FULL), egress=["api.example.com"])}
LEAST = 0.95

_CHOSEN = "what fits depends on the program, and its author knows it: any value, and none, is somebody's choice"
_NAMED = "an address that is named was meant: only a port without one is published by oversight"
_ENGINE = "the engine does the same without being told: nothing is weaker"
_MEANT = "what is mounted, and whether it may be written, is what the program needs"
_PLACES = "which folders a program writes only the program knows; where one is missing it fails, nothing is open"
_IMAGE = "what the image itself says (USER, HEALTHCHECK) is in force; its Dockerfile or the catalogue tells"
_OWNER = "its mode and group are the program's business; who owns it and how large it gets is judged"
_REACH = "who may reach whom is known to those who made the services; that a network is not internal is said"
_UNBEGUN = "without the secret's file it does not start; nothing is open"
_JOB = "a job that ends is not started again, and looks the same"
_TEMPLATE = "the template's own words, which check does not render (law 10); prove sees the files in the image"
_LAYERS = "what an image's layers do is not run: names are made and files changed by programs; prove sees the result"
_BASE = "the base image starts as a user that is not root, and says so by its name"

WITHOUT_ANSWERS: dict[str, str] = {
    r"(blkio_config|cpu_shares|cpuset|shm_size|ulimits|stop_grace_period|oom_score_adj) \| .* \| (line|block|0|-1|a day)": _CHOSEN,
    r"healthcheck \| (interval|timeout|retries|start_period): .*": _CHOSEN,
    r"healthcheck \| test: .* \| always well": "what a program says of itself cannot be seen from outside",
    r'healthcheck \| (healthcheck: \| block|test: \["CMD", "(python|node|wget|bash|ruby|php|deno|bun|/usr/local/bin/healthcheck)".*8000(/|", "/)health"\] \| line|test: \["CMD", "bash", "-c", "exec 3<>/dev/tcp/127\.0\.0\.1/3128.* \| line)': _IMAGE,
    r"cap_add \| cap_add: \| (line|block)": "without a capability that it needs it does not start; nothing is open",
    r"dns \| .*": "name servers of one's own are somebody's choice; only a service that is to stay inside has a reason to have none",
    r"logging \| max-file: .*": "one file of a limited size is a limit",
    r"logging \| driver: json-file \| line": _ENGINE,
    r"logging \| driver: json-file \| none": "no log at all fills no disk",
    r"networks \| (- (?!edge).* \| line|networks: \| block|com\.docker\.network\.bridge\..* \| (line|on|off)|driver_opts: \| block)": _REACH,
    r"networks \| - egress \| another network": _REACH,
    r"environment \| (\w+_(PROXY|proxy): .*|environment:) \| (line|block)": "which way out a program is told of is its author's; the networks close the others",
    r"ports \| .* \| every address": _NAMED,
    r"restart \| .* \| no": _JOB,
    r"secrets \| .* \| (line|block)": _UNBEGUN,
    r"tmpfs \| .* \| without (rw|nosuid|nodev|noexec)": _ENGINE,
    r"tmpfs \| .* \| without (gid|mode)": _OWNER,
    r"tmpfs \| .* \| (line|block)": _PLACES,
    r'user \| user: "(?!999|5:5).* \| line': _IMAGE,
    r"volumes \| (- type: .*|volumes:|source: .*) \| (block|line)": _PLACES,
    r"volumes \| (bind:|create_host_path: false|read_only: true) \| .*": _MEANT,
    r"RUN \| .*(groupadd|useradd|--no-create-home|usermod|find / -xdev.*|install -d|chown -R 0:0).* \| (line|block)": _LAYERS,
    r"RUN \| .*(go build|rm -rf /var/lib/apt).* \| line": _LAYERS,
    r"HEALTHCHECK \| CMD .* \| line": "the next instruction is then what it runs: BuildKit takes it, and what it does cannot be seen from outside",
    r"(FROM|USER) \| .*65532:65532 \| line|FROM \| FROM gcr.io/distroless/(static|cc)-debian13:nonroot \| (line|latest)": _BASE,
}
"""What is not noticed where no answers are beside it: setting, line and fault, with the reason. A row that fits nothing that survives fails."""

WITH_ANSWERS: dict[str, str] = {
    r"RUN \| RUN (chmod -R u=rwX,go=rX|rm -rf /site/\.seawall) .* \| line": _TEMPLATE,
    r"RUN \| (RUN --mount=type=cache,target=/root/\.cache/go-build|RUN apt-get update|&& apt-get install .*) \\ \| (line|block)": _TEMPLATE,
    r"COPY \| COPY --from=.* \| line": _TEMPLATE,
    r"RUN \| (RUN rm -rf /app/\.seawall|RUN echo \"\$PHPIZE_DEPS\"|&& rustc|\.seawall/healthcheck\.rs|&& chmod -R u=rwX,go=rX /rootfs) .* \| line": _TEMPLATE,
    r"(LABEL|CMD|SHELL|WORKDIR) \| .* \| line": _TEMPLATE,
}


class Seen(Struct, frozen=True):
    """What became of a fault; None where Compose takes no such file."""

    fault: Fault
    without: bool
    asked: bool


def each_fault(workloads: Sequence[str], wanted: str) -> Iterator[tuple[Asked, Path, Fault]]:
    """Every fault once: services that several projects have in common are the same lines, and another number is no other line."""
    known: set[tuple[str, ...]] = set()
    for name in workloads:
        artifacts: tuple[Artifact, ...] = render(RENDERED[name], annotate=False)
        asked = as_rendered(resolve(RENDERED[name]))
        for artifact in artifacts:
            if re.fullmatch(wanted, artifact.path):
                for fault in faults(artifact):
                    key = (fault.path, fault.service, re.sub(r"\d+", "0", fault.what))
                    if key not in known:
                        known.add(key)
                        yield asked, Path(name), fault


def _said(folder: Path, name: Path) -> set[tuple[str, ...]]:
    """What is found without a fault: the proxy to the outside may reach it, which only the answers explain."""
    written(folder, {artifact.path: artifact.text for artifact in render(RENDERED[str(name)], annotate=False)})
    sources = Sources(folder)
    return {(one.control, one.service, one.message) for one in judge(load((folder / "compose.yaml",), sources), sources).findings}


def seen(workloads: Sequence[str], folder: Path) -> Iterator[Seen]:
    """What `check` says of each faulty Compose file that Compose takes."""
    known: dict[Path, set[tuple[str, ...]]] = {}
    for asked, name, fault in each_fault(workloads, r"compose\.yaml"):
        if name not in known:
            known[name] = _said(folder / name, name)
        path = folder / name / fault.path
        sources = Sources(folder / name)
        sources.given(fault.path, fault.text.encode())
        try:
            (root,) = sources.documents(path)
            if fault.kind in ("line", "block", "another network") and is_refused(plain(root), fault.service):
                continue
            compose = load((path,), sources)
            judged = judge(compose, sources, alone=True)
        except NotReadError:
            continue
        shared = {key: node.value for key, node in compose.shared.items()}
        drifted = any(True for _ in strays(asked, judged.forms, compose.services, shared))
        new = any((one.control, one.service, one.message) not in known[name] for one in judged.findings)
        yield Seen(fault, new, new or drifted)


def judged_table(survivors: Sequence[Fault], noticed: Sequence[Fault], table: dict[str, str]) -> list[str]:
    """What is wrong with a table: survivors that it does not list, rows that fit none, rows that fit what is noticed."""
    wrong = [f"no reason: {one.service}: {one.what}" for one in survivors if not any(re.fullmatch(row, one.what) for row in table)]
    wrong += [f"survives no more: {row}" for row in table if not any(re.fullmatch(row, one.what) for one in survivors)]
    said = {one.what for one in survivors}
    caught = [one for one in noticed if one.what not in said]
    return wrong + [f"is noticed: {one.what} ({row})" for one in caught for row in table if re.fullmatch(row, one.what)]


def seen_in_dockerfiles(workloads: Sequence[str]) -> Iterator[Seen]:
    """The same of each faulty Dockerfile, judged by itself: no service says user or health check in its place."""
    for asked, name, fault in each_fault(workloads, r"(.*/)?Dockerfile"):
        try:
            read = dockerfile(fault.text, fault.path)
        except NotReadError:
            continue
        named = [stage.name for stage in read.stages[:-1]]
        if any(f.startswith("--from=") and f[7:] not in named for one in read.stages[-1].instructions if one.name == "COPY" for f in one.flags):
            continue
        service = built_by(asked.project, Path("/") / name / fault.path)
        assert service
        alone = bool(list(judge_image(read, ())))
        yield Seen(fault, alone, alone or bool(list(image_strays(service, read))))


def test_single_faults_are_noticed_or_have_a_reason(tmp_path: Path) -> None:
    found = [*seen(list(RENDERED), tmp_path), *seen_in_dockerfiles(list(RENDERED))]
    assert len(found) > 500
    assert sum(one.asked for one in found) >= LEAST * len(found)
    for table, left, caught in (
        (WITH_ANSWERS, [one.fault for one in found if not one.asked], [one.fault for one in found if one.asked]),
        (WITHOUT_ANSWERS | WITH_ANSWERS, [one.fault for one in found if not one.without], [one.fault for one in found if one.without]),
    ):
        wrong = judged_table(left, caught, table)
        assert not wrong, "\n".join(wrong)


def test_what_is_taken_for_accepted_compose_accepts(tmp_path: Path) -> None:
    binary = Path(sys.executable).parent / "docker-compose"
    for fault in (one.fault for one in itertools.islice(seen(["a named image"], tmp_path), 0, None, 16)):
        ran = subprocess.run([str(binary), "-f", "-", "config", "-q"], input=fault.text, cwd=tmp_path / "a named image", capture_output=True, text=True,
                             timeout=60, env={"PATH": "/usr/bin:/bin"})  # fmt: skip
        assert ran.returncode == 0, (fault.what, ran.stderr)
