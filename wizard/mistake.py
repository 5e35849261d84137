"""A wrong configuration of a control, what a person then sees, and what mends it: plain data on the control's page.

In texts CONTAINER stands for the container's name, IMAGE for the image it is shown in, FOLDER for the folder of its files and DISK for
a disk of the host. Each is run wrong and mended by wizard/engine/rehearsal.py; tests/engine/test_symptoms.py holds what is said here equal to that.
"""

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

Fragment = Mapping[str, Any]
"""Part of a Compose service in plain data."""


class Lines(Struct, frozen=True):
    """What is no part of a Compose file: lines of a `Dockerfile` behind its FROM, or commands typed in a `shell` beside it."""

    file: str
    text: str


class Mistake(Struct, frozen=True):
    """What was set up wrongly, and what is then seen: `shows` is the literal, `...` in it stands for what differs each time.

    `program` runs in the container, in a shell; `look` is what a person runs on the host to see it (else what the container says is seen).
    `given` and `before` (commands on the host) are there both times. Mended by a fragment, it stands in place of the wrong one; mended by
    lines, they come on top of it. `instead` is what is seen then. `also` are other literals of the page that are seen together with `shows`.
    """

    story: str
    wrong: Fragment | Lines
    shows: str
    mend: Fragment | Lines
    instead: str
    program: str = "true"
    look: str = ""
    given: Fragment = {}
    before: str = ""
    also: tuple[str, ...] = ()
    why: str = ""


class Unshown(Struct, frozen=True):
    """Literals of a page that cannot be shown here, with the command on the host whose answer says why, and what that prints.

    `elsewhere` is what the same command prints on an engine that can show them, where only some cannot.
    """

    literals: tuple[str, ...]
    why: str
    command: str
    prints: str
    elsewhere: str = ""
