"""The sets of capabilities of a process, as /proc/PID/status shows them: read and taken apart."""

import re
from collections.abc import Mapping

from msgspec import Struct

from wizard.capabilities import CAPABILITIES, FACTS, Level, fact_of
from wizard.errors import UsageError
from wizard.text import LONGEST, visible

FIELDS: Mapping[str, str] = {
    "CapInh": "what a program with a matching file capability may inherit",
    "CapPrm": "what the process may switch on for itself",
    "CapEff": "what the kernel lets the process do now",
    "CapBnd": "the most that the process and what it starts can ever gain",
    "CapAmb": "what a program that it starts gets without any file capability",
}
"""The fields of /proc/PID/status that hold a set, in its order, and what each says."""

_DEFAULT = tuple(fact.name for fact in FACTS if fact.default)
_DIGITS = re.compile(r"(?:0[xX])?([0-9a-fA-F]{1,16})\Z")
_LABEL = re.compile(r"(Cap(?:Inh|Prm|Eff|Bnd|Amb))\s*[:=]\s*")


class Decoded(Struct, frozen=True):
    """One set: the field it stood in (empty when none was given), its 16 digits, what its bits mean."""

    field: str
    digits: str
    names: tuple[str, ...]
    unknown: tuple[int, ...]
    """Bits that no capability known here has: a newer kernel's, or no set at all."""

    @property
    def default(self) -> tuple[str, ...]:
        """Those that the engine gives every container."""
        return tuple(name for name in self.names if name in _DEFAULT)

    @property
    def beyond(self) -> tuple[str, ...]:
        """Those that the engine does not give by default."""
        return tuple(name for name in self.names if name not in _DEFAULT)

    @property
    def dropped(self) -> tuple[str, ...]:
        """Those of the engine's default that are not in it."""
        return tuple(name for name in _DEFAULT if name not in self.names)

    @property
    def risky(self) -> tuple[str, ...]:
        """Those whose risk is high or critical."""
        return tuple(name for name in self.names if fact_of(name).level in (Level.HIGH, Level.CRITICAL))


def looks_like_sets(text: str) -> bool:
    """Whether a text can only be meant as sets: it names a field, or is as long as one."""
    return bool(_LABEL.match(text.strip()) or re.match(r"(0x)?[0-9a-fA-F]{16}\Z", text.strip()))


def decoded(text: str) -> tuple[Decoded, ...]:
    """All sets of a text: bare digits, or lines of /proc/PID/status, of which other fields are passed over.

    Raises UsageError for what is no set, and when there is none.
    """
    if len(text) > 16 * LONGEST:
        raise UsageError("that is more than a /proc/PID/status holds; give its lines that begin with Cap")
    found = [one for line in text.splitlines() for one in _line(line.strip())]
    if not found:
        raise UsageError("no set of capabilities is given; give digits such as 00000000a80425fb, or the lines of `grep Cap /proc/1/status`")
    return tuple(found)


def _line(line: str) -> list[Decoded]:
    if re.match(r"\w+:", line) and not _LABEL.match(line) and not line.startswith("Cap"):
        return []
    found, field = [], ""
    for word in _LABEL.sub(r" \1: ", line).split():
        if label := _LABEL.fullmatch(word):
            field = label[1]
            continue
        digits = _DIGITS.match(word)
        if not digits:
            raise UsageError(f"{visible(word)} is no set of capabilities; accepted: up to 16 hexadecimal digits, such as 00000000a80425fb")
        found.append(_set(field, int(digits[1], 16)))
        field = ""
    if field:
        raise UsageError(f"{field} has no digits; give its whole line of /proc/PID/status")
    return found


def _set(field: str, value: int) -> Decoded:
    bits = [bit for bit in range(64) if value >> bit & 1]
    names = tuple(CAPABILITIES[bit] for bit in bits if bit < len(CAPABILITIES))
    return Decoded(field, f"{value:016x}", names, tuple(bit for bit in bits if bit >= len(CAPABILITIES)))
