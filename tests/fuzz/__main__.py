"""`python -m tests.fuzz TARGET --seconds N`: random bytes for one reader, until something breaks or the time is over.

What breaks is kept in tests/fuzz/found/TARGET, where an ordinary test replays it.
"""

import argparse
import sys
import traceback
from hashlib import sha256
from tempfile import TemporaryDirectory

import atheris

with atheris.instrument_imports(include=["wizard"]):
    from tests.fuzz.targets import TARGETS, tried
from tests.fuzz.seeds import FOUND, seeds


def main() -> None:
    """Fuzz one target."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__.partition("\n")[0])
    parser.add_argument("target", choices=[*TARGETS])
    parser.add_argument("--seconds", type=int, default=600)
    asked = parser.parse_args()

    def one(raw: bytes) -> None:
        try:
            tried(asked.target, raw)
        except KeyboardInterrupt:
            raise
        except BaseException:
            kept = FOUND / asked.target / sha256(raw).hexdigest()[:12]
            kept.parent.mkdir(parents=True, exist_ok=True)
            kept.write_bytes(raw)
            traceback.print_exc()
            print(f"kept as {kept}", file=sys.stderr)
            raise

    with TemporaryDirectory() as corpus:
        for number, raw in enumerate(seeds(asked.target)):
            with open(f"{corpus}/{number}", "wb") as file:
                file.write(raw)
        atheris.Setup([sys.argv[0], corpus, f"-max_total_time={asked.seconds}", "-max_len=4096", "-timeout=20", "-rss_limit_mb=2048",
                       f"-artifact_prefix={corpus}/"], one)  # fmt: skip
        atheris.Fuzz()


if __name__ == "__main__":
    main()
