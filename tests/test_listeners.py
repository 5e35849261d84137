"""Listeners: what the kernel's tables say, and what is made of it."""

from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from wizard.control import Live
from wizard.controls import control_of
from wizard.engine.listeners import listeners
from wizard.engine.process import Process
from wizard.project import Project
from wizard.resolve import resolve
from wizard.workload import make

CONTROL = control_of("declared-listeners")
ANSWERS: dict[str, Any] = {"name": "shop", "stack": {"language": "python"}, "command": ["gunicorn", "app:app"]}


def process(tmp_path: Path, **tables: Sequence[tuple[str, str]]) -> Process:
    """A process with these rows (local address, state) in its tables."""
    (tmp_path / "7/net").mkdir(parents=True)
    for table, rows in tables.items():
        lines = [f"   {n}: {local} 00000000:0000 {state} 00000000:00000000 00:00000000 00000000 0 0 1" for n, (local, state) in enumerate(rows)]
        (tmp_path / "7/net" / table).write_text("\n".join(["  sl  local_address rem_address   st ...", *lines, ""]))
    return Process(7, tmp_path)


@pytest.mark.parametrize(("tables", "seen"), [
    ({"tcp": [("00000000:1F40", "0A")]}, ("8000/tcp",)),
    ({"tcp": [("0100007F:1F40", "0A")]}, ("8000/tcp on loopback only",)),
    ({"tcp": [("0100007F:1F40", "0A")], "tcp6": [("0" * 32 + ":1F40", "0A")]}, ("8000/tcp",)),
    ({"tcp": [], "tcp6": [("0" * 24 + "01000000:1F40", "0A")]}, ("8000/tcp on loopback only",)),
    ({"tcp": [], "tcp6": [("0000000000000000FFFF00000100007F:1F40", "0A")]}, ("8000/tcp on loopback only",)),
    ({"tcp": [("0B00007F:8D6B", "0A")]}, ("36203/tcp on loopback only",)),
    ({"tcp": [("0200000A:1F40", "01"), ("00000000:0050", "06")]}, ()),
    ({"udp": [("00000000:14E9", "07")]}, ("5353/udp",)),
    ({"udp": [("00000000:14E9", "01")]}, ()),
    ({"udp": [("00000000:8001", "07")]}, ()),
    ({"tcp": [("00000000:2328", "0A"), ("00000000:0050", "0A")], "udp": [("00000000:0050", "07")]}, ("80/tcp", "80/udp", "9000/tcp")),
])  # fmt: skip
def test_what_the_tables_say(tmp_path: Path, tables: dict[str, Any], seen: tuple[str, ...]) -> None:
    assert listeners(process(tmp_path, **tables)) == seen


def observed(project: Project, *seen: str, service: int = 0) -> tuple[str, str]:
    """What is expected of a service and what its probe makes of these listeners."""
    (probe,) = CONTROL.probes(project.services[service])
    return probe.expected, probe.observe(cast(Live, SimpleNamespace(listeners=lambda awaited: seen)))


@pytest.mark.parametrize(("seen", "said"), [
    (("8000/tcp", "5353/udp"), "5353/udp, 8000/tcp"),
    (("8000/tcp", "5353/udp", "9229/tcp"), "5353/udp, 8000/tcp, 9229/tcp"),
    (("8000/tcp", "5353/udp", "9229/tcp on loopback only"), "5353/udp, 8000/tcp"),
    (("8000/tcp on loopback only", "5353/udp"), "5353/udp, 8000/tcp on loopback only"),
    (("8000/udp", "5353/udp"), "5353/udp, 8000/tcp by nobody, 8000/udp"),
    ((), "5353/udp by nobody, 8000/tcp by nobody"),
])  # fmt: skip
def test_what_differs_from_what_is_declared_is_named(seen: tuple[str, ...], said: str) -> None:
    project = resolve(make({**ANSWERS, "ports": [{"container": 8000}, {"container": 5353, "protocol": "udp"}]}))
    assert observed(project, *seen) == ("5353/udp, 8000/tcp", said)


def test_companions_are_known_to_listen_and_a_port_for_health_alone_is_no_finding() -> None:
    project = resolve(make({**ANSWERS, "health": {"tcp": 9100}, "companions": [{"service": "postgres"}, {"service": "redis"}]}))
    assert observed(project, "9100/tcp") == ("nothing", "nothing")
    assert observed(project, "9101/tcp") == ("nothing", "9101/tcp")
    assert [observed(project, service=number)[0] for number in (1, 2)] == ["5432/tcp", "6379/tcp"]


@pytest.mark.parametrize(("fragment", "found"), [
    ({"environment": {"NODE_OPTIONS": "--inspect=0.0.0.0:9229"}}, True),
    ({"environment": ["NODE_OPTIONS=--inspect-brk=[::]:9229"]}, True),
    ({"command": ["node", "--inspect", "0.0.0.0", "server.js"]}, True),
    ({"environment": {"JAVA_TOOL_OPTIONS": "-agentlib:jdwp=transport=dt_socket,server=y,address=*:5005"}}, True),
    ({"entrypoint": "python -m debugpy --listen 0.0.0.0:5678 app.py"}, True),
    ({"environment": {"NODE_OPTIONS": "--inspect"}}, False),
    ({"command": ["node", "--inspect=127.0.0.1:9229", "server.js"]}, False),
    ({"command": ["gunicorn", "--bind", "0.0.0.0:8000", "app:app"]}, False),
    ({}, False),
])  # fmt: skip
def test_a_debugger_for_everybody_is_found_in_a_file(fragment: dict[str, Any], found: bool) -> None:
    assert bool(list(CONTROL.forbids(fragment))) is found
