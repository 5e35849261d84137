"""Run all measurements and print them."""

from tests.bench import rendering, start

if __name__ == "__main__":
    print(start.report(), flush=True)
    print(rendering.report())
