"""Images that another user than root would break, or of which that cannot be known: refused with the line, the reason, what to add by hand."""

import re
from collections.abc import Sequence

from wizard.fix.build_context import Context
from wizard.fix.needs_root import needs_root
from wizard.fix.read_image import ReadImage
from wizard.fix.root_only import root_only
from wizard.fix.start_command import Read, copied
from wizard.text import visible

_OPENS = re.compile(r"\bchmod\s+(?:-\w+\s+)*-\w*R\w*\s")
"""What gives the files in the image modes of their own."""
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
    if isinstance(read, Context):
        _refuse_private_files(image, read)
    for reason in root_only(image.whole, image.start.text, image.variables, user, image.users, image.family.own):
        raise image.refusal(reason.line, reason.why, by_hand)


def _refuse_private_files(image: ReadImage, context: Context) -> None:
    """Raises NotEditable for files of this disk that would be in the image for root alone: COPY keeps their modes."""
    if any(_OPENS.search(one.code) for one in image.whole if one.instruction.name == "RUN"):
        return
    for one in image.whole:
        flags = [flag.partition("=")[0] for flag in one.instruction.flags]
        if one.instruction.name not in ("ADD", "COPY") or {"--from", "--chmod", "--chown"} & set(flags) or "<<" in one.instruction.rest:
            continue
        for source in copied(one, "/")[0]:
            if "*" not in source and (found := context.private(source)):
                why = f"{visible(found)} is readable for its owner alone, and so it is in the image: make it readable (chmod go+rX), or leave it out"
                raise image.refusal(one.instruction.line, why)
