"""compose.debug.yaml on the engine: the debugger stops the service's process and reads its memory, and the service has nothing of it."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.engine.running import Engine, Running, new_name
from wizard.capabilities import mask
from wizard.debug_variant import PATH
from wizard.render import render
from wizard.workload import make

pytestmark = pytest.mark.engine

_IMAGE = "python:3.13-slim"
_PROGRAM = "import time\nword = 'seal' + 'ions'\nwhile True: time.sleep(1)"
_DEBUGGER = """
import ctypes, os, sys
libc = ctypes.CDLL(None, use_errno=True)
libc.ptrace.argtypes, libc.ptrace.restype = [ctypes.c_long] * 4, ctypes.c_long
pid = next(int(p) for p in os.listdir('/proc') if p.isdigit() and b'seal' in open(f'/proc/{p}/cmdline', 'rb').read() and int(p) != os.getpid()
           and b'docker-init' not in open(f'/proc/{p}/cmdline', 'rb').read())
if libc.ptrace(16, pid, 0, 0): sys.exit(f'attach: {os.strerror(ctypes.get_errno())}')
os.waitpid(pid, 0)
status = open(f'/proc/{pid}/status').read().split()
print('traced by', status[status.index('TracerPid:') + 1] == str(os.getpid()))
class Part(ctypes.Structure): _fields_ = [('base', ctypes.c_void_p), ('size', ctypes.c_size_t)]
def by_call(start, size):
    mine = ctypes.create_string_buffer(size)
    here, there = Part(ctypes.addressof(mine), size), Part(start, size)
    libc.process_vm_readv(pid, ctypes.byref(here), 1, ctypes.byref(there), 1, 0)
    return mine.raw
def by_file(start, size):
    with open(f'/proc/{pid}/mem', 'rb') as memory:
        memory.seek(start)
        return memory.read(size)
def found(read):
    for line in open(f'/proc/{pid}/maps'):
        words = line.split()
        start, end = (int(part, 16) for part in words[0].split('-'))
        if words[1].startswith('rw') and (len(words) < 6 or words[5] == '[heap]') and b'sealions' in read(start, end - start): return True
    return False
for read in (by_call, by_file):
    try: print(read.__name__, found(read))
    except OSError as error: print(read.__name__, error.strerror)
libc.ptrace(17, pid, 0, 0)
"""


@pytest.fixture(scope="module")
def running(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A hardened service without a check, and the debugger's file beside it."""
    folder, name = tmp_path_factory.mktemp("debug"), new_name("debug")
    answers = {"name": "app", "image": _IMAGE, "command": ["python", "-c", _PROGRAM], "user": {"uid": 10001, "gid": 10001}, "extras": ["debug"]}
    for artifact in render(make({**answers, "health": {"none": "one look is enough"}})):
        (folder / artifact.path).write_text(artifact.text)
    made = Running(engine, folder, name, 0)
    made.compose("up", "--detach")
    try:
        yield made
    finally:
        made.compose("down", "--timeout", "0", check=False)


def _look(running: Running, engine: Engine, *options: str) -> str:
    debugging = replace(
        running, engine=replace(engine, environment={**engine.environment, "DEBUG_IMAGE": _IMAGE}), overrides=(PATH, *running.overrides)
    )
    return debugging.compose("run", "--rm", "--no-deps", "-T", *options, "debug", "python", "-c", _DEBUGGER)


def test_the_debugger_attaches_and_reads_and_the_service_gets_nothing(running: Running, engine: Engine) -> None:
    before = running.container("app")
    assert _look(running, engine).splitlines() == ["traced by True", "by_call True", "by_file Permission denied"]
    assert running.container("app") == before
    live = running.live("app")
    assert (live.status("CapBnd"), live.status("CapEff"), live.status("TracerPid")) == (mask(()), mask(()), "0")
    assert live.inspect()["State"]["Running"]
    assert not live.inspect()["HostConfig"]["CapAdd"]


def test_as_the_service_s_own_user_the_file_that_gdb_reads_is_open_and_no_capability_is_there(running: Running, engine: Engine) -> None:
    scope = Path("/proc/sys/kernel/yama/ptrace_scope")
    if not scope.exists() or scope.read_text().strip() == "0":
        assert _look(running, engine, "--user", "10001:10001").splitlines() == ["traced by True", "by_call True", "by_file True"]
    else:
        with pytest.raises(AssertionError, match=r"attach: Operation not permitted"):
            _look(running, engine, "--user", "10001:10001")


def test_it_is_the_capability_that_does_it(running: Running, engine: Engine) -> None:
    without = running.folder / "without.yaml"
    without.write_text("services:\n  debug:\n    cap_add: !reset []\n")
    with pytest.raises(AssertionError, match=r"attach: Operation not permitted"):
        _look(replace(running, overrides=("without.yaml",)), engine)


def test_compose_alone_knows_nothing_of_it_and_without_an_image_it_says_so(running: Running) -> None:
    assert running.compose("config", "--services").split() == ["app"]
    assert len(running.compose("ps", "-a", "-q").split()) == 1
    with pytest.raises(AssertionError, match="set DEBUG_IMAGE to an image with the debugger"):
        replace(running, overrides=(PATH,)).compose("config")
