"""What a container listens on, seen from outside: over TCP and UDP, both kinds of address, and what begins to listen later."""

import subprocess

import pytest

from tests.engine.running import Engine, new_name
from wizard.controls import control_of
from wizard.engine.live import live
from wizard.resolve import resolve
from wizard.workload import make

pytestmark = pytest.mark.engine

_PROGRAM = """
import signal, socket, time
def open(family, kind, *address):
    made = socket.socket(family, kind)
    made.bind(address)
    made.listen() if kind == socket.SOCK_STREAM else None
    return made
tcp, udp = socket.SOCK_STREAM, socket.SOCK_DGRAM
kept = [open(socket.AF_INET, tcp, "127.0.0.1", 8001), open(socket.AF_INET, tcp, "127.8.9.10", 8003), open(socket.AF_INET, udp, "0.0.0.0", 5353),
        open(socket.AF_INET, udp, "0.0.0.0", 40000)]
asking = open(socket.AF_INET, udp, "0.0.0.0", 5354)
asking.connect(("127.0.0.1", 53))
print("waits", flush=True)
time.sleep(1)
kept.append(open(socket.AF_INET, tcp, "0.0.0.0", 8000))
signal.pause()
"""


def test_it_is_seen_and_waited_for(engine: Engine) -> None:
    name = new_name("listen")
    (probe,) = control_of("declared-listeners").probes(
        resolve(make({"name": "x", "stack": {"language": "python"}, "command": ["x"], "ports": [{"container": 8000}]})).app
    )
    try:
        engine.run("run", "--detach", "--name", name, "--label", f"com.docker.compose.project={name}", "python:3.13-slim", "python", "-c", _PROGRAM)
        container = live(name)
        assert probe.observe(container) == "5353/udp, 8000/tcp"
        assert container.listeners() == ("5353/udp", "8000/tcp", "8001/tcp on loopback only", "8003/tcp on loopback only")
        assert probe.by_hand
        command = probe.by_hand.command.replace("PID", str(container.process.pid))
        assert subprocess.run(["sh", "-c", command], capture_output=True, text=True, timeout=20).stdout.strip() == probe.by_hand.prints == "8000"
    finally:
        engine.run("rm", "--force", name, check=False)
