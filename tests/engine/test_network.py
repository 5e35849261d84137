"""What reaches out and what comes in: with canaries of our own outside and on the host, never a public address."""

import json
import os
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.engine.outside import Canary, bridge_addresses, host_addresses, host_canary, outside_canary, reach, sniffer
from tests.engine.running import PORTS, Engine, Projects, Running, free_port, hurried, scaffold, started, until
from tests.tools import APPS
from wizard.controls import control_of

pytestmark = pytest.mark.engine

ECHO = Path(__file__).parent / "echo"


@dataclass(frozen=True)
class Tried:
    """What one container could reach, from its own side, from the canaries', and from the wire's."""

    answered: frozenset[str]
    """`tcp outside`, `udp host`, `name`, ..."""
    outside_heard: frozenset[str]
    host_heard: frozenset[str]
    passed: frozenset[str]
    """What was seen on an interface of the host: `packets`, `names`."""


NOTHING = Tried(frozenset(), frozenset(), frozenset(), frozenset())


@dataclass(frozen=True)
class Canaries:
    """Both, and how to try them from a container."""

    outside: Canary
    host: Canary

    def tried(self, running: Running, service: str) -> Tried:
        """Try everything at once: TCP and UDP to the outside, to every address of the host and of its bridges, and a name."""
        token, name = os.urandom(8).hex(), os.urandom(8).hex()
        places = dict.fromkeys((*host_addresses(), *bridge_addresses(running)), "host") | {self.outside.address: "outside"}
        targets = [(address, (self.outside if where == "outside" else self.host).port) for address, where in places.items()]
        with sniffer() as wire:
            seen = reach(running, service, targets, token, f"{name}.seawall.test")
            passed = {kind for kind, found in zip(("packets", "names"), wire.seen(token, name), strict=True) if found}
        answered = {label for label, outcome in seen.items() if outcome in ("answered", "ECONNREFUSED")}
        named = {" ".join((*label.split()[:1], *(places[address] for address in label.split()[1:]))) for label in answered}
        heard = self.outside.heard(token) | self.outside.heard(name), self.host.heard(token) | self.host.heard(name)
        return Tried(frozenset(named), *map(frozenset, heard), frozenset(passed))


@pytest.fixture(scope="module")
def canaries(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Canaries]:
    folder = tmp_path_factory.mktemp("canaries")
    with outside_canary(folder) as outside, host_canary(folder) as host:
        yield Canaries(outside, host)


def _hurried(engine: Engine, source: Path, folder: Path, *settings: str, inside: int | None) -> Running:
    made = scaffold(engine, source, folder, *(word for setting in settings for word in ("--set", setting)), inside=inside)
    made.overrides = (hurried(made),)
    return made


@pytest.mark.parametrize(("app", "service"), [("ledger", "ledger"), ("ledger", "postgres"), ("ledger", "redis"), ("api", "api"), ("gate", "gate")])
def test_without_the_internet_nothing_is_reached_and_nothing_leaves(projects: Projects, canaries: Canaries, app: str, service: str) -> None:
    assert canaries.tried(projects.get(app), service) == NOTHING


def test_nor_are_the_name_servers_that_were_given(engine: Engine, canaries: Canaries, tmp_path: Path) -> None:
    made = _hurried(engine, APPS / "api", tmp_path / "api", f"dns={canaries.outside.address}", inside=PORTS["api"])
    with started(made) as running:
        assert canaries.tried(running, "api") == NOTHING


def test_with_the_internet_the_same_canaries_answer(engine: Engine, canaries: Canaries, tmp_path: Path) -> None:
    made = _hurried(engine, APPS / "api", tmp_path / "api", "internet=yes", f"dns={canaries.outside.address}", inside=PORTS["api"])
    with started(made) as running:
        tried = canaries.tried(running, "api")
        assert tried.answered == {"tcp outside", "udp outside", "tcp host", "udp host", "name"}
        assert tried.outside_heard == {"tcp", "udp", "dns"}
        assert tried.host_heard == {"tcp", "udp"}
        assert tried.passed == {"packets", "names"}
        assert running.ask("/health")[0] == 200


def _leaves_as_the_note_says(tried: Tried) -> None:
    """Of a container on an edge without masquerading: no answer from outside, no names, single UDP packets out, the host in full."""
    assert tried.answered == {"tcp host", "udp host"}
    assert tried.outside_heard == {"udp"}
    assert tried.host_heard == {"tcp", "udp"}
    assert tried.passed == {"packets"}


def test_published_directly_what_stays_open_is_what_the_note_says(engine: Engine, canaries: Canaries, tmp_path: Path) -> None:
    made = _hurried(engine, APPS / "api", tmp_path / "api", "ingress=direct", inside=PORTS["api"])
    (note,) = control_of("internal-networks").notes(made.service("api"))
    for said in ("TCP", "single UDP packets", "every address", "the host"):
        assert said in note
    with started(made) as running:
        _leaves_as_the_note_says(canaries.tried(running, "api"))
        assert running.ask("/health")[0] == 200


def test_published_directly_a_machine_that_knows_the_way_back_answers_old_engines(engine: Engine, canaries: Canaries, tmp_path: Path) -> None:
    """Why the note does not say that TCP is closed altogether."""
    made = _hurried(engine, APPS / "api", tmp_path / "api", "ingress=direct", inside=PORTS["api"])
    (note,) = control_of("internal-networks").notes(made.service("api"))
    assert "before Engine 28" in note
    assert "way back" in note
    old = int(engine.run("version", "--format", "{{.Server.Version}}").partition(".")[0]) < 28
    with outside_canary(tmp_path, number=1, routed_back=True) as routed, started(made) as running:
        assert ("tcp outside" in Canaries(routed, canaries.host).tried(running, "api").answered) == old


@pytest.mark.parametrize("app", ["api"])
def test_the_proxy_itself_stands_on_the_same_edge(projects: Projects, canaries: Canaries, app: str) -> None:
    _leaves_as_the_note_says(canaries.tried(projects.get(app), "ingress"))


def test_each_pair_has_a_network_of_its_own(projects: Projects) -> None:
    """The proxy in front does not reach the databases, nor they it or each other; each meets the service it works with."""
    running, places = projects.get("ledger"), {"postgres": 5432, "redis": 6379, "ledger": 8000, "ingress": 8000}
    found = {name: [seen["IPAddress"] for seen in running.inspect(name)["NetworkSettings"]["Networks"].values()] for name in places}
    met, heard = set(), ("answered", "closed", "ECONNREFUSED", "ECONNRESET", "EPIPE")
    for source in places:
        targets = {(address, port): name for name, port in places.items() if name != source for address in found[name]}
        seen = reach(running, source, list(targets), "GET / HTTP/1.0\r\n\r\n", seconds=1.5)
        met |= {(source, name) for (address, _), name in targets.items() if seen[f"tcp {address}"] in heard}
    pairs = {("ledger", "postgres"), ("ledger", "redis"), ("ledger", "ingress")}
    assert met <= pairs | {(b, a) for a, b in pairs}
    assert {("ledger", "postgres"), ("ledger", "redis"), ("ingress", "ledger")} <= met


@pytest.fixture(scope="module")
def echo(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A service that publishes a TCP and a UDP port."""
    folder = tmp_path_factory.mktemp("echo") / "echo"
    tcp, udp = free_port(), free_port()
    made = _hurried(engine, ECHO, folder, f"ports=127.0.0.1:{tcp}:8000,127.0.0.1:{udp}:9000/udp", inside=None)
    made.port = tcp
    with started(made) as running:
        yield running


def _udp(port: int, packet: bytes, seconds: float = 3) -> bytes:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        asking.settimeout(seconds)
        asking.connect(("127.0.0.1", port))
        asking.send(packet)
        try:
            return asking.recv(2000)
        except OSError:
            return b""


def test_a_udp_port_is_published_through_the_proxy(echo: Running) -> None:
    port = next(port.host[1] for port in echo.workload.ports if port.protocol == "udp")
    assert until(lambda: _udp(port, b"hello", seconds=1), lambda answer: answer, within=10) == b"back: hello"
    assert _udp(port, b"x" * 1200) == b"back: " + b"x" * 1200


def _address(running: Running, service: str) -> str:
    networks = running.inspect(service)["NetworkSettings"]["Networks"]
    return str(networks[f"{running.name}_front"]["IPAddress"])


def test_the_proxy_finds_the_service_again_at_another_address(engine: Engine, echo: Running) -> None:
    udp = next(port.host[1] for port in echo.workload.ports if port.protocol == "udp")
    before, proxy = _address(echo, "echo"), echo.container("ingress")
    assert json.loads(echo.ask("/")[1])["address"] == before
    echo.compose("rm", "--stop", "--force", "echo")
    # The next to come gets the address that was set free.
    squatter = engine.run("run", "-d", "--network", f"{echo.name}_front", "--label", f"com.docker.compose.project={echo.name}",
                          "python:3.13-slim", "sleep", "600").strip()  # fmt: skip
    try:
        echo.compose("up", "--detach", "--no-deps", "echo")
        after = _address(echo, "echo")
        assert after != before
        answer = until(lambda: echo.ask("/", timeout=3), lambda answer: answer[0] == 200, within=20)
        assert json.loads(answer[1])["address"] == after
        assert until(lambda: _udp(udp, b"again", seconds=1), lambda answer: answer, within=10) == b"back: again"
        assert echo.container("ingress") == proxy
    finally:
        engine.run("rm", "--force", squatter)


def test_what_works_alone_has_no_network(engine: Engine, tmp_path: Path) -> None:
    """A job that nobody calls and that calls nobody: loopback and nothing else, and its health check works there."""
    ask = "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000')"
    answers = ("image=python:3.13-slim", "command=python3 -m http.server 8000", "user=10001:10001", "ports=", f'health=command: python3 -c "{ask}"')
    made = scaffold(engine, ECHO, tmp_path / "job", *(word for answer in answers for word in ("--set", answer)))
    made.overrides = (hurried(made),)
    with started(made) as running:
        assert running.inspect("job")["HostConfig"]["NetworkMode"] == "none"
        assert running.live("job").interfaces() == ("lo",)
        (probe,) = control_of("internal-networks").probes(running.service("job"))
        assert probe.observe(running.live("job")) == probe.expected == "lo"
        assert not engine.run("network", "ls", "-q", "--filter", f"label=com.docker.compose.project={running.name}")
