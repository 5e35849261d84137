"""Run all measurements and print them."""

from tests.bench import checking, fixing, keys, opening, proving, rendering, start, typing

if __name__ == "__main__":
    for report in (start.report, checking.report, fixing.report, rendering.report, opening.report, typing.report, keys.report, proving.report):
        print(report(), flush=True)
