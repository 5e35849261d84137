"""The list of names of the outside: how people spell it, what is refused, what is rendered of it."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.strategies import TEXT
from tests.test_laws import FULL
from wizard.controls.egress import EgressAllowList
from wizard.dockerfile_text import egress_files
from wizard.errors import UsageError
from wizard.outside_names import PATTERN, spelled, taken_apart
from wizard.render import as_data, findings, render, service_parts
from wizard.resolve import resolve
from wizard.workload import Workload, evolve, make


def workload(*names: str, **answers: Any) -> Workload:
    return evolve(make(FULL), egress=list(names), **answers)


def conf(*names: str, **answers: Any) -> list[str]:
    return next(artifact.text for artifact in render(workload(*names, **answers)) if artifact.path == ".seawall/egress/squid.conf").splitlines()


@pytest.mark.parametrize(("typed", "entry"), [
    ("api.example.com", "api.example.com"), ("API.Example.COM.", "api.example.com"), (" api.example.com:443 ", "api.example.com"),
    ("api.example.com.:8443", "api.example.com:8443"), ("*.Example.org", "*.example.org"), ("*.a.example.org:80", "*.a.example.org:80"),
    ("bücher.example", "xn--bcher-kva.example"), ("BÜCHER.example", "xn--bcher-kva.example"), ("straße.example", "xn--strae-oqa.example"),
    ("xn--bcher-kva.example", "xn--bcher-kva.example"), ("_dmarc.example.org", "_dmarc.example.org"), ("203.0.113.7:80", "203.0.113.7:80"),
    ("10.20.0.5", "10.20.0.5"), ("api.example.ts3:81", "api.example.ts3:81"), ("1password.com", "1password.com"), ("аpi.example.com", "xn--pi-6kc.example.com"),
])  # fmt: skip
def test_names_as_people_type_them(typed: str, entry: str) -> None:
    assert spelled(typed) == entry
    assert spelled(entry) == entry


@pytest.mark.parametrize("typed", [
    "", "*", "*.", "*.com", "*:443", "db", "localhost", "a.localhost", "printer.local", "host.docker.internal", "metadata.google.internal",
    "https://api.example.com", "api.example.com/v1", "user@api.example.com", "api.example.com:", "api.example.com:0", "api.example.com:65536",
    "api.example.com:x", "api.example.com:443:443", "a..example.com", ".example.com", "-a.example.com", "a-.example.com", "a*.example.com",
    "*.*.example.com", "a.*.com", "127.0.0.1", "0.0.0.0", "0.1.2.3", "169.254.169.254", "224.0.0.1", "255.255.255.255", "1.2.3", "1.2.3.4.5", "256.1.1.1",
    "010.1.1.1", "2130706433", "0x7f.1", "::1", "[::1]:443", "a b.example.com", "a.example.com\nhttp_access", "a.example.com#", "a.example.com%00.b",
    "x" * 64 + ".example.com", ".".join(["x" * 60] * 5), "a．example．com", "\u202ea.example.com", "a.example.123", "seawall.invalid", "{{ 7*7 }}.example.com",
])  # fmt: skip
def test_what_is_no_name_of_the_outside_is_refused_in_one_line(typed: str) -> None:
    with pytest.raises(ValueError, match="accepted: ") as refused:
        spelled(typed)
    assert str(refused.value).isprintable()


@given(TEXT)
def test_whatever_is_typed_is_refused_or_holds_nothing_but_a_name(text: str) -> None:
    try:
        entry = spelled(text)
    except ValueError as error:
        assert str(error).isprintable()
        return
    assert all(char.isascii() and (char.isalnum() or char in "*.-_:") for char in entry)
    assert spelled(entry) == entry


@given(st.from_regex(PATTERN, fullmatch=True))
def test_what_the_schema_accepts_the_workload_accepts_or_refuses_in_one_line(entry: str) -> None:
    try:
        made = workload(entry)
    except UsageError as error:
        assert "egress: " in str(error)
        assert str(error).isprintable()
        return
    assert taken_apart(made.egress[0]).port in range(1, 65536)


def test_the_rules_are_for_very_names_and_their_ports() -> None:
    lines = conf("api.example.com", "*.example.org:8443", "10.20.0.5:80")
    assert [line for line in lines if line.startswith(("acl name", "acl itself", "acl port", "acl entry", "acl listed", "acl addressed"))] == [
        "acl addressed dst 10.20.0.5",
        "acl name_1 dstdomain -n api.example.com", "acl port_1 port 443", "acl entry_1 all-of name_1 port_1",
        "acl name_2 dstdomain -n .example.org", "acl itself_2 dstdomain -n example.org", "acl port_2 port 8443",
        "acl entry_2 all-of name_2 !itself_2 port_2",
        "acl name_3 dstdomain -n 10.20.0.5", "acl port_3 port 80", "acl entry_3 all-of name_3 port_3",
        "acl listed any-of entry_1 entry_2 entry_3",
    ]  # fmt: skip
    access = [line for line in lines if line.startswith("http_access")]
    assert access == ["http_access deny manager", "http_access deny !tunnel !plain", "http_access deny !listed", "http_access deny here",
                      "http_access deny private !addressed", "http_access allow all"]  # fmt: skip


def test_the_app_keeps_to_internal_networks_and_only_the_proxy_goes_out() -> None:
    project = resolve(workload("api.example.com"))
    networks = {service.name: as_data(service_parts(service))["networks"] for service in project.services}
    assert networks == {"shop": ["front", "back-postgres", "back-redis", "egress"], "postgres": ["back-postgres"], "redis": ["back-redis"],
                        "ingress": ["front", "edge"], "egress": ["egress", "outside"]}  # fmt: skip
    app = as_data(service_parts(project.app))
    assert app["environment"]["http_proxy"] == app["environment"]["HTTPS_PROXY"] == "http://egress:3128"
    assert app["environment"]["no_proxy"] == "localhost,127.0.0.1,::1,shop,postgres,redis"
    assert app["depends_on"]["egress"] == {"condition": "service_healthy"}
    assert "HTTP_PROXY" not in as_data(service_parts(project.services[1])).get("environment", {})


def test_another_list_makes_another_container_of_the_proxy() -> None:
    """Its rules are a mounted file, which Compose does not look into: `up` would leave the old rules in force."""
    seen = [as_data(service_parts(resolve(workload(*names)).services[-1])) for names in (("a.example.com",), ("a.example.com", "b.example.com:80"))]
    assert [parts["environment"] for parts in seen] == [
        {"EGRESS_NAMES": "a.example.com:443"},
        {"EGRESS_NAMES": "a.example.com:443, b.example.com:80"},
    ]


def test_check_is_clean_on_it_and_misses_what_is_taken_away() -> None:
    project = resolve(workload("api.example.com", "*.example.org"))
    assert not list(findings(project))
    for service in (project.app, project.services[-1]):
        parts = {key: value for key, value in as_data(service_parts(service)).items() if key != "environment"}
        assert [found.control for found in EgressAllowList().check(service, parts)] == ["egress-allow-list"]


def test_a_variable_of_ones_own_stays_and_is_told() -> None:
    project = resolve(workload("api.example.com", environment={"HTTPS_PROXY": "http://mine:1"}))
    environment = as_data(service_parts(project.app))["environment"]
    assert (environment["HTTPS_PROXY"], environment["https_proxy"]) == ("http://mine:1", "http://egress:3128")
    assert any(note.startswith("HTTPS_PROXY is your own") for note in EgressAllowList().notes(project.app))


def test_node_is_told_to_look_at_the_variables() -> None:
    project = resolve(workload("api.example.com", stack={"language": "node"}, secrets=[]))
    assert as_data(service_parts(project.app))["environment"]["NODE_USE_ENV_PROXY"] == "1"


@pytest.mark.parametrize(("answers", "said"), [
    ({"internet": True}, "egress: with internet: yes it reaches every name"),
    ({"name": "egress"}, "«egress» is the name of the proxy"),
    ({"companions": [{"service": "redis", "name": "egress"}]}, "«egress» is the name of the proxy"),
])  # fmt: skip
def test_what_cannot_go_together_is_refused(answers: dict[str, Any], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        resolve(workload("api.example.com", **answers))


def test_waived_it_lets_names_through_but_never_to_the_host() -> None:
    lines = conf("api.example.com", waivers=[{"control": "egress-allow-list", "why": "a trial"}])
    assert "http_access deny !listed" not in lines
    assert lines.index("http_access deny here") < lines.index("http_access deny private") < lines.index("http_access allow all")
    (service,) = (service for service in resolve(workload("api.example.com")).services if service.role == "egress")
    assert "http_access deny !listed" in egress_files(service)[1].text


def test_who_works_with_nobody_has_no_network_and_nobody_else_loses_one() -> None:
    alone = make({"name": "job", "image": "job:1", "user": {"uid": 5, "gid": 6}, "health": {"none": "a job"}})
    parts = as_data(service_parts(resolve(alone).app))
    assert parts["network_mode"] == "none"
    assert not {"networks", "dns"} & parts.keys()
    for answers in ({"internet": True}, {"egress": ["api.example.com"]}, {"companions": [{"service": "redis"}]}, {"ports": [{"container": 80}]}):
        assert as_data(service_parts(resolve(evolve(alone, **answers)).app))["networks"]
