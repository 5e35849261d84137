"""`seawall prove`: from the options to the report and the exit code."""

import contextlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path

from wizard.prove.evidence import Report
from wizard.prove.progress import Event, Folding, Tell
from wizard.prove.run import Options, prove
from wizard.prove.terminal import broken_off, draws, line, quiet
from wizard.prove.text_report import Teller, ending

FORMATS = ("text", "json", "junit", "html")


def run(folder: Path, container: str, options: Options, form: str) -> int:
    """Prove a project, or look at a container that runs; the exit code. Raises UsageError, NoEngineError, Interrupted."""
    with broken_off(), _shown_as_it_comes(form) as tell:
        if container:
            from wizard.prove.one_container import prove_container

            report = prove_container(container, tell)
        else:
            report = prove(folder, options, tell)
    for text in ending(report) if form == "text" else ():
        line(text)
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
def _shown_as_it_comes(form: str) -> Iterator[Tell]:
    """Who is told: a table that is drawn again and again on a terminal, with all lines at its end; elsewhere the lines as they come."""
    if form != "text":
        yield Teller(*quiet())
        return
    if not draws():
        yield Teller(line, lambda _: None)
        return
    from rich.console import Console
    from rich.live import Live

    from wizard.prove.live_table import LiveTable

    folding, lines = Folding(lambda: None), list[str]()
    teller = Teller(lines.append, lambda _: None)

    def tell(event: Event) -> None:
        folding(event)
        teller(event)

    try:
        with Live(LiveTable(folding), console=Console(highlight=False, markup=False, emoji=False), transient=True):
            yield tell
    finally:
        for text in lines:
            line(text)
