"""The choice of a format in which the report of a proof is kept."""

from pathlib import Path

from textual.screen import Screen

from wizard.prove.evidence import Report
from wizard.prove.saving import SUFFIXES, save
from wizard.text import visible_all
from wizard.tui.dialogs import ChoiceDialog
from wizard.tui.menu import Row

_TITLES = {"html": "A page (HTML)", "junit": "For CI (JUnit XML)", "json": "For programs (JSON)"}


def ask_to_save(screen: Screen[str | None], report: Report, folder: Path) -> None:
    """Ask for the format and keep the report beside the project's folder; say where, or what went wrong."""

    def keep(form: str | None) -> None:
        if form is None:
            return
        try:
            screen.notify(f"Saved {visible_all(str(save(report, form, folder)))}", markup=False)
        except OSError as error:
            screen.notify(visible_all(f"{error.filename}: {error.strerror}"), severity="error", markup=False)

    text = f"It is written beside {visible_all(str(folder.resolve()))}, not in it: nothing there is served or built."
    screen.app.push_screen(ChoiceDialog("Save the report", text, [Row(form, _TITLES[form]) for form in SUFFIXES]), keep)
