"""`seawall prove`: from the options to the report and the exit code."""

import contextlib
import json
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from wizard.errors import Interrupted
from wizard.prove.evidence import Report
from wizard.prove.run import Options, prove
from wizard.prove.text_report import Teller, ending

FORMATS = ("text", "json", "junit", "html")
Say = Callable[[str], None]


def run(folder: Path, container: str, options: Options, form: str) -> int:
    """Prove a project, or look at a container that runs; the exit code. Raises UsageError, NoEngineError, Interrupted."""
    with broken_off(), terminal(form) as (say, doing):
        teller = Teller(say, doing)
        if container:
            from wizard.prove.one_container import prove_container

            report = prove_container(container, teller)
        else:
            report = prove(folder, options, teller)
        if form == "text":
            for line in ending(report):
                say(line)
    if form != "text":
        sys.stdout.write(shown(report, form))
    return 0 if report.passed else 1


def shown(report: Report, form: str) -> str:
    """The report in a format for programs, or as a page."""
    if form == "junit":
        from wizard.prove.junit import junit

        return junit(report)
    if form == "html":
        from wizard.prove.page import page

        return page(report)
    return json.dumps(report.data(), ensure_ascii=False, indent=2) + "\n"


@contextlib.contextmanager
def broken_off() -> Iterator[None]:
    """Ctrl-C, and a polite kill, end it after everything was removed."""

    def stop(*_: Any) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    except KeyboardInterrupt:
        raise Interrupted("interrupted; what was started is removed") from None
    finally:
        signal.signal(signal.SIGTERM, before)


@contextlib.contextmanager
def terminal(form: str, still: bool = False) -> Iterator[tuple[Say, Say]]:
    """How lines are said, and what is being done: on a terminal it is seen to go on, elsewhere, and where it is to be `still`, lines are lines."""
    if form != "text":
        # Only the report goes to stdout, what is being done is of interest to nobody.
        yield lambda _: None, _progress if sys.stderr.isatty() else lambda _: None
        return
    if not sys.stdout.isatty() or still:
        yield _line, lambda _: None
        return
    from rich.console import Console

    console = Console(highlight=False, markup=False, emoji=False, soft_wrap=True)
    with console.status("begin", spinner="line") as status:
        yield console.print, status.update


def _line(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def _progress(text: str) -> None:
    sys.stderr.write(f"{text}\n")
