"""The command line in this very process: what is judged is the report, not how long Python takes to start."""

import subprocess
from contextlib import chdir, redirect_stderr, redirect_stdout
from io import StringIO
from pathlib import Path

from wizard.run import run


def seawall(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run it in a folder, without a terminal."""
    out, err = StringIO(), StringIO()
    with chdir(cwd), redirect_stdout(out), redirect_stderr(err):
        code = run(arguments)
    return subprocess.CompletedProcess(arguments, code, out.getvalue(), err.getvalue())
