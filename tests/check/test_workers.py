"""Many files at once: the same report as by one process, ended by ^C, and an error where a process ends by itself."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.bench import mixed
from tests.check.tools import seawall
from tests.tools import ROOT, hear_interrupts
from wizard.check import workers

FILES = {
    "a/compose.yaml": "services:\n  web: {build: ., privileged: true} # seawall: waive no-host-access: it mends disks\n  job: {extends: {file: ../common.yaml, service: base}}\n",
    "a/compose.override.yaml": "services:\n  web: {cap_add: [SYS_ADMIN]}\n", "a/compose.prod.yaml": "services:\n  web: {pid: host}\n",
    "a/Dockerfile": "FROM debian:13\nENV API_KEY=x\n", "common.yaml": "services:\n  base: {image: 'x:1', privileged: true}\n",
    "b/compose.yaml": "services: {a: [}\n", "b/Dockerfile": "nothing\n", "c/compose.yaml": "include: [../a/compose.yaml]\nservices:\n  x: {image: y}\n",
    "c/seawall.yaml": "name: x\nwaivers: [{control: health-check, why: it is a job}, {control: no-such, why: x}]\n", "d/Dockerfile": "# seawall: waive no-such: x\nFROM x\n",
}  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    mixed.written(tmp_path, 60)
    for name, text in FILES.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize("form", ["text", "json", "sarif", "github"])
def test_several_processes_say_what_one_says(form: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "processors", lambda: 1)
    one = seawall("check", "--format", form, cwd=folder)
    assert one.returncode == 2
    for number in (2, 3):
        started = []
        monkeypatch.setattr(workers, "processors", lambda number=number: number)
        monkeypatch.setattr(workers, "_start", lambda *all, start=workers._start, started=started: started.append(start(*all)) or started[-1])
        several = seawall("check", "--format", form, cwd=folder)
        monkeypatch.undo()
        assert len(started) == 2 * number  # for the Compose files, then for the Dockerfiles
        assert (several.stdout, several.stderr, several.returncode) == (one.stdout, one.stderr, one.returncode)


def test_a_process_that_ends_by_itself_is_an_error(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def judge(part: object, sources: object) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    monkeypatch.setattr(workers, "processors", lambda: 2)
    monkeypatch.setattr("wizard.check.running.judge_dockerfile", judge)
    ran = seawall("check", cwd=folder)
    assert ran.returncode == 2
    assert ran.stdout == ""
    assert ran.stderr == "seawall: a process that judged files ended by itself (-9): not all were judged; SEAWALL_DEBUG=1 shows why\n"


def test_few_files_start_no_process(tmp_path: Path) -> None:
    mixed.written(tmp_path, 10)
    code = "import sys; from wizard.run import run; run(['check']); print('multiprocessing' in sys.modules, file=sys.stderr)"
    ran = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, timeout=60, env={**os.environ, "PYTHONPATH": str(ROOT)}
    )
    assert ran.stderr == "False\n"


_ENDLESS = r"""
import os, sys, time
from wizard.check import parts, running, workers
workers.processors = lambda: 2
def judge(part, sources):
    os.write(1, b"judging\n")
    time.sleep(600)
running.judge_group = judge
from wizard.run import run
sys.exit(run(["check"]))
"""


def test_an_interrupt_ends_all_processes_at_once(folder: Path) -> None:
    ran = subprocess.Popen([sys.executable, "-c", _ENDLESS], cwd=folder, env={**os.environ, "PYTHONPATH": str(ROOT)}, start_new_session=True, text=True,
                           stdout=subprocess.PIPE, stderr=subprocess.PIPE, preexec_fn=hear_interrupts)  # fmt: skip
    with ran:
        assert ran.stdout
        began = [ran.stdout.readline() for _ in range(2)]
        os.killpg(ran.pid, signal.SIGINT)
        _, said = ran.communicate(timeout=60)  # ends when no process holds the pipe any more
    assert (began, ran.returncode, said) == (["judging\n"] * 2, 130, "\nseawall: interrupted; nothing was written\n")
