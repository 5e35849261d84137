"""Clues from a right that it lacked: capabilities, the user that it is, what its profile permits."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from wizard.controls.capabilities import MinimalCapabilities
from wizard.controls.no_new_privileges import NoNewPrivileges
from wizard.controls.profiles import ConfinementProfiles
from wizard.controls.user import NonRootUser
from wizard.prove.clue import Clue, is_root, less, replaced

_LEAST: tuple[tuple[str, tuple[str, ...]], ...] = (
    (r"setgroups|set groups|initgroups|setuid|setgid|set(re|res)?[ug]id|gosu|su-exec|setpriv|switch", ("SETGID", "SETUID")),
    (r"\braw\b|SOCK_RAW|\bicmp|\bping\b", ("NET_RAW",)),
    (r"chroot", ("SYS_CHROOT",)),
    (r"mknod", ("MKNOD",)),
    (r"\bbind\b|listen", ("NET_BIND_SERVICE",)),
    (r"", ("CHOWN", "DAC_OVERRIDE")),
)
"""What usually serves what was refused; the rest is found by trying."""
_STEPS_DOWN = ("CHOWN", "DAC_OVERRIDE", "SETGID", "SETUID")
"""What most images take that start as root, put their folders right and go on as another user (nginx, postgres: measured)."""
GROUPS: tuple[tuple[str, ...], ...] = (
    ("SETGID", "SETUID"), ("CHOWN",), ("DAC_OVERRIDE",), ("FOWNER", "FSETID"), ("NET_RAW",), ("NET_BIND_SERVICE",), ("KILL",),
    ("SYS_CHROOT", "MKNOD", "AUDIT_WRITE", "SETFCAP", "SETPCAP"),
)  # fmt: skip
"""All that the engine gives by default, in the parts that are tried together."""


def rights(line: str, service: Mapping[str, Any]) -> Iterator[Clue]:
    """Likely ones first: of root its capabilities, of another user a program with rights of its own, then the user itself."""
    if is_root(service):
        yield from _capabilities(line, service)
    options = list(service.get("security_opt") or ())
    for number, option in enumerate(options):
        name = str(option)
        more = {**service, "security_opt": replaced(options, number)}
        if name.startswith("no-new-privileges"):
            change = "start it as the user that it needs, without sudo or programs with a setuid bit"
            yield Clue(NoNewPrivileges.id, line, "security_opt", change, "a program that it starts gains rights, which is switched off", more, number)
        else:
            change, why = "permit what it needs in the profile", "its profile refuses a call that it makes"
            yield Clue(ConfinementProfiles.id, line, "security_opt", change, why, more, number)
    if service.get("user"):
        change = "give what it writes to this user in the image, or name the user that owns it"
        yield from less(service, NonRootUser.id, line, "user", change, "what it asks for takes another user", ("user",))
    if not is_root(service):
        yield from _capabilities(line, service)


def _capabilities(line: str, service: Mapping[str, Any]) -> Iterator[Clue]:
    if not service.get("cap_drop"):
        return
    least = next(names for pattern, names in _LEAST if re.search(pattern, line, re.I))
    dropped = next((n for n, one in enumerate(service["cap_drop"]) if one == "ALL"), 0)
    for names in (least, _STEPS_DOWN):
        yield with_capabilities(line, service, names, dropped)
    change = "start it as the user that it becomes (user: with both numbers)"
    yield from less(service, MinimalCapabilities.id, line, "cap_drop", change, _WHY, ("cap_drop",), dropped)


_WHY = "it does as root what takes capabilities, and they are dropped"


def with_capabilities(line: str, service: Mapping[str, Any], names: Sequence[str], entry: int | str | None) -> Clue:
    """The service with some capabilities more."""
    added = list(dict.fromkeys((*(service.get("cap_add") or ()), *names)))
    change = f"start it as the user that it becomes (user: with both numbers), or write cap_add: [{', '.join(added)}]"
    return Clue(MinimalCapabilities.id, line, "cap_drop", change, _WHY, {**service, "cap_add": added}, entry, mended=True)


def is_without_capabilities(clue: Clue) -> bool:
    """Whether its try was one with all that the engine gives, so that it is open which of them it takes."""
    return clue.key == "cap_drop" and not clue.mended
