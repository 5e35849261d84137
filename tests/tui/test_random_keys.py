"""Two hundred weighted random keys (or a thousand) from a seed: no crash, nothing written without the Review, the preview always true.

Half of them go to an app that is found, half to an empty folder, so that both can run at the same time; each half changes every page and
every kind of question once, or five times. `SEAWALL_KEYS_SEED` takes another seed, `SEAWALL_KEYS_COUNT` more keys;
`python -m tests.tui.random_keys` hunts and shrinks.
"""

import os

import pytest

from tests.thorough import THOROUGH
from tests.tui.random_keys import GOAL, Broken, run

SEED = int(os.environ.get("SEAWALL_KEYS_SEED", "7"))
COUNT = int(os.environ.get("SEAWALL_KEYS_COUNT", "1000" if THOROUGH else "200"))


@pytest.mark.slow
@pytest.mark.parametrize("start", ["ledger", "empty"])
def test_random_keys_break_nothing(start: str) -> None:
    try:
        tally = run(SEED, COUNT // 2, [start], goal=GOAL // 4 if THOROUGH else GOAL // 20)
    except Broken as broken:
        pytest.fail(f"SEAWALL_KEYS_SEED={SEED}: {broken}", pytrace=False)
    print(tally)
    assert sum(tally.steps.values()) >= COUNT // 2
    assert not tally.lacking, f"SEAWALL_KEYS_SEED={SEED}: changed too seldom: {tally.lacking}\n{tally}"
