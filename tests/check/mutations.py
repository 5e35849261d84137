"""Single faults in rendered files: each line that a control owns is taken out, and each value made weaker, one at a time."""

import re
from collections.abc import Iterator

from msgspec import Struct

from wizard.artifact import WORKLOAD, Artifact


class Fault(Struct, frozen=True):
    """A rendered file with one fault: what was done to which line, and the whole text after it."""

    control: str
    setting: str
    service: str
    path: str
    line: str
    kind: str
    text: str

    @property
    def what(self) -> str:
        """As the table of survivors has it: the setting, the line without what differs between services, and what was done."""
        return f"{self.setting} | {self.line} | {self.kind}"


_WEAKER: tuple[tuple[str, str, str, str], ...] = (
    (r"[\w.]+", r": true$", ": false", "off"),
    (r"[\w.]+", r': "true"$', ': "false"', "off"),
    (r"[\w.]+", r': "false"$', ': "true"', "on"),
    (r"[\w.]+", r": false$", ": true", "on"),
    (r"mem_limit|memswap_limit|shm_size|cpus|pids_limit|max-size", r": .*$", ": 0", "0"),
    (r"mem_limit|memswap_limit|pids_limit", r": .*$", ": -1", "-1"),
    (r"max-file|rate|weight|cpu_shares|retries", r": .*$", ": 0", "0"),
    (r"soft|hard", r": .*$", ": -1", "-1"),
    (r"interval|timeout|start_period|stop_grace_period", r": .*$", ": 24h", "a day"),
    (r"oom_score_adj", r": .*$", ": -500", "below 0"),
    (r"user", r": .*$", ": root", "root"),
    (r"user", r": .*$", ': "0:0"', "0:0"),
    (r"restart", r": .*$", ': "no"', "no"),
    (r"driver", r": json-file$", ": none", "none"),
    (r"condition", r": service_healthy$", ": service_started", "not waited for"),
    (r"test", r": .*$", ': ["CMD", "true"]', "always well"),
    (r"source", r": \./.*$", ": /etc", "/etc"),
    (r"file", r": \./secrets/.*$", ": /etc/shadow", "/etc/shadow"),
)
"""By the key: what of the line becomes what, and how the fault is called."""

_ENTRIES: tuple[tuple[str, str, str], ...] = (
    (r"127\.0\.0\.1:(\d+:)", r"0.0.0.0:\1", "every address"),
    (r"127\.0\.0\.1:(\d+:)", r"\1", "no address"),
    (r"- ALL$", "- NET_RAW", "one in place of all"),
    (r"no-new-privileges:true", "no-new-privileges:false", "off"),
    (r'dns: \["127|- "127\.0\.0\.1"$', '- "9.9.9.9"', "another name server"),
    (r"- (front|back-[\w-]+|egress)$", "- edge", "another network"),
)
"""Entries of lists: what becomes what."""


def faults(artifact: Artifact) -> Iterator[Fault]:
    """All single faults of a Compose file or Dockerfile, those of lines that no control owns left out."""
    lines = [line.text for line in artifact.lines]
    for number, line in enumerate(artifact.lines):
        if line.control == WORKLOAD or not line.text.strip() or line.text.strip().startswith("#"):
            continue
        for kind, replaced in _weakened(line.text, lines, number, artifact.path.endswith("Dockerfile")):
            text = "\n".join(replaced) + "\n"
            if text != artifact.text:
                yield Fault(line.control, line.setting, line.service, artifact.path, line.text.strip(), kind, text)


def _weakened(text: str, lines: list[str], number: int, in_dockerfile: bool) -> Iterator[tuple[str, list[str]]]:
    before, after = lines[:number], lines[number + 1 :]
    yield "line", [*before, *after]
    if in_dockerfile:
        yield from _of_instruction(text, lines, number)
        return
    if end := _block(lines, number):
        yield "block", [*before, *lines[end:]]
    key = text.strip().removeprefix("- ").partition(":")[0].strip('"')
    for name, pattern, new, kind in _WEAKER:
        if re.fullmatch(name, key) and re.search(pattern, text):
            yield kind, [*before, re.sub(pattern, new, text), *after]
    for pattern, new, kind in _ENTRIES:
        if re.search(pattern, text):
            yield kind, [*before, re.sub(pattern, new, text), *after]
    if text.strip().startswith('- "/') and ":" in text:  # a tmpfs: each of its options
        path, _, options = text.strip()[3:-1].partition(":")
        named = options.split(",")
        for option in named:
            left = ",".join(one for one in named if one != option)
            yield f"without {option.partition('=')[0]}", [*before, f'      - "{path}:{left}"', *after]
        yield "exec", [*before, f'      - "{path}:{options.replace("noexec", "exec")}"', *after]


def _block(lines: list[str], number: int) -> int | None:
    """The line after what is indented below a line; None where nothing is."""
    indent = len(lines[number]) - len(lines[number].lstrip())
    # Entries of a list may stand below their key with no deeper indent than its own dash.
    inner = indent + (2 if lines[number].lstrip().startswith("- ") else 1)
    end = number + 1
    while end < len(lines) and lines[end].strip() and len(lines[end]) - len(lines[end].lstrip()) >= inner:
        end += 1
    return end if end > number + 1 else None


def _of_instruction(text: str, lines: list[str], number: int) -> Iterator[tuple[str, list[str]]]:
    """A whole instruction with the lines that it goes on in, a user that is root, a base that moves, files given away."""
    before, after = lines[:number], lines[number + 1 :]
    if text.endswith("\\") and not (number and lines[number - 1].endswith("\\")):
        end = number
        while lines[end].endswith("\\"):
            end += 1
        yield "block", [*before, *lines[end + 1 :]]
    if text.startswith("USER "):
        yield "root", [*before, "USER root", *after]
        yield "0", [*before, "USER 0:0", *after]
    if text.startswith("FROM "):
        yield "latest", [*before, re.sub(r":[^:]+$", ":latest", text), *after]
        yield "no tag", [*before, re.sub(r":[^:]+$", "", text), *after]
    if text.startswith("COPY --from"):
        yield "given away", [*before, text.replace("COPY ", "COPY --chown=10001:10001 "), *after]
    if text.startswith("HEALTHCHECK"):
        end = number
        while lines[end].endswith("\\"):
            end += 1
        yield "none", [*before, "HEALTHCHECK NONE", *lines[end + 1 :]]
