"""Law 8: a scaffolded service answers, works with its companions, and has what it wrote before after every way of dying."""

import json
import os
import signal
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import product
from pathlib import Path

import pytest

from tests.engine.running import PORTS, Engine, Projects, Running, hurried, scaffold, started, until
from tests.thorough import thorough
from tests.tools import APP_NAMES, APPS

pytestmark = pytest.mark.engine


@dataclass(frozen=True)
class Data:
    """What an app keeps: a way to write one more of it, and all that it has."""

    write: Callable[[Running, str], None]
    read: Callable[[Running], object]


def _answer(running: Running, path: str, data: object = None, method: str | None = None, status: int = 200) -> str:
    got, body = running.ask(path, data, method)
    assert got == status, f"{path}: {got} {body}\n{running.logs()}"
    return body


def _write_entry(running: Running, text: str) -> None:
    made = json.loads(_answer(running, "/entries", {"text": text}, status=201))
    assert made["entry"]["text"] == text
    assert made["counter"], "redis did not count it"
    assert made["receipt"], "nothing could be written to /tmp"
    assert text in _answer(running, made["receipt"])


def _entries(running: Running) -> object:
    all_ = json.loads(_answer(running, "/entries"))
    texts = [entry["text"] for entry in all_["entries"]]
    assert len(texts) == all_["journal_lines"] == all_["counter"]
    return texts


def _write_note(running: Running, text: str) -> None:
    assert json.loads(_answer(running, "/notes", {"title": text}, status=201))["title"] == text


def _write_value(running: Running, text: str) -> None:
    _answer(running, f"/kv/{text}", text.encode(), "PUT", status=204)
    _answer(running, "/counters/visits", b"", "POST")
    # It goes through a temporary file.
    assert text in _answer(running, "/export")


DATA = {
    "ledger": Data(_write_entry, _entries),
    "api": Data(_write_note, lambda running: [note["title"] for note in json.loads(_answer(running, "/notes"))["notes"]]),
    "gate": Data(_write_value, lambda running: (json.loads(_answer(running, "/kv")), json.loads(_answer(running, "/counters/visits"))["count"])),
    "brochure": Data(lambda running, text: None, lambda running: [_answer(running, page) for page in ("/", "/css/style.css", "/img/harbour.svg")]),
}  # fmt: skip
HEALTH = {"ledger": "/health", "api": "/health", "gate": "/health", "brochure": "/"}


def _restart(running: Running) -> None:
    before = {service: running.pid(service) for service in running.containers()}
    running.engine.run("restart", "--time", "20", *running.containers().values())
    assert all(running.pid(service) != pid for service, pid in before.items())


def _kill(running: Running) -> None:
    """End PID 1 of every container as nothing inside could see it coming; the restart policy brings it back."""
    before = {service: running.inspect(service)["RestartCount"] for service in running.containers()}
    for service in running.containers():
        os.kill(running.pid(service), signal.SIGKILL)
    for service, count in before.items():
        until(lambda service=service: running.inspect(service), lambda seen, count=count: seen["RestartCount"] > count and seen["State"]["Running"])  # type: ignore[misc]


def _down_and_up(running: Running) -> None:
    before = running.containers()
    running.compose("down", "--timeout", "20")
    running.compose("up", "--wait", "--wait-timeout", "120")
    assert not set(before.values()) & set(running.containers().values())


ENDS = {"restart": _restart, "kill-9": _kill, "down-and-up": _down_and_up}


@pytest.mark.parametrize("app", APP_NAMES)
def test_it_answers_and_keeps_what_it_is_given(projects: Projects, app: str) -> None:
    running = projects.get(app)
    _answer(running, HEALTH[app])
    before = DATA[app].read(running)
    DATA[app].write(running, "first")
    assert DATA[app].read(running) != before or app == "brochure"


@pytest.mark.parametrize(("app", "end"), thorough(product(APP_NAMES, ENDS), [*product(["ledger"], ENDS), *zip(APP_NAMES, ENDS, strict=False)]))
def test_it_goes_on_where_it_was(projects: Projects, app: str, end: str) -> None:
    running, data = projects.get(app), DATA[app]
    data.write(running, f"before-{end}")
    before = data.read(running)
    ENDS[end](running)
    until(lambda: running.ask(HEALTH[app], timeout=3)[0], lambda status: status == 200)
    assert data.read(running) == before
    data.write(running, f"after-{end}")


def test_every_kind_of_writable_folder_stays_writable_after_a_restart(engine: Engine, tmp_path: Path) -> None:
    """Folders that the image lacks, has as another's, or reaches by a link: a tmpfs without an owner would be root's from now on."""
    folders = {"/cache": "tmpfs 8M", "/var/lib/echo": "volume", "/var/cache": "tmpfs 8M", "/run/echo": "tmpfs 1M", "/var/run/late": "tmpfs 1M"}
    writable = ", ".join(f"{path} {kind}" for path, kind in folders.items())
    made = scaffold(engine, Path(__file__).parent / "echo", tmp_path / "echo", "--set", f"writable={writable}", inside=8000)
    made.overrides = (hurried(made),)
    with started(made) as running:
        for end in (lambda: None, lambda: _restart(running), lambda: _kill(running)):
            end()
            seen = running.live("echo")
            assert {path: seen.create(path, 10001, 10001) for path in folders} == dict.fromkeys(folders, "written")


@pytest.fixture(scope="module")
def brochure(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """The site with everything in its folder that visitors must not get."""
    folder = tmp_path_factory.mktemp("site") / "brochure"
    made = scaffold(engine, APPS / "brochure", folder, "--set", "secrets=api_key", inside=PORTS["brochure"])
    for name in (".git/config", ".env", "css/.htpasswd", ".well-known/security.txt", "tls.key", "docker-compose.yml"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("PRIVATE")
    with started(made) as running:
        yield running


def test_the_site_is_served_with_its_own_404(brochure: Running) -> None:
    for page in ("/", "/index.html", "/css/style.css", "/img/harbour.svg", "/favicon.svg", "/robots.txt", "/.well-known/security.txt"):
        _answer(brochure, page)
    assert _answer(brochure, "/nowhere", status=404) == (APPS / "brochure/404.html").read_text()


PRIVATE = (
    "/.env", "/.env.example", "/.git/config", "/.gitignore", "/css/.htpasswd", "/tls.key", "/README.md", "/seawall.yaml", "/compose.yaml",
    "/docker-compose.yml", "/Dockerfile", "/.dockerignore", "/.seawall/site.conf", "/.seawall/ingress.conf", "/secrets/api_key",
    "/secrets/.gitignore", "/secrets/",
)  # fmt: skip


@pytest.mark.parametrize("path", PRIVATE)
def test_the_site_shows_nothing_else_of_its_folder(brochure: Running, path: str) -> None:
    assert (brochure.folder / path[1:]).exists()
    for spelled in (path, "/css/.." + path, "/" + path, path.replace("/", "/%2e/", 1)):
        status, body = brochure.ask(spelled)
        assert status in (400, 404), f"{spelled}: {status} {body[:200]}"
