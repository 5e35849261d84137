"""Where a running container is not what the Compose file says: settings that the engine took without a word and without effect."""

import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from wizard.check.differences import same, spelled
from wizard.compose import identity
from wizard.controls.networks import InternalNetworks
from wizard.foreign import Unknown
from wizard.prove.evidence import DRIFT, Evidence, NotProvable
from wizard.prove.files import Files, owner_of
from wizard.prove.probing import Live

_SAME = (
    "read_only", "init", "privileged", "mem_limit", "memswap_limit", "mem_reservation", "shm_size", "cpus", "pids_limit", "cpu_shares", "cpuset",
    "oom_score_adj", "network_mode", "pid", "ipc", "uts", "userns_mode", "logging", "ulimits", "sysctls", "mem_swappiness",
)  # fmt: skip
"""Keys that mean the same on both sides; a mapping has at least what the file says."""
_MODULES = {"apparmor": "AppArmor", "label": "SELinux"}


def drift(files: Files, seen: Live, modules: frozenset[str]) -> Iterator[Evidence | NotProvable]:
    """A line for each key that is not so; one for all where every one is. `modules` are those of the engine's kernel (apparmor, selinux)."""
    began = time.monotonic()
    fragment = files.form(seen.name).fragment
    hidden = {key: one.why for one in seen.unseen for key in one.keys}
    differing, compared = [], 0
    for key, wanted in fragment.items():
        if key not in _COMPARED or isinstance(wanted, Unknown):
            continue
        if key in hidden:
            yield NotProvable(seen.name, owner_of(key), f"{key} in the container", hidden[key])
            continue
        if key == "security_opt":
            yield from _without_module(files, seen.name, wanted, modules)
        compared += 1
        differing += [(key, *one) for one in _COMPARED[key](key, _known(wanted, modules), seen.form)]
    took = round(time.monotonic() - began, 3)
    for key, entry, expected, observed in differing:
        place, control = files.place(seen.name, key, entry), owner_of(key, expected.partition(": ")[2]) or DRIFT
        if key == "ports" and seen.internal and all(seen.internal.values()):
            control, observed = InternalNetworks.id, f"{observed}; all its networks are internal: add one that is not, or a proxy on one"
        yield Evidence(seen.name, control, f"{key} in the container", expected, observed, False, took, "docker inspect, /proc", place)
    if not differing and compared:
        held = f"{compared} settings of {files.place(seen.name, '')}"
        yield Evidence(seen.name, DRIFT, "the container is what the file says", held, held, True, took, "docker inspect, /proc")


def _known(wanted: Any, modules: frozenset[str]) -> Any:
    if isinstance(wanted, list):
        return [one for one in wanted if not isinstance(one, Unknown) and not (_module(one) and _module(one) not in modules)]
    return wanted


def _module(option: object) -> str:
    name = str(option).partition(":")[0]
    return {"apparmor": "apparmor", "label": "selinux"}.get(name, "") if str(option).partition(":")[2] != "unconfined" else ""


def _without_module(files: Files, service: str, wanted: list[Any], modules: frozenset[str]) -> Iterator[NotProvable]:
    for number, option in enumerate(wanted):
        if (module := _module(option)) and module not in modules:
            title = _MODULES[str(option).partition(":")[0]]
            why = f"this engine's kernel has no {title}: it takes the setting without a word, and without effect"
            yield NotProvable(service, owner_of("security_opt", option), f"{option} ({files.place(service, 'security_opt', number)})", why)


_Difference = tuple[int | str | None, str, str]
"""The entry, what is expected, what is there."""


def _equal(key: str, wanted: Any, form: Mapping[str, Any]) -> Iterator[_Difference]:
    found = form.get(key)
    if wanted in (False, None, 0, "", "0") and not found:
        return
    if isinstance(wanted, Mapping) and isinstance(found, Mapping):
        for name, value in wanted.items():
            if not _alike(value, found.get(name)):
                yield name, f"{key}: {name}: {spelled(value)}", f"{name}: {_shown(found.get(name))}"
    elif isinstance(wanted, list):
        yield from _listed(key, dict(str(one).partition("=")[::2] for one in wanted), found or {})
    elif not same(wanted, found):
        yield None, f"{key}: {spelled(wanted)}", f"{key}: {_shown(found)}"


def _listed(key: str, wanted: Mapping[str, Any], found: Mapping[str, Any]) -> Iterator[_Difference]:
    return _equal(key, wanted, {key: found})


def _alike(wanted: Any, found: Any) -> bool:
    """One number of a limit stands for both of its ends."""
    if isinstance(found, Mapping) and not isinstance(wanted, Mapping):
        return all(same(wanted, one) for one in found.values())
    return same(wanted, found) or (isinstance(wanted, Mapping) and not wanted and not found)


def _user(key: str, wanted: Any, form: Mapping[str, Any]) -> Iterator[_Difference]:
    """Names are the image's matter; a number without a group says nothing of that."""
    uid, _, gid = str(wanted).partition(":")
    found = str(form.get(key, "")).split(":")
    if (uid.isdecimal() and found[0] != uid) or (gid.isdecimal() and found[1:] != [gid]):
        yield None, f"user: {wanted}", f"user: {form.get(key) or 'root'}"


def _capabilities(key: str, wanted: Any, form: Mapping[str, Any]) -> Iterator[_Difference]:
    found = form.get(key, ())
    for number, name in enumerate(wanted):
        if name not in found and not (key == "cap_drop" and "ALL" in found) and not (key == "cap_add" and name == "ALL" and len(found) > 20):
            yield number, f"{key}: {name}", f"{key}: {_shown(found)}"


def _options(key: str, wanted: Any, form: Mapping[str, Any]) -> Iterator[_Difference]:
    found = {identity(key, one): str(one).replace("=", ":", 1) for one in form.get(key, ())}
    for number, one in enumerate(wanted):
        name = identity(key, one)
        has = found.get(name)
        # A profile is kept by the engine as its whole text.
        right = has is not None if name == "seccomp" and str(one) != "seccomp:unconfined" else has == str(one)
        if not right and str(one) != "no-new-privileges:false":
            yield number, f"{key}: {one}", f"{key}: {_shown([f'{n}:…' if n == 'seccomp' else v for n, v in found.items()])}"


def _paths(key: str, wanted: Any, form: Mapping[str, Any]) -> Iterator[_Difference]:
    found = {identity(key, one) for one in form.get(key, ())}
    for number, one in enumerate(wanted):
        if identity(key, one) not in found:
            yield number, f"tmpfs: {identity(key, one)}", "no tmpfs there"


def _mounts(key: str, wanted: Any, form: Mapping[str, Any]) -> Iterator[_Difference]:
    found = {one["target"].rstrip("/"): one for one in form.get(key, ())}
    for number, one in enumerate(wanted):
        if not isinstance(one, Mapping) or one.get("type") not in ("bind", "volume") or isinstance(one.get("target"), Unknown):
            continue
        target = str(one.get("target")).rstrip("/")
        if target not in found:
            yield number, f"a mount at {target}", "none"
        elif one.get("read_only") is True and not found[target].get("read_only"):
            yield number, f"{target} read-only", "writable"


def _ports(key: str, wanted: Any, form: Mapping[str, Any]) -> Iterator[_Difference]:
    found = [str(one) for one in form.get(key, ())]
    for number, one in enumerate(wanted):
        text = str(one).removesuffix("/tcp").removeprefix("0.0.0.0:")
        if "-" in text or ":" not in text:
            continue
        if not any(other == text or other.endswith(f":{text}") for other in found):
            yield number, f"ports: {text}", f"published: {', '.join(found) or 'nothing'}"


_COMPARED: Mapping[str, Callable[[str, Any, Mapping[str, Any]], Iterator[_Difference]]] = {
    **dict.fromkeys(_SAME, _equal), "user": _user, "cap_drop": _capabilities, "cap_add": _capabilities, "security_opt": _options, "tmpfs": _paths,
    "volumes": _mounts, "ports": _ports,
}  # fmt: skip


def _shown(value: Any) -> str:
    return spelled(value) if value not in (None, [], (), {}) else "none"
