"""What was shown to be enough, into `seawall.yaml`: as a diff, or written. Comments that a person wrote there stay."""

from collections.abc import Mapping
from pathlib import Path

from msgspec import Struct

from wizard.answers import FILE, Answers, from_file
from wizard.errors import UsageError
from wizard.files import File, Plan, plan, write
from wizard.observe.subject import with_changes
from wizard.own_files import recognised, remember
from wizard.saving import saved_text
from wizard.session import Session
from wizard.spelling import Data


class Written(Struct, frozen=True):
    """What would be written to the answers file, and where."""

    folder: Path
    plan: Plan

    @property
    def diff(self) -> str:
        """The difference to what is there; nothing where there is none."""
        return "".join(change.diff() for change in self.plan.changes if change.status in ("new", "changed"))

    def apply(self) -> tuple[tuple[str, str], ...]:
        """Write it; what was replaced, with its backup. Raises UsageError where it changed meanwhile."""
        done = write(self.plan, overwrite=True)
        remember(self.plan, self.folder)
        return done.backups


def written(session: Session, changes: Mapping[str, Data], folder: Path) -> Written:
    """The answers with what was observed. Raises UsageError where the file there cannot be read, or is about something else."""
    path = folder / FILE
    said = with_changes(session, changes)
    # What was taken away is not said any more.
    gone = {key for key, value in changes.items() if value is None}
    if gone:
        from msgspec.structs import replace

        layers = (replace(layer, data={key: value for key, value in layer.data.items() if key not in gone}) for layer in said.person)
        said = replace(said, person=tuple(layers))
    text = saved_text(said.answers)
    if path.is_file():
        text = _beside(path, session, changes, text)
    return Written(folder, recognised(plan(folder, [File(FILE, text)], create=True), folder))


def _beside(path: Path, session: Session, changes: Mapping[str, Data], text: str) -> str:
    """The text of the file that is there with only these keys changed, where a person wrote more into it than answers."""
    from wizard.yaml_read import read_text

    old = read_text(path, str(path))
    there = from_file(old, str(path)).data
    own = Answers(session.person).data()
    if there.get("name", own.get("name")) != own.get("name", there.get("name")):
        raise UsageError(f"{path}: is the answers file of «{there.get('name')}», and {own.get('name')} was observed; choose another folder")
    if old == saved_text(session.answers):
        return text
    return edited(old, changes)


def edited(text: str, changes: Mapping[str, Data]) -> str:
    """A YAML text with some keys of its mapping changed, and everything else as it was, comments too."""
    import io

    from ruamel.yaml import YAML

    yaml = YAML()
    yaml.preserve_quotes = True
    yaml.width = 4096
    data = yaml.load(text) or {}
    for key, value in changes.items():
        if value is None:
            data.pop(key, None)
        else:
            data[key] = value
    out = io.StringIO()
    yaml.dump(data, out)
    return out.getvalue()
