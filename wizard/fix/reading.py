"""What the files of a group say at one stage of a run: read once, although each step asks."""

from collections.abc import Sequence
from pathlib import Path

from msgspec import Struct

from wizard.check.judging import Seen, seen
from wizard.check.project import Compose, load
from wizard.check.sources import Sources
from wizard.fix.edited import Texts

_MOST = 4
"""Groups of which it is kept: of thousands of files it would take far more memory than all that is found."""


class Reading(Struct):
    """A project, the files that it was read from, and its services as the controls judge them. Nobody changes them."""

    sources: Sources
    compose: Compose
    _services: list[Seen] | None = None

    @property
    def services(self) -> list[Seen]:
        """All services. Raises NotReadError for what Compose would refuse."""
        if self._services is None:
            self._services = seen(self.compose, self.sources)
        return self._services


def reading(texts: Texts, paths: Sequence[Path]) -> Reading:
    """The project that these files make at this stage. Raises NotReadError as `load` does."""
    known, key = texts.known, tuple(paths)
    if key not in known:
        sources = texts.sources()
        found = Reading(sources, load(key, sources))
        if len(known) >= _MOST:
            del known[next(iter(known))]
        known[key] = found
    result: Reading = known[key]
    return result
