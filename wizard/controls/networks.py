"""Internal networks."""

from collections.abc import Iterator
from typing import Any, ClassVar

from wizard.control import Control, Flaw, Fragment, Live, Probe, Severity, Step, inspected
from wizard.foreign import Foreign
from wizard.mend import Aim, Left, Mend
from wizard.mistake import Mistake
from wizard.project import Project, Service
from wizard.question import Choice, Question
from wizard.spelling import TEXT, WORDS, YES_NO

FRONT, EDGE, OUTSIDE = "front", "edge", "outside"
_NO_HOST = {"com.docker.network.bridge.inhibit_ipv4": "true"}
_NO_NAMES = ("127.0.0.1",)
_NO_WAY_OUT = {"com.docker.network.bridge.enable_ip_masquerade": "false"}
_NO_NEIGHBOURS = {"com.docker.network.bridge.enable_icc": "false"}


class InternalNetworks(Control):
    """Services talk on an internal network; no way out unasked.

    Why:
    A service that cannot reach out cannot send data away, fetch a second stage or scan its neighbours. «internal» alone
    leaves the host reachable by the bridge's address, so that is taken away, too. Each pair that works together has its own
    network: from the proxy in front nobody meets the database. Docker publishes nothing from an internal network, so published
    ports go through a proxy that alone stands on the edge. Who works with nobody has no network.

    What may break:
    Calls to the internet: package mirrors, payment services, mail. List the names in egress, or answer «yes» to the internet.
    The service sees the proxy's address instead of the client's. Another service of yours that is to reach this one has to
    be put on one of its networks, such as front.

    How it shows:
    `Network is unreachable`, `Temporary failure in name resolution`, or a time-out for every outside name; the same for a neighbour that
    stands on another network.

    References:
    CIS Docker 2.2, 5.30; OWASP Docker rule 5; NIST SP 800-190 4.3.3, 4.4.2; moby issue 36174.
    """

    id = "internal-networks"
    step = Step.TAKE
    stops = "Who got in cannot send data away, load more tools, or try the machines around."
    stands = (
        "Tools that are loaded cannot be kept (read-only-rootfs) or started where they may be written (writable-paths); what the service "
        "may read, passwords in files included (secrets-as-files), leaves unhindered."
    )
    settings: ClassVar[tuple[str, ...]] = ("networks", "dns")
    questions = (
        Question("internet", "Companions and networks", "Does it call services on the internet?",
                 "«No» keeps it on internal networks: it sends nothing out, but to names listed in egress.", YES_NO, "internal-networks"),
        Question(
            "ingress", "Companions and networks", "How do requests reach it?", "Only asked where it may not reach out itself.",
            TEXT, "internal-networks",
            (Choice("proxy", "through a small proxy on the edge", "the service itself has no way out at all"),
             Choice("direct", "its own port is published", "one container less; single UDP packets leave, and the host itself stays reachable")),
            basic=False, when=lambda workload: not workload.internet,
        ),
        Question("dns", "Companions and networks", "Which name servers does it ask?", "Addresses; nothing asks the engine's own.",
                 WORDS, "internal-networks", basic=False, settings=("dns",)),
        Question("hostname", "Companions and networks", "Which host name does it see?", "Nothing keeps the engine's own.",
                 TEXT, "internal-networks", basic=False, settings=("hostname",)),
    )  # fmt: skip
    mistakes = (
        Mistake(
            "It is on no network, and calls the database by its name.",
            {"network_mode": "none"}, "Temporary failure in name resolution", {"networks": ["internal"]}, "connected",
            program="""python -c '
import socket
socket.create_connection(("db", 8000), 9)
print("connected")'""",
            before="""
                docker network create --internal --opt com.docker.network.bridge.inhibit_ipv4=true CONTAINER-internal >/dev/null
                docker run --detach --network CONTAINER-internal --network-alias db --name CONTAINER-db --label org.seawall.learn=yes \\
                    IMAGE python -uc 'import socket; s = socket.create_server(("", 8000)); print("Serving"); s.accept()' >/dev/null
                for n in $(seq 99); do docker logs CONTAINER-db 2>&1 | grep -q Serving && break; sleep 0.1; done
            """,
            why="names of services are answered on the networks that both stand on.",
        ),
        Mistake(
            "It is on no network, and calls an address of the internet, as it has to.",
            {"network_mode": "none"}, "Network is unreachable", {"networks": ["edge"]}, "there is a route",
            program="""python -c '
import socket
socket.socket(type=socket.SOCK_DGRAM).connect(("198.51.100.1", 53))
print("there is a route")'""",
            before="docker network create --opt com.docker.network.bridge.enable_ip_masquerade=false CONTAINER-edge >/dev/null",
            why="answer «yes» to the internet, and only for who needs it.",
        ),
    )  # fmt: skip

    def service(self, service: Service) -> Fragment:
        names = list(networks_of(service))
        if not names:
            return {"network_mode": "none"}
        fragment: dict[str, Any] = {"networks": names}
        if service.workload.dns:
            fragment["dns"] = list(service.workload.dns)
        elif not service.workload.internet:
            # The engine forwards names, and where the host's own name server is local it does so from the host itself, old
            # engines even for internal networks (CVE-2024-29018). An address that nobody answers on closes this way out;
            # names of services are answered all the same.
            fragment["dns"] = list(_NO_NAMES)
        return fragment

    def project(self, project: Project) -> Fragment:
        used = [name for service in project.services if self.id not in service.waived for name in networks_of(service)]
        edge = _NO_NEIGHBOURS if project.workload.internet else {**_NO_WAY_OUT, **_NO_NEIGHBOURS}
        options = {EDGE: edge, OUTSIDE: _NO_NEIGHBOURS}
        networks = {
            name: {"driver_opts": dict(options[name])} if name in options else {"internal": True, "driver_opts": dict(_NO_HOST)}
            for name in dict.fromkeys(used)
        }
        return {"networks": networks} if networks else {}

    def lacks(self, seen: Foreign) -> Iterator[Flaw]:
        """Nobody said whether it calls the internet, so only that it could; and ports that are silently not published."""
        if not seen.whole or "network_mode" in seen.fragment:
            return
        names = seen.fragment.get("networks") or ["default"]
        closed = all(seen.internal.get(name) for name in names)
        if closed and seen.fragment.get("ports"):
            yield Flaw("all of its networks are internal: the engine publishes none of its ports, and says nothing",
                       "add a network that is not internal, or a proxy on one", "ports", severity=Severity.WARN)  # fmt: skip
        if not closed and not seen.fragment.get("ports"):
            yield Flaw("it may reach the internet, and nothing here says that it has to", "put it on a network with internal: true, if it need not",
                       "networks", severity=Severity.INFO)  # fmt: skip

    def mends(self, seen: Foreign, aim: Aim) -> Iterator[Mend | Left]:
        """Whether it calls the internet nobody said, so it is left."""
        for flaw in self.lacks(seen):
            if flaw.severity is Severity.INFO:
                yield Left(self.id, "whether it calls anything on the internet is not known",
                           ("networks: [inside]", "# and at the top of the file:", "networks: {inside: {internal: true}}"))  # fmt: skip

    def notes(self, service: Service) -> tuple[str, ...]:
        if not list(networks_of(service)):
            return ("it listens on nothing and works with nobody, so it has no network at all; a port, a companion or a name in egress gives it one",)
        if service.role != "app" or service.workload.internet or EDGE not in networks_of(service):
            return ()
        return (
            "published directly without the internet: nothing outside answers it over TCP (before Engine 28 a machine that has this "
            "host as its router does, since it knows the way back); single UDP packets leave; every address of the host answers it. "
            "ingress: proxy closes all of that for the service; then only the proxy can do it",
        )

    def probes(self, service: Service) -> tuple[Probe, ...]:
        names, named = tuple(networks_of(service)), service.workload.hostname
        called = (Probe("host name", named, _host_name, inspected("{{.Config.Hostname}}", named)),) if named else ()
        if not names:
            return (Probe("network interfaces", "lo", lambda live: ", ".join(live.interfaces())), *called)
        kinds = {EDGE: "open" if service.workload.internet else "not masqueraded", OUTSIDE: "open"}
        expected = "; ".join(f"{name}: {kinds.get(name, 'internal, host unreachable')}" for name in sorted(names))
        asked = service.workload.dns or (() if service.workload.internet else _NO_NAMES)
        return (
            Probe("networks", expected, _observe),
            Probe("name servers that the engine forwards to", ", ".join(asked) or "the host's", _name_servers),
            *called,
        )


def networks_of(service: Service) -> Iterator[str]:
    """The networks that a service stands on: one with each of those it works with, and the edge where it is published or calls out.

    A service that nobody reaches and that reaches nobody stands on none.
    """
    yield from service.inside
    if service.role == "egress":
        yield OUTSIDE
    elif service.published or service.workload.internet:
        yield EDGE
    elif not service.inside and service.workload.ports:
        yield FRONT


def _observe(live: Live) -> str:
    seen = []
    for name in live.inspect()["NetworkSettings"]["Networks"]:
        network = live.network(name)
        options = network.get("Options") or {}
        label = (network.get("Labels") or {}).get("com.docker.compose.network", name)
        if network["Internal"]:
            closed = all(options.get(key) == value for key, value in _NO_HOST.items())
            kind = "internal, host unreachable" if closed else "internal, host reachable"
        else:
            kind = "not masqueraded" if all(options.get(key) == value for key, value in _NO_WAY_OUT.items()) else "open"
        seen.append(f"{label}: {kind}")
    return "; ".join(sorted(seen))


def _host_name(live: Live) -> str:
    return str(live.inspect()["Config"]["Hostname"])


def _name_servers(live: Live) -> str:
    return ", ".join(live.inspect()["HostConfig"].get("Dns") or ()) or "the host's"
