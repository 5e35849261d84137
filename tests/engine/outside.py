"""The outside and the host as seen from a container: canaries of our own, and what passes between. Never a public address."""

import contextlib
import json
import os
import select
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.engine.running import Running, free_port

_HERE = Path(__file__).parent
_ETH_P_ALL = 0x0003
_SO_RCVBUFFORCE = 33


def _run(*words: str) -> str:
    done = subprocess.run(words, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, f"{' '.join(words)}: {done.stderr}"
    return done.stdout


@dataclass(frozen=True)
class Canary:
    """A server that writes down who reaches it."""

    record: Path
    port: int
    address: str = ""
    """Where the outside one is; the host's is everywhere."""

    def heard(self, token: str) -> set[str]:
        """How a token arrived: `tcp`, `udp`, `dns`."""
        lines = [json.loads(line) for line in self.record.read_text().splitlines()]
        return {line["how"] for line in lines if token in line["carried"]}


@contextlib.contextmanager
def _serving(record: Path, port: int, *prefix: str, names: str = "") -> Iterator[int]:
    words = [*prefix, sys.executable, "-I", "-S", str(_HERE / "canary.py"), str(record), str(port), *([names] if names else [])]
    record.touch()
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout
            assert process.stdout.readline() == "ready\n"
            yield process.pid
        finally:
            process.kill()


@contextlib.contextmanager
def host_canary(folder: Path) -> Iterator[Canary]:
    """One on every address of the host."""
    port = free_port()
    with _serving(folder / "host.jsonl", port):
        yield Canary(folder / "host.jsonl", port)


@contextlib.contextmanager
def outside_canary(folder: Path, number: int = 0, routed_back: bool = False) -> Iterator[Canary]:
    """One on another machine (several by `number`): a network namespace behind a cable to the host, on addresses kept for documentation.

    Like a machine of the internet it knows no way to addresses of containers, unless `routed_back`; what comes from the
    host's own address, as masquerading makes it, is answered. It ends with its process, cable included.
    """
    port, base = free_port(), (os.getpid() % 30 * 2 + number) * 4
    host, other, cable = f"203.0.113.{base + 1}", f"203.0.113.{base + 2}", f"sw{number}-{os.getpid()}"
    record = folder / f"outside-{number}.jsonl"
    with _serving(record, port, "unshare", "--net", "--", names=other) as pid:
        inside = ("nsenter", "-t", str(pid), "-n")
        _run("ip", "link", "add", cable, "type", "veth", "peer", "name", "eth0", "netns", str(pid))
        _run("ip", "address", "add", f"{host}/30", "dev", cable)
        _run("ip", "link", "set", cable, "up")
        _run(*inside, "ip", "link", "set", "lo", "up")
        _run(*inside, "ip", "address", "add", f"{other}/30", "dev", "eth0")
        _run(*inside, "ip", "link", "set", "eth0", "up")
        # Else a packet from an address without a way back is dropped before it is seen.
        for name in ("all", "eth0"):
            _run(*inside, "sh", "-c", f"echo 0 >/proc/sys/net/ipv4/conf/{name}/rp_filter")
        if routed_back:
            _run(*inside, "ip", "route", "add", "default", "via", host)
        yield Canary(record, port, other)


def host_addresses() -> list[str]:
    """Every address of the host but loopback and link-local ones."""
    links = json.loads(_run("ip", "-json", "address"))
    return [a["local"] for link in links for a in link["addr_info"] if a["scope"] == "global"]


def bridge_addresses(running: Running) -> list[str]:
    """The gateways of the project's networks, and the link-local addresses of their bridges, by every interface of a container."""
    found = []
    for network in running.engine.run("network", "ls", "-q", "--filter", f"label=com.docker.compose.project={running.name}").split():
        facts = running.engine.json("network", "inspect", network)[0]
        found += [config["Gateway"].partition("/")[0] for config in facts["IPAM"]["Config"] if "Gateway" in config]
        for link in json.loads(_run("ip", "-json", "address", "show", "dev", f"br-{facts['Id'][:12]}")):
            local = [a["local"] for a in link["addr_info"] if a["local"].startswith("fe80")]
            found += [f"{address}%{interface}" for address in local for interface in ("eth0", "eth1")]
    return found


def reach(running: Running, service: str, targets: list[tuple[str, int]], token: str, name: str = "", seconds: float = 2.5) -> dict[str, str]:
    """What a service of the project can reach, tried in its own network namespace."""
    request = {"token": token, "targets": targets, "name": name, "seconds": seconds}
    pid = str(running.pid(service))
    words = ["nsenter", "-t", pid, "-n", sys.executable, "-I", "-S", str(_HERE / "reach.py"), json.dumps(request)]
    answers: dict[str, str] = json.loads(_run(*words))
    return answers


@dataclass(frozen=True)
class Sniffer:
    """Sees every packet on every interface of the engine's network namespace."""

    socket: socket.socket

    def seen(self, *tokens: str) -> tuple[bool, ...]:
        """Whether packets with each token in them passed since it was opened; empties the queue."""
        found = set()
        while select.select([self.socket], [], [], 0)[0]:
            packet = self.socket.recv(65535)
            found |= {token for token in tokens if token.encode() in packet}
        return tuple(token in found for token in tokens)


@contextlib.contextmanager
def sniffer() -> Iterator[Sniffer]:
    """One that starts listening now."""
    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(_ETH_P_ALL)) as raw:
        raw.setsockopt(socket.SOL_SOCKET, _SO_RCVBUFFORCE, 64 * 1024 * 1024)
        yield Sniffer(raw)
