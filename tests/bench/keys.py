"""Ten thousand weighted random keys: what was changed by them, and how many keys a second were taken and checked.

`python -m tests.bench.keys [SEED]`; the same keys and checks as in `tests/tui/test_random_keys.py`, from another seed.
"""

import sys

from tests.tui.random_keys import Broken, run

SEED, COUNT = 20261122, 10_000


def report(seed: int = SEED) -> str:
    """What was covered; what broke, if something did."""
    try:
        tally = run(seed, COUNT, rounds=10)
    except Broken as broken:
        return f"Random keys, seed {seed}: {broken}\n"
    return f"Random keys, seed {seed}: {tally}\n  changed less than 20 times: {', '.join(tally.lacking) or 'nothing'}\n"


if __name__ == "__main__":
    print(report(int(sys.argv[1]) if len(sys.argv) > 1 else SEED))
