"""What the documents derive is fresh."""

import subprocess
import sys

from tests.tools import ROOT


def test_the_tables_of_the_readme_are_fresh() -> None:
    done = subprocess.run([sys.executable, "tools/readme.py", "--check"], cwd=ROOT, timeout=60)
    assert done.returncode == 0, "python tools/readme.py renews them"
