"""Values that shells, YAML, Compose and Dockerfiles like to change reach the process as they were given."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from tests.engine.running import Engine, Running, hurried, scaffold, started
from wizard.engine.process import Process

pytestmark = pytest.mark.engine

ECHO = Path(__file__).parent / "echo"
ODD = {
    "SPACES": "two  words and\u00a0a hard space",
    "QUOTES": "it's \"so\" `date` ''",
    "DOLLAR": "$HOME ${HOME} ${X:-y} $$ $$HOME $(id) $1 %PATH%",
    "BRACES": "{{ x }} {% y %} #{z} ${{ w }}",
    "BACKSLASH": "C:\\new\\table \\\\ \\n \\t \\u0041 \\$HOME \\",
    "UNICODE": "ä→🦭 Ω é e\u0301",
    "LINES": "first\nsecond\n\n  indented: yes\n# no comment",
    "TAB": "a\tb\t",
    "YAML": "- [yes, no]: &anchor *alias !tag | > % @ ? ~ null 0o17 1e3",
    "EQUALS": "a=b==c;d&e|f>g<h*?[!]~",
    "EMPTY": "",
    "HASH": "#x # y",
}
ENVIRONMENT = f"environment={json.dumps(ODD)}"
WORDS = [*ODD.values(), "--flag=x y", "-", "\\", "$", "'", '"', "\n"]
ODD_SECRET = "".join(ODD.values()) + ".end"
CHECK = ["python", "-c", "import sys; sys.exit(len(sys.argv) != 20)", *WORDS]


def _options(*settings: str) -> list[str]:
    return [word for setting in settings for word in ("--set", setting)]


def _started(
    engine: Engine, folder: Path, *settings: str, inside: int | None = 8000, source: Path = ECHO, secrets: Mapping[str, str] | None = None
) -> Iterator[Running]:
    made = scaffold(engine, source, folder, *_options(*settings), inside=inside)
    for name, value in (secrets or {}).items():
        (made.folder / "secrets" / name).write_text(value)
    made.overrides = (hurried(made),)
    with started(made) as running:
        yield running


def _seen(running: Running, service: str) -> Process:
    return running.live(service).process


@pytest.fixture(scope="module")
def built(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """Words by way of the Dockerfile's CMD, variables by way of Compose."""
    command = json.dumps(["python", "server.py", *WORDS])
    settings = (f"command={command}", ENVIRONMENT, f"health={json.dumps({'command': CHECK})}")
    yield from _started(engine, tmp_path_factory.mktemp("odd") / "built", *settings)


@pytest.fixture(scope="module")
def imaged(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """Words and variables by way of Compose, for an image that exists."""
    folder = tmp_path_factory.mktemp("odd")
    (folder / "empty").mkdir()
    program = "import sys, time\nprint(sys.argv)\nwhile True: time.sleep(1)"
    command = json.dumps(["python", "-c", program, *WORDS])
    settings = ("image=python:3.13-slim", "user=10001:10001", f"command={command}", ENVIRONMENT, "health=none: it only sleeps")
    yield from _started(engine, folder / "imaged", *settings, inside=None, source=folder / "empty")


@pytest.fixture(scope="module")
def handed(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """Words by way of the entrypoint that hands secrets over as variables."""
    command = json.dumps(["python", "server.py", *WORDS])
    settings = (f"command={command}", ENVIRONMENT, "secrets=api_key as API_KEY, plain, odd as ODD_SECRET")
    yield from _started(engine, tmp_path_factory.mktemp("odd") / "handed", *settings, secrets={"odd": ODD_SECRET})


@pytest.mark.parametrize("way", ["built", "imaged", "handed"])
def test_words_and_variables_are_what_was_given(way: str, request: pytest.FixtureRequest) -> None:
    running: Running = request.getfixturevalue(way)
    process = _seen(running, way)
    own = {name: value for name, value in process.environment().items() if name in ODD}
    assert own == ODD
    assert list(process.arguments())[-len(WORDS) :] == WORDS
    if way != "imaged":
        told = json.loads(running.ask("/")[1])
        assert told["words"] == WORDS
        assert {name: told["variables"].get(name) for name in ODD} == ODD


def test_a_secret_as_a_variable_is_in_the_process_and_nowhere_else(engine: Engine, handed: Running) -> None:
    secret = (handed.folder / "secrets" / "api_key").read_text()
    assert len(secret) > 30
    assert _seen(handed, "handed").environment()["API_KEY"] == secret
    assert _seen(handed, "handed").environment()["ODD_SECRET"] == ODD_SECRET
    other = (handed.folder / "secrets" / "plain").read_text()
    assert other not in str(_seen(handed, "handed").environment())
    image = handed.images()[0]
    shown = {
        "inspect": engine.run("inspect", *handed.containers().values(), image),
        "history": engine.run("history", "--no-trunc", image),
        "config": handed.compose("config"),
        "logs": handed.compose("logs"),
        "files": "".join((handed.folder / name).read_text() for name in ("compose.yaml", "Dockerfile", "seawall.yaml")),
    }
    assert {place for place, text in shown.items() if secret in text or other in text} == set()
    assert all(shown[place] for place in shown if place != "logs")


def test_the_program_with_a_secret_as_a_variable_is_still_told_to_stop(handed: Running) -> None:
    """The shell that hands it over has become the program: no other process stands between it and the init."""
    assert list(_seen(handed, "handed").arguments())[1] == "server.py"
    assert [child.pid for child in Process(handed.pid("handed")).children()] == [_seen(handed, "handed").pid]


def test_the_words_of_a_health_check_are_what_was_given(built: Running) -> None:
    assert built.inspect("built")["Config"]["Healthcheck"]["Test"] == ["CMD", *CHECK]
    assert built.engine.json("image", "inspect", *built.images())[0]["Config"]["Healthcheck"]["Test"] == ["CMD", *CHECK]
    assert built.inspect("built")["State"]["Health"]["Status"] == "healthy"
