"""A running container of which only the engine tells: a remote one, one on another kernel, or seen by somebody who is not root.

What takes the kernel's own word raises NotShownError with the reason: it is not provable here, which is neither passed nor failed.
"""

from dataclasses import dataclass
from typing import Any

from wizard.engine.told import Told
from wizard.errors import SeawallError


class NotShownError(SeawallError):
    """What the engine or kernel here cannot show."""


@dataclass(frozen=True)
class EngineOnly(Told):
    """The part of `wizard.control.Live` that the engine alone can answer."""

    why: str

    def __getattr__(self, name: str) -> Any:
        def not_shown(*_: object, **__: object) -> Any:
            raise NotShownError(self.why)

        return not_shown
