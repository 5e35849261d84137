"""A report kept as a file beside the project: not in it, where an image is built from it, or a site is served."""

from itertools import count
from pathlib import Path

from wizard.prove.command import shown
from wizard.prove.evidence import Report

SUFFIXES = {"html": ".html", "junit": ".xml", "json": ".json"}
"""By format."""


def save(report: Report, form: str, project: Path) -> Path:
    """Write the report beside the project's folder; where it was written. What is there already stays. Raises OSError."""
    folder = project.resolve()
    for number in count(1):
        path = folder.parent / f"{folder.name}-proof{f'-{number}' if number > 1 else ''}{SUFFIXES[form]}"
        try:
            with path.open("x", encoding="utf-8", errors="backslashreplace") as file:
                file.write(shown(report, form))
        except FileExistsError:
            continue
        break
    return path
