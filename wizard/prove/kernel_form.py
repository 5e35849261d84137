"""What the kernel shows of a running container, in the keys of a Compose service: it outranks what the engine says was asked for."""

import re
from collections.abc import Callable, Iterator
from typing import Any

from msgspec import Struct

from wizard.capabilities import CAPABILITIES, mask
from wizard.engine.live import LiveContainer
from wizard.engine.outside import EngineOnly, NotShownError
from wizard.errors import SeawallError
from wizard.posture import DEFAULT_CAPABILITIES

Container = LiveContainer | EngineOnly
_LIMITS = {"memory": "mem_limit", "memory+swap": "memswap_limit", "pids": "pids_limit"}


class Witness(Struct, frozen=True):
    """The value of some keys as the kernel has them (None: not there), the literal output, and how it was got."""

    values: dict[str, Any]
    said: str
    how: str


class Unseen(Struct, frozen=True):
    """Keys that could not be looked at, and why."""

    keys: tuple[str, ...]
    why: str


def witnesses(live: Container, form: dict[str, Any], touch: bool) -> Iterator[Witness | Unseen]:
    """Each look at the kernel; `form` is what the engine says. Only with `touch` a file is made, and removed again, to see what stops that."""
    for keys, look in (*_LOOKS, (("read_only",), _root if touch else _root_mount)):
        try:
            yield look(live, form)
        except NotShownError as error:
            yield Unseen(keys, str(error))


def outranked(form: dict[str, Any], seen: list[Witness]) -> dict[str, Any]:
    """What the engine says, corrected by what was seen."""
    values = {key: value for one in seen for key, value in one.values.items()}
    return {key: value for key, value in {**form, **values}.items() if value is not None}


def _user(live: Container, _: dict[str, Any]) -> Witness:
    uid, gid = (live.status(field).split()[1] for field in ("Uid", "Gid"))
    return Witness({"user": f"{uid}:{gid}"}, f"{uid}:{gid}", "Uid and Gid in /proc/PID/status")


def _root(live: Container, _: dict[str, Any]) -> Witness:
    seen = live.create("/", 0, 0, False)
    return Witness({"read_only": seen == "EROFS"}, seen, "creating a file in / with all rights")


def _root_mount(live: Container, _: dict[str, Any]) -> Witness:
    options = live.mount("/").partition(" ")[2].split(",")
    return Witness({"read_only": "ro" in options}, f"/ is mounted {options[0]}", "/proc/PID/mounts")


def _capabilities(live: Container, form: dict[str, Any]) -> Witness:
    digits = live.status("CapBnd")
    held = [name for bit, name in enumerate(CAPABILITIES) if int(digits, 16) >> bit & 1]
    if digits == mask(()) or "ALL" in form.get("cap_drop", ()):
        values: dict[str, Any] = {"cap_drop": ["ALL"], "cap_add": held or None}
    else:
        dropped = [name for name in DEFAULT_CAPABILITIES if name not in held]
        values = {"cap_drop": dropped or None, "cap_add": [name for name in held if name not in DEFAULT_CAPABILITIES] or None}
    return Witness(values, f"CapBnd {digits}", "CapBnd in /proc/PID/status")


def _confinement(live: Container, form: dict[str, Any]) -> Witness:
    """no-new-privileges, the filter and the profile that the process really has, in the place of those that were asked for."""
    rights, mode = live.status("NoNewPrivs"), live.status("Seccomp")
    asked = [option for option in form.get("security_opt", ()) if not option.startswith(("no-new-privileges", "apparmor"))]
    kept = [option for option in asked if not option.startswith("seccomp") or mode == "2"]
    options = ["no-new-privileges:true"] * (rights == "1") + kept
    if mode == "0" and not any(option.startswith("seccomp") for option in options):
        options.append("seccomp:unconfined")
    label = live.profile()
    options += [f"apparmor:{label}"] if label and label != "docker-default" else []
    said = f"NoNewPrivs {rights}, Seccomp {mode}" + (f", AppArmor {label}" if label else "")
    return Witness({"security_opt": options or None}, said, "/proc/PID/status and /proc/PID/attr/current")


def _limits(live: Container, _: dict[str, Any]) -> Witness:
    values: dict[str, Any] = {key: live.limit(name) for name, key in _LIMITS.items()}
    thousandths = live.limit("cpus")
    values["cpus"] = thousandths / 1000 if thousandths else None
    said = ", ".join(f"{key} {value if value is not None else 'unlimited'}" for key, value in values.items())
    return Witness(values, said, "the control group of the process")


def _memory(live: Container, form: dict[str, Any]) -> Witness:
    """The tmpfs that are there; of one that is not, nothing else is known."""
    there, said = [], []
    for entry in form.get("tmpfs", ()):
        path = entry.partition(":")[0]
        mount = live.mount(path)
        said.append(f"{path} {mount.partition(' ')[0] or 'no mount'}")
        there += [entry] if mount.startswith("tmpfs") else []
    return Witness({"tmpfs": there or None}, ", ".join(said) or "none", "/proc/PID/mounts")


_LOOKS: tuple[tuple[tuple[str, ...], Callable[[Any, dict[str, Any]], Witness]], ...] = (
    (("user",), _user), (("cap_drop", "cap_add"), _capabilities), (("security_opt",), _confinement),
    (("mem_limit", "memswap_limit", "pids_limit", "cpus"), _limits), (("tmpfs",), _memory),
)  # fmt: skip


def is_gone(error: SeawallError) -> bool:
    """Whether a look failed since the process that was looked at ended meanwhile."""
    return bool(re.match(r"process \d+ is gone|the init \d+ has no child", str(error)))
