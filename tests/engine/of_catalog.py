"""What examples/catalog brings, booted: run by test_catalog.py in a process that has the catalog in use."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.engine.running import Engine, Running, failing, hurried, scaffold, started, until
from tests.tools import ROOT
from wizard.controls import CONTROLS

pytestmark = pytest.mark.engine

MIRRORED = {"registry.example.com/mirror/memcached:1": "memcached:1", "registry.example.com/mirror/redis:8": "redis:8"}
"""What a mirror has under another name."""


@pytest.fixture(scope="module")
def shop(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """The sample app with both companions."""
    for mirrored, image in MIRRORED.items():
        engine.run("tag", image, mirrored)
    options = ("--catalog", str(ROOT / "examples/catalog"), "--set", "companions=sessions, mirrored-redis")
    running = scaffold(engine, ROOT / "examples/catalog/app", tmp_path_factory.mktemp("catalog") / "shop", *options, inside=5000)
    running.overrides = (hurried(running),)
    with started(running):
        yield running
    engine.run("image", "rm", *MIRRORED)


def visits(running: Running) -> str:
    """What the app says as soon as it answers."""
    return until(lambda: running.ask("/visits"), lambda answer: answer[0] == 200, within=30)[1]


def test_its_stack_works_with_its_companion_also_after_a_restart(shop: Running) -> None:
    assert visits(shop) == "hello, visits: 1\n"
    shop.compose("restart", "--timeout", "2", "shop")
    assert visits(shop) == "hello, visits: 2\n"
    assert "Read-only file system" not in shop.logs() and "ermission denied" not in shop.logs()


@pytest.mark.parametrize("service", ["shop", "sessions", "mirrored-redis", "ingress"])
def test_every_probe_passes_that_of_the_team_among_them(shop: Running, service: str) -> None:
    # It was just started again: its health is asked first.
    assert until(lambda: failing(shop, shop.service(service), CONTROLS), lambda found: found == {}, within=30) == {}
    assert [probe.expected for probe in next(one for one in CONTROLS if one.id == "owner-label").probes(shop.service(service))] == ["shop"]


def test_without_its_rule_the_probe_fails(shop: Running, engine: Engine, tmp_path: Path) -> None:
    other = ("--catalog", str(ROOT / "examples/catalog"), "--set", "name=bare", "--set", "image=redis:8", "--set", "user=999:999")
    words = ("--set", "health=command: redis-cli ping", "--waive", "owner-label=to see its probe fail")
    (tmp_path / "source").mkdir()
    running = scaffold(engine, tmp_path / "source", tmp_path / "bare", *other, *words, inside=6379)
    running.overrides = (hurried(running),)
    with started(running):
        assert failing(running, running.service("bare"), CONTROLS) == {"owner-label": ["team in the labels: expected shop, observed null"]}
