"""What the pages of capabilities say of an engine: what a user that is not root gets of one, and how to trace without granting it."""

import re
from collections.abc import Iterator

import pytest

from tests.engine.running import Engine, new_name
from wizard.capabilities import fact_of, mask
from wizard.capability_sets import decoded

pytestmark = pytest.mark.engine

_IMAGE = "python:3.13-slim"
_USER = ("--user", "10001:10001", "--security-opt", "no-new-privileges", "--cap-drop", "ALL")
_LOOK = """
import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
def said(done): return "done" if done == 0 else os.strerror(ctypes.get_errno())
SEIZE, NEW_USER = 0x4206, 0x10000000
"""
_OTHER = f"{_LOOK}print(said(libc.ptrace(SEIZE, 1, 0, 0)))"
_CHILD = f"""{_LOOK}
import signal
child = os.fork()
if not child:
    signal.pause()
print(said(libc.ptrace(SEIZE, child, 0, 0)))
os.kill(child, signal.SIGKILL)
"""
_NAMESPACE = f"{_LOOK}print(said(libc.unshare(NEW_USER)))\nprint(open('/proc/self/status').read())"
DENIED = "Operation not permitted"


@pytest.fixture(scope="module")
def service(engine: Engine) -> Iterator[str]:
    """A hardened container that somebody wants to look into."""
    name = new_name("trace")
    label = f"com.docker.compose.project={name}"
    engine.run("run", "-d", "--name", name, "--label", label, "--read-only", *_USER, _IMAGE, "python", "-c", "import signal; signal.pause()")
    try:
        yield name
    finally:
        engine.run("rm", "-f", "-v", name)


def once(engine: Engine, *options: str, words: str) -> str:
    return engine.run("run", "--rm", *options, _IMAGE, "python", "-c", words).strip()


def test_the_command_for_one_look_traces_and_only_by_its_capability(engine: Engine, service: str) -> None:
    (command,) = re.findall(r"`(docker run [^`]+)`", fact_of("SYS_PTRACE").instead)
    options = command.replace("NAME", service).removeprefix("docker run --rm -it ").partition(" DEBUG_IMAGE ")[0].split()
    assert once(engine, *options, words=_OTHER) == "done"
    assert once(engine, *(option for option in options if not option.startswith("--cap-add")), words=_OTHER) == DENIED
    assert engine.json("inspect", "--format", "{{json .HostConfig.CapAdd}}", service) is None, "the service itself was given nothing"
    assert engine.json("inspect", "--format", "{{json .State.Running}}", service)


def test_as_the_services_own_user_tracing_takes_no_capability(engine: Engine, service: str) -> None:
    assert once(engine, *_USER, f"--pid=container:{service}", words=_OTHER) == "done"
    assert once(engine, *_USER, words=_CHILD) == "done", "own children: the default seccomp profile lets ptrace through"


def test_an_added_capability_is_not_effective_for_another_user_than_root(engine: Engine) -> None:
    status = "print(open('/proc/self/status').read())"
    for options in (_USER, ("--user", "10001:10001", "--cap-drop", "ALL")):
        sets = {one.field: one.names for one in decoded(once(engine, *options, "--cap-add", "SYS_PTRACE", words=status))}
        assert sets == {"CapInh": (), "CapPrm": (), "CapEff": (), "CapBnd": ("SYS_PTRACE",), "CapAmb": ()}
    default = {one.field: one.digits for one in decoded(once(engine, words=status))}
    assert default["CapBnd"] == mask(decoded(default["CapBnd"])[0].default)


def test_an_added_capability_opens_calls_to_another_user_than_root(engine: Engine) -> None:
    said, _, status = once(engine, *_USER, "--cap-add", "SYS_ADMIN", words=_NAMESPACE).partition("\n")
    assert said == "done"
    assert next(one for one in decoded(status) if one.field == "CapEff").beyond, "in the new user namespace it has them all"
    assert once(engine, *_USER, words=_NAMESPACE).startswith(DENIED)
