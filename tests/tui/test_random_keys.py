"""A thousand weighted random keys from a seed: no crash, nothing written without the Review, the preview always true.

`SEAWALL_KEYS_SEED` takes another seed, `SEAWALL_KEYS_COUNT` more keys; `python -m tests.tui.random_keys` hunts and shrinks.
"""

import os

import pytest

from tests.tui.random_keys import STARTS, Broken, run

SEED = int(os.environ.get("SEAWALL_KEYS_SEED", "20"))
COUNT = int(os.environ.get("SEAWALL_KEYS_COUNT", "1000"))


@pytest.mark.slow
def test_a_thousand_random_keys() -> None:
    try:
        tally = run(SEED, COUNT, STARTS[:2])
    except Broken as broken:
        pytest.fail(f"SEAWALL_KEYS_SEED={SEED}: {broken}", pytrace=False)
    print(tally)
    assert sum(tally.steps.values()) >= 1000
    assert not tally.lacking, f"SEAWALL_KEYS_SEED={SEED}: changed too seldom: {tally.lacking}\n{tally}"
