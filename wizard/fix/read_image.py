"""What a stage of a Dockerfile makes, read once for all decisions about it: its instructions, users, base image and start command."""

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from wizard.check.dockerfiles import Dockerfile, Stage, dockerfile, expanded, variables
from wizard.check.images import built_image
from wizard.check.source import Place
from wizard.fix.dockerfile_spans import Laid, laid_out
from wizard.fix.image_family import Family, family
from wizard.fix.made_users import Made, made_users
from wizard.fix.refusal import NotEditable
from wizard.fix.start_command import Program, program
from wizard.foreign import Unknown
from wizard.image_users import Tools

LARGEST = 64 * 1024
"""Characters of a Dockerfile that is edited, and a quarter of it of an instruction: far above real ones, and what bounds the time."""


class ReadImage(Struct):
    """A stage that becomes an image."""

    name: str
    text: str
    file: Dockerfile
    stage: Stage
    laid: tuple[Laid, ...]
    """All instructions of the file."""
    here: tuple[Laid, ...]
    """Those of the stage."""
    whole: tuple[Laid, ...]
    """Those of the stages that it begins with, and its own, in the order in which they are done."""
    variables: Mapping[str, str]
    family: Family
    users: Mapping[str, Made]
    start: Program

    def refusal(self, line: int, why: str, *lines: str) -> NotEditable:
        """Why it is left as it is; of the stage as a whole without a line."""
        return NotEditable(Place(self.name, line or self.stage.line), why, lines)

    @property
    def end(self) -> int:
        """The number of the instruction that the stage ends before."""
        return self.here[-1].number + 1

    @property
    def tools(self) -> Tools:
        """With what it makes users; nothing where that is not known."""
        return self.family.tools or Tools.NONE

    @property
    def has_shell(self) -> bool:
        return self.tools is not Tools.NONE

    @property
    def last_user(self) -> Laid | None:
        """The last USER of the stage itself."""
        return next((one for one in reversed(self.here) if one.instruction.name == "USER"), None)

    def user_in_force(self) -> str | None:
        """Whom the stage ends as; None where that is not known. Raises NotEditable where it hangs on an argument without a value."""
        said = self.stage.last("USER")
        if said is None:
            return built_image(self.file, self.stage).user
        user = expanded(said.rest, self.variables)
        if "APP_UID" in user and isinstance(user, Unknown) and "app" in self.family.own:
            return "app"  # .NET's images set it.
        if isinstance(user, Unknown) or not user:
            raise self.refusal(said.line, "USER hangs on an argument without a value: who it is, is not known", "USER 10001:10001")
        return user

    def user_before(self, number: int) -> str:
        """Whom what stands before instruction `number` of the stage runs as while it is built."""
        for one in reversed(self.whole):
            if one.instruction.name == "USER" and not (one in self.here and one.number >= number):
                return expanded(one.instruction.rest, self.variables)
        *_, first = self.stage.lineage()
        return built_image(self.file, Stage("", first.base, 0)).user or "0"


def read_image(text: str, name: str, target: str | None, arguments: Mapping[str, Any] | None) -> ReadImage:
    """The last stage, or `target`. Raises NotEditable where there is none of that name, NotReadError for what is no Dockerfile."""
    if len(text) > LARGEST:
        raise NotEditable(name, f"is longer than {LARGEST // 1024} KiB: a user is not put into it here", ("USER 10001:10001",))
    file = dockerfile(text, name, arguments)
    stage = file.stage(target)
    if stage is None:
        raise NotEditable(name, f"has no stage {target}")
    laid = laid_out(text, name)
    if too_long := next((one for one in laid if len(one.raw) > LARGEST // 4), None):
        raise NotEditable(
            Place(name, too_long.instruction.line), f"is longer than {LARGEST // 4096} KiB: what it does is not read", ("USER 10001:10001",)
        )
    numbers = [next(index for index, one in enumerate(file.stages) if one is part) for part in reversed(list(stage.lineage()))]
    whole = tuple(one for number in numbers for one in laid if one.stage == number)
    *_, first = stage.lineage()
    in_force = variables(stage, file.known, arguments)
    commands = tuple(one.code for one in whole if one.instruction.name == "RUN")
    said = [(last.rest, last.line) for key in ("ENTRYPOINT", "CMD") if (last := stage.last(key))]
    return ReadImage(
        name, text, file, stage, laid, tuple(one for one in laid if one.stage == numbers[-1]), whole, in_force,
        family(first.base, commands), made_users(commands, in_force), program(said),
    )  # fmt: skip
