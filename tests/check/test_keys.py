"""Every key of a service, in every kind of value that the schema of Compose permits, stands in a file that Compose takes and `check` reads as it does."""

import json
import shlex
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tests.check.keys import keys, kinds, legal
from tests.check.test_reading import comparable, read
from wizard.check.judging import judge
from wizard.check.nodes import plain
from wizard.check.project import load
from wizard.check.sources import Sources

CORPUS = Path(__file__).parent / "corpus" / "keys"
_REFUSED = {("pid", "null"): "the schema permits it, and Compose 5.6 ends with a panic"}


def written() -> dict[str, dict[str, Any]]:
    """The services of the corpus as they are written."""
    (root,) = Sources(CORPUS).documents(CORPUS / "compose.yaml")
    return dict(plain(root)["services"])


def told(folder: Path) -> dict[str, dict[str, Any]]:
    """The same as Compose tells it, read by check."""
    binary = Path(sys.executable).parent / "docker-compose"
    ran = subprocess.run([str(binary), "--profile", "*", "config", "--no-path-resolution"], cwd=CORPUS, capture_output=True, text=True, timeout=60,
                         env={"PATH": "/usr/bin:/bin", "HOME": "~"})  # fmt: skip
    assert ran.returncode == 0, ran.stderr[-300:]
    (folder / "compose.yaml").write_text(ran.stdout, encoding="utf-8")
    return read(folder, (folder / "compose.yaml",))


def test_every_key_stands_there_in_every_kind_of_value() -> None:
    seen = {(key, kind) for service in written().values() for key, value in service.items() for kind in kinds(value)}
    wanted = {(key, kind) for key, part in keys().items() for kind in legal(part)}
    assert len(wanted) > 130
    assert wanted - seen == set(_REFUSED)


def test_a_service_is_named_after_the_key_that_it_is_about() -> None:
    assert not [name for name, service in written().items() if name != "base" and name.rpartition("-")[0] not in service]


def test_compose_takes_it_and_check_reads_it_as_compose_does(tmp_path: Path) -> None:
    ours, theirs = read(CORPUS), told(tmp_path)
    assert ours.keys() == theirs.keys()
    for name, fragment in ours.items():
        # Compose puts the variables of files among the others; check keeps them apart, to say where they come from.
        more = {"environment": {"A": "1"}} if name.startswith("env_file-") else {}
        assert _judged({**fragment, **more}) == _judged(theirs[name]), name


def _judged(fragment: Mapping[str, Any]) -> dict[str, Any]:
    """In the spelling of Compose's own output: texts taken apart into words, ranges of ports into ports."""
    out = comparable(json.loads(json.dumps(fragment, default=str)))
    if isinstance(out.get("command"), str):
        out["command"] = shlex.split(out["command"])
    health = out.get("healthcheck", {})
    if isinstance(health.get("test"), str):
        health["test"] = ["CMD-SHELL", health["test"]]
    health["retries"] = int(health.get("retries") or 0)
    options = out.get("logging", {}).get("options", {})
    options.update({name: "" if value is None else str(value) for name, value in options.items()})
    out["ports"] = [one for port in out["ports"] for one in _ports(port)]
    return out


def _ports(port: str) -> list[str]:
    """Each port of a range."""
    if "-" not in port:
        return [port]
    first, last = (int(number) for number in port.partition(":")[0].split("-"))
    return [f"{number}:{number}" for number in range(first, last + 1)]


def test_all_of_it_is_judged() -> None:
    sources = Sources(CORPUS)
    compose = load((CORPUS / "compose.yaml",), sources)
    found = judge(compose, sources).findings
    stops = {one.service for one in found if one.severity.value == "stop"}
    assert {"privileged-1", "privileged-2", "use_api_socket-1", "userns_mode-1", "uts-1", "provider-1", "cgroup_parent-1", "volumes_from-1"} <= stops
    assert not [one for one in found if one.place.line == 1]
