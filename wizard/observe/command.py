"""`seawall observe`: from the options to the report and the exit code."""

import json
import shutil
import sys
from pathlib import Path

from msgspec import Struct

from wizard.engine import labelled
from wizard.engine.docker import Docker
from wizard.errors import UsageError
from wizard.observe.applying import Written, written
from wizard.observe.evidence import Observation
from wizard.observe.run import FOLDER, Options, observe, sweep
from wizard.observe.starting import Asked, subject
from wizard.observe.text_report import report
from wizard.prove.terminal import Say, broken_off, spun

FORMATS = ("text", "json")


class Shown(Struct, frozen=True):
    """What to do with it: write it, and in which form to report."""

    apply: bool = False
    form: str = "text"


def run(asked: Asked, options: Options, shown: Shown) -> int:
    """Observe, report, write if that was asked for; the exit code. Raises UsageError, NoEngineError, Interrupted."""
    docker = Docker()
    sweep(docker)
    # A person who is asked for Enter must see the question: nothing turns on that line then.
    with broken_off(), spun(shown.form, still=options.by_hand) as (say, doing):
        folder = labelled.folder(FOLDER)
        try:
            found, change = _observed(asked, options, shown, docker, Path(folder), say, doing)
        finally:
            shutil.rmtree(folder, ignore_errors=True)
        if shown.form == "text":
            for line in report(found, change.diff if change and not shown.apply else ""):
                say(line)
        backups = change.apply() if change and shown.apply and change.diff else ()
        if shown.form == "text" and change:
            say(_told(change, backups, shown.apply))
    if shown.form == "json":
        data = {**found.data(), "diff": change.diff if change else "", "written": bool(change and shown.apply and change.diff)}
        sys.stdout.write(json.dumps(data, ensure_ascii=False, indent=2, default=str) + "\n")
    return 0 if found.passed else 1


def _observed(asked: Asked, options: Options, shown: Shown, docker: Docker, folder: Path, say: Say, doing: Say) -> tuple[Observation, Written | None]:
    about = subject(asked, folder / "copy", docker)
    if shown.apply and about.session is None:
        raise UsageError(f"--apply: {asked.folder} has a Compose file that somebody wrote, and no seawall.yaml; leave it out, and take the lines")
    found = observe(about, options, doing, say, docker)
    if about.session is None or not found.passed:
        return found, None
    return found, written(about.session, found.answers, asked.folder)


def _told(change: Written, backups: tuple[tuple[str, str], ...], applied: bool) -> str:
    if not change.diff:
        return "seawall.yaml says all of it already."
    if not applied:
        return "\n--apply writes that; `seawall` then makes the files of it."
    kept = f" ({backups[0][1]} is what it was)" if backups else ""
    return f"written: seawall.yaml{kept}; `seawall` makes the files of it."
