"""What fuzzing starts from, and what it once found, without atheris: each is read, or refused in one line, in time."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.fuzz.seeds import seeds
from tests.fuzz.targets import TARGETS, tried


def _inputs() -> Iterator[Any]:
    for target in TARGETS:
        yield from (pytest.param(target, raw, id=f"{target}-{number}") for number, raw in enumerate(seeds(target)))


@pytest.mark.parametrize(("target", "raw"), list(_inputs()))
def test_an_input_is_read_or_refused(target: str, raw: bytes) -> None:
    if target == "buildkit":
        pytest.importorskip("dockerfile", reason="no wheel of BuildKit's parser for this platform")
    tried(target, raw)
