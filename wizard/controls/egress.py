"""Only named outside services."""

from typing import Any, ClassVar

from wizard.control import Control, Fragment, Live, Probe, Step
from wizard.egress_proxy import EGRESS, EGRESS_PORT
from wizard.mistake import Mistake, Unshown
from wizard.outside_names import port_text, taken_apart
from wizard.outside_spelling import OUTSIDE_NAMES
from wizard.project import Service
from wizard.question import Question
from wizard.spelling import Data
from wizard.stand_ins import PROXY

_BEHIND_PROXY: Fragment = {"networks": ["egress"], "dns": ["127.0.0.1"]}
_UNLISTED = "seawall.invalid:443"
"""A name that nobody can have, and that no answer can list."""


def _gloss(row: Data) -> str:
    """What an entry lets through, in words."""
    try:
        entry = taken_apart(str(row))
    except ValueError:
        return ""
    if entry.address:
        return f"this address, port {entry.port}"
    return f"every name below {entry.name}, not itself, port {entry.port}" if entry.below else f"this very name, port {entry.port}"


class EgressAllowList(Control):
    """What it reaches outside is a list of names.

    Why:
    Most services call two or three names, and an intruder calls others: for tools, for orders, to send data away. The service
    stays on internal networks; a proxy (squid, without privileges) alone has a way out and passes listed names on their ports,
    unless such a name leads to this host, a private network or 169.254.169.254. Rules of iptables inside the container, as is
    often advised, take NET_ADMIN and root: who may set them may flush them, and so may an intruder.

    What may break:
    Programs that ignore HTTP_PROXY get no way out, which is the point. curl, Go and Python's urllib, requests and httpx heed it;
    Node does from 22.21 and 24 on by NODE_USE_ENV_PROXY=1, which is set here; aiohttp needs `trust_env=True`, Java its
    `-Dhttps.proxyHost`. Mail or a database elsewhere do not pass. busybox wget ignores NO_PROXY: `wget -Y off` in a health
    check. A name with a private address is refused unless that address is listed, too.

    How it shows:
    `Tunnel connection failed: 403 Forbidden` (Python), `CONNECT tunnel failed, response 403` (curl) for a name that is not listed.
    What the proxy refused stands in `docker compose logs egress` as `TCP_DENIED`. `Temporary failure in name resolution` for a program
    that does not ask it.

    References:
    NIST SP 800-190 4.4.2; CIS Docker 5.3, 5.30; OWASP Docker rule 5; measured: squid 6 as Debian has it refuses what is not listed.
    """

    id = "egress-allow-list"
    step = Step.TAKE
    stops = "An intruder's own machines are on no list: no orders from there, no tools, and nothing is sent to them."
    stands = (
        "Every name is then reached through the proxy, but still no address of this host or of private networks; what is loaded cannot be kept "
        "(read-only-rootfs) or started where it may be written (writable-paths)."
    )
    settings: ClassVar[tuple[str, ...]] = ("environment",)
    questions = (
        Question(
            "egress", "Companions and networks", "Which outside names may it reach?",
            "Through a proxy that refuses all others; nothing means none. Port 443 unless said; *.example.org is every name below it.",
            OUTSIDE_NAMES, "egress-allow-list", when=lambda workload: not workload.internet, gloss=_gloss, basic=False,
        ),
    )  # fmt: skip

    mistakes = (
        Mistake(
            "It calls a second name, and api.example.com alone is listed.",
            {"environment": {"calls": "telemetry.example.com"}}, "Tunnel connection failed: 403 Forbidden",
            {"environment": {"calls": "api.example.com"}}, "the tunnel is open",
            given=_BEHIND_PROXY, before=PROXY,
            program="""python -c '
import http.client, os
proxy = http.client.HTTPConnection("egress", 3128)
proxy.set_tunnel(os.environ["calls"], 443)
proxy.connect()
print("the tunnel is open")'""",
            why="what is not listed is refused; list it in egress as well, if it is meant.",
        ),
        Mistake(
            "Its own settings take the proxy's address away.",
            {"environment": {"HTTP_PROXY": ""}}, "Temporary failure in name resolution",
            {"environment": {"HTTP_PROXY": "http://egress:3128"}}, "the answer is 200",
            given=_BEHIND_PROXY, before=PROXY,
            program="""python -c '
import urllib.request
print("the answer is", urllib.request.urlopen("http://api.example.com/").status)'""",
            why="names of the outside are answered to the proxy only; who does not ask it finds none.",
        ),
    )  # fmt: skip
    unshown = (
        Unshown(("CONNECT tunnel failed, response 403",), "usual images have no curl; tests/engine/test_egress.py asks with the host's",
                "docker run --rm --network none IMAGE curl --version", 'exec: "curl": executable file not found in $PATH'),
        Unshown(("docker compose logs egress", "TCP_DENIED"), "the proxy is made from Debian's packages, which is not done for a lesson; "
                "tests/engine/test_egress.py reads its log", "docker run --rm --network none IMAGE squid -v",
                'exec: "squid": executable file not found in $PATH'),
    )  # fmt: skip
    undemonstrated = Unshown(
        (), "its proxy is made from Debian's packages, and nothing is fetched for a demonstration; scaffold a service with egress and prove it",
        "docker run --rm --network none IMAGE squid -v", 'exec: "squid": executable file not found in $PATH',
    )  # fmt: skip

    def service(self, service: Service) -> Fragment:
        if service.role == "egress":
            # Nothing reads it there: it shows the list, and another list makes another container, which reads the new rules.
            return {"environment": {"EGRESS_NAMES": _names(service)}}
        told = {name: value for name, value in service.outward.items() if name not in service.environment}
        return {"environment": told} if told else {}

    def notes(self, service: Service) -> tuple[str, ...]:
        if not service.outward:
            return ()
        notes = [
            f"reaches {_names(service)} through the proxy {EGRESS}, and nothing else. TLS is not opened: what is said to a listed name is not "
            "seen. A name on a shared front (a CDN) may lead to others behind it. Names are asked for listed entries only",
        ]
        if any(taken_apart(entry).below for entry in service.workload.egress):
            notes.append("a listed *. lets queries for any name below it through: whoever answers for that domain could be told things by them")
        own = [name for name in service.outward if name in service.environment]
        return (*notes, *(f"{name} is your own and not the proxy's: what heeds it may get no way out" for name in own))

    def probes(self, service: Service) -> tuple[Probe, ...]:
        if not service.outward and service.role != "egress":
            return ()
        return (Probe("an outside name that is not listed", "refused by the proxy: 403", _observe),)


def _names(service: Service) -> str:
    return ", ".join(port_text(taken_apart(entry)) for entry in service.workload.egress)


def _observe(live: Live) -> str:
    answer = live.tunnel(_proxy(live), EGRESS_PORT, _UNLISTED)
    return f"refused by the proxy: {answer}" if answer == "403" else f"not refused: {answer}"


def _proxy(live: Live) -> str:
    """The proxy's address: of the two on that network the other one, or the container itself."""
    own: dict[str, Any] = dict(live.inspect()["NetworkSettings"]["Networks"])
    # Not as /proc has it: programs that name their processes anew, such as nginx, write over that.
    told = {entry.partition("=")[0] for entry in live.inspect()["Config"].get("Env") or ()}
    for name in own:
        network = live.network(name)
        if (network.get("Labels") or {}).get("com.docker.compose.network") == EGRESS:
            others = [
                facts["IPv4Address"] for facts in network["Containers"].values() if facts["IPv4Address"].partition("/")[0] != own[name]["IPAddress"]
            ]
            if others and "HTTPS_PROXY" in told:
                return str(others[0]).partition("/")[0]
    return "127.0.0.1"
