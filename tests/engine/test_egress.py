"""The way out by a list of names: what is listed answers through the proxy, everything else is refused. Never a public address."""

import json
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from tests.engine.outside import Canary, bridge_addresses, host_addresses, host_canary, outside_canary, reach
from tests.engine.running import PORTS, Engine, Running, hurried, override, scaffold, started, until
from tests.tools import APPS
from wizard.render import notes

pytestmark = pytest.mark.engine

_ASK = """
const [socket, answers] = [require('net'), []];
const ask = (line) => new Promise((done) => {
  const c = socket.connect(3128, 'egress', () => c.write(line.replaceAll('~', '\\r\\n') + '\\r\\n\\r\\n'));
  const end = (what) => { c.destroy(); done(what); };
  c.on('data', (data) => end(String(data).split('\\r\\n')[0].split(' ')[1] || String(data)));
  c.on('error', (error) => end(error.code));
  c.on('close', () => end('closed'));
});
Promise.all(process.argv.slice(1).map(ask)).then((answers) => console.log(JSON.stringify(answers)));
"""
"""What the proxy answers to each request, asked from inside the app."""


@dataclass(frozen=True)
class Way:
    """A running app with a list of names, and the outside behind its proxy."""

    running: Running
    outside: Canary
    host: Canary

    def asked(self, *requests: str) -> dict[str, str]:
        """What the proxy answers to each request line (`~` is a line break)."""
        words = [request if " HTTP/" in request else f"{request} HTTP/1.1~Host: x" for request in requests]
        answers = json.loads(self.running.compose("exec", "-T", "api", "node", "-e", _ASK, *words))
        return dict(zip(requests, answers, strict=True))


@pytest.fixture(scope="module")
def way(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Way]:
    folder = tmp_path_factory.mktemp("way")
    with outside_canary(folder) as outside, host_canary(folder) as host:
        listed = ("Listed.Example.com.", "*.example.org", "inner.example.com", "meta.example.com", "self.example.com")
        names = ",".join((*(f"{name}:{outside.port}" for name in listed), f"host.example.com:{host.port}", f"{outside.address}:{outside.port}"))
        made = scaffold(engine, APPS / "api", folder / "api", "--set", f"egress={names}", "--set", f"dns={outside.address}", inside=PORTS["api"])
        bridge = engine.run("network", "inspect", "bridge", "--format", "{{(index .IPAM.Config 0).Gateway}}").strip()
        hosts = {
            **dict.fromkeys(("listed.example.com", "a.example.org", "b.a.example.org", "example.org", "notexample.org", "unlisted.example.com",
                             "listed.example.com.evil.test", "example.org.evil.test"), outside.address),
            "inner.example.com": "10.99.0.1", "meta.example.com": "169.254.169.254", "self.example.com": "127.0.0.1", "host.example.com": bridge,
        }  # fmt: skip
        named = override(made, "named.yaml", {"services": {"egress": {"extra_hosts": [f"{name}:{address}" for name, address in hosts.items()]}}})
        made.overrides = (hurried(made), named)
        with started(made) as running:
            yield Way(running, outside, host)


def test_listed_names_answer_and_nothing_else_does(way: Way) -> None:
    port, bridge = way.outside.port, host_addresses()[0]
    passed = [f"CONNECT listed.example.com:{port}", f"CONNECT LISTED.example.com.:{port}", f"CONNECT a.example.org:{port}",
              f"CONNECT b.a.example.org:{port}", f"CONNECT {way.outside.address}:{port}"]  # fmt: skip
    refused = [
        f"CONNECT unlisted.example.com:{port}", f"CONNECT notexample.org:{port}", f"CONNECT example.org:{port}",
        f"CONNECT listed.example.com.evil.test:{port}", f"CONNECT example.org.evil.test:{port}", f"CONNECT xlisted.example.com:{port}",
        f"CONNECT listedxexample.com:{port}", "CONNECT listed.example.com:443", "CONNECT listed.example.com:22", "CONNECT 192.0.2.1:443",
        f"GET http://unlisted.example.com:{port}/", "GET http://listed.example.com/", f"GET ftp://listed.example.com:{port}/",
        # The proxy itself, the host and the metadata of a cloud: by address, by odd spellings, by names that are listed.
        "CONNECT 127.0.0.1:3128", "CONNECT localhost:3128", "CONNECT egress:3128", "GET http://egress:3128/squid-internal-mgr/info",
        "GET cache_object://localhost/info", "CONNECT 169.254.169.254:80", "GET http://169.254.169.254/latest/meta-data/", "CONNECT 2852039166:80",
        "CONNECT 0x7f.1:3128", "CONNECT [::1]:3128", f"CONNECT {bridge}:{way.host.port}",
        f"CONNECT inner.example.com:{port}", f"CONNECT meta.example.com:{port}", f"CONNECT self.example.com:{port}",
        f"CONNECT host.example.com:{way.host.port}", "CONNECT api:3000", f"GET http://listed.example.com:{port}@unlisted.example.com:{port}/",
    ]  # fmt: skip
    answers = way.asked(*passed, *refused)
    assert {request: answers[request] for request in passed} == dict.fromkeys(passed, "200")
    assert {request: answers[request] for request in refused} == dict.fromkeys(refused, "403")
    assert not way.host.record.read_text(), "the host heard nothing"
    # And the log says so, whether the client stayed to read the refusal or had gone when it was sent.
    until(way.running.logs, lambda said: re.search(r"TCP_DENIED(_ABORTED)?/403 CONNECT unlisted\.example\.com", said))


def test_programs_say_what_its_page_says(way: Way, engine: Engine) -> None:
    """The literals of «How it shows», from the real proxy: asked by Python in the app's network, and by the host's curl."""
    app = way.running.inspect("api")
    proxy = next(
        network["IPAddress"] for name, network in way.running.inspect("egress")["NetworkSettings"]["Networks"].items() if name.endswith("_egress")
    )
    url = f"https://unlisted.example.com:{way.outside.port}/"
    program = f"import urllib.request as r; r.build_opener(r.ProxyHandler({{'https': 'http://{proxy}:3128'}})).open({url!r}, timeout=5)"
    words = ("run", "--rm", "--network", f"container:{app['Id']}", "python:3.13-slim", "python", "-c", program)
    asked = subprocess.run(("docker", *words), capture_output=True, text=True, timeout=60, check=False, env=dict(engine.environment))
    assert "Tunnel connection failed: 403 Forbidden" in asked.stderr
    curl = ("nsenter", "--target", str(app["State"]["Pid"]), "--net", "curl", "--silent", "--show-error", "--proxy", f"http://{proxy}:3128", url)
    assert "CONNECT tunnel failed, response 403" in subprocess.run(curl, capture_output=True, text=True, timeout=20, check=False).stderr
    until(lambda: way.running.compose("logs", "egress"), lambda said: "TCP_DENIED/403 CONNECT unlisted.example.com" in said)


def test_unlisted_names_are_not_even_asked_for(way: Way) -> None:
    """A question is a way out, too: its name can hold what is to be told."""
    port = way.outside.port
    quiet, loud = f"CONNECT seawall-quiet.example.com:{port}", f"CONNECT seawall-loud.example.org:{port}"
    assert way.asked(quiet, loud) == {quiet: "403", loud: "200"}
    assert not way.outside.heard("seawall-quiet")
    assert way.outside.heard("seawall-loud") == {"dns"}, "the name server is the canary: what is asked of it is seen"


def test_what_goes_through_arrives_unchanged_and_programs_find_the_way(way: Way) -> None:
    """Node's own fetch heeds the variables that are set for it; a health path on the loopback goes without the proxy."""
    url = f"http://listed.example.com:{way.outside.port}/from-fetch"
    program = "fetch(process.argv[1], {signal: AbortSignal.timeout(2000)}).then(r => r.status, e => e.cause?.code || e.message).then(s => { console.log(s); process.exit(); })"
    way.running.compose("exec", "-T", "api", "node", "-e", program, url)
    assert way.outside.heard("/from-fetch") == {"tcp"}
    assert way.running.compose("exec", "-T", "api", "node", "-e", program, "http://127.0.0.1:3000/health").strip() == "200"
    by_address = f"http://{way.outside.address}:{way.outside.port}/-direct"  # A name takes ten seconds to be given up.
    ignoring = way.running.compose("exec", "-T", "-e", "NODE_USE_ENV_PROXY=0", "api", "node", "-e", program, by_address)
    assert ignoring.strip() != "200", "without the variable it asks nobody, and there is no other way"
    assert not way.outside.heard("-direct")


def test_directly_it_reaches_nothing(way: Way) -> None:
    targets = [
        (way.outside.address, way.outside.port),
        *((address, way.host.port) for address in (*host_addresses(), *bridge_addresses(way.running))),
    ]
    seen = reach(way.running, "api", targets, "directly", "seawall.test")
    assert not {label: outcome for label, outcome in seen.items() if outcome in ("answered", "ECONNREFUSED")}
    assert not way.outside.heard("directly")


def test_the_notes_say_what_it_does_not_do(way: Way) -> None:
    said = " ".join(message for control, _, message in notes(way.running.project) if control == "egress-allow-list")
    for word in ("through the proxy egress", "TLS is not opened", "listed entries only", "queries for any name below it"):
        assert word in said
