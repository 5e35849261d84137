"""Images that another user than root would break, or of which that cannot be known: refused with the line, the reason, what to add by hand."""

import re
from collections.abc import Sequence

from wizard.fix.needs_root import needs_root
from wizard.fix.read_image import ReadImage
from wizard.fix.root_only import root_only
from wizard.fix.start_command import Read

_SHELL = re.compile(r'"(?:/(?:usr/)?bin/)?(?:ba|da|a)?sh"')


def refuse_what_breaks(image: ReadImage, user: tuple[int, int], owned: Sequence[str], read: Read | None) -> None:
    """Raises NotEditable with the first reason; the folders of `owned` will be the user's."""
    by_hand = f"USER {user[0]}:{user[1]}"
    if image.family.stays_root:
        raise image.refusal(0, image.family.stays_root)
    if image.family.tools is None:
        raise image.refusal(0, "nothing says what its base image has to make a user with: make one as root, and end with it", by_hand)
    if not image.family.start_is_known and not image.stage.last("ENTRYPOINT"):
        raise image.refusal(0, "what its base image starts with is not known, and may take root", by_hand)
    if child := next((one for one in image.file.stages if one.parent is image.stage), None):
        raise image.refusal(child.line, "this stage begins with the one that is run, and would be built as its user", by_hand)
    for one in image.here:
        if one.instruction.name == "ONBUILD":
            raise image.refusal(one.instruction.line, "ONBUILD would run as that user in images that begin with this one", by_hand)
    for one in image.whole:
        if one.instruction.name == "SHELL" and not _SHELL.search(one.instruction.rest):
            raise image.refusal(one.instruction.line, "commands for this shell are not known here", by_hand)
    for reason in needs_root(image.start, image.whole, read, owned):
        raise image.refusal(reason.line, f"{reason.why}: it stays root", by_hand)
    for reason in root_only(image.whole, image.start.text, image.variables, user, image.users, image.family.own):
        raise image.refusal(reason.line, reason.why, by_hand)
