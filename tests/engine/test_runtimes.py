"""The kinds of image that a stack runs on: each is built, started, asked, restarted, asked again and probed."""

from pathlib import Path
from typing import Any

import pytest

from tests.engine.running import Engine, hurried, probed, scaffold, started, until
from tests.engine.test_stacks import SAMPLES, Sample
from tests.thorough import thorough
from tests.tools import APPS
from wizard.stacks import STACKS

pytestmark = pytest.mark.engine

_GATE = Sample({str(path.relative_to(APPS / "gate")): path.read_text() for path in (APPS / "gate").rglob("*") if path.is_file()}, 8080)
_OF = {"go": (_GATE, "/health"), "node": (SAMPLES["koa-npm-without-lock"], "/healthz"), "rust": (SAMPLES["tiny-http-cargo"], "/healthz")}
_SHELLS = ("/bin/sh", "/bin/bash", "/bin/busybox")
_AUTHORITIES = "/etc/ssl/certs/ca-certificates.crt"


def _further() -> list[Any]:
    """Those that are not the usual one, which the other tests start."""
    return [pytest.param(stack.id, runtime.id, id=f"{stack.id}-{runtime.id}") for stack in STACKS for runtime in stack.runtimes[1:]]


@pytest.mark.parametrize(("language", "runtime"), thorough(_further(), _further()[:1]))
def test_a_program_works_on_it(engine: Engine, tmp_path: Path, language: str, runtime: str) -> None:
    sample, path = _OF[language]
    for name, text in sample.files.items():
        (tmp_path / "source" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "source" / name).write_text(text)
    chosen = ("--set", f"stack.runtime={runtime}", "--set", "writable+=/kept volume")
    running = scaffold(engine, tmp_path / "source", tmp_path / "app", *chosen, inside=sample.port)
    running.overrides = (hurried(running),)
    facts = next(known for stack in STACKS for known in stack.runtimes if (stack.id, known.id) == (language, runtime))
    with started(running):
        first = until(lambda: running.ask(path), lambda answer: answer[0] == 200, within=30)
        running.compose("restart", "--timeout", "5")
        until(lambda: running.ask(path), lambda answer: answer == first, within=30)
        until(lambda: probed(running), lambda found: found == {}, within=30)
        there = running.live("app")
        assert any(not there.stat(shell).startswith("E") for shell in _SHELLS) is facts.shell
        assert language == "node" or not there.stat(_AUTHORITIES).startswith("E")
        assert not [line for line in running.logs().splitlines() if "EROFS" in line or "EACCES" in line or "denied" in line]
