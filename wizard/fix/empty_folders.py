"""Folders of a user in an image without a shell: made empty in an earlier stage, and copied from there with their owner."""

import posixpath
from collections.abc import Sequence

from wizard.fix.dockerfile_spans import Change
from wizard.fix.image_family import family
from wizard.fix.read_image import ReadImage
from wizard.fix.start_command import copied
from wizard.image_users import Tools, as_run

_EMPTY = "/tmp/empty"


def from_another_stage(image: ReadImage, folders: Sequence[str], user: tuple[int, int]) -> list[Change]:
    """The changes in both stages. Raises NotEditable where none of the stages that it copies from is known to have a shell."""
    owner = f"{user[0]}:{user[1]}"
    _refuse_filled(image, folders, owner)
    for one in reversed(image.here):
        source = next((flag.removeprefix("--from=") for flag in one.instruction.flags if flag.startswith("--from=")), "")
        stage = image.file.stage(source) if source else None
        if stage is None or stage is image.stage:
            continue
        number = next(index for index, other in enumerate(image.file.stages) if other is stage)
        *_, first = stage.lineage()
        inside = [other for other in image.laid if other.stage == number]
        if family(first.base, [other.code for other in inside if other.instruction.name == "RUN"]).tools not in (Tools.SHADOW, Tools.BUSYBOX):
            continue
        small = image.here[0].raw.lstrip("\ufeff \t").startswith("from")
        made = as_run([f"mkdir -p {' '.join(_EMPTY + folder for folder in folders)}"])
        copies = [f"COPY --from={source} --chown={owner} {_EMPTY}{folder} {folder}" for folder in folders]
        return [
            Change(inside[-1].number + 1, (made.replace("RUN", "run", 1) if small else made,)),
            # Above everything else: a folder that is there already keeps its owner.
            Change(image.here[0].number + 1, tuple(copy.replace("COPY", "copy", 1) if small else copy for copy in copies)),
        ]
    lines = [f"COPY --from=STAGE --chown={owner} /EMPTY {folder}" for folder in folders]
    raise image.refusal(0, f"it has no shell to make {folders[0]} with: make it empty in another stage, and copy it from there", *lines)


def _refuse_filled(image: ReadImage, folders: Sequence[str], owner: str) -> None:
    """Raises NotEditable where something is put into one of the folders: what is copied would stay root's."""
    working = "/"
    for one in image.whole:
        if one.instruction.name == "WORKDIR":
            working = posixpath.join(working, one.instruction.rest.strip("\"'"))
        if one.instruction.name not in ("ADD", "COPY"):
            continue
        target = copied(one, working)[1].rstrip("/")
        if any(f"{target}/".startswith(f"{folder}/") for folder in folders):
            rest = " ".join((*one.instruction.flags, *one.instruction.words))
            why = f"it fills {target}, which has to belong to {owner}, and there is no shell to give it away: copy it with --chown"
            raise image.refusal(one.instruction.line, why, f"{one.instruction.name} --chown={owner} {rest}")
