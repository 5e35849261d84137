"""The last page: the files with what would happen to each, what a person should know, and the choice to write."""

from textual import on
from textual.app import ComposeResult
from textual.content import Content
from textual.widget import Widget

from wizard.artifact import Line
from wizard.errors import UsageError
from wizard.files import Change
from wizard.posture import posture
from wizard.render import findings
from wizard.scaffold import Outcome, Request, outcome
from wizard.stops import Stop, Stopped
from wizard.tui import stopping
from wizard.tui.derived import Derived
from wizard.tui.menu import Menu, Row
from wizard.tui.page import Page
from wizard.tui.preview import Sheet
from wizard.tui.static import Static
from wizard.wording import shown

WRITE, DIFF, LEAVE, MEND, WAIVE = "write", "diff", "leave", "mend", "waive"
"""What can be done; beside these «file PATH» shows what happens to a file."""

_LEAVE = Row(LEAVE, "Leave without writing", note="the answers are kept as a draft")


class Review(Page):
    """What would be written. Nothing is written before a person chooses to."""

    reads_disk = True

    def __init__(self, derived: Derived, request: Request, force: bool) -> None:
        super().__init__()
        self._request = request
        self._force = force
        self.outcome: Outcome | None = None
        self.trouble = ""
        self.stops: tuple[Stop, ...] = ()
        self._read(derived)

    def _read(self, derived: Derived) -> None:
        self.outcome, self.trouble, self.stops = None, derived.trouble, derived.stops
        if self.trouble:
            return
        try:
            self.outcome = outcome(derived.session, self._request)
        except Stopped as stopped:
            self.trouble, self.stops = str(stopped), stopped.stops
        except UsageError as error:
            self.trouble = str(error)

    def compose(self) -> ComposeResult:
        yield Static(classes="lead", markup=False)
        yield Menu(self._rows(), id="actions")
        yield Static(classes="notes", markup=False)

    def on_mount(self) -> None:
        self._draw()

    @property
    def target(self) -> Widget:
        return self.query_one(Menu)

    @property
    def conflicts(self) -> tuple[Change, ...]:
        """Files of the person's that would be replaced."""
        return self.outcome.plan.conflicts if self.outcome and not self._force else ()

    @property
    def action(self) -> str:
        row = self.query_one(Menu).row
        return row.id if row else LEAVE

    @property
    def sheets(self) -> tuple[Sheet, ...]:
        """What changes, file by file."""
        if self.outcome is None:
            return ()
        return tuple(sheet_of(change) for change in self.outcome.plan.changes)

    def show(self, derived: Derived) -> None:
        """Compare with the disk again."""
        self._read(derived)
        self.query_one(Menu).show(self._rows(), self._rows()[0].id)
        self._draw()

    def points_to(self, row: str) -> str:
        return row.removeprefix("file ") if row.startswith("file ") else ""

    def fail(self, trouble: str) -> None:
        """Say why writing failed; nothing was written then."""
        self.query_one(".lead", Static).update(Content(f"✗ {trouble}"))

    def _draw(self) -> None:
        if self.stops:
            lead = stopping.lead(self.stops)
            notes = Content("")
        elif self.outcome is None:
            lead = Content(f"This cannot be written yet. {self.trouble}")
            notes = Content("")
        else:
            lead = Content(f"Nothing was written yet. In {shown(str(self.outcome.plan.folder))}:")
            project = self.outcome.project
            checks = next(row for row in posture(project) if row.label == "checks")
            told = [("checks", f"{project.app.name}: {checks.words}; not proven on an engine yet", "")]
            told += [(found.severity.value, f"{found.service}: {found.message}; {found.remedy}", found.control) for found in findings(project)]
            told += [("note", f"{service}: {message}", control) for control, service, message in self.outcome.notes]
            notes = Content("\n").join(
                Content.assemble((f"{kind:8}", "bold"), text, (f"  [{control}]" if control else "", "$text-secondary"))
                for kind, text, control in told
            )
        self.query_one(".lead", Static).update(lead)
        self.query_one(".notes", Static).update(notes)

    def _rows(self) -> list[Row]:
        if self.stops:
            return stopping.rows(self.stops[0], _LEAVE)
        if self.outcome is None:
            return [Row(MEND, "Answer what is missing"), _LEAVE]
        changes = self.outcome.plan.changes
        count = sum(change.status in ("new", "changed") for change in changes)
        files = "1 file" if count == 1 else f"{count} files"
        diff = Row(DIFF, "Show the diff")
        if self.conflicts:
            replaced = "1 of yours" if len(self.conflicts) == 1 else f"{len(self.conflicts)} of yours"
            actions = [diff, Row(WRITE, f"Write {files}, replacing {replaced}", note="each is kept as NAME.orig")]
        else:
            actions = [Row(WRITE, f"Write {files}" if count else "Nothing to change: done"), diff]
        return [*actions, _LEAVE, Row("", "Files", heading=True), *(self._file(change) for change in changes)]

    def _file(self, change: Change) -> Row:
        lines = change.file.text.count("\n")
        counted = {"new": "1 line" if lines == 1 else f"{lines} lines", "changed": f"+{change.added} -{change.removed}"}.get(change.status, "")
        kept = "  yours is kept as .orig" if change in self.conflicts else ""
        return Row(f"file {change.file.path}", f"{change.status:10}{shown(change.file.path)}", note="" if change.file.keep else counted + kept)

    @on(Menu.Pressed)
    def _pressed(self, event: Menu.Pressed) -> None:
        event.stop()
        self.post_message(self.Chosen(event.id))


def sheet_of(change: Change) -> Sheet:
    """What happens to a file: the diff, or the whole text of a new one."""
    if change.status == "new" and not change.file.keep:
        return Sheet(change.file.path, tuple(Line(line) for line in change.file.text.splitlines()))
    text = change.diff() or f"{change.file.path}: unchanged\n"
    return Sheet(change.file.path, tuple(Line(line) for line in text.splitlines()), "diff")
