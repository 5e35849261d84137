"""The right side: the files as tabs, the open one with its marks, and why what has the focus is there."""

from collections.abc import Mapping, Sequence

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding

from wizard.project import Project
from wizard.question import Question
from wizard.tui.blank import Pane
from wizard.tui.derived import Derived, changed, lit, trouble_lines
from wizard.tui.filebar import FileBar
from wizard.tui.preview import Preview, Sheet
from wizard.tui.reasons import Reason, of_line
from wizard.tui.why import WhyPanel, WhyScreen

_Marks = tuple[frozenset[int], frozenset[int]]
"""Numbers of the lines that the focused question owns, and of those that the last answer changed."""
_NONE: _Marks = (frozenset(), frozenset())


class FilesPane(Pane):
    """The files that follow from the answers, or their diffs."""

    DEFAULT_CSS = """
    FilesPane {
        height: 100%;
        & Preview > .preview--lit { color: $text-accent; }
    }
    """
    BINDINGS = [
        Binding("left", "turn_file(-1)", "File before", show=False),
        Binding("right", "turn_file(1)", "Next file", show=False),
    ]

    def __init__(self) -> None:
        super().__init__()
        self.sheets: tuple[Sheet, ...] = ()
        self._path = ""
        self._marks: Mapping[str, _Marks] = {}
        self._project: Project | None = None

    def compose(self) -> ComposeResult:
        yield FileBar(markup=False)
        yield Preview()
        yield WhyPanel()

    @property
    def has_cursor(self) -> bool:
        """Whether the cursor is in the open file."""
        return self.preview.has_focus

    @property
    def preview(self) -> Preview:
        """The open file."""
        return self.query_one(Preview)

    def show(self, derived: Derived, before: Derived | None, question: Question | None) -> None:
        """The files of the answers, with what the focused question owns and what the last answer changed."""
        self._project = derived.project
        artifacts = derived.artifacts or (trouble_lines(derived.trouble),)
        app = derived.project.app.name if derived.project else ""
        owned = lit(artifacts, question, app)
        self._marks = {
            artifact.path: (owned.get(artifact.path, frozenset()), changed(before.artifact(artifact.path) if before else None, artifact))
            for artifact in artifacts
            if not artifact.beside  # It is opened when a person wants it, not by what they answer.
        }
        self._open(tuple(Sheet(artifact.path, artifact.lines) for artifact in artifacts))

    def show_diffs(self, sheets: tuple[Sheet, ...]) -> None:
        """What would happen to each file."""
        self._marks = {}
        self._open(sheets)

    def paint(self) -> None:
        """Paint the preview at once: of its own accord it would wait for two ticks, and for all else that is painted then."""
        screen, preview = self.screen, self.preview
        ready = screen.is_current and not screen._layout_required and not self.app._batch_count
        if ready and preview in screen._compositor.visible_widgets:
            screen._compositor.update_widgets({preview})
            screen._compositor_refresh()

    def explain(self, reason: Reason) -> None:
        """Why what has the focus is there."""
        self.query_one(WhyPanel).show(reason)

    def _open(self, sheets: tuple[Sheet, ...]) -> None:
        self.sheets = sheets
        self.open_file(_most_telling([sheet.name for sheet in sheets], self._marks))

    def open_file(self, path: str) -> None:
        """Show one of the files."""
        sheet = next((sheet for sheet in self.sheets if sheet.name == path), None)
        if sheet is None:
            return
        self._path = path
        self.query_one(FileBar).show([sheet.name for sheet in self.sheets], path)
        self.preview.show(sheet, *self._marks.get(path, _NONE))

    def action_turn_file(self, step: int) -> None:
        """The next file."""
        names = [sheet.name for sheet in self.sheets]
        self.open_file(names[(names.index(self._path) + step) % len(names)])

    @on(Preview.Moved)
    def _moved(self, event: Preview.Moved) -> None:
        event.stop()
        self.explain(of_line(event.line, self._project))

    @on(Preview.Chosen)
    def _chosen(self, event: Preview.Chosen) -> None:
        event.stop()
        self.app.push_screen(WhyScreen(of_line(event.line, self._project)))

    @on(FileBar.Opened)
    def _opened(self, event: FileBar.Opened) -> None:
        event.stop()
        self.open_file(event.path)


def _most_telling(paths: Sequence[str], marks: Mapping[str, _Marks]) -> str:
    """The file to show: one in which the focused question has lines, then one that changed, then the Compose file."""

    def weight(path: str) -> tuple[bool, bool, bool, bool]:
        owned, new = marks.get(path, _NONE)
        return bool(owned), bool(new), path == "compose.yaml", path == "Dockerfile"

    return max(paths, key=weight)
