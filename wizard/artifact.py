"""What rendering gives: files as lines, each line with the control that owns it."""

from msgspec import Struct

IGNORE = ".dockerignore"
WORKLOAD = "workload"
"""The owner of what no control asks for: the program itself."""


class Line(Struct, frozen=True):
    """A line of a rendered file, and the id of the control it comes from (or WORKLOAD).

    `setting` is the Compose key or Dockerfile instruction that it belongs to, `service` the service it is part of, if any.
    """

    text: str
    control: str = WORKLOAD
    setting: str = ""
    service: str = ""


class Artifact(Struct, frozen=True):
    """A rendered file; `path` is relative to the project folder. `beside` says that it is for people, or on demand: nothing that runs needs it."""

    path: str
    lines: tuple[Line, ...]
    beside: bool = False

    @property
    def text(self) -> str:
        """The whole file."""
        return "".join(line.text + "\n" for line in self.lines)
