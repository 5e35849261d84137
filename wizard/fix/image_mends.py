"""What `fix` does in a Dockerfile and what it leaves, finding by finding: each is mended, or is said with its reason and the lines to write."""

from collections.abc import Mapping, Sequence
from typing import Any

from msgspec import Struct

from wizard.check.dockerfiles import dockerfile
from wizard.check.judging import judge_image
from wizard.check.model import Found
from wizard.check.source import Place
from wizard.fix.dockerfile_edits import User, run_as
from wizard.fix.image_by_hand import by_hand
from wizard.fix.read_image import read_image
from wizard.fix.refusal import NotEditable
from wizard.fix.start_command import Read
from wizard.mend import Left

USER_CONTROL = "non-root-user"


class Done(Struct, frozen=True):
    """A finding that was mended: where it was, why it was one, and what changes for those who use the image."""

    control: str
    line: int
    why: str
    behaviour: str = ""


class LeftAt(Struct, frozen=True):
    """What only a person can decide, and its line in the Dockerfile as it is now."""

    line: int
    left: Left


class ImageMends(Struct, frozen=True):
    """The new text, which is the old one where nothing is `done`; `user` is whom it runs as then, None where that was not decided here."""

    text: str
    user: User | None
    done: tuple[Done, ...]
    left: tuple[LeftAt, ...]


def image_mends(
    text: str, name: str, target: str | None = None, user: User | None = None, owned: Sequence[str] = (),
    arguments: Mapping[str, Any] | None = None, read: Read | None = None, built_by: Sequence[str] = (),
) -> ImageMends:  # fmt: skip
    """All that `check` finds in a Dockerfile, mended or left; after it `check` finds nothing but what is left.

    The parameters but `built_by` are those of run_as. Where services are built from it (`built_by`), user and health check are
    judged with them, and left to who mends them. Raises NotReadError for what is no Dockerfile.
    """
    found = _found(text, name, arguments, built_by)
    asked = next((one for one in found if one.control == USER_CONTROL), None)
    if asked is None:
        return ImageMends(text, None, (), _left(found, text, name, target, arguments))
    try:
        after, runs_as = run_as(text, name, target, user, owned, arguments, read)
    except NotEditable as refusal:
        line = refusal.place.line if isinstance(refusal.place, Place) else asked.place.line
        others = [one for one in found if one.control != USER_CONTROL]
        mine = LeftAt(line, Left(USER_CONTROL, refusal.why, refusal.lines))
        return ImageMends(text, None, (), (mine, *_left(others, text, name, target, arguments)))
    left = _found(after, name, arguments, built_by)
    if after == text or any(one.control == USER_CONTROL for one in left):
        # Such as a stage that is not the last one: what check judges is another.
        return ImageMends(after, runs_as, (), _left(left, after, name, target, arguments))
    done = Done(USER_CONTROL, asked.place.line, asked.message, behaviour(runs_as))
    return ImageMends(after, runs_as, (done,), _left(left, after, name, target, arguments))


def behaviour(user: User) -> str:
    """What changes for who runs an image as a user instead of root."""
    return f"runs as {user[0]}:{user[1]}, no longer as root: it writes to its own folders and /tmp alone, and volumes that hold data keep their owner"


def _found(text: str, name: str, arguments: Mapping[str, Any] | None, built_by: Sequence[str]) -> list[Found]:
    return list(judge_image(dockerfile(text, name, arguments), built_by))


def _left(found: Sequence[Found], text: str, name: str, target: str | None, arguments: Mapping[str, Any] | None) -> tuple[LeftAt, ...]:
    try:
        image = read_image(text, name, target, arguments)
    except NotEditable:
        image = None
    places = {one.instruction.line: one for one in image.laid} if image else {}
    return tuple(
        LeftAt(one.place.line, Left(one.control, f"{one.message}: {one.remedy}", by_hand(one, image, places.get(one.place.line)) if image else ()))
        for one in found
    )
