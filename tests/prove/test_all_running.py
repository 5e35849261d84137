"""`check --running` where nothing runs: said, not passed over in silence. What it sees of real containers: tests/engine/test_prove.py."""

from collections.abc import Sequence

from wizard.check.command import Options
from wizard.engine.docker import Docker
from wizard.prove.all_running import run


class _Idle(Docker):
    """An engine without a container, which the one of the tests seldom is."""

    def version(self) -> str:
        return "20.10.24"

    def do(self, words: Sequence[str], seconds: float, text: str = "", folder: str | None = None) -> tuple[int, str]:
        return 0, ""


def test_an_engine_on_which_nothing_runs_is_said_to_be_one() -> None:
    result = run(Options(), _Idle())
    assert "".join(result.pieces) == "no container runs on this engine\n"
    assert result.code == 0
