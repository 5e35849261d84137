"""A program that installs a package when it starts: hardened it does not start so, and does once that is moved into the image."""

from collections.abc import Iterator

import pytest

from tests.engine.running import Engine, Running, hurried, scaffold, started

pytestmark = pytest.mark.engine

_PROGRAM = """import http.server, subprocess

ANSWER = subprocess.run(["bc"], input=b"6 * 7\\n", capture_output=True, check=True).stdout


class Answer(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"42, says '/healthz'" if ANSWER == b"42\\n" else b"wrong")


http.server.ThreadingHTTPServer(("0.0.0.0", 8000), Answer).serve_forever()
"""
_START = "apt-get update && apt-get install -y --no-install-recommends bc && python app.py"


@pytest.fixture(scope="module")
def running(engine: Engine, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """The program, its start command taken from the Procfile."""
    source = tmp_path_factory.mktemp("installs") / "calculator"
    source.mkdir()
    (source / "app.py").write_text(_PROGRAM)
    (source / "Procfile").write_text(f"web: {_START}\n")
    made = scaffold(engine, source, source.parent / "made", inside=8000)
    made.overrides = (hurried(made),)
    with started(made) as project:
        yield project


def test_moved_into_the_image_it_starts_and_uses_what_it_needs(running: Running) -> None:
    assert running.workload.command == ("python", "app.py")
    assert running.ask("/healthz") == (200, "42, says '/healthz'")
    assert running.live("made").privileged_files() == ()


def test_the_command_as_it_was_does_not_start_in_the_same_container(running: Running, engine: Engine) -> None:
    image = engine.json("container", "inspect", running.container("made"))[0]["Config"]["Image"]
    hardened = ("--read-only", "--user", "10001:10001", "--cap-drop", "ALL", "--security-opt", "no-new-privileges", "--network", "none")
    with pytest.raises(AssertionError, match="exit 100") as failed:
        engine.run("run", "--rm", *hardened, image, "sh", "-c", _START)
    assert "Permission denied" in str(failed.value) or "Read-only file system" in str(failed.value)
