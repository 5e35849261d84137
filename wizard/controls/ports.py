"""Ports on this machine only."""

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from msgspec.structs import replace

from wizard.control import Control, Flaw, Fragment, Live, Probe, Severity, Step
from wizard.foreign import Foreign
from wizard.mend import Aim, Edit, How, Left, Mend
from wizard.mistake import Mistake
from wizard.project import Service
from wizard.question import Question
from wizard.spelling import PORTS, Data
from wizard.workload import Port


def _gloss(row: Data) -> str:
    """How far a port reaches, in words; «!» goes before a risk."""
    address = str(row.get("publish") or "").rpartition(":")[0].strip("[]")
    if not address:
        return "reached by the other services only"
    if address in ("127.0.0.1", "::1"):
        return "on this machine only"
    return "! on every interface, past the host's firewall" if address in ("0.0.0.0", "::") else f"! on {address}, past the host's firewall"


_OF_SERVICES = 1024
"""Ports of the host below this one are those that everybody knows (the web, mail, names): they are there for others, as a rule."""


class LoopbackPorts(Control):
    """Ports open to this machine only, unless an address is named.

    Why:
    A published port goes around ufw and firewalld: `5432:5432` on a host in a data centre is a database on the internet.
    Put a proxy with TLS in front, or name the address on purpose.

    What may break:
    Other machines cannot reach it until the address is given, or a proxy on this one passes requests on
    (`0.0.0.0:8000:8000`).

    How it shows:
    `docker ps` shows `0.0.0.0:...->8000/tcp` in place of `127.0.0.1:...->8000/tcp`. With it, `Connection refused` from outside, while
    `curl http://127.0.0.1:...` works on the host.

    References:
    CIS Docker 5.8, 5.9, 5.14; OWASP Docker rule 5a; NIST SP 800-190 4.4.2; Pod Security Standards: hostPort.
    """

    id = "loopback-ports"
    severity = Severity.WARN
    step = Step.ENTER
    stops = "A scan of the host's address finds no database and no debug page, which a published port shows past the host's firewall."
    stands = "Who gets into that service is a user without rights (non-root-user) and can send nothing on from there (internal-networks)."
    settings: ClassVar[tuple[str, ...]] = ("ports", "EXPOSE")
    questions = (
        Question(
            "ports", "Ports", "Which ports does it listen on?",
            "8080 is published on this machine only; 0.0.0.0:8080:80 on every interface; «9000 inside» not at all.",
            PORTS, "loopback-ports", fact=True, gloss=_gloss,
        ),
    )  # fmt: skip
    mistakes = (
        Mistake(
            "A proxy on this host asks it for pages, and its port is published without an address.",
            {"ports": ["8000"]}, "0.0.0.0:...->8000/tcp", {"ports": ["127.0.0.1::8000"]}, "127.0.0.1:...->8000/tcp",
            program="sleep 60", look="docker ps --filter name=CONTAINER",
            why="every interface of the host answers, past its firewall.",
        ),
        Mistake(
            "Another machine has to reach it, and it is published on this machine only.",
            {"ports": ["127.0.0.1::8000"]}, "Connection refused", {"ports": ["0.0.0.0::8000"]}, "connected",
            program="""exec python -uc '
import socket
server = socket.create_server(("", 8000))
print("Serving")
while True:
    server.accept()[0].sendall(b"HTTP/1.0 200 OK\\r\\n\\r\\n")'""",
            look="""
                for n in $(seq 99); do docker logs CONTAINER 2>&1 | grep -q Serving && break; sleep 0.1; done
                PORT=$(docker port CONTAINER 8000/tcp | head -n 1 | sed 's/.*://')
                curl http://127.0.0.1:$PORT --silent --max-time 1 --output /dev/null
                docker exec CONTAINER python -c '
import socket, sys
socket.create_connection(sys.argv[1:], 9)
print("connected")' $(docker inspect -f '{{.NetworkSettings.Gateway}}' CONTAINER) $PORT
            """,
            why="name the address that the others use, or put a proxy with TLS in front.",
        ),
    )  # fmt: skip

    def service(self, service: Service) -> Fragment:
        published = [_published(port) for port in service.workload.ports if port.publish]
        return {"ports": published} if published else {}

    def without(self, service: Service) -> Fragment:
        published = [_published(port, everywhere=True) for port in service.workload.ports if port.publish]
        return {"ports": published} if published else {}

    def notes(self, service: Service) -> tuple[str, ...]:
        return tuple(
            f"port {port.host[1]} is published on {port.host[0]}, beyond this machine and around its firewall"
            for port in service.workload.ports
            if port.publish and port.host[0] not in ("127.0.0.1", "::1")
        )

    def forbids(self, fragment: Mapping[str, Any]) -> Iterator[str]:
        for port in fragment.get("ports", ()):
            if isinstance(port, str) and port.count(":") < 2:
                yield f"port {port} is published on every interface without being asked for"

    def refuses(self, seen: Foreign) -> Iterator[Flaw]:
        for flaw in super().refuses(seen):
            port = str(seen.fragment["ports"][flaw.entry])
            local = f"127.0.0.1:{port}" if ":" in port else f"127.0.0.1:{port.partition('/')[0]}:{port}"
            yield replace(flaw, remedy=f'write "{local}", or the address that is meant; nothing, if only other services ask it')

    def mends(self, seen: Foreign, aim: Aim) -> Iterator[Mend | Left]:
        """What only this machine asks is published there only; what is there for everybody keeps its place until somebody names it."""
        for flaw in self.refuses(seen):
            port = str(seen.fragment["ports"][flaw.entry])
            host, _, inside = port.rpartition(":")
            if aim.public or (host.isdecimal() and int(host) < _OF_SERVICES):
                lines = (f'ports: ["0.0.0.0:{port}"]  # everybody, said on purpose', f'ports: ["127.0.0.1:{port}"]  # this machine alone')
                yield Left(self.id, f"port {port} looks as if everybody were to reach it: only you know", lines)
                continue
            before = "127.0.0.1:" if host else "127.0.0.1::"
            edit = Edit(("ports", int(flaw.entry or 0)), before, How.PREFIX, {"host_ip": "127.0.0.1"}, was=port)
            yield Mend(self.id, (edit,), self.page.reason, f"other machines no longer reach port {host or inside}")

    def probes(self, service: Service) -> tuple[Probe, ...]:
        published = [_published(port) for port in service.workload.ports if port.publish]
        return (Probe("published ports", ", ".join(sorted(published)) or "none", _observe),)


def _published(port: Port, everywhere: bool = False) -> str:
    address, number = port.host
    where = f"[{address}]" if ":" in address else address
    suffix = "/udp" if port.protocol == "udp" else ""
    return f"{number}:{port.container}{suffix}" if everywhere else f"{where}:{number}:{port.container}{suffix}"


def _observe(live: Live) -> str:
    seen = []
    for inside, bindings in (live.inspect()["NetworkSettings"]["Ports"] or {}).items():
        number, _, protocol = inside.partition("/")
        for binding in bindings or ():
            host = f"[{binding['HostIp']}]" if ":" in binding["HostIp"] else binding["HostIp"]
            seen.append(f"{host}:{binding['HostPort']}:{number}" + ("/udp" if protocol == "udp" else ""))
    return ", ".join(sorted(seen)) or "none"
