"""It listens where it says."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from wizard.control import ByHand, Control, Fragment, Live, Probe, Severity, Step
from wizard.mistake import Mistake
from wizard.project import Service

_EVERYWHERE = r"(0\.0\.0\.0|\*|\[?::\]?)"
_DEBUGGERS = rf"--inspect(-brk|-wait)?[= ]{_EVERYWHERE}(:|\b)|jdwp=\S*address={_EVERYWHERE}:|debugpy --listen {_EVERYWHERE}:"
"""Of Node.js, of Java and of Python, told to listen for others than itself."""


class DeclaredListeners(Control):
    """It listens on the ports that it declares, and on no others.

    Why:
    A port that nobody knows of has no password and no rule: a debugger left on 0.0.0.0:9229 runs any code that another container
    on its networks sends to it, a metrics page tells what is inside. And a port that is published while nothing listens behind it
    is an open door to whatever takes that port next.

    What may break:
    Nothing: it is looked at, not changed. A port that is meant is declared, as «9090 inside» where it is not published; one that
    only its own loopback reaches needs no declaration.

    How it shows:
    `00000000:2382 00000000:0000 0A` in /proc/net/tcp inside, where `0100007F:2382 00000000:0000 0A` is its own loopback;
    `Debugger listening on ws://0.0.0.0:9229` in its log; `Connection reset by peer`, or an empty reply, from a published port behind which nobody
    listens, or only on 127.0.0.1 inside.

    References:
    CIS Docker 5.8; OWASP Docker rule 5; NIST SP 800-190 4.4.2, 4.4.4.
    """

    id = "declared-listeners"
    severity = Severity.WARN
    step = Step.ENTER
    stops = "A debugger or a page of numbers that somebody left open is no way in for whoever reaches the container."
    stands = (
        "Other machines reach only what is published, and that on this machine (loopback-ports); services that do not work with it have no "
        "network to it (internal-networks); what is run through it has no rights (non-root-user)."
    )
    mistakes = (
        Mistake(
            "Its page of numbers is asked by a program beside it in the same container, and listens on every address.",
            {"environment": {"metrics": "0.0.0.0"}}, "00000000:2382 00000000:0000 0A",
            {"environment": {"metrics": "127.0.0.1"}}, "0100007F:2382 00000000:0000 0A",
            program="""python -c '
import os, socket
metrics = socket.create_server((os.environ["metrics"], 0x2382))
print(open("/proc/net/tcp").read())'""",
            why="the kernel's table has addresses in hexadecimal digits: 00000000 is every one, 2382 is 9090, 0A is a listener.",
        ),
        Mistake(
            "A debugger was left on, for everybody who reaches the container.",
            {"environment": {"NODE_OPTIONS": "--inspect=0.0.0.0:9229"}}, "Debugger listening on ws://0.0.0.0:9229",
            {"environment": {"NODE_OPTIONS": ""}}, "no debugger",
            given={"image": "node:24-slim"}, program="node -e 'console.log(require(`inspector`).url() || `no debugger`)'",
            why="it asks for no password, and runs what it is sent.",
        ),
        Mistake(
            "Its port is published, and it listens on its own loopback only.",
            {"environment": {"address": "127.0.0.1"}}, "Connection reset by peer", {"environment": {"address": "0.0.0.0"}}, "200 OK",
            given={"ports": ["127.0.0.1::8000"]}, program="exec python -u -m http.server --bind $address 8000",
            look="""
                PORT=$(docker port CONTAINER 8000/tcp | sed 's/.*://')
                for n in $(seq 99); do docker logs CONTAINER 2>&1 | grep -q Serving && break; sleep 0.1; done
                curl http://127.0.0.1:$PORT --silent --show-error --noproxy '*' --include 2>&1
            """,
            why="the loopback of a container is not the host's: what is published comes in by its other address.",
        ),
    )  # fmt: skip
    violation: ClassVar[Fragment] = {"environment": {"NODE_OPTIONS": "--inspect=0.0.0.0:9229"}}

    def forbids(self, fragment: Mapping[str, Any]) -> Iterator[str]:
        for text in _texts(fragment):
            if found := re.search(_DEBUGGERS, text):
                yield f"{found[0].rstrip(':')}: a debugger that whoever reaches the container can use; 127.0.0.1 is its default"

    def probes(self, service: Service) -> tuple[Probe, ...]:
        declared = _declared(service)
        expected = ", ".join(sorted(declared, key=_by_number)) or "nothing"
        numbers = " ".join(name.partition("/")[0] for name in sorted(declared, key=_by_number) if name.endswith("/tcp"))
        return (Probe("what it listens on", expected, lambda live: _observe(live, declared, _for_health(service)), ByHand(_COMMAND, numbers)),)


_COMMAND = (
    'awk \'$4 == "0A" && $2 !~ /^(......7F|0000000000000000(FFFF0000......7F|0000000001000000)):/ {sub(/.*:/, "0x", $2); print $2}\' '
    "/proc/PID/net/tcp /proc/PID/net/tcp6 | sort -u | xargs -r printf '%d\\n' | sort -n | paste -sd ' '"
)
"""The TCP ports that others can reach, by the kernel's own table: it needs no program in the image."""


def _declared(service: Service) -> frozenset[str]:
    """As `8000/tcp`: what was said; for an image of the catalogue what is known of it."""
    said = {f"{port.container}/{port.protocol}" for port in service.workload.ports}
    return frozenset(said or {f"{port}/tcp" for port in service.image.ports})


def _for_health(service: Service) -> frozenset[str]:
    """A port that is there for its health check alone."""
    health = service.workload.health
    return frozenset(f"{port}/tcp" for port in (health.port, health.tcp) if port) if health else frozenset()


def _observe(live: Live, declared: frozenset[str], for_health: frozenset[str]) -> str:
    seen = {name.partition(" ")[0]: name for name in live.listeners(sorted(declared))}
    shown = {port: name for port, name in seen.items() if port in declared or (port == name and port not in for_health)}
    missing = {port: f"{port} by nobody" for port in declared - seen.keys()}
    return ", ".join(name for _, name in sorted((shown | missing).items(), key=lambda item: _by_number(item[0]))) or "nothing"


def _by_number(port: str) -> tuple[int, str]:
    number, _, protocol = port.partition("/")
    return int(number), protocol


def _texts(fragment: Mapping[str, Any]) -> Iterator[str]:
    """Its command and its variables, each as one text."""
    for key in ("command", "entrypoint"):
        value = fragment.get(key) or ()
        yield value if isinstance(value, str) else " ".join(map(str, value))
    environment = fragment.get("environment") or {}
    yield from (f"{name}={value}" for name, value in environment.items()) if isinstance(environment, Mapping) else map(str, environment)
